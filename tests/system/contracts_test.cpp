// Contracts through the whole node: created, called, reverted, read, logged, killed, derived.
#include "chain/base/hex.hpp"
#include "chain/crypto/keccak.hpp"
#include "chain/trie/trie.hpp"
#include "sequencer/config/predeploys.hpp"
#include "sequencer/demo/swap_demo.hpp"
#include "sequencer/workload/contract_session.hpp"
#include "tests/system/support/test_rollup.hpp"

#include <boost/test/unit_test.hpp>

namespace troupe::tests {
namespace {

using node::ContractSession;
namespace contracts = node::contracts;

/// A node whose genesis has the system contracts.
RollupShape with_predeploys() {
    RollupShape shape;
    chain::Genesis genesis;
    node::add_predeploys(genesis);
    shape.funded = genesis.alloc;
    return shape;
}

template <class T>
T must(std::optional<T> value, const ContractSession& session) {
    need(value.has_value(), session.failure());
    return std::move(*value);
}

std::uint64_t balance(
    ContractSession& session, const chain::Address& token, const chain::Address& who) {
    return contracts::word_of(must(session.call(token, contracts::balance_of(who)), session), 0)
        .low_u64();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(contracts_end_to_end)

BOOST_AUTO_TEST_CASE(a_token_lives_through_kill_9_and_derives_from_the_l1) {
    TestRollup rollup(with_predeploys());
    rollup.start_node();
    auto client = rollup.connect();
    const node::WorkloadWallet alice = rollup.wallets()[0];
    const chain::Address bob = rollup.wallets()[1].address;
    std::optional<ContractSession> session;
    session.emplace(*client, alice);

    const auto created = must(session->send(std::nullopt, contracts::token_init_code()), *session);
    BOOST_TEST_REQUIRE(created.success);
    BOOST_TEST_REQUIRE(created.contract.has_value());
    const chain::Address token = *created.contract;
    BOOST_TEST((token == chain::contract_address(alice.address, 0)));
    BOOST_TEST(created.logs.size() == 1u);  // Transfer from 0: minted
    BOOST_TEST(get(client->code(token)).size() > 1'000u);

    // A transfer says so in a log, moves what it says, and changes the slots it should.
    const auto sent = must(session->send(token, contracts::transfer(bob, 500)), *session);
    BOOST_TEST(sent.success);
    BOOST_TEST_REQUIRE(sent.logs.size() == 1u);
    BOOST_TEST((sent.logs[0].address == token));
    BOOST_TEST(balance(*session, token, bob) == 500u);
    // OpenZeppelin's ERC20 keeps balances in a mapping at slot 0: keccak256(address ‖ 0).
    chain::Bytes preimage(12, 0);
    chain::append(preimage, bob);
    preimage.resize(64);
    const chain::Hash32 slot = chain::crypto::keccak256(preimage);
    BOOST_TEST((get(client->storage(token, slot)) == chain::Uint256{500}));

    // What would fail says why; sent all the same it fails, and pays.
    const chain::Uint256 too_much =
        chain::Uint256{2'000'000} * chain::Uint256{1'000'000'000} * chain::Uint256{1'000'000'000};
    node::client::CallRequest request;
    request.from = alice.address;
    request.to = token;
    request.data = contracts::transfer(bob, too_much);
    const auto estimate = get(client->estimate_gas(request));
    BOOST_TEST(estimate.gas == 0u);
    BOOST_TEST(estimate.failure == "revert");
    BOOST_TEST(!get(client->call(request)).success);
    const auto failed = must(session->send(token, request.data, {}, 100'000), *session);
    BOOST_TEST(!failed.success);
    BOOST_TEST(failed.gas_used < 100'000u);
    // ERC20InsufficientBalance(address,uint256,uint256)
    BOOST_TEST_REQUIRE(failed.revert_output.size() == 100u);
    BOOST_TEST(chain::to_hex(chain::ByteView{failed.revert_output}.first(4)) == "0xe450d38c");
    BOOST_TEST(balance(*session, token, bob) == 500u);

    rollup->kill_node();
    rollup.start_node();
    client = rollup.connect();
    session.emplace(*client, alice);
    BOOST_TEST(balance(*session, token, bob) == 500u);
    const auto last = must(session->send(token, contracts::transfer(bob, 7)), *session);
    BOOST_TEST(last.success);
    BOOST_TEST(balance(*session, token, bob) == 507u);
    rollup.wait_until_safe(last.block_number);

    // Logs by filter: Transfer(address,address,uint256) to bob.
    node::client::LogQuery query;
    query.addresses = {token};
    query.topics = {
        {sent.logs[0].topics[0]}, {}, {chain::Hash32::from(chain::ByteView{preimage}.first(32))}};
    const auto logs = get(client->logs(query));
    BOOST_TEST_REQUIRE(logs.size() == 2u);
    BOOST_TEST((logs[0].transaction_hash == sent.transaction_hash));
    BOOST_TEST((logs[1].transaction_hash == last.transaction_hash));
    BOOST_TEST(contracts::word_of(logs[1].log.data, 0).low_u64() == 7u);

    // The slot, proven: account in the state root, slot in the account's storage root.
    const auto proven = get(client->account(token, true, {slot}));
    BOOST_TEST_REQUIRE(proven.slots.size() == 1u);
    BOOST_TEST((proven.slots[0].value == chain::Uint256{507}));
    const auto leaf = chain::trie::verify_proof(
        proven.account.storage_root, chain::crypto::keccak256(slot), proven.slots[0].proof);
    BOOST_TEST_REQUIRE(leaf.ok());
    BOOST_TEST((*leaf == chain::encode_slot(chain::Uint256{507})));
    const auto account =
        chain::trie::verify_proof(proven.state_root, chain::crypto::keccak256(token), proven.proof);
    BOOST_TEST_REQUIRE(account.ok());
    BOOST_TEST((*account == chain::encode_account(proven.account)));

    const Verdict verdict = verify(rollup);
    BOOST_TEST(verdict.status == 0, verdict.text);
    BOOST_TEST(verdict.verified);
    BOOST_TEST(verdict.transactions == 4u);
    BOOST_TEST(chain::to_hex(get(client->block(verdict.blocks)).state_root) == verdict.state_root);
}

BOOST_AUTO_TEST_CASE(uniswap_swaps_among_transfers_and_derives_to_the_same_state) {
    TestRollup rollup(with_predeploys());
    rollup.start_node();
    const auto client = rollup.connect();
    const auto transfers = rollup.next_transfers(500);  // the wallets' first ones
    const auto outcomes = get(client->submit_batch(transfers));
    for (const auto& outcome : outcomes)
        BOOST_TEST_REQUIRE(!outcome.refusal.has_value());
    std::string failure;
    const auto factory = node::published_factory();
    BOOST_TEST_REQUIRE(factory.has_value(), "@uniswap/v2-core is missing: run ./dev setup");
    const auto swaps = node::run_swaps(*client, *factory, rollup.wallets()[3], 6, failure);
    BOOST_TEST_REQUIRE(swaps.has_value(), failure);
    BOOST_TEST(swaps->swaps == 6u);
    rollup.wait_until_safe(swaps->last_block);
    const Verdict verdict = verify(rollup);
    BOOST_TEST(verdict.status == 0, verdict.text);
    BOOST_TEST(verdict.transactions == 500u + swaps->transactions);
    BOOST_TEST(chain::to_hex(get(client->block(verdict.blocks)).state_root) == verdict.state_root);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::tests
