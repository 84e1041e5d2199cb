#include "sequencer/storage/funded_keys.hpp"

#include "chain/crypto/consecutive_keys.hpp"
#include "chain/crypto/keccak.hpp"
#include "chain/execution/serial_chain.hpp"
#include "sequencer/storage/chain_store.hpp"
#include "sequencer/storage/genesis_state.hpp"
#include "sequencer/testing/temp_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <set>

namespace troupe::node {
namespace {

FundedKeys some_keys(std::uint64_t count) {
    return {chain::crypto::keccak256(chain::Bytes{1}), count, chain::Uint256(77)};
}

/// A genesis that names one of the funded accounts, and one with code and storage.
chain::Genesis some_genesis(const FundedKeys& funded) {
    chain::Genesis genesis;
    genesis.chain_id = 1'337;
    genesis.gas_limit = 30'000'000;
    chain::GenesisAccount contract;
    contract.address.bytes[0] = 1;
    contract.code = {0x60, 0x00};
    contract.storage = {{chain::Hash32{}, chain::Uint256(5)}};
    const auto key = chain::crypto::PrivateKey::from(funded.first_key);
    chain::GenesisAccount named;
    named.address = chain::crypto::address_of(*chain::crypto::public_key_of(key));
    named.balance = 1;
    genesis.alloc = {contract, named};
    std::sort(genesis.alloc.begin(), genesis.alloc.end(), [](const auto& a, const auto& b) {
        return a.address < b.address;
    });
    return genesis;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(funded_keys)

BOOST_AUTO_TEST_CASE(block_0_is_that_of_a_genesis_that_lists_the_accounts) {
    const FundedKeys funded = some_keys(3'000);
    const chain::Genesis genesis = some_genesis(funded);
    const chain::Genesis listed = with_funded(genesis, funded);
    BOOST_TEST(listed.alloc.size() == 3'001u);  // one of the keys' is named already
    const chain::ChainConfig config;
    const chain::execution::SerialChain serial(listed, config);
    const GenesisState state = make_genesis_state(genesis, config, funded);
    BOOST_TEST((state.block.hash == serial.head_hash()));

    // And so is the state on disk.
    const TempDirectory directory;
    std::string failure;
    const auto store = ChainStore::open(directory.path(), failure);
    BOOST_REQUIRE(store != nullptr);
    BOOST_REQUIRE(!store->initialise(state));
    std::size_t accounts = 0;
    BOOST_REQUIRE(!store->load_accounts([&](const auto& address, const auto& account) {
        BOOST_TEST((account == serial.account(address)));
        ++accounts;
    }));
    BOOST_TEST(accounts == 3'001u);
}

BOOST_AUTO_TEST_CASE(accounts_and_buckets_that_are_read_together_are_those_read_alone) {
    const FundedKeys funded = some_keys(700);
    const TempDirectory directory;
    std::string failure;
    StateOptions options;
    options.readers = 3;
    const auto store = ChainStore::open(directory.path(), failure, options);
    BOOST_REQUIRE(store != nullptr);
    BOOST_REQUIRE(!store->initialise(make_genesis_state(some_genesis(funded), {}, funded)));
    const actors::AccountStore& accounts = store->accounts();
    std::vector<chain::Hash32> keys{chain::crypto::keccak256(chain::Bytes{1, 2, 3})};  // none
    for (const FundedAddress& entry : funded_addresses(funded))
        keys.push_back(entry.key);
    std::vector<actors::StoredAccount> together(keys.size());
    accounts.read_all(keys, together);
    for (std::size_t i = 0; i < keys.size(); ++i) {
        BOOST_TEST((together[i].account == accounts.read(keys[i]).account));
        BOOST_TEST(together[i].account.is_empty() == (i == 0));
    }
    constexpr std::size_t kDepth = 3;
    std::set<chain::trie::Bucket> wanted;
    for (const chain::Hash32& key : keys)
        wanted.insert(chain::trie::bucket_of(key, kDepth));
    const std::vector<chain::trie::Bucket> buckets(wanted.begin(), wanted.end());
    std::vector<chain::trie::BucketLeaves> all;
    accounts.read_buckets(buckets, kDepth, all);
    BOOST_TEST_REQUIRE(all.size() == buckets.size());
    std::size_t leaves = 0;
    for (std::size_t i = 0; i < buckets.size(); ++i) {
        std::vector<chain::trie::BucketLeaves> alone;
        accounts.read_buckets(std::span(&buckets[i], 1), kDepth, alone);
        BOOST_TEST(all[i].bucket == buckets[i]);
        BOOST_TEST(all[i].leaves.size() == alone.front().leaves.size());
        for (const auto& leaf : all[i].leaves)
            BOOST_TEST(chain::trie::bucket_of(leaf.key, kDepth) == buckets[i]);
        leaves += all[i].leaves.size();
    }
    BOOST_TEST(leaves == 700u);  // but for the contract, whose bucket nobody asked for
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::node
