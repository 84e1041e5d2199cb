#pragma once

#include "chain/execution/block_env.hpp"
#include "chain/state/journal.hpp"
#include "chain/types/transaction.hpp"

namespace troupe::chain::execution {

/// Applies the authorization list of a set-code transaction: each valid entry makes its signer
/// delegate to an address. Entries that are not valid are passed over.
/// @return the refund for signers that were not new accounts [gas]
/// @spec  EIP-7702, "Behavior": the steps are numbered as there
[[nodiscard]] std::int64_t apply_authorizations(
    state::Journal& journal, const BlockEnv& env, const Transaction& tx);

/// The signer of an authorization; empty where the signature is none.
[[nodiscard]] std::optional<Address> authority_of(const Authorization& authorization);

}  // namespace troupe::chain::execution
