#include "actors/sequencer/native.hpp"

#include "chain/base/prefetch.hpp"

namespace troupe::actors {

using chain::Error;
using chain::Uint256;
using chain::execution::Refusal;

Uint256 price_of(const AdmittedTx& tx, const Uint256& base_fee) noexcept {
    const Uint256 room = tx.max_fee_per_gas - base_fee;
    return tx.max_priority_fee_per_gas < room ? base_fee + tx.max_priority_fee_per_gas
                                              : tx.max_fee_per_gas;
}

std::optional<Refusal> check_sender(
    const AdmittedTx& tx, const Uint256& base_fee, std::uint64_t nonce, const Uint256& balance,
    bool may_send) {
    if (tx.max_fee_per_gas < base_fee)
        return Refusal{Error::kFeeCapBelowBaseFee, tx.max_fee_per_gas, base_fee};
    if (tx.nonce < nonce) return Refusal{Error::kNonceTooLow, tx.nonce, nonce};
    if (tx.nonce > nonce) return Refusal{Error::kNonceTooHigh, tx.nonce, nonce};
    if (!may_send) return Refusal{Error::kSenderHasCode, {}, {}};
    if (balance < tx.max_cost) return Refusal{Error::kInsufficientFunds, balance, tx.max_cost};
    return std::nullopt;
}

void NativeTransfers::begin(
    std::size_t txs_max, const Uint256& base_fee_per_gas, const chain::Address& coinbase,
    Place vault) {
    for (OpenState* state : loans_)
        state->begin_round(txs_max + 1);  // a recipient each, and the vault
    base_fee_ = base_fee_per_gas;
    coinbase_ = coinbase;
    vault_ = vault;
    vault_record_ = nullptr;
}

void NativeTransfers::prefetch_tx(const AdmittedTx& tx) noexcept {
    chain::prefetch_lines(&tx, sizeof(AdmittedTx));
}

void NativeTransfers::prefetch(const AdmittedTx& tx) const noexcept {
    at(tx.sender_place).tables().accounts.prefetch(tx.sender_place.hash);
    at(tx.to_place).tables().accounts.prefetch(tx.to_place.hash);
    if (tx.sender_ahead != nullptr) [[unlikely]]
        at(tx.sender_place)
            .offer(
                tx.sender_place.hash, tx.sender, tx.sender_ahead->stored,
                tx.sender_ahead->departed);
    if (tx.to_ahead != nullptr) [[unlikely]]
        at(tx.to_place).offer(tx.to_place.hash, tx.to, tx.to_ahead->stored, tx.to_ahead->departed);
}

bool NativeTransfers::needs_evm(const AdmittedTx& tx) const noexcept {
    if (tx.evm) return true;
    const AccountRecord* to = at(tx.to_place).find(tx.to_place.hash, tx.to);
    return to != nullptr && to->has_code();
}

bool NativeTransfers::seems_to_need_evm(const AdmittedTx& tx, bool may_read) const noexcept {
    if (tx.evm) return true;
    if (!may_read) return !tx.hints.empty();
    const AccountTable& accounts = at(tx.to_place).tables().accounts;
    const AccountRecord* to = accounts.find(tx.to_place.hash, tx.to);
    return to != nullptr && to->has_code();
}

NativeTransfers::Fee NativeTransfers::fee_of(const AdmittedTx& tx) const noexcept {
    const Uint256 gas{tx.gas_used};
    const Uint256 price = price_of(tx, base_fee_);
    return {gas * price, gas * (price - base_fee_)};
}

std::optional<Refusal> NativeTransfers::run(const AdmittedTx& tx) {
    OpenState& sender_state = at(tx.sender_place);
    AccountRecord* sender = sender_state.find(tx.sender_place.hash, tx.sender);
    if (const auto refusal =
            sender != nullptr
                ? check_sender(tx, base_fee_, sender->nonce, sender->balance, sender->may_send())
                : check_sender(tx, base_fee_, 0, {}, true))
        return refusal;
    const Fee fee = fee_of(tx);
    if (sender == nullptr)  // its first transaction costs nothing: no fee, no value
        sender = &sender_state.find_or_insert(tx.sender_place.hash, tx.sender);
    sender_state.touch(*sender, tx.sender_place.hash);
    sender->nonce += 1;
    sender->balance -= fee.paid + tx.value;
    if (!tx.value.is_zero()) {  // EIP-161: what would stay empty stays absent
        OpenState& to_state = at(tx.to_place);
        AccountRecord& to = to_state.find_or_insert(tx.to_place.hash, tx.to);
        to_state.touch(to, tx.to_place.hash);
        to.balance += tx.value;
    }
    if (!fee.tip.is_zero()) {
        if (vault_record_ == nullptr) {
            vault_record_ = &at(vault_).find_or_insert(vault_.hash, coinbase_);
            at(vault_).touch(*vault_record_, vault_.hash);
        }
        vault_record_->balance += fee.tip;
    }
    return std::nullopt;
}

void NativeTransfers::take_back(std::span<AdmittedTx* const> txs) noexcept {
    for (const AdmittedTx* tx : txs) {
        const Fee fee = fee_of(*tx);
        AccountRecord& sender = *at(tx->sender_place).find(tx->sender_place.hash, tx->sender);
        sender.nonce -= 1;
        sender.balance += fee.paid + tx->value;
        if (!tx->value.is_zero())
            at(tx->to_place).find(tx->to_place.hash, tx->to)->balance -= tx->value;
        if (!fee.tip.is_zero()) at(vault_).find(vault_.hash, coinbase_)->balance -= fee.tip;
    }
}

}  // namespace troupe::actors
