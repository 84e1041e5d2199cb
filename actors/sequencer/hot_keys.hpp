#pragma once

#include "actors/sequencer/round.hpp"

#include <unordered_map>
#include <vector>

namespace troupe::actors {

/// Learns which keys of the state transactions conflict on, and which hints (admission/hints.hpp)
/// tell beforehand that a transaction will touch one. Bounded, and forgets: what has not been seen
/// for some rounds is gone. Guesses only: no result depends on it.
class HotKeys {
  public:
    HotKeys() : hints_(kHints) {}

    /// Nothing is hot: predict() knows nothing.
    [[nodiscard]] bool empty() const noexcept { return keys_.empty(); }
    /// The hot key that a hint stands for; 0: none that is known.
    [[nodiscard]] std::uint64_t predict(std::uint64_t hint) const noexcept;
    /// After a round: what conflicted gets hot, and hints are counted with the keys that their
    /// transactions wrote.
    void learn(const Round& round);

    static constexpr std::size_t kKeysMax = 512;

  private:
    struct Hint {
        std::uint64_t hint = 0;
        std::uint64_t key = 0;   // the one it came with most
        std::uint32_t seen = 0;  // transactions with it
        std::uint32_t hits = 0;  // those that wrote `key`, less those that wrote another hot one
    };
    [[nodiscard]] static std::size_t place(std::uint64_t hint) noexcept { return hint % kHints; }
    void count(const AdmittedTx& tx, std::uint64_t key);
    void count_speculated(const Round& round);
    void age();

    static constexpr std::size_t kHints = 1 << 14;
    static constexpr std::uint32_t kFresh =
        4;  // lives so many ages after several wrote it in one round
    static constexpr std::uint32_t kAgeRounds = 32;  // rounds
    static constexpr std::uint32_t kSeenMax = 64;    // then both counts are halved

    struct Heat {
        std::uint32_t ages = 0;   // that it has left
        std::uint64_t round = 0;  // the last one that wrote it
    };
    std::unordered_map<std::uint64_t, Heat> keys_;  // hot ones
    std::vector<Hint> hints_;                       // by place()
    std::uint64_t rounds_ = 0;                      // learnt from
};

}  // namespace troupe::actors
