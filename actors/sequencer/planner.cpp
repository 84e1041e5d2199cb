#include "actors/sequencer/planner.hpp"

namespace troupe::actors {

using chain::Error;
using chain::Uint256;
using chain::execution::Refusal;

// Sender and recipient of each transaction, and the vault.
Planner::Planner(Views views, std::uint32_t txs_max)
    : views_(std::move(views)), entries_(2 * std::size_t{txs_max} + 1) {}

void Planner::begin(const Uint256& base_fee_per_gas, const chain::Address& coinbase, Place vault) {
    entries_.clear();
    base_fee_ = base_fee_per_gas;
    coinbase_ = coinbase;
    vault_ = vault;
}

Planner::Entry& Planner::load(Place place, const chain::Address& address) {
    const auto [entry, fresh] = entries_.insert(place.hash, address);
    if (!fresh) return entry;
    entry.nonce = 0;
    entry.balance = Uint256{};
    entry.has_code = false;
    entry.may_send = true;
    const auto take = [&entry](const AccountRecord& record, const AccountTable::ContractPart&) {
        entry.nonce = record.nonce;
        entry.balance = record.balance;
        entry.has_code = record.has_code();
        entry.may_send = record.may_send();
    };
    owner_of(views_, place.sub_trie).accounts.look(place.hash, address, take);
    return entry;
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
