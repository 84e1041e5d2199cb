#include "sequencer/commands/duration.hpp"

#include <boost/test/unit_test.hpp>

namespace troupe::node {
namespace {

BOOST_AUTO_TEST_SUITE(duration)

BOOST_AUTO_TEST_CASE(durations_have_a_unit_or_are_seconds) {
    BOOST_TEST(read_duration_ms("200ms").value() == 200u);
    BOOST_TEST(read_duration_ms("1s").value() == 1'000u);
    BOOST_TEST(read_duration_ms("0.25s").value() == 250u);
    BOOST_TEST(read_duration_ms("2").value() == 2'000u);
    BOOST_TEST(read_duration_ms("1.5").value() == 1'500u);
}

BOOST_AUTO_TEST_CASE(what_is_no_duration_is_refused) {
    for (const char* text :
         {"", "ms", "s", "-1s", "1.5ms", "0.0001s", "1.", ".5", "1m", "1 s", "99999999999"})
        BOOST_TEST(!read_duration_ms(text).has_value(), text);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace troupe::node
