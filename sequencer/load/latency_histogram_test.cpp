#include "sequencer/load/latency_histogram.hpp"

#include <boost/test/unit_test.hpp>

namespace troupe::node::test {

BOOST_AUTO_TEST_SUITE(latency_histogram)

BOOST_AUTO_TEST_CASE(small_latencies_are_exact) {
    LatencyHistogram histogram;
    BOOST_TEST(histogram.percentile_us(0.5) == 0u);
    for (std::uint64_t us = 1; us <= 31; ++us)
        histogram.record(us);
    BOOST_TEST(histogram.count() == 31u);
    BOOST_TEST(histogram.percentile_us(0.5) == 16u);  // ceil(15.5) = 16th of 1..31
    BOOST_TEST(histogram.percentile_us(1.0) == 31u);
    BOOST_TEST(histogram.percentile_us(0.01) == 1u);
}

BOOST_AUTO_TEST_CASE(large_latencies_are_never_below_and_at_most_a_32nd_above) {
    for (std::uint64_t us = 32; us < 4'000'000'000; us = us * 5 / 4 + 7) {
        LatencyHistogram histogram;
        histogram.record(us);
        histogram.record(10'000'000'000'000);  // so that the maximum does not cut the bucket
        const std::uint64_t told = histogram.percentile_us(0.5);
        BOOST_TEST(told >= us);
        BOOST_TEST(told <= us + us / 32);
    }
}

BOOST_AUTO_TEST_CASE(percentiles_count_what_was_recorded_together) {
    LatencyHistogram first;
    LatencyHistogram second;
    first.record(10, 98);
    second.record(1'000, 1);
    second.record(2'000, 1);
    first.add(second);
    BOOST_TEST(first.count() == 100u);
    BOOST_TEST(first.percentile_us(0.98) == 10u);
    BOOST_TEST(first.percentile_us(0.99) >= 1'000u);
    BOOST_TEST(first.percentile_us(0.99) <= 1'032u);
    BOOST_TEST(first.max_us() == 2'000u);
    BOOST_TEST(first.percentile_us(1.0) == 2'000u);
}

BOOST_AUTO_TEST_CASE(a_stall_is_charged_for_all_that_would_have_come_meanwhile) {
    // 99 answers in 10 us, one in 31: who sends every 10 us would have had 21 and 11 as well.
    LatencyHistogram histogram;
    histogram.record(10, 99);
    histogram.record(31);
    const LatencyHistogram corrected = histogram.corrected(10);
    BOOST_TEST(corrected.count() == 102u);
    BOOST_TEST(corrected.percentile_us(99.0 / 102) == 10u);
    BOOST_TEST(corrected.percentile_us(100.0 / 102) == 11u);
    BOOST_TEST(corrected.percentile_us(101.0 / 102) == 21u);
    BOOST_TEST(corrected.max_us() == 31u);
    BOOST_TEST(histogram.corrected(31).count() == 100u);
    BOOST_TEST(histogram.corrected(0).count() == 100u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::node::test
