#include "sequencer/metrics/metrics_text.hpp"

#include <cstdio>
#include <fstream>
#include <set>
#include <sstream>

namespace troupe::node {

MetricsSnapshot sample_snapshot() {
    MetricsSnapshot snapshot;
    snapshot.version = "1.2.3";
    snapshot.actors.sequencer.transactions[0] = 7;
    snapshot.actors.sequencer.transactions[4] = 2;  // nonce_too_low
    snapshot.actors.sequencer.submit_latency.observe(0.003);
    snapshot.actors.sequencer.submit_latency.observe(0.003);
    snapshot.actors.sequencer.submit_latency.observe(60);
    snapshot.actors.partitions[3].accounts = 11;
    snapshot.actors.partitions[3].commitment.observe(0.003);
    snapshot.actors.partitions[4].commitment.observe(0.000'03);
    snapshot.actors.sequencer.stages[2].observe(0.000'15);  // validate
    snapshot.heads = {.unsafe = 9, .safe = 5, .finalized = 2};
    snapshot.l1.fees_paid = chain::Uint256(0, 0, 1, 0);  // 2^64
    return snapshot;
}

bool has_line(const std::string& text, const std::string& line) {
    return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

BOOST_AUTO_TEST_SUITE(metrics_text_suite)

BOOST_AUTO_TEST_CASE(values_appear_under_their_names_with_their_labels) {
    const std::string text = metrics_text(sample_snapshot());
    BOOST_TEST(has_line(text, "troupe_build_info{version=\"1.2.3\"} 1"));
    BOOST_TEST(has_line(text, "troupe_transactions_total{outcome=\"accepted\"} 7"));
    BOOST_TEST(has_line(text, "troupe_transactions_total{outcome=\"nonce_too_low\"} 2"));
    BOOST_TEST(has_line(text, "troupe_head_block{head=\"safe\"} 5"));
    BOOST_TEST(has_line(text, "troupe_partition_accounts{partition=\"3\"} 11"));
    BOOST_TEST(has_line(text, "troupe_l1_fees_paid_wei_total 1.844674407370955e+19"));
}

BOOST_AUTO_TEST_CASE(histograms_are_cumulative_and_end_at_infinity) {
    const std::string text = metrics_text(sample_snapshot());
    BOOST_TEST(has_line(text, "troupe_submit_latency_seconds_bucket{le=\"0.002\"} 0"));
    BOOST_TEST(has_line(text, "troupe_submit_latency_seconds_bucket{le=\"0.004\"} 2"));
    BOOST_TEST(has_line(text, "troupe_submit_latency_seconds_bucket{le=\"5\"} 2"));
    BOOST_TEST(has_line(text, "troupe_submit_latency_seconds_bucket{le=\"+Inf\"} 3"));
    BOOST_TEST(has_line(text, "troupe_submit_latency_seconds_count 3"));
}

BOOST_AUTO_TEST_CASE(stages_have_a_histogram_each_and_partitions_one_together) {
    const std::string text = metrics_text(sample_snapshot());
    const auto bucket = [](const std::string& stage, const std::string& bound) {
        return "troupe_stage_seconds_bucket{stage=\"" + stage + "\",le=\"" + bound + "\"} ";
    };
    BOOST_TEST(has_line(text, bucket("commitment", "2e-05") + "0"));
    BOOST_TEST(has_line(text, bucket("commitment", "5e-05") + "1"));
    BOOST_TEST(has_line(text, bucket("commitment", "0.005") + "2"));
    BOOST_TEST(has_line(text, bucket("validate", "0.0001") + "0"));
    BOOST_TEST(has_line(text, bucket("validate", "0.0002") + "1"));
    BOOST_TEST(has_line(text, bucket("settle", "+Inf") + "0"));
}

BOOST_AUTO_TEST_CASE(no_family_appears_twice_and_counters_end_in_total) {
    std::istringstream lines(metrics_text(sample_snapshot()));
    std::set<std::string> names;
    for (std::string line; std::getline(lines, line);) {
        if (!line.starts_with("# TYPE ")) continue;
        std::istringstream words(line.substr(7));
        std::string name;
        std::string type;
        words >> name >> type;
        BOOST_TEST(names.insert(name).second, name + " appears twice");
        BOOST_TEST(name.starts_with("troupe_"));
        BOOST_TEST((type == "counter") == name.ends_with("_total"), name);
    }
    BOOST_TEST(names.size() > 50u);
}

// Other checks (deploy/) read the names that exist from a file that this run leaves, where asked.
BOOST_AUTO_TEST_CASE(the_text_is_written_where_it_is_asked_for) {
    const char* path = std::getenv("TROUPE_METRICS_SAMPLE");
    if (path == nullptr) return;
    std::ofstream out(path);
    out << metrics_text(sample_snapshot());
    BOOST_TEST(bool(out));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::node
