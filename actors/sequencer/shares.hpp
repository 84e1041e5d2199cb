#pragma once

#include "actors/metrics_sink.hpp"
#include "actors/scratch_table.hpp"
#include "actors/sequencer/cost_estimates.hpp"
#include "actors/sequencer/hot_keys.hpp"
#include "actors/sequencer/prediction_demand.hpp"
#include "actors/sequencer/slot_templates.hpp"

#include <algorithm>

namespace troupe::actors {

/// Decides which executor runs what of a round, so that what may conflict is run by one. Two
/// transactions are kept together when they
///   have the same sender: the second needs the first one's nonce;
///   are predicted to touch a slot that one of them writes (SlotTemplates), or, where that is not
///   known, name the same account (as sender, recipient of ether or argument) or the same argument
///   of a function; if few of the round do: what is rare costs nothing to keep together, as long as
///   not too much hangs together by it;
///   are predicted to write the same hot key (HotKeys).
/// What then belongs together goes, the heaviest first, to the executor with the least gas. Where
/// much is only guessed, each gets a part of its share, and what is left is the rests, which nobody
/// has before the round runs: whoever is done first takes one.
class Shares {
  public:
    /// What prepare() and learn() take of a transaction [gas] (docs/benchmarks.md).
    static constexpr std::uint64_t kPrepareGas = 1'600;

    struct Config {
        std::uint32_t executors = 1;
        std::uint64_t gas_min = 0;   ///< see EngineConfig::parallel_gas_min
        bool estimate_costs = true;  ///< see EngineConfig
        bool learn_slots = true;     ///< see EngineConfig
        bool follow_all = false;     ///< every slot counts as contended
        /// What whoever shares out does of a transaction while executors run [gas]: the executor
        /// that is told last has as much less to run, because it runs on that thread.
        std::uint64_t beside_gas = kPrepareGas;
        std::uint32_t rests = 0;  ///< for each executor, see Round::rests
        TableSeed seed;
        KnownSlotsPtr known_slots{};  ///< see SlotTemplates
    };
    /// What two executors did best with (docs/benchmarks.md).
    static constexpr std::uint32_t kRests = 2;
    explicit Shares(const Config& config)
        : config_(config), templates_(config.seed, config.known_slots) {}

    /// Fills round.speculations, or leaves them empty where one executor should run all: then the
    /// mode says why (kSmall or kConflicting), else it is kParallel.
    RoundMode share_out(Round& round);
    /// Does the work of share_out() for what executors will probably run in the next round, while
    /// they run this one. If it comes otherwise, or something is learnt before, it was in vain.
    void prepare(std::span<AdmittedTx* const> txs);
    /// After the round; before its transactions' bytes are given away, if to_learn_now().
    void learn(const Round& round);
    /// Whether the next round should know what there is to learn. Else that can wait until the next
    /// one runs, when it costs nobody's time.
    [[nodiscard]] static bool to_learn_now(const Round& round) noexcept;
    [[nodiscard]] SlotTemplates::Stats template_stats() const noexcept {
        return templates_.stats();
    }
    /// Of all that was to be shared.
    [[nodiscard]] std::uint64_t estimated_gas() const noexcept { return estimated_gas_; }
    /// What a transaction will probably use. @return gas
    [[nodiscard]] std::uint64_t cost_of(const AdmittedTx& tx) const noexcept {
        return estimate(tx).gas;
    }

