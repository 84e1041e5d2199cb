#pragma once

#include "chain/evm/machine.hpp"
#include "chain/execution/checks.hpp"
#include "chain/state/effect.hpp"
#include "chain/state/state_view.hpp"

namespace troupe::chain::execution {

using state::DeployedCode;

/// What a valid transaction did.
struct Outcome {
    std::uint64_t gas_used = 0;
    bool success = true;
    std::vector<Log> logs;
    state::Effects effects;
    std::vector<DeployedCode> codes;
    Bytes output;                    ///< returned or reverted with; the deployed code of a creation
    std::optional<Address> created;  ///< a creation's contract
    evm::HaltReason reason = evm::HaltReason::kSuccess;  ///< why it did not succeed
};

/// Runs one transaction on `view`.
/// The sender pays gas_used * effective_gas_price; the priority part goes to the coinbase as a
/// Delta, the base fee is burned. Nothing is added to an account when the amount is zero, so an
/// account that would stay empty stays absent (EIP-161).
/// @param machine  of this executor: keeps its memory and decoded code between transactions
/// @error the first check that refuses; nothing has changed then
/// @spec  Yellow Paper, "Transaction Execution"; EIP-1559, 2929, 2930, 3529, 3607, 3651, 4844,
/// 6780,
///        7623, 7702
[[nodiscard]] Result<Outcome, Refusal> execute_transaction(
    evm::Machine& machine, const state::StateView& view, const BlockEnv& env, const Transaction& tx,
    const Address& sender);
/// The same, watched.
[[nodiscard]] Result<Outcome, Refusal> execute_transaction(
    evm::Machine& machine, const state::StateView& view, const BlockEnv& env, const Transaction& tx,
    const Address& sender, evm::Tracer& tracer);

/// The same with a machine for this transaction only, which costs tens of microseconds where code
/// runs.
[[nodiscard]] Result<Outcome, Refusal> execute_transaction(
    const state::StateView& view, const BlockEnv& env, const Transaction& tx,
    const Address& sender);
[[nodiscard]] Result<Outcome, Refusal> execute_transaction(
    const state::StateView& view, const BlockEnv& env, const Transaction& tx, const Address& sender,
    evm::Tracer& tracer);

/// Runs a message that nobody has signed, for those who ask what it would do: as a transaction, but
/// nobody checks its nonce, its sender's code, its fees or the block's limits. Gas is paid.
/// @pre gas_limit >= intrinsic and floor gas, the sender can pay max_cost(tx), and the fee cap is
///      not below the base fee of `env`
[[nodiscard]] Outcome execute_unchecked(
    evm::Machine& machine, const state::StateView& view, const BlockEnv& env, const Transaction& tx,
    const Address& sender, evm::Tracer* tracer = nullptr);

/// Applies the part of `effects` that concerns one account's nonce, balance and code hash to it:
/// writes and deltas, in order.
void apply_effect(Account& account, const state::Effect& effect) noexcept;

}  // namespace troupe::chain::execution
