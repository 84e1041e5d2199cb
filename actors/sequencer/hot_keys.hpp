#pragma once

#include "actors/sequencer/round.hpp"

#include <unordered_map>
#include <vector>

namespace troupe::actors {

/// Learns which keys of the state transactions conflict on, and which hints (admission/hints.hpp)
/// tell beforehand that a transaction will touch one. Bounded, and forgets: what has not been seen
/// for some rounds is gone. Guesses only: no result depends on it.
///
/// A hot slot may be one whose uses commute (docs/execution.md): until it is known, and while it is
/// so, executors find out by following it, and nobody needs to be kept together because of it.
class HotKeys {
  public:
    /// What tells beforehand: the slots that a transaction is predicted to write, else its hints.
    template <class Visit>
    static void for_each_hint(const Round& round, std::uint32_t tx, const Visit& visit) {
        const std::size_t position = tx - round.native;
        if (round.prediction.has(position, Prediction::kKnown)) {
            for (const Prediction::Key& key : round.prediction.keys_of(position))
                if (key.writes) visit(key.name);
        } else {
            for (const std::uint64_t hint : round.txs[tx]->hints)
                visit(hint);
        }
    }

    HotKeys() : hints_(kHints) {}

    /// Nothing is hot: predict() knows nothing.
    [[nodiscard]] bool empty() const noexcept { return keys_.empty(); }
    /// The hot key that a hint stands for, of those that need order; 0: none that is known.
    [[nodiscard]] std::uint64_t predict(std::uint64_t hint) const noexcept;
    /// The hot keys whose uses commute or may; null: none.
    [[nodiscard]] const ContendedKeysPtr& contended() const noexcept { return contended_; }
    /// After a round: what conflicted gets hot, and hints are counted with the keys that their
    /// transactions wrote.
    void learn(const Round& round);

    static constexpr std::size_t kKeysMax = ContendedKeys::kKeysMax;

  private:
    struct Hint {
        std::uint64_t hint = 0;
        std::uint64_t key = 0;   // the one it came with most
        std::uint32_t seen = 0;  // transactions with it
        std::uint32_t hits = 0;  // those that wrote `key`, less those that wrote another hot one
    };
    struct Heat {
        std::uint32_t ages = 0;           // that it has left
        std::uint64_t round = 0;          // the last one that changed it
        std::uint64_t ordered_until = 0;  // its uses don't commute, as far as is known: a round
        std::uint32_t misses = 0;         // rounds in a row in which following it was in vain
        // In the round that is learnt from:
        std::uint32_t plain = 0;      // effects: reads and writes
        std::uint32_t commuting = 0;  // effects: guards and deltas
        std::uint32_t conflicts = 0;
    };
    [[nodiscard]] static std::size_t place(std::uint64_t hint) noexcept { return hint % kHints; }
    void count(std::uint64_t hint, std::uint64_t key);
    [[nodiscard]] std::uint64_t count_effects(std::span<const PlacedEffect> effects);
    void count_speculated(const Round& round);
    void judge(const Round& round);
    void age();
    void list();

    static constexpr std::size_t kHints = 1 << 14;
    static constexpr std::uint32_t kFresh =
        4;  // lives so many ages after several wrote it in one round
    /// Of rounds in which all held, one of so many is counted: it means reading all effects.
    static constexpr std::uint32_t kCountRounds = 4;
    static constexpr std::uint32_t kAgeRounds = 32;  // rounds
    static constexpr std::uint32_t kSeenMax = 64;    // then both counts are halved
    static constexpr std::uint32_t kMissesMax = 3;
    static constexpr std::uint64_t kOrderedRounds = 4'096;  // then its uses may have changed

    std::unordered_map<std::uint64_t, Heat> keys_;  // hot ones
    ContendedKeys hot_;                             // the same, to ask quickly
    std::vector<Hint> hints_;                       // by place()
    std::uint64_t rounds_ = 0;                      // learnt from
    ContendedKeysPtr contended_;
    bool changed_ = false;  // since hot_ and contended_ were made
};

}  // namespace troupe::actors
