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
    Uint256 have;
    Uint256 want;
};

/// Gas charged before anything runs: 21,000 plus data (EIP-2028), access list (EIP-2930), creation
/// and init code (EIP-3860).
[[nodiscard]] std::uint64_t intrinsic_gas(const Transaction& tx) noexcept;
/// EIP-7623: the least that a transaction with data pays.
[[nodiscard]] std::uint64_t floor_gas(const Transaction& tx) noexcept;

/// The checks that need no state: chain id, type, fees, gas limit, intrinsic gas.
[[nodiscard]] Result<void, Refusal> check_stateless(
    const Transaction& tx, const BlockEnv& env) noexcept;

/// The checks against the sender's account: nonce, EIP-3607, balance >= gas_limit * max_fee + value.
[[nodiscard]] Result<void, Refusal> check_sender(
    const Transaction& tx, const Account& sender) noexcept;

/// What a valid transaction did.
struct Outcome {
    std::uint64_t gas_used = 0;
    bool success = true;
    std::vector<Log> logs;
    state::Effects effects;
};

/// Runs one transaction on `view`. Transfers only: kUnsupported where the EVM would be needed (a
/// creation, or `to` has code).
/// @error the first check that refuses; nothing has changed then
[[nodiscard]] Result<Outcome, Refusal> execute_transaction(
    const state::StateView& view, const BlockEnv& env, const Transaction& tx,
    const Address& sender);

}  // namespace troupe::chain::execution
