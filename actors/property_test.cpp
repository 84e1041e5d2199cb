// The engine against the serial chain: whatever the partitions, executors and message orders, the
// blocks are those that plain serial execution of the same order gives.
#include "tests/support/random_run.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

namespace troupe::actors::test {
namespace {

namespace data = boost::unit_test::data;

}  // namespace

BOOST_AUTO_TEST_SUITE(engine_property)

BOOST_DATA_TEST_CASE(blocks_equal_those_of_the_serial_chain, data::xrange(400u), seed) {
    Run run{seed};
    run.start();
    for (int i = 0; i < 60; ++i)
        run.act();
    run.drain();
    run.check_blocks();
    run.check_answers();
}

BOOST_DATA_TEST_CASE(a_crash_loses_nothing_that_was_answered, data::xrange(200u), seed) {
    Run run{1'000'000u + seed};
    run.start();
    for (int crash = 0; crash < 3; ++crash) {
        for (int i = 0; i < 25; ++i)
            run.act();
        run.crash_and_restart();
    }
    run.drain();
    run.check_blocks();
    run.check_answers();
}

BOOST_DATA_TEST_CASE(a_full_disk_stops_the_node_and_loses_nothing, data::xrange(150u), seed) {
    Run run{2'000'000u + seed};
    run.start();
    for (int i = 0; i < 20; ++i)
        run.act();
    const bool log_is_full = run.simulation.chance(70);
    if (log_is_full) {
        run.simulation.log.fail_from = 1;  // from the next entry on
    } else {
        run.simulation.store.fail = true;
    }
    for (int i = 0; i < 20; ++i)
        run.act();
    run.simulation.run_all();
    run.simulation.advance_ms(2);  // for those that admission holds
    run.simulation.run_all();
    // Whatever was taken is answered, by then with the reason.
    BOOST_TEST(run.simulation.events.fatal.size() <= 1u);
    if (!run.simulation.events.fatal.empty())
        BOOST_TEST(run.simulation.actors->gate().taken() == 0u);
    run.simulation.log.fail_from = 0;
    run.simulation.store.fail = false;
    run.crash_and_restart();
    for (int i = 0; i < 20; ++i)
        run.act();
    run.drain();
    run.check_blocks();
    run.check_answers();
    coverage.fatal += run.simulation.events.fatal.size();
}

BOOST_DATA_TEST_CASE(contracts_run_as_on_the_serial_chain, data::xrange(700u), seed) {
    Run run{3'000'000u + seed, Traffic::kContracts};
    run.start();
    for (int i = 0; i < 60; ++i)
        run.act();
    run.drain();
    run.check_blocks();
    run.check_answers();
}

BOOST_DATA_TEST_CASE(a_crash_among_contracts_loses_nothing, data::xrange(200u), seed) {
    Run run{4'000'000u + seed, Traffic::kContracts};
    run.start();
    for (int crash = 0; crash < 3; ++crash) {
        for (int i = 0; i < 25; ++i)
            run.act();
        run.crash_and_restart();
    }
    run.drain();
    run.check_blocks();
    run.check_answers();
}

BOOST_AUTO_TEST_CASE(the_runs_above_reach_every_path) {
    if (coverage.blocks == 0) return;  // not run together with them
    std::string reasons;
    for (std::size_t i = 0; i < kReasons; ++i)
        reasons += " " + std::string{to_string(static_cast<Reason>(i))} + " " +
                   std::to_string(coverage.reasons[i]);
    BOOST_TEST_MESSAGE(
        coverage.blocks << " blocks, rounds: " << coverage.rounds[0] << " native, "
                        << coverage.rounds[1] << " small, " << coverage.rounds[2]
                        << " conflicting, " << coverage.rounds[3] << " parallel, "
                        << coverage.rounds[4] << " repaired, " << coverage.reexecuted
                        << " run again, " << coverage.left_out << " left out, " << coverage.proofs
                        << " proofs, " << coverage.failed << " failed, " << coverage.logs
                        << " logs, " << coverage.codes << " codes, " << coverage.slots
                        << " slots; accounts: " << coverage.account_reads << " read, "
                        << coverage.accounts_read_ahead << " ahead, " << coverage.accounts_evicted
                        << " evicted; buckets: " << coverage.bucket_reads << " read, "
                        << coverage.buckets_evicted << " evicted; slots: " << coverage.slot_reads
                        << " read, " << coverage.slots_read_ahead << " ahead, "
                        << coverage.slots_evicted << " evicted; storage: " << coverage.storage_reads
                        << " read, " << coverage.storage_evicted << " evicted;" << reasons);
    BOOST_TEST(coverage.blocks > 1'000u);
    for (const std::uint64_t rounds : coverage.rounds)
        BOOST_TEST(rounds > 50u);
    BOOST_TEST(coverage.reexecuted > 50u);
    BOOST_TEST(coverage.left_out > 100u);
    BOOST_TEST(coverage.proofs > 100u);
    BOOST_TEST(coverage.fatal > 50u);
    BOOST_TEST(coverage.failed > 1'000u);
    BOOST_TEST(coverage.logs > 500u);
    BOOST_TEST(coverage.codes > 300u);
    BOOST_TEST(coverage.slots > 3'000u);
    BOOST_TEST(coverage.account_reads > 1'000u);
    BOOST_TEST(coverage.accounts_read_ahead > 1'000u);
    BOOST_TEST(coverage.accounts_evicted > 1'000u);
    BOOST_TEST(coverage.bucket_reads > 100u);  // a lone account of a sub-trie stays
    BOOST_TEST(coverage.buckets_evicted > 1'000u);
    BOOST_TEST(coverage.slot_reads > 500u);
    BOOST_TEST(coverage.slots_read_ahead > 100u);
    BOOST_TEST(coverage.slots_evicted > 300u);
    BOOST_TEST(coverage.storage_reads > 40u);
    BOOST_TEST(coverage.storage_evicted > 300u);
    for (const Reason reason :
         {Reason::kNone, Reason::kMalformed, Reason::kWrongChain, Reason::kNonceTooLow,
          Reason::kNonceTooHigh, Reason::kInsufficientFunds, Reason::kAlreadyKnown,
          Reason::kGasLimitOverBlock, Reason::kStorageFailure})
        BOOST_TEST(coverage.reasons[static_cast<std::size_t>(reason)] > 0u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::actors::test
