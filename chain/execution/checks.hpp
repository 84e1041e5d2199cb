#pragma once

#include "chain/execution/block_env.hpp"
#include "chain/execution/intrinsic_gas.hpp"
#include "chain/types/transaction.hpp"

namespace troupe::chain::execution {

/// Why a transaction may not be in the block, with the two numbers that a message needs
/// ("nonce 7, next is 9"; "balance 5, cost 8").
struct Refusal {
    Error error{};
    Uint256 have;  ///< what the transaction or the account has
    Uint256 want;  ///< what it would need; zero where one number says it all
};

/// The checks that need neither state nor block and that are Ethereum's: chain id, nonce, type and
/// its fields, tip, gas limit within any block of this chain, overflow, init code, intrinsic and
/// floor gas.
[[nodiscard]] Result<void, Refusal> check_rules(
    const Transaction& tx, const Rules& rules, std::uint64_t chain_id,
    std::uint64_t block_gas_limit) noexcept;
/// What this chain admits: check_rules of Prague, and no blobs (kTxTypeUnsupported).
[[nodiscard]] Result<void, Refusal> check_form(
    const Transaction& tx, std::uint64_t chain_id, std::uint64_t block_gas_limit) noexcept;
/// EIP-1559: max_fee_per_gas >= base_fee_per_gas.
[[nodiscard]] Result<void, Refusal> check_fee(
    const Transaction& tx, const Uint256& base_fee_per_gas) noexcept;
/// All checks that need no state: check_rules, check_fee and the blobs' fee (EIP-4844).
[[nodiscard]] Result<void, Refusal> check_stateless(
    const Transaction& tx, const BlockEnv& env) noexcept;

/// The checks against the sender's account: nonce, balance >= max_cost, and no code (EIP-3607).
/// An account that delegates to code (EIP-7702) may send: who sees that it has code, and only then,
/// looks at it and calls check_sender_code.
/// @pre check_form
[[nodiscard]] Result<void, Refusal> check_sender(
    const Transaction& tx, const Account& sender) noexcept;
/// The same with the sender's code known. @param code  of the sender; empty when it has none
[[nodiscard]] Result<void, Refusal> check_sender(
    const Transaction& tx, const Account& sender, ByteView code) noexcept;

}  // namespace troupe::chain::execution
