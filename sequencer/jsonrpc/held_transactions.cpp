#include "sequencer/jsonrpc/held_transactions.hpp"

#include "chain/base/hex.hpp"

namespace troupe::node::jsonrpc {
namespace {

// At least a tenth more, as core/txpool/legacypool's price bump asks for.
bool bumped(const chain::Uint256& old_fee, const chain::Uint256& new_fee) {
    const auto wanted = chain::mul_checked(old_fee, 110);
    const auto offered = chain::mul_checked(new_fee, 100);
    if (wanted.overflow || offered.overflow) return new_fee > old_fee;
    return offered.value >= wanted.value && new_fee > old_fee;
}

}  // namespace

void HeldTransactions::erase(
    BySender::iterator sender, std::map<std::uint64_t, HeldTransaction>::iterator held) {
    by_hash_.erase(held->second.hash);
    forget_nonce(held->first);
    sender->second.erase(held);
    if (sender->second.empty()) senders_.erase(sender);
}

void HeldTransactions::forget_nonce(std::uint64_t nonce) {
    const auto found = nonces_.find(nonce);
    if (--found->second == 0) nonces_.erase(found);
}

void HeldTransactions::drop(const chain::Hash32& hash, std::string reason) {
    if (!dropped_.insert_or_assign(hash, std::move(reason)).second) return;
    dropped_order_.push_back(hash);
    if (dropped_order_.size() <= kDroppedMax) return;
    dropped_.erase(dropped_order_.front());
    dropped_order_.pop_front();
}

void HeldTransactions::note_dropped(const chain::Hash32& hash, std::string reason) {
    const std::lock_guard lock(mutex_);
    drop(hash, std::move(reason));
}

std::optional<std::string> HeldTransactions::why_dropped(const chain::Hash32& hash) const {
    const std::lock_guard lock(mutex_);
    const auto found = dropped_.find(hash);
    if (found == dropped_.end()) return std::nullopt;
    return found->second;
}

Answer<bool> HeldTransactions::add(HeldTransaction held) {
    const std::lock_guard lock(mutex_);
    if (by_hash_.contains(held.hash)) return true;
    const auto sender = senders_.find(held.sender);
    if (sender != senders_.end()) {
        const auto old = sender->second.find(held.tx.nonce);
        if (old != sender->second.end()) {
            if (!bumped(old->second.tx.max_fee_per_gas, held.tx.max_fee_per_gas) ||
                !bumped(old->second.tx.max_priority_fee_per_gas, held.tx.max_priority_fee_per_gas))
                return replacement_underpriced();
            drop(old->second.hash, "replaced by " + chain::to_hex(held.hash));
            by_hash_.erase(old->second.hash);
            by_hash_[held.hash] = {held.sender, held.tx.nonce};
            old->second = std::move(held);
            return true;
        }
        if (sender->second.size() >= limits_.sender_max) return account_limit(limits_.sender_max);
    }
    if (by_hash_.size() >= limits_.all_max) return pool_full(0);
    by_hash_[held.hash] = {held.sender, held.tx.nonce};
    const std::uint64_t nonce = held.tx.nonce;
    ++nonces_[nonce];
    const chain::Address address = held.sender;
    senders_[address].emplace(nonce, std::move(held));
    return true;
}

std::optional<HeldTransaction> HeldTransactions::take(
    const chain::Address& sender, std::uint64_t nonce) {
    const std::lock_guard lock(mutex_);
    const auto entry = senders_.find(sender);
    if (entry == senders_.end()) return std::nullopt;
    const auto held = entry->second.find(nonce);
    if (held == entry->second.end()) return std::nullopt;
    HeldTransaction taken = held->second;
    erase(entry, held);
    return taken;
}

void HeldTransactions::drop_below(const chain::Address& sender, std::uint64_t nonce) {
    const std::lock_guard lock(mutex_);
    while (true) {
        const auto entry = senders_.find(sender);
        if (entry == senders_.end() || entry->second.begin()->first >= nonce) return;
        const auto& [taken, held] = *entry->second.begin();
        drop(
            held.hash, "nonce too low: next nonce " + std::to_string(nonce) + ", tx nonce " +
                           std::to_string(taken));
        erase(entry, entry->second.begin());
    }
}

std::uint64_t HeldTransactions::next_after(
    const chain::Address& sender, std::uint64_t nonce) const {
    const std::lock_guard lock(mutex_);
    const auto entry = senders_.find(sender);
    if (entry == senders_.end()) return nonce;
    while (entry->second.contains(nonce))
        ++nonce;
    return nonce;
}

std::optional<HeldTransaction> HeldTransactions::find(const chain::Hash32& hash) const {
    const std::lock_guard lock(mutex_);
    const auto found = by_hash_.find(hash);
    if (found == by_hash_.end()) return std::nullopt;
    return senders_.at(found->second.first).at(found->second.second);
}

std::vector<HeldTransaction> HeldTransactions::of(const chain::Address& sender) const {
    const std::lock_guard lock(mutex_);
    std::vector<HeldTransaction> all;
    const auto entry = senders_.find(sender);
    if (entry == senders_.end()) return all;
    for (const auto& [nonce, held] : entry->second)
        all.push_back(held);
    return all;
}

std::vector<HeldTransaction> HeldTransactions::all() const {
    const std::lock_guard lock(mutex_);
    std::vector<HeldTransaction> all;
    for (const auto& [sender, nonces] : senders_)
        for (const auto& [nonce, held] : nonces)
            all.push_back(held);
    return all;
}

bool HeldTransactions::any_near(std::uint64_t nonce) const {
    const std::lock_guard lock(mutex_);
    return nonces_.contains(nonce) || nonces_.contains(nonce + 1);
}

bool HeldTransactions::holds(const chain::Address& sender) const {
    const std::lock_guard lock(mutex_);
    return senders_.contains(sender);
}

std::size_t HeldTransactions::size() const {
    const std::lock_guard lock(mutex_);
    return by_hash_.size();
}

std::vector<chain::Hash32> HeldTransactions::expire(SteadyTime now) {
    const std::lock_guard lock(mutex_);
    std::vector<chain::Hash32> dropped;
    for (auto sender = senders_.begin(); sender != senders_.end();) {
        std::erase_if(sender->second, [&](const auto& entry) {
            if (entry.second.until > now) return false;
            dropped.push_back(entry.second.hash);
            drop(entry.second.hash, "no transaction filled the nonce gap before it in time");
            by_hash_.erase(entry.second.hash);
            forget_nonce(entry.first);
            return true;
        });
        sender = sender->second.empty() ? senders_.erase(sender) : std::next(sender);
    }
    return dropped;
}

}  // namespace troupe::node::jsonrpc
