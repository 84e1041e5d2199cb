#include "chain/execution/serial_chain.hpp"

#include "chain/crypto/keccak.hpp"
#include "chain/execution/seal.hpp"
#include "chain/trie/trie.hpp"

#include <boost/test/unit_test.hpp>

namespace troupe::chain::execution {
namespace {

Address address_of(std::uint8_t last) {
    Address address;
    address.bytes[0] = 0xaa;
    address.bytes[19] = last;
    return address;
}
const Address kAlice = address_of(1);
const Address kBob = address_of(2);

Genesis test_genesis() {
    Genesis genesis;
    genesis.chain_id = 77;
    genesis.gas_limit = 100'000;
    genesis.base_fee_per_gas = 10;
    genesis.alloc = {{kAlice, 0, Uint256{10'000'000}, {}, {}}};
    return genesis;
}

ChainConfig test_config() {
    ChainConfig config;
    config.chain_id = 77;
    config.gas_limit = 100'000;
    config.fee_vault = address_of(0xfe);
    return config;
}

RecoveredTransaction transfer(std::uint64_t nonce, std::uint64_t value) {
    RecoveredTransaction item;
    item.tx.type = TxType::kDynamicFee;
    item.tx.chain_id = 77;
    item.tx.nonce = nonce;
    item.tx.max_fee_per_gas = 20;
    item.tx.max_priority_fee_per_gas = 1;
    item.tx.gas_limit = 21'000;
    item.tx.to = kBob;
    item.tx.value = value;
    item.raw = encode_transaction(item.tx);
    item.sender = kAlice;
    return item;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(serial_chain)

BOOST_AUTO_TEST_CASE(block_links_to_its_parent_and_moves_the_money) {
    SerialChain chain{test_genesis(), test_config()};
    const Hash32 genesis_hash = chain.head_hash();
    const auto executed = chain.execute(5, {}, {transfer(0, 100), transfer(1, 200)});
    BOOST_TEST_REQUIRE(executed.ok());
    BOOST_TEST((executed->block.header.parent_hash == genesis_hash));
    BOOST_TEST(executed->block.header.gas_used == 42'000u);
    // Genesis used nothing: the base fee falls from 10 by 10 / 8 = 1 to 9; price 9 + 1.
    BOOST_TEST(executed->block.header.base_fee_per_gas.low_u64() == 9u);
    BOOST_TEST(chain.account(kBob).balance.low_u64() == 300u);
    BOOST_TEST(chain.account(kAlice).balance.low_u64() == 10'000'000u - 300 - 42'000 * 10);
    BOOST_TEST(chain.account(address_of(0xfe)).balance.low_u64() == 42'000u);
    BOOST_TEST(executed->changes.size() == 3u);
    BOOST_TEST(executed->receipts[1].cumulative_gas_used == 42'000u);
}

BOOST_AUTO_TEST_CASE(one_bad_transaction_refuses_the_block_and_changes_nothing) {
    SerialChain chain{test_genesis(), test_config()};
    const Header before = chain.head();
    const auto executed = chain.execute(5, {}, {transfer(0, 100), transfer(2, 200)});
    BOOST_TEST_REQUIRE(!executed.ok());
    BOOST_TEST((executed.error() == Error::kNonceTooHigh));
    BOOST_TEST((chain.head() == before));
    BOOST_TEST(chain.account(kBob).balance.is_zero());
}

BOOST_AUTO_TEST_CASE(lenient_execution_leaves_the_bad_one_out) {
    SerialChain strict{test_genesis(), test_config()};
    SerialChain lenient{test_genesis(), test_config()};
    const auto expected = strict.execute(5, {}, {transfer(0, 100), transfer(1, 300)});
    const auto got =
        lenient.execute_lenient(5, {}, {transfer(0, 100), transfer(2, 200), transfer(1, 300)});
    BOOST_TEST_REQUIRE(expected.ok());
    BOOST_TEST((got.hash == expected->hash));
}

BOOST_AUTO_TEST_CASE(gas_limits_beyond_what_the_block_has_left_are_refused) {
    SerialChain chain{test_genesis(), test_config()};
    auto greedy = transfer(1, 1);
    greedy.tx.gas_limit = 79'001;  // 100,000 - 21,000 = 79,000 are left
    const auto executed = chain.execute(5, {}, {transfer(0, 1), greedy});
    BOOST_TEST_REQUIRE(!executed.ok());
    BOOST_TEST((executed.error() == Error::kBlockGasExceeded));
}

BOOST_AUTO_TEST_CASE(accounts_are_proven_against_the_head) {
    SerialChain chain{test_genesis(), test_config()};
    BOOST_TEST_REQUIRE(chain.execute(5, {}, {transfer(0, 100)}).ok());
    const auto value =
        trie::verify_proof(chain.head().state_root, crypto::keccak256(kBob), chain.prove(kBob));
    BOOST_TEST_REQUIRE(value.ok());
    BOOST_TEST((*value == encode_account(chain.account(kBob))));
}

BOOST_AUTO_TEST_CASE(genesis_accounts_hash_their_code_and_storage) {
    GenesisAccount entry{kBob, 1, Uint256{5}, {0x60}, {}};
    entry.storage = {{Hash32{}, Uint256{0}}};  // a zero slot is absent
    const Account account = genesis_account(entry);
    BOOST_TEST((account.storage_root == kEmptyTrieRoot));
    BOOST_TEST((account.code_hash == crypto::keccak256(entry.code)));
    entry.storage[0].value = 1;
    BOOST_TEST((genesis_account(entry).storage_root != kEmptyTrieRoot));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::chain::execution
