#include "chain/base/hex.hpp"
#include "chain/crypto/keccak.hpp"
#include "chain/trie/trie.hpp"
#include "sequencer/process/child_process.hpp"
#include "tests/system/support/ledger.hpp"
#include "tests/system/support/test_rollup.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>
#include <set>

namespace troupe::tests {
namespace {

constexpr std::size_t kTransfers = 2'000;

}  // namespace

BOOST_AUTO_TEST_SUITE(end_to_end)

BOOST_AUTO_TEST_CASE(transfers_of_all_types_reach_the_l1_and_derive_to_the_same_state) {
    TestRollup rollup;
    rollup.start_node();
    const auto transfers = rollup.next_transfers(kTransfers);
    std::set<chain::TxType> types;
    for (const chain::Bytes& raw : transfers)
        types.insert(chain::decode_transaction(raw)->type);
    BOOST_TEST(types.size() == 3u);

    const auto client = rollup.connect();
    const StreamRecord record = submit_all(*client, transfers);
    BOOST_TEST(record.accepted.size() == kTransfers);
    for (const Told& told : record.accepted)
        BOOST_TEST_REQUIRE(told.soft.has_value());
    rollup.wait_until_safe(last_block({record}));
    BOOST_TEST(
        broken_promises(*client, {record}) == std::vector<std::string>{},
        boost::test_tools::per_element());

    const Verdict verdict = verify(rollup);
    BOOST_TEST(verdict.status == 0);
    BOOST_TEST(verdict.verified);
    BOOST_TEST(verdict.transactions == kTransfers);
    BOOST_TEST(verdict.dropped == 0u);
    const auto head = get(client->block(verdict.blocks));
    BOOST_TEST(chain::to_hex(head.state_root) == verdict.state_root);
    BOOST_TEST(chain::to_hex(head.hash) == verdict.head_hash);
}

BOOST_AUTO_TEST_CASE(an_account_is_proven_against_the_state_root_of_its_block) {
    TestRollup rollup;
    rollup.start_node();
    const auto client = rollup.connect();
    BOOST_TEST(submit_all(*client, rollup.next_transfers(200)).accepted.size() == 200u);
    const chain::Address address = rollup.wallets()[0].address;
    const auto proven = get(client->account(address, true));
    const auto leaf = chain::trie::verify_proof(
        proven.state_root, chain::crypto::keccak256(address), proven.proof);
    BOOST_TEST_REQUIRE(leaf.ok());
    BOOST_TEST((*leaf == chain::encode_account(proven.account)));
    BOOST_TEST((get(client->block(proven.block_number)).state_root == proven.state_root));
}

BOOST_AUTO_TEST_CASE(the_demo_ends_well_and_writes_the_figures_that_are_promised) {
    std::string failure;
    const auto directory =
        std::filesystem::temp_directory_path() / ("troupe-demo-test-" + std::to_string(::getpid()));
    std::filesystem::create_directories(directory);
    const std::string figures = (directory / "demo.json").string();
    auto demo = node::ChildProcess::start(
        {{program(), "demo", "--transfers", "2000", "--json", figures},
         (directory / "demo.log").string(),
         {}},
        failure);
    BOOST_TEST_REQUIRE(demo.has_value(), failure);
    const auto status = demo->wait(std::chrono::minutes(2));
    BOOST_TEST_REQUIRE(status.has_value());
    std::ifstream log(directory / "demo.log");
    BOOST_TEST(*status == 0, std::string(std::istreambuf_iterator<char>(log), {}));
    std::ifstream file(figures);
    const auto json = nlohmann::json::parse(file, nullptr, false);
    BOOST_TEST_REQUIRE(json.is_object());
    for (const char* key :
         {"accepted", "included", "tps", "soft_p50_ms", "soft_p99_ms", "blocks", "batches",
          "l1_bytes_per_tx", "sequencer_state_root", "derived_state_root", "verified"})
        BOOST_TEST(json.contains(key), key);
    BOOST_TEST(json["accepted"] == kTransfers);
    BOOST_TEST(json["swaps"] == 10);
    BOOST_TEST(json["included"] == kTransfers + json["contract_transactions"].get<std::size_t>());
    BOOST_TEST(json["sequencer_state_root"] == json["derived_state_root"]);
    BOOST_TEST(json["verified"] == true);
    std::filesystem::remove_all(directory);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::tests
