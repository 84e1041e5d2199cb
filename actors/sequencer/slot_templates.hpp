#pragma once

#include "actors/sequencer/known_slots.hpp"
#include "actors/sequencer/prediction_demand.hpp"

#include <unordered_map>

namespace troupe::actors {

/// Which slots a function of a contract touches, as formulas over sender and arguments, learnt from
/// what ran. Bounded; what is not called any more is forgotten. Guesses only: no result depends on
/// them.
class SlotTemplates {
  public:
    struct Stats {
        std::uint64_t known = 0;      ///< transactions whose slots were predicted
        std::uint64_t unknown = 0;    ///< calls of functions that are not known well
        std::uint64_t observed = 0;   ///< transactions that were learnt from
        std::uint64_t templates = 0;  ///< held
    };

    /// @param seed  so that nobody can choose colliding keys
    /// @param known  is told the formulas that say which slots a call will touch; null: nobody is
    explicit SlotTemplates(TableSeed seed, KnownSlotsPtr known = {})
        : seed_(seed), known_slots_(std::move(known)) {}

    /// Writes down the keys of what executors will run, and whom they shall observe.
    /// @param demand  of which functions keys are wanted; null: of all. Where somebody is told
    ///                formulas, calls of all functions are observed
    void predict(Round& round, const PredictionDemand* demand = nullptr);
    /// After the round.
    void learn(const Round& round);
    /// Whether somebody is told formulas.
    [[nodiscard]] bool tells() const noexcept { return known_slots_ != nullptr; }
    [[nodiscard]] Stats stats() const noexcept;

    static constexpr std::size_t kTemplatesMax = 1'024;
    static constexpr std::size_t kRulesMax = 32;           ///< of a template
    static constexpr std::uint32_t kObservedMax = 24;      ///< transactions of a round
    static constexpr std::uint32_t kObservedOfOneMax = 6;  ///< of these, of one function

  private:
    struct Rule {
        SlotFormula formula;
        bool writes = false;
        std::uint32_t seen = 0;
        std::uint32_t hits = 0;

        [[nodiscard]] bool good() const noexcept { return hits * 2 > seen; }
    };
    struct Template {
        std::vector<Rule> rules;
        std::uint32_t seen = 0;     // transactions that were observed
        std::uint32_t covered = 0;  // of these: every slot that was written had been foretold
        std::uint32_t calls = 0;    // since the last that was observed
        std::uint64_t round = 0;    // of the last call
        std::uint64_t watched = 0;  // round of `watching`
        std::uint32_t watching = 0;
        KnownSlots::FormulasPtr formulas;  // that known_slots_ is told

        [[nodiscard]] bool known() const noexcept {
            return seen >= kSeenMin && covered * 4 >= seen * 3;
        }
    };
    [[nodiscard]] Template* find(std::uint64_t function);
    void predict(Template& known, const AdmittedTx& tx, bool demanded, Prediction& prediction);
    void note_formulas(Template& known, const CallWords& call);
    [[nodiscard]] bool wants(Template& known, bool doubtful) const noexcept;
    void learn(Template& known, const AdmittedTx& tx, const Round& round, const Observation& seen);
    void age();

    static constexpr std::uint32_t kSeenMin = 3;
    static constexpr std::uint32_t kSettled = 12;  // then few are observed
    static constexpr std::uint32_t kSeenMax = 32;  // then counts are halved
    static constexpr std::uint32_t kRest = 128;    // calls between observations, settled
    static constexpr std::uint32_t kRestOfHopeless = 1'024;
    static constexpr std::uint64_t kAgeRounds = 2'048;  // without a call

    TableSeed seed_;
    KnownSlotsPtr known_slots_;
    bool outdated_ = false;  // it does not have all formulas as they are
    std::unordered_map<std::uint64_t, Template> templates_;  // by hints_of()'s first
    SlotMemory memory_;
    std::uint64_t rounds_ = 0;
    std::uint32_t watching_ = 0;  // of the round that is predicted
    Stats stats_;
};

}  // namespace troupe::actors
