#pragma once

#include "actors/sequencer/round.hpp"

#include <vector>

namespace troupe::actors {

/// What a transaction will probably use of gas: the moving average of what those used that called
/// the same function of the same contract, else the same contract. A gas limit only bounds that:
/// wallets set limits freely. Of what nobody has called yet, a part of the limit and of what its
/// data costs is all there is to go by, and the part moves with what the unknown used; whoever
/// overstates a limit is believed once, and up to kLimitMax.
/// Of bounded size; no result depends on it.
class CostEstimates {
  public:
    CostEstimates() : entries_(kEntries) {}

    struct Estimate {
        std::uint64_t gas = 0;  ///< at most the transaction's limit
        bool guessed = false;   ///< nobody has called it yet, as far as is remembered
    };
    [[nodiscard]] Estimate estimate(const AdmittedTx& tx) const noexcept;
    /// After a round: what the transactions did use that executors ran.
    void learn(const Round& round) noexcept;

    static constexpr std::uint64_t kLimitMax = 1'000'000;  ///< gas

  private:
    struct Entry {
        std::uint64_t key = 0;
        std::uint64_t average = 0;  // gas, kShift bits behind the point
        std::uint32_t seen = 0;     // worth keeping for another's sake; kSeenMax at most
    };
    /// The names under which it is known, the better one first; 0: none.
    struct Names {
        std::uint64_t function = 0;
        std::uint64_t contract = 0;
    };
    /// What an unknown one is expected to use before anything is known of unknown ones.
    [[nodiscard]] static std::uint64_t first_guess(const AdmittedTx& tx) noexcept;
    [[nodiscard]] static Names names_of(const AdmittedTx& tx) noexcept;
    [[nodiscard]] const Entry* find(std::uint64_t name) const noexcept;
    void count(std::uint64_t name, std::uint64_t gas) noexcept;
    static void move(std::uint64_t& average, std::uint64_t gas) noexcept;

    static constexpr std::size_t kEntries = 1 << 13;
    static constexpr std::uint32_t kSeenMax = 64;
    static constexpr unsigned kShift = 8;
    static constexpr unsigned kWeight = 3;  // the newest counts for 1/2^kWeight
    /// Most of what is called pays for what it is told: calls that are arguments, paths, proofs.
    /// On three mainnet blocks the logarithm of this guess correlates with that of the gas by 0.87
    /// (of the time: too), that of the limit by 0.8.
    static constexpr std::uint64_t kLimitPart = 4;
    static constexpr std::uint64_t kDataTimes = 15;
    static constexpr std::uint64_t kWhole = 1'024;

    std::vector<Entry> entries_;                // direct mapped
    std::uint64_t unknown_ = kWhole << kShift;  // average of used / guessed, in parts of kWhole
};

}  // namespace troupe::actors
