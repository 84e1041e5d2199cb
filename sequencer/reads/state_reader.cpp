#include "sequencer/reads/state_reader.hpp"

#include "chain/crypto/keccak.hpp"

#include <future>

namespace troupe::node {

std::optional<KnownAccount> AccountSource::known_account(const chain::Address&) {
    return std::nullopt;
}
std::optional<chain::Uint256> AccountSource::known_slot(
    const chain::Address&, const chain::Hash32&) {
    return std::nullopt;
}

StateReader::StateReader(AccountSource& source, StateOverrides overrides, Time until)
    : source_(source), overrides_(std::move(overrides)), until_(until) {
    for (const auto& [address, wanted] : overrides_)
        if (wanted.code)
            codes_[chain::crypto::keccak256(*wanted.code)] =
                std::make_shared<const chain::Bytes>(*wanted.code);
}

void StateReader::know(const chain::Address& address, const chain::Account& account) {
    accounts_.emplace(address, account);
    if (account.has_code()) code_owners_.emplace(account.code_hash, address);
}

void StateReader::know(
    const chain::Address& address, const chain::Hash32& slot, const chain::Uint256& value) {
    slots_.emplace(std::pair(address, slot), value);
}

std::optional<actors::AccountAnswer> StateReader::ask(actors::AccountQuery query) const {
    using Answer = std::optional<actors::AccountAnswer>;
    if (fault_ != Fault::kNone) return std::nullopt;
    const auto promise = std::make_shared<std::promise<Answer>>();
    auto future = promise->get_future();
    source_.ask(
        std::move(query), [promise](Answer answer) { promise->set_value(std::move(answer)); });
    constexpr std::chrono::milliseconds kLookUp{50};  // to see that the node ends
    while (future.wait_for(kLookUp) != std::future_status::ready) {
        if (!source_.ends() && std::chrono::steady_clock::now() <= until_) continue;
        fault_ = Fault::kLate;
        return std::nullopt;
    }
    auto answer = future.get();
    if (!answer) fault_ = Fault::kUnknown;
    return answer;
}

std::optional<KnownAccount> StateReader::read_account(const chain::Address& address) const {
    if (auto known = source_.known_account(address)) return known;
    actors::AccountQuery query;
    query.address = address;
    query.with_code = true;
    auto answer = ask(std::move(query));
    if (!answer) return std::nullopt;
    KnownAccount read{answer->account, nullptr};
    if (read.account.has_code())
        read.code = std::make_shared<const chain::Bytes>(std::move(answer->code));
    return read;
}

std::optional<chain::Account> StateReader::account(const chain::Address& address) const noexcept {
    auto known = accounts_.find(address);
    if (known == accounts_.end()) {
        auto read = read_account(address);
        if (!read) return std::nullopt;
        if (read->code) codes_.emplace(read->account.code_hash, std::move(read->code));
        const auto wanted = overrides_.find(address);
        if (wanted != overrides_.end()) {
            const StateOverride& change = wanted->second;
            if (change.nonce) read->account.nonce = *change.nonce;
            if (change.balance) read->account.balance = *change.balance;
            if (change.code) read->account.code_hash = chain::crypto::keccak256(*change.code);
        }
        known = accounts_.emplace(address, read->account).first;
    }
    if (known->second.is_empty()) return std::nullopt;
    return known->second;
}

chain::Uint256 StateReader::storage(
    const chain::Address& address, const chain::Hash32& slot) const noexcept {
    const auto wanted = overrides_.find(address);
    if (wanted != overrides_.end()) {
        const auto given = wanted->second.slots.find(slot);
        if (given != wanted->second.slots.end()) return given->second;
        if (wanted->second.whole_storage) return {};
    }
    if (const auto known = source_.known_slot(address, slot)) return *known;
    const std::pair key(address, slot);
    const auto known = slots_.find(key);
    if (known != slots_.end()) return known->second;
    actors::AccountQuery query;
    query.address = address;
    query.slots = {slot};
    const auto answer = ask(std::move(query));
    if (!answer || answer->slots.empty()) return {};
    return slots_[key] = answer->slots[0].value;
}

chain::ByteView StateReader::code(const chain::Hash32& code_hash) const noexcept {
    // An account was read before its code: it came along, or its owner is known.
    auto known = codes_.find(code_hash);
    if (known == codes_.end()) {
        const auto owner = code_owners_.find(code_hash);
        if (owner == code_owners_.end()) return {};
        actors::AccountQuery query;
        query.address = owner->second;
        query.with_code = true;
        auto answer = ask(std::move(query));
        if (!answer) return {};
        known =
            codes_.emplace(code_hash, std::make_shared<const chain::Bytes>(std::move(answer->code)))
                .first;
    }
    return *known->second;
}

chain::Hash32 StateReader::block_hash(std::uint64_t number) const noexcept {
    return source_.block_hash(number);
}

}  // namespace troupe::node
