#include "actors/sequencer/origin_queue.hpp"

#include <boost/test/unit_test.hpp>

namespace troupe::actors::test {
namespace {

chain::L1Origin origin(std::uint64_t number, std::uint8_t branch = 0) {
    chain::L1Origin result;
    result.number = number;
    result.hash.bytes[0] = static_cast<std::uint8_t>(number);
    result.hash.bytes[1] = branch;
    return result;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(origin_queue)

BOOST_AUTO_TEST_CASE(each_block_advances_by_one_number_at_most) {
    OriginQueue queue{{origin(10), 1'000}};
    queue.add(origin(11), 1'012);
    queue.add(origin(12), 1'024);
    BOOST_TEST(queue.advance(2'000).origin.number == 11u);
    BOOST_TEST(queue.advance(2'000).origin.number == 12u);
    BOOST_TEST(queue.advance(2'000).origin.number == 12u);
}

BOOST_AUTO_TEST_CASE(an_origin_younger_than_the_block_waits) {
    OriginQueue queue{{origin(10), 1'000}};
    queue.add(origin(11), 1'012);
    BOOST_TEST(queue.advance(1'011).origin.number == 10u);
    BOOST_TEST(queue.advance(1'012).origin.number == 11u);
}

BOOST_AUTO_TEST_CASE(a_gap_is_not_jumped) {
    OriginQueue queue{{origin(10), 1'000}};
    queue.add(origin(12), 1'024);
    BOOST_TEST(queue.advance(2'000).origin.number == 10u);
}

BOOST_AUTO_TEST_CASE(another_branch_replaces_what_waits) {
    OriginQueue queue{{origin(10), 1'000}};
    queue.add(origin(11), 1'012);
    queue.add(origin(12), 1'024);
    queue.add(origin(11, 1), 1'013);
    BOOST_TEST((queue.advance(2'000).origin == origin(11, 1)));
    BOOST_TEST(queue.advance(2'000).origin.number == 11u);
}

BOOST_AUTO_TEST_CASE(the_time_of_the_head_s_origin_may_come_later) {
    OriginQueue queue{{origin(10), std::nullopt}};
    queue.add(origin(10), 1'000);
    BOOST_TEST(queue.current().timestamp.value() == 1'000u);
    queue.add(origin(11), 1'012);
    BOOST_TEST(queue.advance(2'000).origin.number == 11u);
}

BOOST_AUTO_TEST_CASE(replay_names_the_origin_itself) {
    OriginQueue queue{{origin(10), 1'000}};
    queue.replayed(origin(11));
    BOOST_TEST(queue.current().origin.number == 11u);
    BOOST_TEST(!queue.current().timestamp.has_value());
    queue.add(origin(11), 1'012);  // the L1 side tells it again
    BOOST_TEST(queue.current().timestamp.value() == 1'012u);
    queue.add(origin(12), 1'024);
    BOOST_TEST(queue.advance(2'000).origin.number == 12u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::actors::test
