#pragma once

#include "chain/execution/transaction.hpp"

#include <functional>

namespace troupe::chain::execution {

/// A call that changes nothing: JSON-RPC's eth_call.
struct CallRequest {
    Address from;
    std::optional<Address> to;  ///< empty: a creation
    Uint256 value;              ///< wei; `from` must have it
    Bytes data;
    std::uint64_t gas = 0;  ///< limit, intrinsic gas included; the caller has bounded it
    Uint256 gas_price;  ///< zero: nobody pays for gas; else `from` must have gas * gas_price too
    AccessList access_list;
    std::vector<Authorization> authorizations;  ///< EIP-7702; applied before the code runs
};

struct CallResult {
    std::uint64_t gas_used = 0;  ///< as a transaction's: intrinsic gas in, refund out
    std::uint64_t gas_refunded = 0;
    bool success = false;
    Bytes output;  ///< returned or reverted with
    std::vector<Log> logs;
    evm::HaltReason reason = evm::HaltReason::kSuccess;
};

/// The transaction that a call runs as, but for its nonce.
[[nodiscard]] Transaction transaction_of(const CallRequest& request);
/// Why a call cannot even begin, in the order in which they are looked at: kBalanceTooLow (for
/// max_cost), kOutOfGas (intrinsic or floor gas), kInitCodeTooLarge.
/// @param from  the account that sends it
[[nodiscard]] std::optional<evm::HaltReason> call_refusal(
    const Transaction& tx, const Rules& rules, const Account& from);

/// Runs `request` on `view` as a transaction would run, without the checks of nonce, signature and
/// fees. A limit below the intrinsic gas is kOutOfGas, a missing balance kBalanceTooLow.
[[nodiscard]] CallResult call(
    evm::Machine& machine, const state::StateView& view, const BlockEnv& env,
    const CallRequest& request, evm::Tracer* tracer = nullptr);
[[nodiscard]] CallResult call(
    const state::StateView& view, const BlockEnv& env, const CallRequest& request);

/// The least gas limit with which `request` succeeds, by binary search between what it used with
/// `cap` and `cap`. request.gas, if not zero, lowers the cap; a gas price lowers it to what `from`
/// can pay.
/// @param expired  asked before each of the twenty calls or so; once it is true, the search ends
///                 with the least limit that is known to do
/// @error the call's result with the most gas, where it fails with that too
[[nodiscard]] Result<std::uint64_t, CallResult> estimate_gas(
    evm::Machine& machine, const state::StateView& view, const BlockEnv& env,
    const CallRequest& request, std::uint64_t cap, const std::function<bool()>& expired = {});
[[nodiscard]] Result<std::uint64_t, CallResult> estimate_gas(
    const state::StateView& view, const BlockEnv& env, const CallRequest& request,
    std::uint64_t cap);

}  // namespace troupe::chain::execution
