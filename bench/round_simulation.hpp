#pragma once

#include "bench/round_costs.hpp"

#include <span>

namespace troupe::bench {

struct SimulatedNode {
    unsigned cores = 1;
    double message_ns = 0;  ///< what a message costs its sender and its receiver
    double wake_ns = 0;     ///< from a message to a sleeping core until the core runs
    /// Not only execution: the checks of the plan, receipts, the order log, sealing.
    bool whole = false;
    double log_ns = 0;        ///< an append with sync; one at a time, on no core
    bool plan_ahead = false;  ///< what is not built: the next round is planned while this one runs
    /// Blocks follow each other at least so long, that the last seal says little: the costs are
    /// gone through again and again.
    std::uint32_t blocks_min = 24;
};

/// Where the time of the critical path went, ns.
struct CriticalPath {
    double plan = 0;       ///< by the sequencer: plan, check, share out
    double speculate = 0;  ///< as long as it would take if shares were even
    double uneven = 0;     ///< what the longest share takes longer
    double validate = 0;
    double settle = 0;
    double learn = 0;     ///< by the sequencer: learn, count, publish
    double messages = 0;  ///< and waiting for a core
    double log = 0;       ///< executed, and waiting for the disk
    double seal = 0;  ///< waiting for partitions to note what a block changed, or, at the end, to
                      ///< hash it

    double total = 0;
    double busy = 0;  ///< of all cores
    std::uint64_t txs = 0;
    std::uint64_t messages_sent = 0;
};

/// Plays rounds with these costs on that many cores.
[[nodiscard]] CriticalPath simulate(std::span<const RoundCosts> costs, const SimulatedNode& node);

}  // namespace troupe::bench