  private:
    struct Group {
        std::uint64_t gas = 0;
        std::uint32_t share = 0;  // an executor's, or behind those a rest
        std::uint32_t first = 0;  // of its transactions
    };
    [[nodiscard]] CostEstimates::Estimate estimate(const AdmittedTx& tx) const noexcept {
        return config_.estimate_costs ? costs_.estimate(tx) : CostEstimates::Estimate{tx.gas_limit};
    }
    [[nodiscard]] RoundMode share_out_now(Round& round);
    void take_prepared(Round& round);
    /// @return the gas that is only guessed
    [[nodiscard]] std::uint64_t weigh(const Round& round);
    void predict(Round& round);
    void find_groups(const Round& round);
    [[nodiscard]] bool too_much_together() const noexcept;
    void compare_with_names(Round& round);
    void join_by_senders(const Round& round);
    void join_what_is_between(const Round& round, std::uint64_t gas_max);
    void count_names(const Round& round);
    void join_by_rare_names(const Round& round);
    void join_by_hot_keys(const Round& round);
    /// Of the first that had the name and `tx`, unless there is more in both than that [gas].
    void join(std::uint64_t name, std::uint32_t tx, std::uint64_t gas_max = ~0ull);
    [[nodiscard]] std::uint32_t root(std::uint32_t tx) noexcept;
    void assign_groups(std::uint32_t rests);
    template <class Visit>
    static void for_each_name(const Round& round, std::uint32_t tx, const Visit& visit);

    /// Of all transactions of a round, those that may share a name and be kept together for it;
    /// where much is guessed, so that hot keys are not known either, also of their gas.
    static constexpr std::uint32_t kRareDivisor = 16;
    static constexpr std::uint64_t kRareGasDivisor = 8;
    /// What hangs together by rare names has at most this part of an executor's share of the gas,
    /// or the gas of so many transactions. Names cost nothing: without a bound, whoever names
    /// others' accounts could tie all of a round to each other, and one executor would run it.
    static constexpr std::uint32_t kNamedPartsPerExecutor = 2;
    static constexpr std::uint32_t kNamedTxsMin = 8;
    /// Where much is guessed, whoever sends twice with at most so many others between is thought to
    /// do it because of them: to buy before a swap and to sell behind it.
    static constexpr std::uint32_t kBetweenMax = 3;
    /// One executor runs all when one group has more than this of the gas [%]: the others would not
    /// save what speculation costs.
    static constexpr std::uint64_t kGroupPercentMax = 70;
    /// Much is guessed if it is this part of the gas. Only then are there rests: elsewhere they
    /// would cost more than they save.
    static constexpr std::uint64_t kGuessedDivisor = 4;
    /// Of its share of the gas, what an executor has from the beginning, where there are rests [%].
    static constexpr std::uint64_t kOwnPercent = 60;
    static constexpr std::uint32_t kRestsMax = 16;  // whoever validates looks at each
    /// Of the gas of every transaction, what takes no time: its first 21,000 cost as much as 4,000
    /// of a contract's (docs/benchmarks.md).
    static constexpr std::uint64_t kIdleGas = 17'000;
    Config config_;
    HotKeys hot_;
    CostEstimates costs_;
    std::uint64_t estimated_gas_ = 0;
    bool guessed_ = false;  // much of the round's gas
    SlotTemplates templates_;
    PredictionDemand demand_;
    std::uint64_t prepared_gas_ = 0;  // estimated
    Round prepared_;                  // if it has transactions: all of them for executors
    // Scratch. Transactions are counted from the first that executors run.
    std::vector<std::uint32_t> parents_;
    std::vector<std::uint64_t> gas_;         // that takes time
    std::vector<std::uint64_t> joined_gas_;  // of those that hang together, at their root
    std::vector<Group> groups_;
    std::vector<std::uint32_t> group_of_;
    struct Uses {
        std::uint32_t times = 0;
        std::uint64_t gas = 0;
        bool conflicting = false;  // as far as is known, not all of them only read
    };
    ScratchTable<std::uint64_t, Uses> counts_;
    struct Named {
        std::uint32_t times = 0;  // that the name occurs
        std::uint32_t tx = 0;
        std::uint64_t name = 0;
    };
    std::vector<Named> named_;
    ScratchTable<std::uint64_t, std::uint32_t> firsts_;
};

}  // namespace troupe::actors
