#include "chain/execution/transaction.hpp"

#include "chain/evm/precompiles.hpp"
#include "chain/execution/message.hpp"

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
/// @param memory  empty, used again
Outcome transfer(
    const BlockEnv& env, const Transaction& tx, const Address& sender, const Account& recipient,
    state::Effects&& memory) {
    const Address& to = *tx.to;
    Outcome outcome;
    outcome.gas_used =
        env.rules.revision >= Revision::kPrague ? transfer_gas(tx) : intrinsic_gas(tx);
    const Uint256 price = effective_gas_price(tx, env.base_fee_per_gas);
    const Uint256 paid = Uint256{outcome.gas_used} * price + tx.value;
    const Uint256 tip = Uint256{outcome.gas_used} * (price - env.base_fee_per_gas);
    auto& out = outcome.effects;
    out = std::move(memory);
    out.reserve(7);
    out.push_back(effect(EffectKind::kGuard, Field::kNonce, sender, tx.nonce));
    out.push_back(effect(EffectKind::kWrite, Field::kNonce, sender, Uint256{tx.nonce + 1}));
    out.push_back(effect(EffectKind::kGuard, Field::kBalance, sender, max_cost(tx)));
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
    const MessageResult ran = run_message(machine, env, tx, sender);

    Outcome outcome;
    outcome.reason = ran.reason;
    outcome.success = ran.reason == evm::HaltReason::kSuccess;
    outcome.output.assign(ran.output.begin(), ran.output.end());
    if (!tx.to && outcome.success) outcome.created = ran.created;
    outcome.gas_used = ran.gas_used;
    journal.add_balance(from, Uint256{tx.gas_limit - outcome.gas_used} * price);

    outcome.logs = std::move(journal.logs());
    outcome.effects = journal.recycled();
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
        if (!recipient.has_code())
            return transfer(
                env, tx, sender, recipient,
                machine != nullptr ? machine->journal().recycled() : state::Effects{});
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

Outcome execute_unchecked(
    evm::Machine& machine, const state::StateView& view, const BlockEnv& env, const Transaction& tx,
    const Address& sender, evm::Tracer* tracer) {
    return run_code(machine, view, env, tx, sender, false, tracer);
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
