#include "sequencer/config/predeploys.hpp"

#include "chain/base/hex.hpp"
#include "chain/crypto/keccak.hpp"

#include <boost/test/unit_test.hpp>

namespace troupe::node {

BOOST_AUTO_TEST_SUITE(predeploys)

// Code hashes as mainnet has them (eth_getProof of the three addresses).
BOOST_AUTO_TEST_CASE(codes_are_those_of_mainnet) {
    chain::Genesis genesis;
    add_predeploys(genesis);
    BOOST_TEST_REQUIRE(genesis.alloc.size() == 3u);
    const char* const expected[] = {
        "0x6e49e66782037c0555897870e29fa5e552daf4719552131a0abce779daec0a5d",   // EIP-2935
        "0xf57acd40259872606d76197ef052f3d35588dadf919ee1f0e3cb9b62d3f4b02c",   // EIP-4788
        "0x2fa86add0aed31f33a762c9d88e807c475bd51d0f52bd0955754b2608f7e4989"};  // proxy
    for (std::size_t i = 0; i < 3; ++i)
        BOOST_TEST(chain::to_hex(chain::crypto::keccak256(genesis.alloc[i].code)) == expected[i]);
}

BOOST_AUTO_TEST_CASE(what_the_alloc_names_stays_and_the_order_too) {
    chain::Genesis genesis;
    chain::GenesisAccount own;
    own.address =
        chain::fixed_from_hex<chain::Address>("0x4e59b44847b379578588920ca78fbf26c0b4956c").value();
    own.balance = 5;
    genesis.alloc = {own};
    add_predeploys(genesis);
    BOOST_TEST_REQUIRE(genesis.alloc.size() == 3u);
    BOOST_TEST((genesis.alloc[2] == own));
    BOOST_TEST((genesis.alloc[0].address < genesis.alloc[1].address));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::node
