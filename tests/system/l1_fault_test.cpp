#include "sequencer/process/child_process.hpp"
#include "tests/support/anvil.hpp"
#include "tests/system/support/ledger.hpp"
#include "tests/system/support/tcp_proxy.hpp"
#include "tests/system/support/test_rollup.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>
#include <filesystem>
#include <thread>

namespace troupe::tests {
namespace {

constexpr std::chrono::seconds kStartMax{60};
constexpr std::size_t kTransfers = 300;

/// Starts the node, which is expected to refuse, and gives what it says.
void check_refuses_to_start(
    TestRollup& rollup, const std::string& l1_url, const std::vector<std::string>& words) {
    auto command = rollup->node_command();
    const auto at = std::find(command.begin(), command.end(), "--l1.url");
    need(at != command.end(), "--l1.url is not given");
    *(at + 1) = l1_url;
    const std::string log = rollup->file("refused.log");
    std::filesystem::remove(log);
    std::string failure;
    auto child = node::ChildProcess::start({command, log, {}}, failure);
    need(child.has_value(), failure);
    const auto status = child->wait(kStartMax);
    const std::string text = rollup.read_file("refused.log");
    BOOST_TEST_REQUIRE(status.has_value(), "it did not end: " << text);
    BOOST_TEST(*status == 1, text);
    for (const std::string& word : words)
        BOOST_TEST(text.find(word) != std::string::npos, word << " is not in: " << text);
}

/// A rollup whose node reaches the L1 by a wire that can be cut, and what was submitted to it.
struct WiredRollup {
    TcpProxy wire;
    TestRollup rollup{shape_with(wire)};
    std::vector<StreamRecord> records;

    WiredRollup() {
        wire.set_target(rollup->l1_port());
        rollup.start_node();
    }
    void submit(node::client::Client& client) {
        records.push_back(submit_all(client, rollup.next_transfers(kTransfers)));
        BOOST_TEST_REQUIRE(records.back().accepted.size() == kTransfers);
    }
    void wait_until_safe() { rollup.wait_until_safe(last_block(records)); }
    /// All is as it was told, and on the L1 once.
    void check_all() {
        BOOST_TEST(
            broken_promises(*rollup.connect(), records) == std::vector<std::string>{},
            boost::test_tools::per_element());
        const Verdict verdict = verify(rollup);
        BOOST_TEST(verdict.status == 0, verdict.text);
        BOOST_TEST(verdict.transactions == records.size() * kTransfers);
        BOOST_TEST(verdict.dropped == 0u, "posted twice: " << verdict.text);
    }

  private:
    static RollupShape shape_with(const TcpProxy& wire) {
        RollupShape shape;
        shape.node_l1_url = wire.url();
        return shape;
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(l1_fault)

BOOST_AUTO_TEST_CASE(an_l1_that_is_not_ours_is_named_at_start_and_the_node_ends) {
    TestRollup rollup;
    BOOST_TEST_CONTEXT("unreachable") {
        const std::string nobody = "http://127.0.0.1:" + std::to_string(node::free_port());
        check_refuses_to_start(rollup, nobody, {nobody, "refused"});
    }
    BOOST_TEST_CONTEXT("silent") {
        TcpProxy silent(rollup->l1_port());
        silent.set(TcpProxy::Mode::kSilent);
        check_refuses_to_start(rollup, silent.url(), {silent.url(), "answer"});
    }
    BOOST_TEST_CONTEXT("another chain") {
        Anvil other({.port = 0, .arguments = {"--chain-id", "31338"}});
        check_refuses_to_start(rollup, other.url(), {other.url(), "31338", "31337"});
    }
    BOOST_TEST_CONTEXT("no contracts") {
        Anvil empty;
        check_refuses_to_start(rollup, empty.url(), {empty.url(), "contract"});
    }
    rollup.start_node();  // nothing was spoiled
    BOOST_TEST(submit_all(*rollup.connect(), rollup.next_transfers(100)).accepted.size() == 100u);
}

BOOST_FIXTURE_TEST_CASE(
    sequencing_goes_on_without_the_l1_and_posting_resumes_by_itself, WiredRollup) {
    const auto client = rollup.connect();
    const auto submit_and_wait = [&] {
        submit(*client);
        for (const Told& told : records.back().accepted)
            BOOST_TEST_REQUIRE(told.soft.has_value());
    };
    submit_and_wait();
    wait_until_safe();
    for (const auto mode : {TcpProxy::Mode::kRefuse, TcpProxy::Mode::kSilent}) {
        BOOST_TEST_CONTEXT("mode " << static_cast<int>(mode)) {
            wire.set(mode);
            submit_and_wait();
            get(rollup->connect_admin()->flush());
            std::this_thread::sleep_for(std::chrono::seconds(4));
            submit_and_wait();
            BOOST_TEST(rollup.heads().safe < last_block(records));
            wire.set(TcpProxy::Mode::kForward);
            wait_until_safe();
        }
    }
    BOOST_TEST_CONTEXT("the L1's process stands still") {
        ::kill(rollup->l1_pid(), SIGSTOP);
        submit_and_wait();
        get(rollup->connect_admin()->flush());
        std::this_thread::sleep_for(std::chrono::seconds(4));
        ::kill(rollup->l1_pid(), SIGCONT);
        wait_until_safe();
    }
    check_all();
}

BOOST_FIXTURE_TEST_CASE(a_node_that_knows_its_l1_restarts_while_that_is_away, WiredRollup) {
    submit(*rollup.connect());
    wait_until_safe();
    for (const auto mode : {TcpProxy::Mode::kRefuse, TcpProxy::Mode::kSilent}) {
        BOOST_TEST_CONTEXT("mode " << static_cast<int>(mode)) {
            wire.set(mode);
            submit(*rollup.connect());
            rollup->kill_node();
            rollup.start_node();  // with what the order log has
            submit(*rollup.connect());
            BOOST_TEST(rollup->stop_node() == 0);
            rollup.start_node();  // with nothing but what is stored
            submit(*rollup.connect());
            BOOST_TEST(rollup.heads().safe < last_block(records));
            wire.set(TcpProxy::Mode::kForward);
            wait_until_safe();
        }
    }
    check_all();
}

BOOST_FIXTURE_TEST_CASE(another_l1_that_answers_after_such_a_restart_gets_nothing, WiredRollup) {
    submit(*rollup.connect());
    wait_until_safe();
    wire.set(TcpProxy::Mode::kRefuse);
    BOOST_TEST(rollup->stop_node() == 0);
    rollup.start_node();
    Anvil other;
    const auto other_client = std::move(*l1::EthClient::open(other.url()));
    const std::uint64_t before = get(other_client->block_number());
    submit(*rollup.connect());  // something to post
    wire.set_target(other.port());
    wire.set(TcpProxy::Mode::kForward);
    BOOST_TEST(eventually(std::chrono::seconds(20), [&] { return !rollup->node_running(); }));
    BOOST_TEST(rollup->stop_node() == 1);  // the status it ended with
    BOOST_TEST(rollup.read_file("node.log").find("there is no contract") != std::string::npos);
    BOOST_TEST(get(other_client->block_number()) == before);  // anvil mines with every transaction
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::tests
