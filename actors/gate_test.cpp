#include "actors/gate.hpp"

#include <boost/test/unit_test.hpp>

namespace troupe::actors::test {

BOOST_AUTO_TEST_SUITE(gate)

BOOST_AUTO_TEST_CASE(credits_are_taken_all_or_none_and_come_back) {
    Gate gate{10};
    BOOST_TEST(gate.take(7));
    BOOST_TEST(!gate.take(4));
    BOOST_TEST(gate.free() == 3u);
    BOOST_TEST(gate.taken() == 7u);
    BOOST_TEST(gate.take(3));
    gate.give_back(10);
    BOOST_TEST(gate.free() == 10u);
}

BOOST_AUTO_TEST_CASE(a_slowed_chain_holds_seven_eighths_back) {
    Gate gate{80};
    gate.set_throttle(Throttle::kSlow);
    BOOST_TEST(gate.free() == 10u);  // 80 / 8
    BOOST_TEST(!gate.take(11));
    BOOST_TEST(gate.take(10));
    gate.set_throttle(Throttle::kNone);
    BOOST_TEST(gate.free() == 70u);
}

BOOST_AUTO_TEST_CASE(a_bound_is_exceeded_by_one_submission_at_most) {
    Gate gate{80};
    gate.bound(10);
    BOOST_TEST(gate.free() == 10u);
    BOOST_TEST(gate.take(9));
    BOOST_TEST(gate.free() == 1u);
    BOOST_TEST(gate.take(30));
    BOOST_TEST(gate.free() == 0u);
    BOOST_TEST(!gate.take(1));
    gate.give_back(30);
    BOOST_TEST(gate.take(1));
    BOOST_TEST(!gate.take(1));
    gate.bound(80);
    BOOST_TEST(gate.free() == 70u);
}

BOOST_AUTO_TEST_CASE(what_was_granted_is_taken_while_there_is_room_at_all) {
    Gate gate{80};
    BOOST_TEST(gate.free() == 80u);  // and granted
    gate.bound(10);
    gate.set_throttle(Throttle::kSlow);
    BOOST_TEST(gate.take(10));
    BOOST_TEST(!gate.take(1));
    BOOST_TEST(gate.take(60, Credit::kGranted));
    BOOST_TEST(gate.free() == 0u);
    BOOST_TEST(!gate.take(11, Credit::kGranted));
    BOOST_TEST(gate.take(10, Credit::kGranted));
}

BOOST_AUTO_TEST_CASE(a_refusing_chain_grants_no_credit_but_answers_with_the_reason) {
    Gate gate{80};
    gate.set_throttle(Throttle::kRefuse);
    BOOST_TEST(gate.free() == 0u);  // what streams grant
    BOOST_TEST(gate.take(1));       // whoever comes all the same hears why
}

BOOST_AUTO_TEST_CASE(tickets_have_no_gaps) {
    Gate gate{1};
    BOOST_TEST(gate.next_ticket() == 0u);
    BOOST_TEST(gate.next_ticket() == 1u);
}

BOOST_AUTO_TEST_CASE(configuration_names_every_broken_rule) {
    EngineConfig config;
    BOOST_TEST(config.validate().empty());
    config.partitions = 257;
    config.chunk_txs = 0;
    config.backlog_blocks_slow = config.backlog_blocks_refuse + 1;
    BOOST_TEST(config.validate().size() == 3u);
    BOOST_TEST(EngineConfig{}.resolved().partitions > 0u);
    BOOST_TEST(EngineConfig{}.resolved().admission_workers > 0u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::actors::test
