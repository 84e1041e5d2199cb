#pragma once

#include "chain/evm/machine.hpp"
#include "chain/execution/block_env.hpp"
#include "chain/types/transaction.hpp"

namespace troupe::chain::execution {

/// What the call or creation of a transaction did to gas.
struct MessageResult {
    evm::HaltReason reason = evm::HaltReason::kSuccess;
    std::uint64_t gas_used = 0;  ///< after the refund, and not below EIP-7623's floor
    std::uint64_t refunded = 0;  ///< what it would have used more without
    ByteView output;             ///< valid until the machine's next call
    Address created;
};

/// The middle of a transaction: warms what is warm from the start, applies authorizations, and
/// calls or creates with what the intrinsic gas leaves. Who pays for the gas, and the sender's
/// nonce, are the caller's business; the journal holds the state changes.
/// @pre machine.begin(); tx.gas_limit >= intrinsic gas; the sender can pay tx.value
/// @spec EIP-2929, 2930, 3529, 3651, 7623, 7702
[[nodiscard]] MessageResult run_message(
    evm::Machine& machine, const BlockEnv& env, const Transaction& tx, const Address& sender);

}  // namespace troupe::chain::execution
