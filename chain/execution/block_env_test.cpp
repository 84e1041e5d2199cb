#include "chain/execution/block_env.hpp"

#include <boost/test/unit_test.hpp>

namespace troupe::chain::execution {
namespace {

Header parent_with(std::uint64_t gas_used, std::uint64_t base_fee) {
    Header parent;
    parent.number = 9;
    parent.gas_limit = 30'000'000;
    parent.gas_used = gas_used;
    parent.base_fee_per_gas = base_fee;
    return parent;
}

std::uint64_t next(std::uint64_t gas_used, std::uint64_t base_fee) {
    return next_base_fee(parent_with(gas_used, base_fee), ChainConfig{}).low_u64();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(block_env)

// The target is 30,000,000 / 2; one block changes the fee by at most 1/8.
BOOST_AUTO_TEST_CASE(base_fee_stays_at_the_target) {
    BOOST_TEST(next(15'000'000, 1'000'000'000) == 1'000'000'000u);
}

BOOST_AUTO_TEST_CASE(base_fee_rises_by_an_eighth_after_a_full_block) {
    BOOST_TEST(next(30'000'000, 1'000'000'000) == 1'125'000'000u);
}

BOOST_AUTO_TEST_CASE(base_fee_falls_by_an_eighth_after_an_empty_block) {
    BOOST_TEST(next(0, 1'000'000'000) == 875'000'000u);
}

BOOST_AUTO_TEST_CASE(base_fee_rises_by_at_least_one_wei) {
    BOOST_TEST(next(30'000'000, 7) == 8u);  // 7 / 8 rounds to 0, and EIP-1559 says max(.., 1)
    BOOST_TEST(next(15'000'001, 1'000) == 1'001u);
}

BOOST_AUTO_TEST_CASE(base_fee_below_eight_wei_does_not_fall) {
    BOOST_TEST(next(0, 7) == 7u);  // 7 * 15M / 15M / 8 == 0
    BOOST_TEST(next(0, 8) == 7u);
}

BOOST_AUTO_TEST_CASE(environment_follows_the_parent) {
    ChainConfig config;
    config.chain_id = 4242;
    config.gas_limit = 60'000'000;
    config.fee_vault.bytes[19] = 0xfe;
    Hash32 parent_hash;
    parent_hash.bytes[0] = 1;
    const L1Origin origin{7, parent_hash};
    const BlockEnv env = next_block_env(parent_with(0, 800), parent_hash, 123, origin, config);
    BOOST_TEST(env.number == 10u);
    BOOST_TEST(env.timestamp == 123u);
    BOOST_TEST(env.gas_limit == 60'000'000u);
    BOOST_TEST(env.chain_id == 4242u);
    BOOST_TEST(env.base_fee_per_gas.low_u64() == 700u);
    BOOST_TEST((env.coinbase == config.fee_vault));
    BOOST_TEST((env.l1_origin == origin));
    BOOST_TEST((env.parent_hash == parent_hash));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::chain::execution
