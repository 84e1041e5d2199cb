#include "sequencer/workload/load_mix.hpp"

#include <boost/test/unit_test.hpp>

namespace troupe::node::test {

BOOST_AUTO_TEST_SUITE(load_mix)

BOOST_AUTO_TEST_CASE(a_mix_is_read_in_any_order_and_written_in_one) {
    std::string failure;
    const auto mix = parse_load_mix("swap=10,transfers=60,erc20=30", failure);
    BOOST_TEST_REQUIRE(mix.has_value());
    BOOST_TEST(mix->transfers == 60u);
    BOOST_TEST(mix->erc20 == 30u);
    BOOST_TEST(mix->swaps == 10u);
    BOOST_TEST(mix->text() == "transfers=60,erc20=30,swap=10");
    BOOST_TEST(parse_load_mix("erc20", failure)->erc20 == 100u);
    BOOST_TEST(parse_load_mix("erc20", failure)->with_contracts());
    BOOST_TEST(!parse_load_mix("transfers", failure)->with_contracts());
}

BOOST_AUTO_TEST_CASE(a_mix_that_is_none_says_why) {
    const auto why = [](const char* text) {
        std::string failure;
        BOOST_TEST(!parse_load_mix(text, failure).has_value());
        return failure;
    };
    BOOST_TEST(why("") == "\"\" adds up to 0 percent, not 100");
    BOOST_TEST(why("transfers=60") == "\"transfers=60\" adds up to 60 percent, not 100");
    BOOST_TEST(why("mint=100") == "\"mint\" is none of transfers, erc20, swap");
    BOOST_TEST(why("erc20=x") == "\"erc20=x\": each kind once, with 1 to 100 percent");
    BOOST_TEST(why("erc20=50,erc20=50") == "\"erc20=50\": each kind once, with 1 to 100 percent");
    BOOST_TEST(why("erc20=200") == "\"erc20=200\": each kind once, with 1 to 100 percent");
}

BOOST_AUTO_TEST_CASE(kinds_are_drawn_in_their_shares) {
    std::mt19937_64 random{1};
    int counts[3] = {};
    int hot = 0;
    for (int i = 0; i < 100'000; ++i) {
        ++counts[static_cast<int>(kMixedLoad.draw_kind(random))];
        hot += kMixedLoad.draw_hot(random) ? 1 : 0;
    }
    // A standard deviation is 155 at most: within four of them.
    BOOST_TEST(std::abs(counts[0] - 60'000) < 620);
    BOOST_TEST(std::abs(counts[1] - 30'000) < 620);
    BOOST_TEST(std::abs(counts[2] - 10'000) < 620);
    BOOST_TEST(std::abs(hot - 30'000) < 620);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::node::test
