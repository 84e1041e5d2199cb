#include "sequencer/commands/amount.hpp"

namespace troupe::node {

BOOST_AUTO_TEST_SUITE(amount)

BOOST_AUTO_TEST_CASE(amounts_are_read_in_each_unit_exactly) {
    BOOST_TEST((read_amount("1000") == chain::Uint256(1'000)));
    BOOST_TEST((read_amount("7wei") == chain::Uint256(7)));
    BOOST_TEST((read_amount("20gwei") == chain::Uint256(20'000'000'000)));
    BOOST_TEST((read_amount("1.5ether") == chain::Uint256(1'500'000'000'000'000'000)));
    BOOST_TEST((read_amount("0.000000000000000001ether") == chain::Uint256(1)));
}

BOOST_AUTO_TEST_CASE(what_is_no_amount_is_refused) {
    for (const char* text :
         {"", "ether", "1.", ".5ether", "1.5", "0.0000000001gwei", "-1", "1 ether", "0x10gwei",
          "1e18", "1.2.3ether"})
        BOOST_TEST(!read_amount(text).has_value(), text);
    // 2^256 is 115792...936 (78 digits).
    BOOST_TEST(!read_amount(
        "115792089237316195423570985008687907853269984665640564039457584007913129639936"));
}

BOOST_AUTO_TEST_CASE(wei_are_shown_as_ether_without_trailing_zeros) {
    BOOST_TEST(to_ether_text(0) == "0");
    BOOST_TEST(to_ether_text(1) == "0.000000000000000001");
    BOOST_TEST(to_ether_text(1'500'000'000'000'000'000) == "1.5");
    BOOST_TEST(
        to_ether_text(chain::Uint256(10'000) * chain::Uint256(1'000'000'000'000'000'000)) ==
        "10000");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::node
