#pragma once

#include "sequencer/storage/chain_store.hpp"

namespace troupe::node {

/// Block 0 and its accounts as the store keeps them.
[[nodiscard]] GenesisState make_genesis_state(
    const chain::Genesis& genesis, const chain::ChainConfig& config);

}  // namespace troupe::node
