#include "tests/support/simulation.hpp"
#include "tests/support/small_world.hpp"

#include <boost/test/unit_test.hpp>

namespace troupe::actors::test {
namespace {

/// Actors on the test coordinator; one wallet sends.
struct Fixture {
    explicit Fixture(std::uint32_t hold_us) {
        EngineConfig config;
        config.worker_threads = 1;
        config.admission_workers = 2;
        config.admission_hold_us = hold_us;
        ActorSet::Options options;
        options.seed = {1, 2};
        BOOST_TEST_REQUIRE(simulation.start(config, world.start(), options) == "");
    }
    void submit(std::uint64_t transactions) {
        std::vector<chain::Bytes> raw;
        for (; transactions > 0; --transactions) {
            TransferSpec spec;
            spec.to = wallet(1).address;
            spec.nonce = nonce++;
            raw.push_back(signed_transfer(spec));
        }
        BOOST_TEST_REQUIRE(simulation.actors->submit(std::move(raw), nullptr));
    }
    /// Transactions in the order log.
    std::size_t ordered() {
        simulation.run_all();
        std::size_t count = 0;
        for (const MicroBlockRecord& record : simulation.log.ever)
            count += record.transactions.size();
        return count;
    }

    Simulation simulation{7};
    World world{2, chain::Uint256{1'000'000'000'000}, 30'000'000, false};
    std::uint64_t nonce = 0;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(admission_actor)

BOOST_AUTO_TEST_CASE(few_transactions_wait_after_many_and_a_lone_one_never_does) {
    Fixture test(5'000);
    test.submit(1);
    BOOST_TEST(test.ordered() == 1u);
    test.simulation.advance_ms(1);  // longer than it is held after one
    test.submit(100);
    BOOST_TEST(test.ordered() == 101u);
    test.submit(3);
    test.submit(2);
    BOOST_TEST(test.ordered() == 101u);
    test.simulation.advance_ms(4);
    BOOST_TEST(test.ordered() == 101u);
    test.simulation.advance_ms(1);
    BOOST_TEST(test.ordered() == 106u);
}

BOOST_AUTO_TEST_CASE(a_whole_batch_does_not_wait) {
    Fixture test(5'000);
    test.submit(128);
    BOOST_TEST(test.ordered() == 128u);
    test.submit(100);
    BOOST_TEST(test.ordered() == 128u);
    test.submit(28);
    BOOST_TEST(test.ordered() == 256u);
    test.simulation.advance_ms(5);  // nothing is left of what was held
    BOOST_TEST(test.ordered() == 256u);
}

BOOST_AUTO_TEST_CASE(nobody_waits_where_that_is_switched_off) {
    Fixture test(0);
    test.submit(100);
    test.submit(1);
    BOOST_TEST(test.ordered() == 101u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::actors::test
