#pragma once

#include "actors/executor/tables_view.hpp"
#include "actors/sequencer/planner.hpp"
#include "actors/sequencer/round.hpp"
#include "actors/sequencer/sequencer_port.hpp"
#include "chain/evm/machine.hpp"

namespace troupe::actors {

/// Runs a whole micro-block in order, on the partitions' views with its own changes in front. Only
/// scratch of its own. Called between the last RolledBack and the first Apply of a round, when
/// nobody writes the tables.
class ExecutorEngine {
  public:
    ExecutorEngine(Views views, TableSeed seed) : views_(std::move(views)), places_(seed) {}

    /// Fills round.serial (what became of each transaction), and round.effects and round.codes
    /// (writes and deltas of the valid ones, what they deployed; by partition, in transaction
    /// order).
    void run(Round& round);

    /// Runs a read-only call. When nobody writes the tables.
    [[nodiscard]] CallAnswer call(const Call& call);

  private:
    Views views_;
    PlaceCache places_;
    chain::evm::Machine machine_;
};

}  // namespace troupe::actors
