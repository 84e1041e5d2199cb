#pragma once

#include "sequencer/evm_tools/mainnet_block.hpp"

namespace troupe::node {

/// What executing a block as the sequencer does it came to.
struct RoundReplayResult {
    std::string difference;        ///< the first one, in words; empty: none
    std::uint64_t ns = 0;          ///< of all rounds, the shortest of all repetitions
    std::uint64_t reexecuted = 0;  ///< transactions, in that one
};

/// Executes the block in rounds over partitions, shared by `executors`, and compares gas, roots and
/// bloom, and the state with that of serial execution.
/// @param repetitions  at least 1; each begins with the file's state, and with nothing learnt
[[nodiscard]] RoundReplayResult replay_in_rounds(
    const MainnetBlock& block, const World& serial, unsigned executors, unsigned repetitions);

}  // namespace troupe::node
