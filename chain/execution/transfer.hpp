#pragma once

#include "chain/execution/block_env.hpp"
#include "chain/state/effect.hpp"
#include "chain/state/state_view.hpp"
#include "chain/types/transaction.hpp"

namespace troupe::chain::execution {

/// Why a transaction may not be in the block, with the two numbers that a message needs
/// ("nonce 7, next is 9"; "balance 5, cost 8").
struct Refusal {
    Error error{};
    Uint256 have;  ///< what the transaction or the account has
    Uint256 want;  ///< what it would need; zero where one number says it all
};

/// Gas charged before anything runs: 21,000 plus data (EIP-2028), access list (EIP-2930), creation
/// and init code (EIP-3860), authorizations (EIP-7702).
[[nodiscard]] std::uint64_t intrinsic_gas(const Transaction& tx) noexcept;
/// EIP-7623: the least that a transaction with data pays.
[[nodiscard]] std::uint64_t floor_gas(const Transaction& tx) noexcept;
/// What a transaction uses that runs no code: the larger of the two above.
[[nodiscard]] std::uint64_t transfer_gas(const Transaction& tx) noexcept;
/// gas_limit * max_fee_per_gas + value: what the sender must have. @pre it fits (check_form)
[[nodiscard]] Uint256 max_cost(const Transaction& tx) noexcept;

/// The checks that need neither state nor block: chain id, type, tip, gas limit within any block of
/// this chain, overflow, intrinsic and floor gas, and whether the EVM would be needed as far as the
/// transaction alone tells (creation, EIP-7702, a precompile's address).
[[nodiscard]] Result<void, Refusal> check_form(
    const Transaction& tx, std::uint64_t chain_id, std::uint64_t block_gas_limit) noexcept;
/// EIP-1559: max_fee_per_gas >= base_fee_per_gas.
[[nodiscard]] Result<void, Refusal> check_fee(
    const Transaction& tx, const Uint256& base_fee_per_gas) noexcept;
/// All checks that need no state: check_form and check_fee.
[[nodiscard]] Result<void, Refusal> check_stateless(
    const Transaction& tx, const BlockEnv& env) noexcept;

/// The checks against the sender's account: nonce, EIP-3607, balance >= max_cost.
/// @pre check_form
[[nodiscard]] Result<void, Refusal> check_sender(
    const Transaction& tx, const Account& sender) noexcept;

/// Code that a transaction deployed: what its kCode effects name by hash.
struct DeployedCode {
    Hash32 hash;
    Bytes code;
    friend bool operator==(const DeployedCode&, const DeployedCode&) noexcept = default;
};

/// What a valid transaction did.
struct Outcome {
    std::uint64_t gas_used = 0;
    bool success = true;
    std::vector<Log> logs;
    state::Effects effects;
    std::vector<DeployedCode> codes;
    Bytes output;  ///< returned or reverted with; the deployed code of a creation
    std::optional<Address> created;  ///< a creation's contract
};

/// Runs one transaction on `view`. Transfers only: kUnsupported where the EVM would be needed (a
/// creation, or `to` has code or is a precompile).
/// The sender pays gas_used * effective_gas_price; the priority part goes to the coinbase as a
/// Delta, the base fee is burned. Nothing is added to an account when the amount is zero, so an
/// account that would stay empty stays absent (EIP-161).
/// @error the first check that refuses; nothing has changed then
[[nodiscard]] Result<Outcome, Refusal> execute_transaction(
    const state::StateView& view, const BlockEnv& env, const Transaction& tx,
    const Address& sender);

/// Applies the part of `effects` that concerns one account to it: writes and deltas, in order.
void apply_effect(Account& account, const state::Effect& effect) noexcept;

}  // namespace troupe::chain::execution
