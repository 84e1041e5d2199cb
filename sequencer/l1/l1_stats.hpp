#pragma once

#include "chain/base/uint256.hpp"

#include <cstdint>
#include <mutex>
#include <string>

namespace troupe::node {

/// What the L1 side knows about itself, for metrics and /readyz. Copied whole.
struct L1Stats {
    bool reachable = false;  ///< the last call was answered
    std::string trouble;     ///< why not, in words; empty if it is
    std::uint64_t head_number = 0;
    std::uint64_t head_timestamp = 0;    ///< seconds
    std::uint64_t derived_l1_block = 0;  ///< the last L1 block that derivation has taken
    std::uint64_t dropped = 0;           ///< pieces that derivation dropped
    std::uint64_t reorganisations = 0;
    bool diverged = false;

    std::uint64_t sent = 0;
    std::uint64_t replaced = 0;
    std::uint64_t failed = 0;
    std::uint64_t in_flight = 0;
    std::uint64_t gas_used = 0;
    chain::Uint256 fees_paid;        ///< wei, by batcher and proposer since the start
    chain::Uint256 batcher_balance;  ///< wei
    chain::Uint256 proposer_balance;
    bool at_fee_cap = false;
    bool insufficient_funds = false;
    std::uint64_t claims_waiting = 0;
};

/// L1Stats that several threads write a part of.
class L1StatsBoard {
  public:
    template <class Change>
    void update(Change change) {
        const std::lock_guard lock(mutex_);
        change(stats_);
    }
    [[nodiscard]] L1Stats snapshot() const {
        const std::lock_guard lock(mutex_);
        return stats_;
    }

  private:
    mutable std::mutex mutex_;  // guards stats_
    L1Stats stats_;
};

}  // namespace troupe::node
