#include "sequencer/jsonrpc/call_view.hpp"

#include "chain/crypto/keccak.hpp"

#include <future>

namespace troupe::node::jsonrpc {

CallView::CallView(Door& door, const BlockRef& block, StateOverrides overrides, SteadyTime until)
    : door_(door), block_(block), overrides_(std::move(overrides)), until_(until) {
    for (const auto& [address, wanted] : overrides_)
        if (wanted.code) codes_[chain::crypto::keccak256(*wanted.code)] = *wanted.code;
}

void CallView::know_before(const actors::SealedBlock& block) {
    for (const auto& change : block.changes) {
        accounts_.emplace(change.address, change.before);
        if (change.before.has_code()) code_owners_.emplace(change.before.code_hash, change.address);
        for (const auto& slot : change.slots)
            slots_.emplace(std::pair(change.address, slot.slot), slot.before);
    }
}

std::optional<actors::AccountAnswer> CallView::ask(AccountWanted wanted) const {
    if (failure_) return std::nullopt;
    wanted.block = block_;
    const auto promise = std::make_shared<std::promise<Answer<actors::AccountAnswer>>>();
    auto future = promise->get_future();
    read_account(door_, std::move(wanted), [promise](Answer<actors::AccountAnswer> answer) {
        promise->set_value(std::move(answer));
    });
    constexpr std::chrono::milliseconds kLookUp{50};  // to see that the door closes
    while (future.wait_for(kLookUp) != std::future_status::ready) {
        if (door_.refusal_now() || std::chrono::steady_clock::now() > until_) {
            failure_ = timed_out();
            return std::nullopt;
        }
    }
    auto answer = future.get();
    if (!answer) {
        failure_ = answer.error();
        return std::nullopt;
    }
    return std::move(*answer);
}

std::optional<chain::Account> CallView::account(const chain::Address& address) const noexcept {
    auto known = accounts_.find(address);
    if (known == accounts_.end()) {
        auto answer = ask({.address = address, .with_code = true});
        if (!answer) return std::nullopt;
        if (answer->account.has_code())
            codes_.emplace(answer->account.code_hash, std::move(answer->code));
        const auto wanted = overrides_.find(address);
        if (wanted != overrides_.end()) {
            const StateOverride& change = wanted->second;
            if (change.nonce) answer->account.nonce = *change.nonce;
            if (change.balance) answer->account.balance = *change.balance;
            if (change.code) answer->account.code_hash = chain::crypto::keccak256(*change.code);
        }
        known = accounts_.emplace(address, answer->account).first;
    }
    if (known->second.is_empty()) return std::nullopt;
    return known->second;
}

chain::Uint256 CallView::storage(
    const chain::Address& address, const chain::Hash32& slot) const noexcept {
    const auto wanted = overrides_.find(address);
    if (wanted != overrides_.end()) {
        const auto given = wanted->second.slots.find(slot);
        if (given != wanted->second.slots.end()) return given->second;
        if (wanted->second.whole_storage) return {};
    }
    const std::pair key(address, slot);
    const auto known = slots_.find(key);
    if (known != slots_.end()) return known->second;
    const auto answer = ask({.address = address, .slots = {slot}});
    if (!answer || answer->slots.empty()) return {};
    return slots_[key] = answer->slots[0].value;
}

chain::ByteView CallView::code(const chain::Hash32& code_hash) const noexcept {
    // An account was read before its code: it came along, or its owner is known.
    auto known = codes_.find(code_hash);
    if (known == codes_.end()) {
        const auto owner = code_owners_.find(code_hash);
        if (owner == code_owners_.end()) return {};
        auto answer = ask({.address = owner->second, .with_code = true});
        if (!answer) return {};
        known = codes_.emplace(code_hash, std::move(answer->code)).first;
    }
    return known->second;
}

chain::Hash32 CallView::block_hash(std::uint64_t number) const noexcept {
    const auto header = door_.header_at(number);
    return header && *header != nullptr ? (*header)->hash : chain::Hash32();
}

}  // namespace troupe::node::jsonrpc
