#include "sequencer/jsonrpc/latest_values.hpp"

#include <algorithm>

namespace troupe::node::jsonrpc {

void LatestValues::forget() {
    entries_.clear();
    values_ = 0;
}

void LatestValues::advance(std::uint64_t block, const BlockAt& block_at) {
    const std::lock_guard lock(mutex_);
    if (block <= block_) return;
    if (block - block_ > kCatchUpMax) forget();
    for (std::uint64_t number = block_ + 1; !entries_.empty() && number <= block; ++number) {
        const auto between = block_at(number);
        if (between == nullptr)
            forget();
        else
            apply(*between);
    }
    block_ = block;
}

void LatestValues::update(Entry& entry, const chain::execution::AccountChange& change) {
    if (entry.account && entry.account->account.code_hash != change.after.code_hash)
        entry.account.reset();  // its code would have to be asked for
    if (entry.account) entry.account->account = change.after;
    for (const auto& slot : change.slots) {
        const auto value = entry.slots.find(slot.slot);
        if (value != entry.slots.end()) value->second = slot.after;
    }
}

// Calls wait meanwhile, so the shorter of both lists is walked.
void LatestValues::apply(const actors::SealedBlock& block) {
    const auto& changes = block.changes;  // sorted by address
    if (changes.size() < entries_.size()) {
        for (const auto& change : changes) {
            const auto known = entries_.find(change.address);
            if (known != entries_.end()) update(known->second, change);
        }
        return;
    }
    for (auto& [address, entry] : entries_) {
        const auto change = std::lower_bound(
            changes.begin(), changes.end(), address,
            [](const auto& one, const chain::Address& wanted) { return one.address < wanted; });
        if (change != changes.end() && change->address == address) update(entry, *change);
    }
}

std::optional<KnownAccount> LatestValues::account(
    std::uint64_t block, const chain::Address& address) const {
    const std::lock_guard lock(mutex_);
    if (block != block_) return std::nullopt;
    const auto known = entries_.find(address);
    return known == entries_.end() ? std::nullopt : known->second.account;
}

std::optional<chain::Uint256> LatestValues::slot(
    std::uint64_t block, const chain::Address& address, const chain::Hash32& slot) const {
    const std::lock_guard lock(mutex_);
    if (block != block_) return std::nullopt;
    const auto known = entries_.find(address);
    if (known == entries_.end()) return std::nullopt;
    const auto value = known->second.slots.find(slot);
    if (value == known->second.slots.end()) return std::nullopt;
    return value->second;
}

void LatestValues::keep(
    std::uint64_t block, const actors::AccountQuery& query, const actors::AccountAnswer& answer) {
    const std::lock_guard lock(mutex_);
    if (block != block_) return;
    const std::size_t more = query.slots.size() + 1 + answer.code.size() / kValueBytes;
    if (values_ + more > values_max_) forget();
    values_ += more;
    Entry& entry = entries_[query.address];
    if (query.with_code) {
        entry.account = KnownAccount{answer.account, nullptr};
        if (answer.account.has_code())
            entry.account->code = std::make_shared<const chain::Bytes>(answer.code);
    }
    for (const auto& slot : answer.slots)
        entry.slots[slot.slot] = slot.value;
}

}  // namespace troupe::node::jsonrpc
