#pragma once

#include "actors/round_runner.hpp"
#include "bench/contract_load.hpp"

#include <memory>

namespace troupe::bench {

/// Seed of the tables in benchmarks of rounds.
inline constexpr actors::TableSeed kRoundSeed{0x0123'4567'89ab'cdef, 0xfedc'ba98'7654'3211};
inline constexpr std::uint32_t kPartitionsPerCore = 4;  ///< as a node has them

/// A load in rounds; of several runs the fastest.
struct TimedRounds {
    double seconds = 1e9;
    actors::RoundRunner::Count count;
    std::unique_ptr<actors::RoundRunner> runner;  ///< of the last run
};

/// Runs what warms the load up, then what is measured; all must succeed.
/// @param admit_on  threads that admit within what is measured; 0: that was done before
void run_timed(
    const ContractLoad& load, const actors::RoundRunner::Config& config, unsigned admit_on,
    TimedRounds& into);

/// A fast wrong answer fails: asserts that both have the same accounts and slots, of the load's
/// state and of what it creates.
void assert_same_state(
    const actors::RoundRunner& a, const actors::RoundRunner& b, const ContractLoad& load);

}  // namespace troupe::bench
