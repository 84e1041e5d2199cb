#include "chain/execution/transaction.hpp"

#include "chain/evm/delegation.hpp"
#include "chain/evm/gas.hpp"
#include "chain/evm/precompiles.hpp"
#include "chain/execution/authorization.hpp"

#include <algorithm>

namespace troupe::chain::execution {
namespace {

using state::EffectKind;
using state::Field;
using state::Journal;

state::Effect effect(
    EffectKind kind, Field field, const Address& address, const Uint256& value,
    bool negative = false) noexcept {
    state::Effect result;
    result.kind = kind;
    result.field = field;
    result.negative = negative;
    result.address = address;
    result.value = value;
    return result;
}

/// A transaction that runs no code, without a journal. @pre all checks passed
Outcome transfer(
    const BlockEnv& env, const Transaction& tx, const Address& sender, const Account& recipient) {
    const Address& to = *tx.to;
    Outcome outcome;
    outcome.gas_used =
        env.rules.revision >= Revision::kPrague ? transfer_gas(tx) : intrinsic_gas(tx);
    const Uint256 price = effective_gas_price(tx, env.base_fee_per_gas);
    const Uint256 paid = Uint256{outcome.gas_used} * price + tx.value;
    const Uint256 tip = Uint256{outcome.gas_used} * (price - env.base_fee_per_gas);
    auto& out = outcome.effects;
    out.reserve(7);
    out.push_back(effect(EffectKind::kGuard, Field::kNonce, sender, tx.nonce));
    out.push_back(effect(EffectKind::kGuard, Field::kBalance, sender, max_cost(tx)));
    out.push_back(effect(EffectKind::kWrite, Field::kNonce, sender, Uint256{tx.nonce + 1}));
    if (!paid.is_zero())
        out.push_back(effect(EffectKind::kDelta, Field::kBalance, sender, paid, true));
    out.push_back(
        effect(EffectKind::kRead, Field::kCode, to, uint256_from_be(recipient.code_hash)));
    if (!tx.value.is_zero())
        out.push_back(effect(EffectKind::kDelta, Field::kBalance, to, tx.value));
    if (!tip.is_zero())
        out.push_back(effect(EffectKind::kDelta, Field::kBalance, env.coinbase, tip));
    return outcome;
}

/// EIP-2929, 2930, 3651: what is warm when the first instruction runs. Precompiles count as warm
/// without being asked: they are few, and warmed when they are met.
void warm_up(
    Journal& journal, const BlockEnv& env, const Transaction& tx, Journal::AccountId sender) {
    journal.warm_account(sender);
    journal.warm_account(journal.account(env.coinbase));
    if (tx.to) journal.warm_account(journal.account(*tx.to));
    for (const AccessListEntry& entry : tx.access_list) {
        const Journal::AccountId id = journal.account(entry.address);
        journal.warm_account(id);
        for (const Hash32& key : entry.storage_keys)
            journal.warm_slot(journal.slot(id, uint256_from_be(key)));
    }
}

/// A transaction that may run code. @pre all checks passed
Outcome run_code(
    evm::Machine& machine, const state::StateView& view, const BlockEnv& env, const Transaction& tx,
    const Address& sender, bool sender_has_code, evm::Tracer* tracer) {
    const Uint256 price = effective_gas_price(tx, env.base_fee_per_gas);
    Journal& journal = machine.begin(view, env, sender, price, tx.blob_versioned_hashes, tracer);
    const Journal::AccountId from = journal.account(sender);
    journal.guard_nonce(from);
    if (sender_has_code) static_cast<void>(journal.code(from));  // EIP-3607 looked at it
    static_cast<void>(journal.can_pay(from, max_cost(tx)));      // it can: a guard
    // EIP-4844: the blobs' fee is burned, whatever happens.
    journal.take_balance(from, Uint256{tx.gas_limit} * price + blob_gas(tx) * env.blob_base_fee);
    journal.set_nonce(from, tx.nonce + 1);
    warm_up(journal, env, tx, from);

    std::int64_t refund = 0;
    if (tx.type == TxType::kSetCode) refund = apply_authorizations(journal, env, tx);
    if (env.rules.revision >= Revision::kPrague && tx.to) {
        if (const auto delegate = evm::delegate_of(journal.code(journal.account(*tx.to))))
            journal.warm_account(journal.account(*delegate));
    }
    const auto gas = static_cast<std::int64_t>(tx.gas_limit - intrinsic_gas(tx));
    const evm::Machine::Result result =
        tx.to ? machine.call(sender, *tx.to, tx.value, tx.data, gas)
              : machine.create(sender, tx.nonce, tx.value, tx.data, gas);

    Outcome outcome;
    outcome.reason = result.reason;
    outcome.success = result.reason == evm::HaltReason::kSuccess;
    outcome.output.assign(result.output.begin(), result.output.end());
    if (!tx.to && outcome.success) outcome.created = result.created;
    // EIP-3529: at most a fifth comes back. EIP-7702's part does so even when the call failed.
    refund += journal.refund;
    const std::uint64_t spent = tx.gas_limit - static_cast<std::uint64_t>(result.gas_left);
    const std::uint64_t refunded =
        std::min(spent / evm::gas::kRefundQuotient, static_cast<std::uint64_t>(refund));
    outcome.gas_used = spent - refunded;
    if (env.rules.revision >= Revision::kPrague)
        outcome.gas_used = std::max(outcome.gas_used, floor_gas(tx));  // EIP-7623
    journal.add_balance(from, Uint256{tx.gas_limit - outcome.gas_used} * price);

    outcome.logs = std::move(journal.logs());
    journal.collect(outcome.effects, outcome.codes);
    const Uint256 tip = Uint256{outcome.gas_used} * (price - env.base_fee_per_gas);
    // What the coinbase gets goes with it, should this transaction have destroyed it.
    if (!tip.is_zero() && !journal.record(journal.account(env.coinbase)).destroyed)
        outcome.effects.push_back(effect(EffectKind::kDelta, Field::kBalance, env.coinbase, tip));
    return outcome;
}

/// @param machine  null: make one where it is needed
Result<Outcome, Refusal> execute(
    evm::Machine* machine, const state::StateView& view, const BlockEnv& env, const Transaction& tx,
    const Address& sender, evm::Tracer* tracer) {
    if (const auto stateless = check_stateless(tx, env); !stateless) return stateless.error();
    const Account from = view.account(sender).value_or(Account{});
    const bool sender_has_code = from.has_code();
    const auto allowed = sender_has_code && env.rules.revision >= Revision::kPrague
                             ? check_sender(tx, from, view.code(from.code_hash))
                             : check_sender(tx, from);
    if (!allowed) return allowed.error();
    // The short way: nothing can run at `to`.
    if (tx.type <= TxType::kDynamicFee && tx.to && !sender_has_code && tracer == nullptr &&
        !evm::is_precompile(*tx.to, env.rules)) {
        const Account recipient = view.account(*tx.to).value_or(Account{});
        if (!recipient.has_code()) return transfer(env, tx, sender, recipient);
    }
    if (machine != nullptr)
        return run_code(*machine, view, env, tx, sender, sender_has_code, tracer);
    evm::Machine own;
    return run_code(own, view, env, tx, sender, sender_has_code, tracer);
}

}  // namespace

Result<Outcome, Refusal> execute_transaction(
    evm::Machine& machine, const state::StateView& view, const BlockEnv& env, const Transaction& tx,
    const Address& sender) {
    return execute(&machine, view, env, tx, sender, nullptr);
}
Result<Outcome, Refusal> execute_transaction(
    evm::Machine& machine, const state::StateView& view, const BlockEnv& env, const Transaction& tx,
    const Address& sender, evm::Tracer& tracer) {
    return execute(&machine, view, env, tx, sender, &tracer);
}
Result<Outcome, Refusal> execute_transaction(
    const state::StateView& view, const BlockEnv& env, const Transaction& tx,
    const Address& sender) {
    return execute(nullptr, view, env, tx, sender, nullptr);
}
Result<Outcome, Refusal> execute_transaction(
    const state::StateView& view, const BlockEnv& env, const Transaction& tx, const Address& sender,
    evm::Tracer& tracer) {
    return execute(nullptr, view, env, tx, sender, &tracer);
}

void apply_effect(Account& account, const state::Effect& effect) noexcept {
    if (effect.kind == EffectKind::kDelta) {
        account.balance =
            effect.negative ? account.balance - effect.value : account.balance + effect.value;
    } else if (effect.kind == EffectKind::kWrite) {
        if (effect.field == Field::kNonce) account.nonce = effect.value.low_u64();
        if (effect.field == Field::kBalance) account.balance = effect.value;
        if (effect.field == Field::kCode) account.code_hash = to_be32(effect.value);
    }
}

}  // namespace troupe::chain::execution
