#pragma once

#include "actors/sequencer/round.hpp"

#include <vector>

namespace troupe::actors {

/// What a transaction will probably use of gas: the moving average of what those used that called
/// the same function of the same contract, else the same contract, else one that was as unknown.
/// A gas limit only bounds it: wallets set limits freely, and whoever overstates one gains nothing.
/// Of bounded size; no result depends on it.
class CostEstimates {
  public:
    CostEstimates() : entries_(kEntries) {}

    /// @return gas, at most the transaction's limit
    [[nodiscard]] std::uint64_t gas_of(const AdmittedTx& tx) const noexcept;
    /// After a round: what the transactions did use that executors ran.
    void learn(const Round& round) noexcept;

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
    [[nodiscard]] static Names names_of(const AdmittedTx& tx) noexcept;
    [[nodiscard]] const Entry* find(std::uint64_t name) const noexcept;
    void count(std::uint64_t name, std::uint64_t gas) noexcept;
    static void move(std::uint64_t& average, std::uint64_t gas) noexcept;

    static constexpr std::size_t kEntries = 1 << 13;
    static constexpr std::uint32_t kSeenMax = 64;
    static constexpr unsigned kShift = 8;
    static constexpr unsigned kWeight = 3;                    // the newest counts for 1/2^kWeight
    static constexpr std::uint64_t kUnknownAtFirst = 50'000;  // gas

    std::vector<Entry> entries_;  // direct mapped
    std::uint64_t unknown_ = kUnknownAtFirst << kShift;
};

}  // namespace troupe::actors
