#include "tests/system/support/l1_writer.hpp"
#include "tests/system/support/ledger.hpp"
#include "tests/system/support/test_rollup.hpp"

#include <boost/test/unit_test.hpp>

#include <thread>

namespace troupe::tests {
namespace {

constexpr std::size_t kTransfers = 300;

/// Mines by hand until the L1 derives to block `number`.
void mine_until_safe(TestRollup& rollup, std::uint64_t number) {
    const auto client = rollup.connect();
    const bool safe = eventually(std::chrono::seconds(40), [&] {
        rollup.l1_request("evm_mine");
        std::this_thread::sleep_for(std::chrono::milliseconds(150));
        return get(client->chain_info()).heads.safe >= number;
    });
    need(safe, "block " + std::to_string(number) + " is never safe");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(posting)

// R6. The L1 mines by hand, so the moment is exact.
BOOST_AUTO_TEST_CASE(a_crash_between_posted_and_noted_leaves_no_gap_and_no_conflict) {
    TestRollup rollup;
    rollup.start_node();
    L1Writer writer(rollup);
    rollup.l1_request("evm_setIntervalMining", "[0]");
    std::vector<StreamRecord> records;
    enum class Crash : std::uint8_t {
        kBeforeMined,         // mined while the node is away
        kWithMined,           // killed as soon as it is mined
        kRestartBeforeMined,  // mined when the node is back already
    };
    for (const Crash crash :
         {Crash::kBeforeMined, Crash::kWithMined, Crash::kRestartBeforeMined, Crash::kWithMined,
          Crash::kRestartBeforeMined}) {
        BOOST_TEST_CONTEXT("crash " << static_cast<int>(crash)) {
            const auto client = rollup.connect();
            records.push_back(submit_all(*client, rollup.next_transfers(kTransfers)));
            BOOST_TEST(records.back().accepted.size() == kTransfers);
            get(rollup->connect_admin()->flush());
            BOOST_TEST_REQUIRE(eventually(std::chrono::seconds(20), [&] {
                return writer.nonce_pending() > writer.nonce_mined();
            }));
            if (crash == Crash::kWithMined) rollup.l1_request("evm_mine");
            rollup->kill_node();
            if (crash == Crash::kBeforeMined) rollup.l1_request("evm_mine");
            rollup.start_node();
            records.push_back(submit_all(*rollup.connect(), rollup.next_transfers(kTransfers)));
            get(rollup->connect_admin()->flush());
            mine_until_safe(rollup, last_block(records));
        }
    }
    rollup.l1_request("evm_setIntervalMining", "[1]");
    const auto client = rollup.connect();
    BOOST_TEST(
        broken_promises(*client, records) == std::vector<std::string>{},
        boost::test_tools::per_element());
    const Verdict verdict = verify(rollup);
    BOOST_TEST(verdict.status == 0, verdict.text);
    BOOST_TEST(verdict.dropped == 0u, "posted twice: " << verdict.text);
    BOOST_TEST(verdict.blocks >= last_block(records));
    BOOST_TEST(verdict.transactions == records.size() * kTransfers);
}

// R5.
BOOST_AUTO_TEST_CASE(an_l1_reorg_below_the_last_batch_changes_no_block_and_is_posted_again) {
    RollupShape shape;
    shape.node_options["l1.confirmations"] = "30";  // deeper than the re-org
    TestRollup rollup(shape);
    rollup.start_node();
    const auto client = rollup.connect();
    std::vector<StreamRecord> records;
    records.push_back(submit_all(*client, rollup.next_transfers(kTransfers)));
    rollup.wait_until_safe(last_block(records));
    const std::uint64_t safe_before = rollup.heads().safe;

    const std::string snapshot = rollup.l1_request("evm_snapshot");
    records.push_back(submit_all(*client, rollup.next_transfers(kTransfers)));
    rollup.wait_until_safe(last_block(records));
    const std::uint64_t high = rollup.heads().safe;
    const auto blocks = read_blocks(*client, 1, high);

    rollup.l1_request("evm_revert", "[" + snapshot + "]");
    BOOST_TEST(eventually(
        std::chrono::seconds(20), [&] { return rollup.heads().safe < last_block(records); }));
    BOOST_TEST(rollup.heads().safe >= safe_before);
    records.push_back(submit_all(*client, rollup.next_transfers(kTransfers)));
    rollup.wait_until_safe(last_block(records));
    const auto again = read_blocks(*client, 1, high);
    BOOST_TEST_REQUIRE(again.size() == blocks.size());
    for (std::size_t i = 0; i < blocks.size(); ++i)
        BOOST_TEST((again[i].hash == blocks[i].hash), "block " << i + 1);
    BOOST_TEST(
        broken_promises(*client, records) == std::vector<std::string>{},
        boost::test_tools::per_element());
    const Verdict verdict = verify(rollup);
    BOOST_TEST(verdict.status == 0, verdict.text);
    BOOST_TEST(verdict.transactions == records.size() * kTransfers);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::tests
