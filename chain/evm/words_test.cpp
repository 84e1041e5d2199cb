#include "chain/evm/words.hpp"

#include <boost/test/unit_test.hpp>

#include <random>

namespace troupe::chain::evm {
namespace {

/// Limbs that are full, empty or a single bit more often than chance has them.
Uint256 edge_case(std::mt19937_64& random) {
    Uint256 word;
    for (std::uint64_t& limb : word.limbs) {
        switch (random() % 4) {
            case 0:
                limb = 0;
                break;
            case 1:
                limb = ~std::uint64_t{0};
                break;
            case 2:
                limb = std::uint64_t{1} << random() % 64;
                break;
            default:
                limb = random();
        }
    }
    return word;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(words)

BOOST_AUTO_TEST_CASE(arithmetic_is_that_of_uint256) {
    std::mt19937_64 random{1};
    for (int i = 0; i < 20'000; ++i) {
        const Uint256 a = edge_case(random);
        const Uint256 b = edge_case(random);
        Uint256 sum = b;
        add_words(sum, a, sum);  // in place, as the interpreter does
        BOOST_TEST_REQUIRE((sum == a + b));
        Uint256 difference = b;
        subtract_words(difference, a, difference);
        BOOST_TEST_REQUIRE((difference == a - b));
        Uint256 product = b;
        multiply_words(product, a, product);
        BOOST_TEST_REQUIRE((product == a * b));
        BOOST_TEST_REQUIRE(less_words(a, b) == (a < b));
        BOOST_TEST_REQUIRE(less_words_signed(a, b) == signed_less(a, b));
        Uint256 same = a;
        BOOST_TEST_REQUIRE(!less_words(a, same));
    }
}

BOOST_AUTO_TEST_CASE(shifts_are_those_of_uint256_for_every_distance) {
    std::mt19937_64 random{2};
    for (std::uint64_t bits = 0; bits < 256; ++bits) {
        const Uint256 value = edge_case(random);
        Uint256 left = value;
        shift_word_left(left, left, bits);
        BOOST_TEST_REQUIRE((left == value << bits), "by " << bits);
        Uint256 right = value;
        shift_word_right(right, right, bits);
        BOOST_TEST_REQUIRE((right == value >> bits), "by " << bits);
    }
}

BOOST_AUTO_TEST_CASE(sign_extension_is_that_of_uint256) {
    std::mt19937_64 random{3};
    for (std::uint64_t index = 0; index < 31; ++index) {
        for (int i = 0; i < 50; ++i) {
            const Uint256 value = edge_case(random);
            Uint256 word = value;
            extend_word(word, index);
            BOOST_TEST_REQUIRE((word == extend_sign(value, static_cast<unsigned>(index) + 1)));
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::chain::evm
