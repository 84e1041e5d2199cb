#include "sequencer/process/child_process.hpp"
#include "tests/system/support/ledger.hpp"
#include "tests/system/support/test_rollup.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>

namespace troupe::tests {
namespace {

constexpr std::chrono::seconds kStopMax{10};
constexpr std::chrono::seconds kRefuseMax{30};

struct Ended {
    int status = -1;
    std::string text;  // both outputs
};

/// Runs a command that is expected to end by itself.
Ended run(TestRollup& rollup, const std::vector<std::string>& command) {
    const std::string log = rollup->file("other.log");
    std::filesystem::remove(log);
    std::string failure;
    auto child = node::ChildProcess::start({command, log, {}}, failure);
    need(child.has_value(), failure);
    Ended ended;
    ended.status = child->wait(kRefuseMax).value_or(-1);
    ended.text = rollup.read_file("other.log");
    return ended;
}

void replace_value(
    std::vector<std::string>& command, const std::string& flag, const std::string& value) {
    const auto at = std::find(command.begin(), command.end(), flag);
    need(at != command.end(), flag + " is not given");
    *(at + 1) = value;
}

/// A second node beside the running one: ports of its own.
std::vector<std::string> second_node(TestRollup& rollup) {
    auto command = rollup->node_command();
    for (const char* flag :
         {"--grpc.listen", "--grpc.admin-listen", "--metrics.listen", "--rpc.listen"})
        replace_value(command, flag, "127.0.0.1:" + std::to_string(node::free_port()));
    return command;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(shutdown)

// R13.
BOOST_AUTO_TEST_CASE(sigterm_under_load_drains_within_ten_seconds_and_loses_nothing) {
    TestRollup rollup;
    rollup.start_node();
    std::vector<StreamRecord> records;
    for (int round = 0; round < 3; ++round) {
        const auto transfers = rollup.next_transfers(15'000);
        const auto client = rollup.connect();
        StreamDriver driver(*client, transfers);
        std::thread load([&] { driver.run(); });
        BOOST_TEST(eventually(std::chrono::seconds(10), [&] { return driver.answered() > 500; }));
        const auto before = std::chrono::steady_clock::now();
        const int status = rollup->stop_node();
        const auto took = std::chrono::steady_clock::now() - before;
        load.join();
        BOOST_TEST(status == 0);
        BOOST_TEST((took < kStopMax));
        BOOST_TEST_MESSAGE(
            "stopped after " << std::chrono::duration_cast<std::chrono::milliseconds>(took).count()
                             << " ms");
        records.push_back(driver.record());
        for (const Refused& refused : records.back().refused) {
            const std::string& reason = refused.error.reason;
            BOOST_TEST(
                (reason == "SHUTTING_DOWN" || reason == "OVER_CAPACITY"), refused.error.text());
        }
        rollup.start_node();
        BOOST_TEST(
            broken_promises(*rollup.connect(), {records.back()}) == std::vector<std::string>{},
            boost::test_tools::per_element());
    }
    rollup.wait_until_safe(last_block(records));
    const Verdict verdict = verify(rollup);
    BOOST_TEST(verdict.status == 0, verdict.text);
    BOOST_TEST(verdict.dropped == 0u, verdict.text);
    BOOST_TEST(verdict.transactions == count_transactions(*rollup.connect(), verdict.blocks));
}

// R12.
BOOST_AUTO_TEST_CASE(a_second_node_on_the_same_data_directory_refuses_to_start) {
    TestRollup rollup;
    rollup.start_node();
    const Ended ended = run(rollup, second_node(rollup));
    BOOST_TEST(ended.status == 1, ended.text);
    BOOST_TEST(ended.text.find(rollup->file("data")) != std::string::npos, ended.text);
    BOOST_TEST(ended.text.find("another") != std::string::npos, ended.text);
    BOOST_TEST(submit_all(*rollup.connect(), rollup.next_transfers(100)).accepted.size() == 100u);
}

BOOST_AUTO_TEST_CASE(a_second_node_with_the_same_l1_key_refuses_to_start) {
    TestRollup rollup;
    rollup.start_node();
    auto command = second_node(rollup);
    replace_value(command, "--data-dir", rollup->file("data2"));
    const Ended ended = run(rollup, command);
    BOOST_TEST(ended.status == 1, ended.text);
    BOOST_TEST(ended.text.find("L1 key") != std::string::npos, ended.text);
    BOOST_TEST(submit_all(*rollup.connect(), rollup.next_transfers(100)).accepted.size() == 100u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::tests
