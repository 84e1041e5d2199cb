#include "actors/sequencer/planner.hpp"

#include <bit>

namespace troupe::actors {

using chain::Error;
using chain::Uint256;
using chain::execution::Refusal;

// Sender and recipient of each transaction and the vault, at most half full.
Planner::Planner(Views views, std::uint32_t txs_max)
    : views_(std::move(views)),
      entries_(std::bit_ceil((2 * std::size_t{txs_max} + 1) * 2)),
      mask_(entries_.size() - 1) {}

void Planner::begin(const Uint256& base_fee_per_gas, const chain::Address& coinbase, Place vault) {
    if (++epoch_ == 0) {
        for (Entry& entry : entries_)
            entry.epoch = 0;
        epoch_ = 1;
    }
    base_fee_ = base_fee_per_gas;
    coinbase_ = coinbase;
    vault_ = vault;
}

void Planner::prefetch(const AdmittedTx& tx) const noexcept {
    const auto partitions = static_cast<std::uint32_t>(views_.size());
    for (const Place place : {tx.sender_place, tx.to_place}) {
        views_[partition_of(place.sub_trie, partitions)]->accounts.prefetch(place.hash);
        __builtin_prefetch(&entries_[place.hash & mask_], 1);
    }
}

Planner::Entry& Planner::load(Place place, const chain::Address& address) noexcept {
    for (std::size_t slot = place.hash & mask_;; slot = (slot + 1) & mask_) {
        Entry& entry = entries_[slot];
        if (entry.epoch == epoch_) {
            if (entry.hash == place.hash && entry.address == address) return entry;
            continue;
        }
        entry.epoch = epoch_;
        entry.hash = place.hash;
        entry.address = address;
        const auto partitions = static_cast<std::uint32_t>(views_.size());
        const AccountRecord* record =
            views_[partition_of(place.sub_trie, partitions)]->accounts.find(place.hash, address);
        entry.nonce = record != nullptr ? record->nonce : 0;
        entry.balance = record != nullptr ? record->balance : Uint256{};
        entry.has_code = record != nullptr && record->has_code();
        entry.may_send = record == nullptr || record->may_send();
        return entry;
    }
}

std::optional<Refusal> Planner::take(const AdmittedTx& tx) {
    Entry& sender = load(tx.sender_place, tx.sender);
    if (auto refusal = check_sender(tx, base_fee_, sender.nonce, sender.balance, sender.may_send))
        return refusal;
    if (tx.evm || load(tx.to_place, tx.to).has_code) {
        sender.nonce += 1;
        sender.balance -= tx.max_cost;
        return std::nullopt;
    }
    Entry& recipient = load(tx.to_place, tx.to);

    const Uint256 gas{tx.gas_used};
    const Uint256 price = price_of(tx, base_fee_);
    sender.nonce += 1;
    sender.balance -= gas * price + tx.value;
    recipient.balance += tx.value;
    if (price != base_fee_) load(vault_, coinbase_).balance += gas * (price - base_fee_);
    return std::nullopt;
}

}  // namespace troupe::actors
