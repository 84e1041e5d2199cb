#pragma once

#include "actors/sequencer/round.hpp"

#include <unordered_map>
#include <vector>

namespace troupe::actors {

/// Of which functions it is worth to predict slots (SlotTemplates). Most calls say by what they
/// name who conflicts with whom; foretelling the same once more only costs time. So a function is
/// left alone until calls of it did not hold, or could not be shared out. Then its slots are
/// predicted, and now and then compared with what names alone would have kept together: if it is
/// the same, the function is left alone again, each time for longer.
/// Bounded; what is not called any more is forgotten. Guesses only: no result depends on it.
class PredictionDemand {
  public:
    /// Begins a round that may be shared out.
    void begin_round();
    /// No slots need to be predicted in this round.
    [[nodiscard]] bool idle() const noexcept { return awake_ == 0; }
    [[nodiscard]] bool wants(std::uint64_t function) const noexcept {
        const auto found = functions_.find(function);
        return found != functions_.end() && found->second.awake;
    }
    /// In this round predictions are to be compared with names.
    [[nodiscard]] bool compares() const noexcept {
        return !idle() && rounds_ % kCompareRounds == 0;
    }
    /// @param helped  of each transaction that executors run: whether its prediction kept it with
    ///                another that its names would not, or the other way round
    void judge(const Round& round, const std::vector<bool>& helped);
    /// After a round: wakes the functions of which calls did not hold, or could not be shared out.
    void learn(const Round& round);

    static constexpr std::size_t kFunctionsMax = 1'024;
    static constexpr std::uint64_t kWindow = 32;        ///< rounds after which is decided
    static constexpr std::uint64_t kCompareRounds = 8;  ///< one of so many is compared
    static constexpr std::uint64_t kAloneMin = 64;      ///< rounds
    static constexpr std::uint64_t kAloneMax = 4'096;

  private:
    struct Function {
        bool awake = false;
        std::uint64_t since = 0;          // a round
        std::uint64_t judged = 0;         // a round, the last that was compared
        std::uint64_t alone_until = 0;    // a round
        std::uint64_t alone = kAloneMin;  // rounds, when it is found useless next
        std::uint32_t compared = 0;       // rounds in this window
        std::uint32_t helped = 0;         // calls in them
    };
    void decide(Function& function);
    void wake(const Round& round, std::uint32_t tx);
    void wake_writers(const Round& round);

    /// Worth it if one call is helped in so many rounds: what does not hold costs the whole round.
    static constexpr std::uint32_t kRoundsPerHelp = 2;

    std::unordered_map<std::uint64_t, Function> functions_;  // by hints_of()'s first
    std::size_t awake_ = 0;                                  // of these
    std::uint64_t rounds_ = 0;
};

}  // namespace troupe::actors
