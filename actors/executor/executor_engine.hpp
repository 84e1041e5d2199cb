#pragma once

#include "actors/executor/tables_view.hpp"
#include "actors/sequencer/round.hpp"
#include "actors/sequencer/sequencer_port.hpp"
#include "chain/evm/machine.hpp"

#include <array>

namespace troupe::actors {

/// Runs transactions: nothing of its own but scratch.
class ExecutorEngine {
  public:
    /// @param loans  of all partitions; written in settle() only
    ExecutorEngine(Loans loans, TableSeed seed);

    /// Runs the transactions of `share` of the round in order, on the state before the round with
    /// their own changes in front, and writes down what they did and what that depends on. Others
    /// do the same with other shares meanwhile; nobody writes the states. Then the same with rests,
    /// as long as there are any, each of them as if it were another executor's.
    void speculate(Round& round, std::uint32_t share);

    /// Makes the round what serial execution makes it, in place: takes back what was applied of it,
    /// then goes through it in order; what was speculated and holds is applied, everything else
    /// runs (again). Nobody else holds the states.
    void settle(Round& round);

  private:
    void prefetch(const Round& round, std::size_t soon, std::size_t next) const;
    /// Of a transaction: who speculated it, if anybody did, and which of theirs it was.
    struct Origin {
        const Speculation* speculation = nullptr;
        std::size_t position = 0;
    };
    void prefetch_effects(const Origin& soon, const Origin& next) const;
    void speculate_one(Round& round, std::uint32_t share);
    [[nodiscard]] chain::Result<chain::execution::Outcome, chain::execution::Refusal> execute(
        const TablesView& view, const Round& round, std::size_t tx);
    [[nodiscard]] chain::Result<chain::execution::Outcome, chain::execution::Refusal> observe(
        const TablesView& view, const Round& round, std::size_t tx,
        std::vector<Observation>& observed);
    void record(
        Round& round, Speculation& speculation, std::uint32_t tx, SpeculativeView& view,
        const chain::execution::Outcome& outcome);
    [[nodiscard]] bool is_repeated(
        Speculation& speculation, const KeyPlace& place, const chain::state::Effect& effect) const;
    void note(Speculation& speculation, const PlacedEffect& placed, const chain::Address& vault);
    void add_codes(const std::vector<chain::execution::DeployedCode>& codes);
    void apply(const TablesView& view, const chain::execution::Outcome& outcome);
    [[nodiscard]] std::optional<std::uint64_t> apply_if_it_holds(
        const Round& round, const Speculation& speculation, std::size_t position,
        const TxResult& result);
    void run_in_place(Round& round, std::size_t tx, const TablesView& view, std::uint64_t gas_left);

    static constexpr std::size_t kCodeReads = 16;
    static constexpr std::uint32_t kNoRead = ~std::uint32_t{0};

    Loans loans_;
    Views views_;
    PlaceCache places_;
    Overlay overlay_;
    chain::evm::Machine machine_;
    chain::evm::HashRecord hashes_;
    /// Of the share: where reads of codes are among its effects; by hash, the last.
    std::array<std::uint32_t, kCodeReads> code_reads_{};
};

}  // namespace troupe::actors
