#include "tests/system/support/ledger.hpp"
#include "tests/system/support/test_rollup.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <random>
#include <thread>

namespace troupe::tests {
namespace {

constexpr std::uint64_t kRounds = 20;
constexpr std::size_t kTransfersPerRound = 8'000;  // more than most rounds can send
constexpr std::uint64_t kLifeMaxMs = 500;          // under load, before the kill

}  // namespace

BOOST_AUTO_TEST_SUITE(crash)

// R1, R2: TROUPE_CRASH_ROUNDS and TROUPE_CRASH_SEED make it longer and other.
BOOST_AUTO_TEST_CASE(whatever_was_acknowledged_survives_kill_9_under_load) {
    const std::uint64_t rounds = number_from_environment("TROUPE_CRASH_ROUNDS", kRounds);
    std::mt19937_64 rng{number_from_environment("TROUPE_CRASH_SEED", 1)};
    TestRollup rollup;
    rollup.start_node();
    std::vector<StreamRecord> records;
    std::uint64_t acknowledged = 0;
    for (std::uint64_t round = 0; round < rounds; ++round) {
        const auto transfers = rollup.next_transfers(kTransfersPerRound);
        const auto client = rollup.connect();
        StreamDriver driver(*client, transfers);
        std::thread load([&] { driver.run(); });
        const bool begun =
            eventually(std::chrono::seconds(10), [&] { return driver.answered() > 0; });
        std::this_thread::sleep_for(std::chrono::milliseconds(rng() % kLifeMaxMs));
        rollup->kill_node();
        load.join();
        BOOST_TEST_REQUIRE(begun, "round " << round << ": nothing was answered");
        records.push_back(driver.record());
        acknowledged += records.back().accepted.size();
        for (const Refused& refused : records.back().refused)
            BOOST_TEST(refused.error.reason == "OVER_CAPACITY", refused.error.text());

        rollup.start_node();
        const auto broken = broken_promises(*rollup.connect(), {records.back()});
        for (const std::string& what : broken)
            BOOST_ERROR("round " << round << ": " << what);
        if (!broken.empty()) return;
    }
    BOOST_TEST_MESSAGE(rounds << " rounds, " << acknowledged << " acknowledged");

    // Much later everything is still as told, and the L1 says the same.
    rollup.wait_until_safe(last_block(records), std::chrono::seconds(60 + 2 * rounds));
    const auto client = rollup.connect();
    BOOST_TEST(
        broken_promises(*client, records) == std::vector<std::string>{},
        boost::test_tools::per_element());
    const Verdict verdict = verify(rollup);
    BOOST_TEST(verdict.status == 0, verdict.text);
    BOOST_TEST(verdict.claims_wrong == 0u);
    BOOST_TEST(verdict.transactions >= acknowledged);
    BOOST_TEST(verdict.transactions == count_transactions(*client, verdict.blocks));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::tests
