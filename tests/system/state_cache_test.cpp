// A node that holds a few of its accounts in memory: transfers, contracts, kill -9, the L1.
#include "sequencer/workload/contract_session.hpp"
#include "tests/system/support/ledger.hpp"
#include "tests/system/support/test_rollup.hpp"

#include <boost/test/unit_test.hpp>

#include <thread>

namespace troupe::tests {
namespace {

using node::ContractSession;
namespace contracts = node::contracts;

constexpr std::size_t kWallets = 6'000;
constexpr std::size_t kTransfers = 12'000;  // each wallet sends two: all are needed in turn

/// 64 partitions share a mebibyte: each keeps 25 accounts of its hundred.
RollupShape with_a_small_cache() {
    RollupShape shape;
    shape.wallets = kWallets;
    shape.node_options = {{"state-cache", "1M"}, {"partitions", "64"}};
    return shape;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(state_cache)

BOOST_AUTO_TEST_CASE(a_node_with_few_accounts_in_memory_tells_the_truth_through_kill_9) {
    TestRollup rollup(with_a_small_cache());
    rollup.start_node();
    std::vector<StreamRecord> records;
    const chain::Address bob = rollup.wallets()[1].address;
    {
        const auto client = rollup.connect();
        const auto transfers = rollup.next_transfers(kTransfers);
        const auto half = transfers.begin() + kTransfers / 2;
        const std::vector<chain::Bytes> first(transfers.begin(), half);
        const std::vector<chain::Bytes> second(half, transfers.end());
        records.push_back(submit_all(*client, first));
        BOOST_TEST_REQUIRE(records.back().refused.empty());
        StreamDriver driver(*client, second);  // the node is killed while this runs
        std::thread load([&] { driver.run(); });
        const bool begun =
            eventually(std::chrono::seconds(10), [&] { return driver.answered() > 0; });
        std::this_thread::sleep_for(std::chrono::milliseconds(150));
        rollup->kill_node();
        load.join();
        BOOST_TEST_REQUIRE(begun);
        records.push_back(driver.record());
    }
    rollup.start_node();
    BOOST_TEST_REQUIRE(
        broken_promises(*rollup.connect(), records) == std::vector<std::string>{},
        boost::test_tools::per_element());

    // A contract, which is read again after its account has gone and come back.
    auto client = rollup.connect();
    const node::WorkloadWallet& owner = rollup.wallets().back();
    std::optional<ContractSession> session;
    session.emplace(*client, owner);
    const auto created = session->send(std::nullopt, contracts::token_init_code());
    BOOST_TEST_REQUIRE((created && created->success && created->contract));
    const chain::Address token = *created->contract;
    for (int i = 0; i < 3; ++i) {
        const auto sent = session->send(token, contracts::transfer(bob, 100));
        BOOST_TEST_REQUIRE((sent && sent->success));
    }
    rollup->kill_node();
    rollup.start_node();
    client = rollup.connect();
    session.emplace(*client, owner);
    const auto last = session->send(token, contracts::transfer(bob, 7));
    BOOST_TEST_REQUIRE((last && last->success));
    const auto held = session->call(token, contracts::balance_of(bob));
    BOOST_TEST_REQUIRE(held.has_value());
    BOOST_TEST(contracts::word_of(*held, 0).low_u64() == 307u);

    rollup.wait_until_safe(
        std::max(last->block_number, last_block(records)), std::chrono::seconds(90));
    BOOST_TEST(
        broken_promises(*client, records) == std::vector<std::string>{},
        boost::test_tools::per_element());
    const Verdict verdict = verify(rollup);
    BOOST_TEST(verdict.status == 0, verdict.text);
    BOOST_TEST(verdict.claims_wrong == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::tests
