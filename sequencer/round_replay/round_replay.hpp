#pragma once

#include "actors/round_runner.hpp"
#include "sequencer/evm_tools/mainnet_block.hpp"

namespace troupe::node {

/// What executing a block as the sequencer does it came to.
struct RoundReplayResult {
    std::string difference;        ///< the first one, in words; empty: none
    std::uint64_t ns = 0;          ///< of all rounds, the shortest of all repetitions
    std::uint64_t reexecuted = 0;  ///< transactions, in that one
};

/// A block in rounds over partitions, shared by executors.
class RoundReplay {
  public:
    RoundReplay(const MainnetBlock& block, unsigned executors);
    /// Executes it from the file's state on, with nothing learnt, and compares gas, roots and
    /// bloom, and the state with that of serial execution.
    void repeat(const World& serial);
    [[nodiscard]] const RoundReplayResult& result() const noexcept { return result_; }

  private:
    const MainnetBlock& block_;
    actors::RoundRunner runner_;
    RoundReplayResult result_;
};

/// What a plain loop, one executor in rounds and several came to.
struct ReplayResults {
    ReplayResult serial;
    RoundReplayResult alone;
    RoundReplayResult parallel;
    [[nodiscard]] std::string difference() const;  ///< the first one, in words; empty: none
};
/// By turns: what disturbs one disturbs the others.
/// @param repetitions  of each, at least 1
[[nodiscard]] ReplayResults replay_by_turns(
    const MainnetBlock& block, unsigned executors, unsigned repetitions);

}  // namespace troupe::node
