#pragma once

#include "actors/placement.hpp"
#include "bench/contract_load.hpp"

#include <cstdint>
#include <vector>

namespace troupe::bench {

/// What the handlers of one round took, ns of a core each.
struct RoundCosts {
    struct Share {
        std::uint32_t index = 0;  ///< of the executor or the partition
        double ns = 0;
    };
    struct Seal {
        double begin_ns = 0;            ///< the sequencer waits for it
        std::vector<double> slices_ns;  ///< hashing, while later rounds run
    };
    // By the sequencer, one after the other.
    double plan_ns = 0;     ///< collect the round, run its first transfers in place
    double check_ns = 0;    ///< nonces and balances of what executors run, as the node plans them
    double share_ns = 0;    ///< who runs what
    double collect_ns = 0;  ///< between speculation and validation
    double learn_ns = 0;    ///< of conflicts, and counting
    double publish_ns = 0;  ///< receipts, as the node makes them
    // By others.
    std::vector<Share> speculate;
    std::vector<Share> validate;
    double settle_ns = 0;     ///< 0: not needed
    std::vector<Seal> seals;  ///< by partition; empty: the block goes on

    std::uint32_t txs = 0;
    std::uint32_t native = 0;   ///< of these, run in place
    std::uint64_t effects = 0;  ///< validated
    std::uint32_t again = 0;    ///< run a second time
    std::uint64_t sealed = 0;   ///< accounts and slots, where a block ends
};

struct RoundShape {
    std::uint32_t executors = 1;
    std::uint32_t partitions = 4;
    std::uint32_t micro_block_txs = 2'000;
    std::uint64_t micro_block_gas = 20'000'000;
    std::uint64_t parallel_gas = 2'000'000;
    std::uint32_t block_txs = 10'000;  ///< a block ends behind the round that reaches it
    bool estimate_costs = true;
    bool learn_slots = true;
    int repeats = 2;  ///< of every handler the fastest time counts
};

/// Runs the load's measured transactions (after the warm-up) on one thread, with the engines of
/// that many executors and partitions: the real plan, shares, speculation, validation, repair and
/// sealing, in the rounds that so many would make. @return a round's costs each, in order
[[nodiscard]] std::vector<RoundCosts> record_costs(
    const ContractLoad& load, const RoundShape& shape, const actors::TableSeed& seed);

}  // namespace troupe::bench
