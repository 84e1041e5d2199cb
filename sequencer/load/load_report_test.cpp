#include "sequencer/load/load_report.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

namespace troupe::node::test {
namespace {

LoadReport sample() {
    LoadReport report;
    report.mix = "transfers=100";
    report.via = "grpc";
    report.window = 8'192;
    report.wallets = 10;
    report.result.sent = report.result.confirmed = 1'000;
    report.result.seconds = 4;
    report.result.gas_used = 21'000'000;
    report.result.each_second = {100, 400, 350, 150};
    report.result.soft.record(10'000, 990);
    report.result.soft.record(50'000, 10);
    report.result.corrected = report.result.soft.corrected(10'000);
    report.node_s = 0.012;
    report.generator_s = 0.001;
    report.stages = stage_costs(
        {{"caf.multiplexer", 1}, {"batcher", 2}},
        {{"caf.multiplexer", 1.008}, {"batcher", 2.001}, {"grpcpp_sync", 0.002}, {"x", 0.001}},
        1'000);
    report.node_bytes = {100 << 20, 150 << 20, 300 << 20, 200 << 20};
    report.sealed_blocks = 4;
    report.last_sealed_block = 5;
    report.all_sealed = true;
    return report;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(load_report)

BOOST_AUTO_TEST_CASE(the_text_has_rate_blocks_latency_processor_time_and_memory) {
    const std::string text = to_text(sample());
    for (const char* part :
         {"transfers=100 through grpc: 250 transactions a second over 4.0 s (1000 confirmed, least "
          "in a second 350)",
          "5.2 Mgas/s; 4 blocks sealed, all of it up to block 5", "corrected for coordinated",
          "processor time [us each]: node 12.00, load generator 1.00",
          "  8.00 admission, ordering, execution, roots\n  3.00 gRPC, answers, JSON-RPC\n  1.00 "
          "batcher\n",
          "node memory [MiB]: 100 before, 300 halfway, 200 after, 300 at most"})
        BOOST_TEST(text.find(part) != std::string::npos, part << " is not in:\n" << text);
}

BOOST_AUTO_TEST_CASE(the_json_has_every_second_and_both_histograms) {
    const auto json = nlohmann::json::parse(to_json(sample()));
    BOOST_TEST(json.at("loop") == "closed");
    BOOST_TEST(json.at("tps") == 250.0);
    BOOST_TEST(json.at("each_second").size() == 4u);
    BOOST_TEST(json.at("node_bytes").size() == 4u);
    BOOST_TEST(std::abs(json.at("stages_us_each").at("batcher").get<double>() - 1) < 1e-6);
    BOOST_TEST(json.at("soft_ms").at("p50").get<double>() >= 10.0);
    BOOST_TEST(json.at("soft_ms").at("p50").get<double>() <= 10.32);
    // The ten that took 50 ms stand for ten each of 40, 30, 20 and 10 ms: 50 of 1,040.
    BOOST_TEST(
        json.at("soft_ms_corrected").at("p99").get<double>() >
        json.at("soft_ms").at("p99").get<double>());
    BOOST_TEST(json.at("all_sealed") == true);
}

BOOST_AUTO_TEST_CASE(an_open_loop_says_its_rate) {
    LoadReport report = sample();
    report.rate_per_s = 500;
    BOOST_TEST(nlohmann::json::parse(to_json(report)).at("loop") == "open");
    BOOST_TEST(nlohmann::json::parse(to_json(report)).at("rate_per_s") == 500.0);
    BOOST_TEST(to_text(report).find("from the arrival") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(transactions_that_were_not_sealed_are_not_passed_over) {
    LoadReport report = sample();
    report.all_sealed = false;
    BOOST_TEST(to_text(report).find("NOT") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::node::test
