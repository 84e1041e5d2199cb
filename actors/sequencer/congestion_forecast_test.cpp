#include "actors/sequencer/congestion_forecast.hpp"

#include <boost/test/unit_test.hpp>

namespace troupe::actors::test {
namespace {

constexpr std::uint64_t kMs = 1'000'000;
constexpr CongestionForecast::Config kConfig{
    .micro_block_ns = 8 * kMs,
    .micro_block_gas_max = 30'000'000,
    .queue_ns = 250 * kMs,
    .credits_max = 16'384};

}  // namespace

BOOST_AUTO_TEST_SUITE(congestion_forecast)

BOOST_AUTO_TEST_CASE(nothing_is_bounded_before_anything_is_known) {
    CongestionForecast forecast{kConfig};
    BOOST_TEST(forecast.micro_block_gas() == 30'000'000u);
    BOOST_TEST(forecast.credits() == 16'384u);
    for (int i = 0; i < 100; ++i)
        forecast.observe(2'000, 0, 0);  // transfers only
    BOOST_TEST(forecast.credits() == 16'384u);
}

BOOST_AUTO_TEST_CASE(heavy_contracts_make_both_bounds_small_and_light_ones_give_them_back) {
    CongestionForecast forecast{kConfig};
    // A million gas each, 1 ns per gas: 1 ms.
    for (int i = 0; i < 100; ++i)
        forecast.observe(10, 10'000'000, 10 * kMs);
    BOOST_TEST(forecast.ns_per_mgas() == kMs);
    BOOST_TEST(forecast.micro_block_gas() == 8'000'000u);
    BOOST_TEST(forecast.credits() == 250u);
    // 30,000 gas each, 0.1 ns per gas.
    for (int i = 0; i < 100; ++i)
        forecast.observe(500, 15'000'000, 3 * kMs / 2);
    BOOST_TEST(forecast.micro_block_gas() == 30'000'000u);
    BOOST_TEST(forecast.credits() == 16'384u);
}

BOOST_AUTO_TEST_CASE(there_is_always_room_for_some) {
    CongestionForecast forecast{kConfig};
    for (int i = 0; i < 100; ++i)
        forecast.observe(1, 30'000'000, 4'000 * kMs);
    BOOST_TEST(forecast.micro_block_gas() == CongestionForecast::kMicroBlockGasMin);
    BOOST_TEST(forecast.credits() == CongestionForecast::kCreditsMin);
}

BOOST_AUTO_TEST_CASE(it_can_be_switched_off) {
    CongestionForecast::Config config = kConfig;
    config.on = false;
    CongestionForecast forecast{config};
    for (int i = 0; i < 100; ++i)
        forecast.observe(1, 30'000'000, 4'000 * kMs);
    BOOST_TEST(forecast.micro_block_gas() == 30'000'000u);
    BOOST_TEST(forecast.credits() == 16'384u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::actors::test
