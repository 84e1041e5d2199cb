#pragma once

#include "chain/types/chain_config.hpp"
#include "l1-client/eth_client.hpp"

namespace troupe::l1 {

/// Who may do what, as SystemConfig says now.
struct Roles {
    chain::Address owner;
    chain::Address guardian;
    chain::Address batcher;  ///< in force at the latest block
    chain::Address proposer;
    bool paused = false;
};

/// Checks that the L1 is the one of `config`: chain id, the start block's hash and timestamp, and
/// the three contracts: that there is code, that it is ours, that they belong together and to this
/// L2.
/// @error kWrongChain, kContractMissing with what was found and what was expected; and those of
///        EthClient: kUnreachable, kTimeout, ...
[[nodiscard]] Status check_rollup(EthClient& l1, const chain::ChainConfig& config);

[[nodiscard]] Result<Roles> read_roles(EthClient& l1, const chain::ChainConfig& config);

}  // namespace troupe::l1
