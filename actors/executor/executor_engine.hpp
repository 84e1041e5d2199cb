#pragma once

#include "actors/executor/tables_view.hpp"
#include "actors/sequencer/round.hpp"
#include "actors/sequencer/sequencer_port.hpp"
#include "chain/evm/machine.hpp"

namespace troupe::actors {

/// Runs transactions: nothing of its own but scratch.
class ExecutorEngine {
  public:
    /// @param loans  of all partitions; written in settle() only
    ExecutorEngine(Loans loans, TableSeed seed);

    /// Runs the transactions of `share` of the round in order, on the state before the round with
    /// their own changes in front, and writes down what they did and what that depends on. Others
    /// do the same with other shares meanwhile; nobody writes the states.
    void speculate(Round& round, std::uint32_t share);

    /// Makes the round what serial execution makes it, in place: takes back what was applied of it,
    /// then goes through it in order; what was speculated and holds is applied, everything else
    /// runs (again). Nobody else holds the states.
    void settle(Round& round);

  private:
    [[nodiscard]] chain::Result<chain::execution::Outcome, chain::execution::Refusal> execute(
        const TablesView& view, const Round& round, std::size_t tx);
    [[nodiscard]] chain::Result<chain::execution::Outcome, chain::execution::Refusal> observe(
        const TablesView& view, const Round& round, std::size_t tx,
        std::vector<Observation>& observed);
    void record(
        Speculation& speculation, std::uint32_t tx, SpeculativeView& view,
        const chain::execution::Outcome& outcome) const;
    void add_codes(const std::vector<chain::execution::DeployedCode>& codes);
    void apply(const TablesView& view, const chain::execution::Outcome& outcome);
    [[nodiscard]] std::optional<std::uint64_t> apply_if_it_holds(
        std::span<const PlacedEffect> effects, const TxResult& result);
    void run_in_place(Round& round, std::size_t tx, const TablesView& view, std::uint64_t gas_left);

    Loans loans_;
    Views views_;
    PlaceCache places_;
    Overlay overlay_;
    chain::evm::Machine machine_;
    chain::evm::HashRecord hashes_;
};

}  // namespace troupe::actors
