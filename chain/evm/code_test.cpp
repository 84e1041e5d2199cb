#include "chain/evm/code_cache.hpp"
#include "chain/evm/engine.hpp"
#include "chain/evm/testing/assembler.hpp"

#include <boost/test/unit_test.hpp>

namespace troupe::chain::evm {
namespace {

using testing::Assembler;

[[nodiscard]] Code decoded(const Bytes& code) {
    return Code{code, CodeKind::kBlocks, handlers()};  // not a copy: elided
}

Hash32 hash_of_number(std::uint64_t number) {
    return to_be32(Uint256{number * 0x9e3779b97f4a7c15, 0, 0, number});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(code)

BOOST_AUTO_TEST_CASE(only_a_jumpdest_that_is_an_instruction_is_a_target) {
    // PUSH2 0x5b5b; JUMPDEST; STOP: bytes 1 and 2 are data
    Code code = decoded({0x61, 0x5b, 0x5b, 0x5b, 0x00});
    BOOST_TEST((code.target(0) == nullptr));
    BOOST_TEST((code.target(1) == nullptr));
    BOOST_TEST((code.target(2) == nullptr));
    BOOST_TEST((code.target(3) != nullptr));
    BOOST_TEST((code.target(4) == nullptr));
    BOOST_TEST((code.target(5) == nullptr));
    BOOST_TEST((code.target(Uint256{1, 0, 0, 3}) == nullptr));  // 2^192 + 3
}

BOOST_AUTO_TEST_CASE(a_jumpdest_after_the_end_of_reachable_code_is_a_target) {
    Code code = decoded({0x00, 0x5b, 0x00});
    BOOST_TEST((code.target(1) != nullptr));
}

BOOST_AUTO_TEST_CASE(push_data_may_end_beyond_the_code) {
    for (std::uint8_t opcode = 0x60; opcode <= 0x7f; ++opcode)
        BOOST_TEST((decoded({0x5b, opcode, 0x01}).target(0) != nullptr));
}

BOOST_AUTO_TEST_CASE(the_first_block_costs_the_sum_of_its_instructions) {
    // PUSH1 1, PUSH1 2, ADD, GAS: 3 + 3 + 3 + 2; GAS ends the block
    Code code = decoded({0x60, 0x01, 0x60, 0x02, 0x01, 0x5a, 0x50});
    const auto check = std::bit_cast<BlockCheck>(code.entry()->argument);
    BOOST_TEST(check.gas == 11u);
    BOOST_TEST(check.stack_needed == 0u);
    BOOST_TEST(check.stack_growth == 2u);
}

BOOST_AUTO_TEST_CASE(the_cache_keeps_within_its_bound) {
    constexpr std::size_t kBound = 100'000;
    CodeCache cache{kBound};
    const Bytes code(500, 0x5b);
    std::size_t largest = 0;
    for (std::uint64_t i = 0; i < 200; ++i) {
        static_cast<void>(cache.get(hash_of_number(i), code, handlers()));
        largest = std::max(largest, cache.bytes());
    }
    const std::size_t one = decoded(code).memory_bytes();
    BOOST_TEST(largest <= kBound + one);
    BOOST_TEST(cache.size() < 200u);
}

BOOST_AUTO_TEST_CASE(code_that_runs_stays_in_the_cache) {
    CodeCache cache{10'000};
    const Bytes code(500, 0x5b);
    Code& running = cache.get(hash_of_number(1'000), code, handlers());
    ++running.users;
    for (std::uint64_t i = 0; i < 100; ++i)
        static_cast<void>(cache.get(hash_of_number(i), code, handlers()));
    BOOST_TEST((&cache.get(hash_of_number(1'000), code, handlers()) == &running));
    --running.users;
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::chain::evm
