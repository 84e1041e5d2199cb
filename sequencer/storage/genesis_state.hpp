#pragma once

#include "sequencer/storage/chain_store.hpp"

namespace troupe::node {

/// Block 0 and its accounts as the store keeps them. @param funded  beside those of the alloc
[[nodiscard]] GenesisState make_genesis_state(
    const chain::Genesis& genesis, const chain::ChainConfig& config, const FundedKeys& funded = {});

}  // namespace troupe::node
