#pragma once

#include "actors/sequencer/planner.hpp"
#include "actors/sequencer/round.hpp"

namespace troupe::actors {

/// Runs a whole micro-block in order, on the partitions' views with its own changes in front. Only
/// scratch of its own. Called between the last RolledBack and the first Apply of a round, when
/// nobody writes the tables.
class ExecutorEngine {
  public:
    explicit ExecutorEngine(Views views) : views_(std::move(views)) {}

    /// Fills round.serial (what became of each transaction) and round.effects (writes and deltas
    /// of the valid ones, by partition, in transaction order).
    void run(Round& round) const;

  private:
    Views views_;
};

}  // namespace troupe::actors
