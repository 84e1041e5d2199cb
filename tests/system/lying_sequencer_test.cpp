#include "chain/base/hex.hpp"
#include "chain/crypto/keccak.hpp"
#include "chain/execution/serial_chain.hpp"
#include "chain/trie/trie.hpp"
#include "sequencer/config/rollup_file.hpp"
#include "sequencer/process/child_process.hpp"
#include "sequencer/storage/chain_store.hpp"
#include "sequencer/storage/leveldb.hpp"
#include "sequencer/storage/stored_account.hpp"
#include "tests/system/support/ledger.hpp"
#include "tests/system/support/test_rollup.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <map>

namespace troupe::tests {
namespace {

constexpr std::size_t kTransfers = 200;

/// What a liar gave whom.
struct Lie {
    std::uint64_t block = 0;
    chain::Address account;
    chain::Hash32 transaction;
};

/// Runs the chain in the stopped node's data directory again and appends a block with one transfer,
/// after which its sender has one ether more than it should; the header's state root agrees with
/// that.
Lie append_false_block(TestRollup& rollup) {
    std::string failure;
    const auto file = node::read_rollup_file(rollup->file("rollup.json"), failure);
    need(file.has_value(), failure);
    const auto store = node::ChainStore::open(rollup->file("data"), failure);
    need(store != nullptr, failure);
    chain::execution::SerialChain chain(file->genesis, file->chain);
    const auto recovered = [](const chain::Bytes& raw) {
        const auto tx = chain::decode_transaction(raw);
        return chain::execution::RecoveredTransaction{*tx, raw, *chain::recover_sender(*tx)};
    };
    for (std::uint64_t number = 1; number <= store->head().header.number; ++number) {
        const auto stored = store->block(number);
        std::vector<chain::execution::RecoveredTransaction> transactions;
        for (const chain::Bytes& raw : stored->block.transactions)
            transactions.push_back(recovered(raw));
        const auto executed =
            chain.execute(stored->block.header.timestamp, stored->block.l1_origin, transactions);
        need(executed.ok() && executed->hash == stored->hash, "the stored chain is another");
    }

    const node::WorkloadWallet& liar = rollup.wallets()[3];
    node::TransferMix mix;
    mix.chain_id = TestRollup::kChainId;
    mix.count = 1;
    mix.first_nonces = {chain.account(liar.address).nonce};
    const chain::Bytes raw = node::sign_transfers({liar}, mix)[0];
    const auto head = store->head();
    auto executed = chain.execute(head.header.timestamp, head.l1_origin, {recovered(raw)});
    need(executed.ok(), "the last transfer is not executed");

    auto sealed = std::make_shared<actors::SealedBlock>();
    sealed->block = executed->block;
    sealed->receipts = executed->receipts;
    sealed->changes = executed->changes;
    sealed->transaction_hashes = {chain::crypto::keccak256(raw)};
    sealed->last_sequence = head.last_sequence;
    std::map<chain::Address, chain::Account> accounts;
    const auto damage = store->load_accounts(
        [&](const auto& address, const auto& account) { accounts[address] = account; });
    need(!damage, damage.value_or(""));
    for (auto& change : sealed->changes) {
        if (change.address == liar.address)
            change.after.balance += *chain::uint256_from_text("1000000000000000000");
        accounts[change.address] = change.after;
    }
    chain::trie::Trie state;
    for (const auto& [address, account] : accounts)
        state.put(chain::crypto::keccak256(address), chain::encode_account(account));
    sealed->block.header.state_root = state.root();
    sealed->hash = chain::hash_header(sealed->block.header);
    const auto written = store->commit(std::vector<actors::SealedBlockPtr>{sealed});
    need(!written, written.value_or(""));
    return {sealed->block.header.number, liar.address, sealed->transaction_hashes[0]};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(lying_sequencer)

BOOST_AUTO_TEST_CASE(a_false_state_is_found_from_the_l1_and_named_down_to_the_account) {
    TestRollup rollup;
    rollup.start_node();
    const auto record = submit_all(*rollup.connect(), rollup.next_transfers(kTransfers));
    rollup.wait_until_safe(last_block({record}));
    BOOST_TEST(verify(rollup, {"--node", rollup->grpc_target()}).status == 0);
    BOOST_TEST_REQUIRE(rollup->stop_node() == 0);
    const Lie lie = append_false_block(rollup);

    rollup.start_node();
    rollup.wait_until_safe(lie.block);
    Verdict verdict;
    BOOST_TEST(eventually(std::chrono::seconds(30), [&] {  // until the false root is claimed
        verdict = verify(rollup);
        return verdict.status != 0;
    }));
    BOOST_TEST(verdict.status == 1);
    BOOST_TEST(!verdict.verified);
    BOOST_TEST(verdict.claims_wrong > 0u);

    verdict = verify(rollup, {"--node", rollup->grpc_target()});
    BOOST_TEST(verdict.status == 1);
    const auto fault = nlohmann::json::parse(verdict.text).value("fault", nlohmann::json());
    BOOST_TEST_REQUIRE(fault.is_object(), verdict.text);
    BOOST_TEST(fault["block"] == lie.block);
    BOOST_TEST(fault["header_fields"] == nlohmann::json::array({"state_root"}));
    BOOST_TEST(fault["transaction"]["hash"] == chain::to_hex(lie.transaction));
    BOOST_TEST(fault["accounts"] == nlohmann::json::array({chain::to_hex(lie.account)}));
}

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
        const node::Key key = node::account_key(chain::crypto::keccak256(address));
        const auto stored = state->get(key);
        BOOST_TEST_REQUIRE(stored.value.has_value());
        auto account = node::decode_stored(key, *stored.value)->account;
        account.balance += 1;
        node::WriteBatch batch;
        batch.put(key, node::encode_stored(address, account));
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
