#pragma once

#include "actors/sequencer/sequencer_port.hpp"

#include <cstdint>
#include <utility>
#include <vector>

namespace troupe::actors {

/// Takes the part of a round that executors run through its steps:
///
///   speculate   each executor runs its share on the state before the round
///   validate    each partition merges what was speculated for its keys, in order, by value
///   settle      one executor goes through the round in order, in place
///
/// A round that was not shared out is settled at once; one that was, only if something of it does
/// not hold. Either way the states are then as serial execution leaves them: validate and settle
/// let nothing pass that has read anything else than what serial execution reads.
class RoundDriver {
  public:
    RoundDriver(RoundPort& port, std::size_t partitions) : port_(port), partitions_(partitions) {}

    /// @pre done(); the round has its shares, if any, and all that executors are given
    void start(RoundPtr round);
    void on_speculated();
    void on_validated(bool held);
    void on_settled();

    [[nodiscard]] bool done() const noexcept { return round_ == nullptr; }
    /// @pre !done()
    [[nodiscard]] RoundStage stage() const noexcept { return stage_; }

  private:
    void settle();

    RoundPort& port_;
    std::size_t partitions_;
    RoundPtr round_;
    RoundStage stage_ = RoundStage::kSpeculate;
    std::uint32_t outstanding_ = 0;
    bool held_ = true;
    std::vector<std::pair<std::size_t, std::uint32_t>> by_work_;  // scratch: effects, partition
};

}  // namespace troupe::actors
