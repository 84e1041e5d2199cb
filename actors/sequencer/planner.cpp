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
    // The order of chain::execution::execute_transaction: fee, sender, recipient.
    if (tx.max_fee_per_gas < base_fee_)
        return Refusal{Error::kFeeCapBelowBaseFee, tx.max_fee_per_gas, base_fee_};
    Entry& sender = load(tx.sender_place, tx.sender);
    if (tx.nonce < sender.nonce) return Refusal{Error::kNonceTooLow, tx.nonce, sender.nonce};
    if (tx.nonce > sender.nonce) return Refusal{Error::kNonceTooHigh, tx.nonce, sender.nonce};
    if (!sender.may_send) return Refusal{Error::kSenderHasCode, {}, {}};
    if (sender.balance < tx.max_cost)
        return Refusal{Error::kInsufficientFunds, sender.balance, tx.max_cost};
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

bool Planner::needs_evm(const AdmittedTx& tx) const noexcept {
    if (tx.evm) return true;
    const auto partitions = static_cast<std::uint32_t>(views_.size());
    const AccountRecord* record =
        views_[partition_of(tx.to_place.sub_trie, partitions)]->accounts.find(
            tx.to_place.hash, tx.to);
    return record != nullptr && record->has_code();
}

Uint256 price_of(const AdmittedTx& tx, const Uint256& base_fee) noexcept {
    const Uint256 room = tx.max_fee_per_gas - base_fee;
    return tx.max_priority_fee_per_gas < room ? base_fee + tx.max_priority_fee_per_gas
                                              : tx.max_fee_per_gas;
}

void set_prices(Round& round, const Uint256& base_fee) {
    round.prices.resize(round.txs.size());
    for (std::size_t i = 0; i < round.txs.size(); ++i)
        round.prices[i] = price_of(*round.txs[i], base_fee);
}

void lay_out(
    Round& round, std::uint32_t partitions, const Uint256& base_fee, const chain::Address& coinbase,
    Place vault) {
    const std::size_t count = round.txs.size();
    // Counting sort by partition: counts, then starts, then each half to its place.
    round.begin.assign(partitions + 1, 0);
    round.prices.resize(count);
    Uint256 tips;
    for (std::size_t i = 0; i < count; ++i) {
        const AdmittedTx& tx = *round.txs[i];
        ++round.begin[partition_of(tx.sender_place.sub_trie, partitions) + 1];
        ++round.begin[partition_of(tx.to_place.sub_trie, partitions) + 1];
        round.prices[i] = price_of(tx, base_fee);
        tips += Uint256{tx.gas_used} * (round.prices[i] - base_fee);
    }
    const std::uint32_t vault_partition = partition_of(vault.sub_trie, partitions);
    if (!tips.is_zero()) ++round.begin[vault_partition + 1];
    for (std::uint32_t p = 0; p < partitions; ++p)
        round.begin[p + 1] += round.begin[p];
    if (round.halves.size() < round.begin[partitions]) round.halves.resize(round.begin[partitions]);

    std::vector<std::uint32_t> next(round.begin.begin(), round.begin.end() - 1);
    for (std::size_t i = 0; i < count; ++i) {
        const AdmittedTx& tx = *round.txs[i];
        Half& debit = round.halves[next[partition_of(tx.sender_place.sub_trie, partitions)]++];
        debit.hash = tx.sender_place.hash;
        debit.nonce = tx.nonce;
        debit.address = tx.sender;
        debit.amount = Uint256{tx.gas_used} * round.prices[i] + tx.value;
        debit.minimum = tx.max_cost;
        Half& credit = round.halves[next[partition_of(tx.to_place.sub_trie, partitions)]++];
        credit.hash = tx.to_place.hash;
        credit.nonce = Half::kCredit;
        credit.address = tx.to;
        credit.amount = tx.value;
        credit.minimum = {};
    }
    if (!tips.is_zero()) {
        Half& credit = round.halves[next[vault_partition]];
        credit.hash = vault.hash;
        credit.nonce = Half::kCredit;
        credit.address = coinbase;
        credit.amount = tips;
        credit.minimum = 1;
    }
}

}  // namespace troupe::actors
