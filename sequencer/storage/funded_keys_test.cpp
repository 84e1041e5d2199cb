#include "sequencer/storage/funded_keys.hpp"

#include "chain/crypto/consecutive_keys.hpp"
#include "chain/crypto/keccak.hpp"
#include "chain/execution/serial_chain.hpp"
#include "sequencer/storage/chain_store.hpp"
#include "sequencer/storage/genesis_state.hpp"
#include "sequencer/testing/temp_directory.hpp"

#include <boost/test/unit_test.hpp>

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

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::node
