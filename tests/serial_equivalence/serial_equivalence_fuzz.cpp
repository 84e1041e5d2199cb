// Random runs of the engine against the serial chain, for as long as one likes: as
// property_test.cpp of actors/, with other seeds every time and more contention.
//   serial_equivalence_fuzz -- SECONDS        runs of new seeds, after the kept ones
//   serial_equivalence_fuzz -- 0 SEED         that run only: what a failure prints
//   serial_equivalence_fuzz --run_test=*/on_threads* -- SECONDS
//                                             on threads, with a thread sanitizer or without
#include "tests/support/random_run.hpp"

#include <boost/test/results_collector.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <random>

namespace troupe::actors::test {
namespace {

using Clock = std::chrono::steady_clock;

constexpr unsigned kThreads = 4;
constexpr long kThreadsSecondsMax = 20;  // of every test run, without a sanitizer

Traffic traffic_of(std::uint64_t seed) {
    const std::uint64_t kind = seed % 8;
    if (kind == 0) return Traffic::kTransfers;
    return kind < 3 ? Traffic::kContracts : Traffic::kContention;
}

/// Everything about a run follows from its seed, what kind it is, too.
void run_once(std::uint64_t seed) {
    Run run{seed, traffic_of(seed)};
    run.start();
    const int crashes = seed / 8 % 4 == 0 ? 2 : 0;
    for (int crash = 0; crash <= crashes; ++crash) {
        for (int i = 0; i < 60 / (crashes + 1); ++i)
            run.act();
        if (crash < crashes) run.crash_and_restart();
    }
    run.drain();
    run.check_blocks();
    run.check_answers();
}

/// @return whether it went well; prints how to do it again where it did not
bool run_and_tell(std::uint64_t seed, const char* program) {
    const auto failed = [] {
        using namespace boost::unit_test;
        return results_collector.results(framework::current_test_case_id())
            .p_assertions_failed.get();
    };
    const auto before = failed();
    const auto again = [&] {
        std::printf(
            "seed %llu FAILED; again: %s -- 0 %llu\n", static_cast<unsigned long long>(seed),
            program, static_cast<unsigned long long>(seed));
        std::fflush(stdout);
        return false;
    };
    try {
        run_once(seed);
    } catch (...) {  // what BOOST_TEST_REQUIRE ends a test with
        again();
        throw;
    }
    return failed() == before || again();
}

std::vector<std::uint64_t> kept_seeds() {
    std::vector<std::uint64_t> seeds;
    std::ifstream in(TROUPE_KEPT_SEEDS);
    for (std::string line; std::getline(in, line);)
        if (!line.empty() && line[0] != '#') seeds.push_back(std::stoull(line));
    return seeds;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(serial_equivalence)

BOOST_AUTO_TEST_CASE(random_runs_are_serial_ones) {
    const auto& suite = boost::unit_test::framework::master_test_suite();
    const char* program = suite.argv[0];
    const long seconds = suite.argc > 1 ? std::atol(suite.argv[1]) : 10;
    if (suite.argc > 2) {
        run_and_tell(std::stoull(suite.argv[2]), program);
        return;
    }
    for (const std::uint64_t seed : kept_seeds())
        if (!run_and_tell(seed, program)) return;
    const std::uint64_t first = std::uint64_t{std::random_device{}()} << 20;
    const auto end = Clock::now() + std::chrono::seconds(seconds);
    std::uint64_t runs = 0;
    while (Clock::now() < end)
        if (!run_and_tell(first + runs++, program)) return;
    const auto& rounds = coverage.rounds;
    std::printf(
        "serial_equivalence: clean, %llu runs from seed %llu on, %llu blocks; rounds: %llu shared "
        "and "
        "held, %llu repaired (%llu transactions run again)\n",
        static_cast<unsigned long long>(runs), static_cast<unsigned long long>(first),
        static_cast<unsigned long long>(coverage.blocks),
        static_cast<unsigned long long>(rounds[static_cast<std::size_t>(RoundMode::kParallel)]),
        static_cast<unsigned long long>(rounds[static_cast<std::size_t>(RoundMode::kRepaired)]),
        static_cast<unsigned long long>(coverage.reexecuted));
}

// On real threads: which message comes first is up to them, so a seed does not give the same run
// again.
BOOST_AUTO_TEST_CASE(on_threads_random_runs_are_serial_ones) {
    const auto& suite = boost::unit_test::framework::master_test_suite();
    long seconds = suite.argc > 1 ? std::atol(suite.argv[1]) : 10;
    if (suite.argc > 2) return;
#ifndef __SANITIZE_THREAD__
    seconds = std::min(seconds, kThreadsSecondsMax);
#endif
    const auto end = Clock::now() + std::chrono::seconds(seconds);
    std::uint64_t seed = std::uint64_t{std::random_device{}()} << 20;
    std::uint64_t runs = 0;
    for (; Clock::now() < end; ++runs, ++seed) {
        BOOST_TEST_CONTEXT("seed " << seed) {
            Run run{seed, traffic_of(seed), kThreads};
            run.start();
            for (int i = 0; i < 60; ++i)
                run.act();
            run.drain();
            run.check_answers();
            run.simulation.crash();  // proofs may still be answered until then
            run.check_blocks();
        }
    }
    std::printf(
        "serial_equivalence: %llu runs on threads\n", static_cast<unsigned long long>(runs));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::actors::test
