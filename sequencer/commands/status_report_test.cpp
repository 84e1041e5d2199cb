#include "sequencer/commands/status_report.hpp"

#include <boost/test/unit_test.hpp>

namespace troupe::node {
namespace {

using Json = nlohmann::json;

Json node_status() {
    return Json::parse(R"({
        "version": "troupe/0.1.0", "chainId": 42069, "blockTimeMs": 200,
        "heads": {"unsafe": 1200, "batched": 1190, "posted": 1100, "safe": 1000, "finalized": 0},
        "fees": {"baseFeePerGas": "0x5f5e100", "priorityFeePerGas": "0xf4240"},
        "ready": {"word": "ok", "sentence": "transactions are taken"},
        "uptimeSeconds": 3700, "memoryBytes": 44040192,
        "transactions": {"accepted": 1234567, "refused": 3, "sealed": 1234567},
        "queue": {"transactions": 5, "free": 16000, "held": 2},
        "l1": {"enabled": true, "chainId": 31337, "reachable": true, "head": 777,
               "backlogBlocks": 200, "backlogBytes": 2048, "throttle": 2, "secondsSincePost": 9},
        "latency": {"boundsSeconds": [0.001, 0.002, 0.004], "submit": [0, 100, 0, 0],
                    "sync": [0, 0, 0, 0], "seal": [0, 0, 0, 7]}})");
}

BOOST_AUTO_TEST_SUITE(status_report_of_a_node)

BOOST_AUTO_TEST_CASE(the_rate_is_that_of_the_newest_blocks) {
    // 30 transactions in three blocks of 0.2 s.
    BOOST_TEST(status_report(node_status(), {5, 10, 15})["transactionsPerSecond"] == 50.0);
    BOOST_TEST(status_report(node_status(), {})["transactionsPerSecond"].is_null());
}

BOOST_AUTO_TEST_CASE(quantiles_take_the_place_of_counts) {
    const Json latency = status_report(node_status(), {})["latency"];
    BOOST_TEST(latency["submit"]["p50Seconds"] == 0.0015);  // half of the way from 1 ms to 2 ms
    BOOST_TEST(latency["sync"]["p50Seconds"].is_null());
    BOOST_TEST(latency["seal"]["p99Seconds"] == 0.004);  // beyond the last bound
}

BOOST_AUTO_TEST_CASE(the_table_says_it_in_words) {
    const std::string table =
        status_table(status_report(node_status(), {5, 10, 15}), "http://127.0.0.1:8545");
    for (const char* line :
         {"troupe/0.1.0 at http://127.0.0.1:8545, chain 42069", "state         ready",
          "up            1 h 1 min", "memory        42.0 MiB", "head          1,200\n",
          "posted        1,100  (100 behind)", "rate          50.0 TPS",
          "transactions  1,234,567 accepted, 3 refused",
          "queue         5 waiting, 2 beyond a nonce gap, room for 16,000",
          "fees          base 0.1 gwei, tip 0.001 gwei", "confirmation  p50 1.5 ms, p99 2.0 ms",
          "disk sync     no sample yet", "L1            chain 31337, block 777",
          "backlog       200 blocks, 2.0 KiB", "throttle      takes fewer transactions",
          "last posted   9 s ago"})
        BOOST_TEST((table.find(line) != table.npos), line << " is not in\n" << table);
}

BOOST_AUTO_TEST_CASE(a_node_that_is_not_ready_says_why_and_one_without_an_l1_says_so) {
    Json status = node_status();
    status["ready"] = {{"word", "backlog"}, {"sentence", "too many blocks wait"}};
    status["l1"]["enabled"] = false;
    const std::string table = status_table(status_report(status, {}), "u");
    BOOST_TEST((table.find("state         backlog: too many blocks wait") != table.npos));
    BOOST_TEST((table.find("L1            none: blocks are not posted") != table.npos));
}

BOOST_AUTO_TEST_CASE(an_answer_of_another_form_is_noticed) {
    BOOST_CHECK_THROW((void)status_report(Json::object(), {}), Json::exception);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace troupe::node
