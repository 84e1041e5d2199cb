#include "chain/base/hex.hpp"
#include "chain/crypto/keccak.hpp"
#include "chain/execution/serial_chain.hpp"
#include "chain/trie/trie.hpp"
#include "sequencer/config/rollup_file.hpp"
#include "sequencer/process/child_process.hpp"
#include "sequencer/storage/chain_store.hpp"
#include "sequencer/storage/leveldb.hpp"
#include "sequencer/storage/records.hpp"
#include "tests/system/support/ledger.hpp"
#include "tests/system/support/test_rollup.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <map>

namespace troupe::tests {
BOOST_AUTO_TEST_SUITE(lying_sequencer)

BOOST_AUTO_TEST_CASE(a_node_whose_state_was_edited_refuses_to_start) {
    TestRollup rollup;
    rollup.start_node();
    const auto client = rollup.connect();
    BOOST_TEST(submit_all(*client, rollup.next_transfers(100)).accepted.size() == 100u);
    BOOST_TEST_REQUIRE(rollup->stop_node() == 0);
    const chain::Address address = rollup.wallets()[0].address;
    {
        std::string failure;
        const auto state = node::Database::open(rollup->file("data/state"), {}, failure);
        BOOST_TEST_REQUIRE(state != nullptr, failure);
        chain::Bytes key{'a'};
        chain::append(key, address);
        const auto stored = state->get(key);
        BOOST_TEST_REQUIRE(stored.value.has_value());
        auto account = *node::decode_account_value(*stored.value);
        account.balance += 1;
        node::WriteBatch batch;
        batch.put(key, node::encode_account_value(account));
        BOOST_TEST(!state->write(batch, node::Database::Sync::kYes));
    }
    std::string failure;
    auto node = node::ChildProcess::start(
        {rollup->node_command(), rollup->file("refused.log"), {}}, failure);
    BOOST_TEST_REQUIRE(node.has_value(), failure);
    BOOST_TEST(node->wait(std::chrono::seconds(30)).value_or(-1) == 1);
    const std::string text = rollup.read_file("refused.log");
    BOOST_TEST(text.find("the state in the store is not that of block") != std::string::npos, text);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::tests
