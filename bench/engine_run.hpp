#pragma once

#include "actors/engine.hpp"
#include "bench/world_builder.hpp"

#include <span>
#include <string>
#include <unordered_set>

namespace troupe::bench {

/// What became of transactions that went through a node's engine.
struct EngineRun {
    double seconds = 0;  ///< from the first submission to the last answer
    std::uint64_t gas_used = 0;
    std::uint64_t gas_of_others = 0;  ///< of what `watched` did not send
    std::uint64_t reverted = 0;       ///< of what `watched` sent
    std::uint64_t refused = 0;
    std::string first_refusal;
    actors::SequencerStats stats;
};
using Senders = std::unordered_set<chain::Address, node::FixedBytesHash>;

/// Starts the node's engine (admission, sequencer, executors, partitions, sealer, batcher: all
/// actors, as `troupe node` has them) on that state in this process, with a log, a store and an L1
/// that take everything at once, and sends the transactions through it as fast as they are
/// answered.
/// @param raw       signed, in the order to submit them
/// @param watched   whose transactions are expected to succeed
/// @param failure   what did not work; empty: all of it did
[[nodiscard]] EngineRun run_engine(
    WorldBuilder& world, std::span<const chain::Bytes> raw, const Senders& watched,
    std::string& failure);

}  // namespace troupe::bench
