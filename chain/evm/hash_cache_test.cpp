#include "chain/evm/hash_cache.hpp"

#include "chain/crypto/keccak.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <random>

namespace troupe::chain::evm {
namespace {

using Input = std::array<std::uint8_t, HashCache::kInputBytes>;

bool is_right(HashCache& cache, const Input& input) {
    return cache.of(input.data()) == uint256_from_be(crypto::keccak256(input));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(hash_cache)

BOOST_AUTO_TEST_CASE(an_empty_cache_knows_no_hash_of_zeros) {
    HashCache cache;
    BOOST_TEST(is_right(cache, Input{}));
    BOOST_TEST(is_right(cache, Input{}));
}

BOOST_AUTO_TEST_CASE(inputs_that_differ_in_any_bit_are_different) {
    HashCache cache;
    Input input{};
    for (std::size_t bit = 0; bit < 8 * input.size(); ++bit) {
        const auto flip = static_cast<std::uint8_t>(1U << bit % 8);
        input[bit / 8] ^= flip;
        BOOST_TEST(is_right(cache, input));
        input[bit / 8] ^= flip;
        BOOST_TEST(is_right(cache, input));
    }
}

BOOST_AUTO_TEST_CASE(more_inputs_than_places_take_turns) {
    HashCache cache;
    std::mt19937_64 random{1};
    std::vector<Input> inputs(3 * HashCache::kEntries);
    for (Input& input : inputs)
        for (std::uint8_t& byte : input)
            byte = static_cast<std::uint8_t>(random());
    for (int round = 0; round < 3; ++round) {
        std::shuffle(inputs.begin(), inputs.end(), random);
        for (const Input& input : inputs)
            BOOST_TEST_REQUIRE(is_right(cache, input));
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::chain::evm
