#pragma once

#include "l1-client/eth_client.hpp"
#include "sequencer/config/rollup_file.hpp"
#include "sequencer/storage/chain_store.hpp"

#include <string>

namespace troupe::node {

/// Whether the L1 holds blocks that the store lacks, as far as its output claims tell.
/// @return a failure in words
[[nodiscard]] Failure l1_is_ahead(
    l1::EthClient& l1, const chain::ChainConfig& config, const ChainStore& store, bool& ahead);

/// Derives the chain from the L1 alone, executes it from the genesis, and adds to the store the
/// blocks that it lacks; those it has must be the same. For a new data directory of an old chain,
/// and for a copy that is behind. Blocks that never reached the L1 are gone.
/// @return a failure in words; what was added by then stays, and is right
[[nodiscard]] Failure recover_from_l1(
    l1::EthClient& l1, const RollupFile& rollup, ChainStore& store);

}  // namespace troupe::node
