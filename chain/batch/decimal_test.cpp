#include "chain/batch/decimal.hpp"

#include "chain/batch/testing/random_batch.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

namespace {

using namespace troupe::chain;
using namespace troupe::chain::batch;

const Uint256 kMax{~0ULL, ~0ULL, ~0ULL, ~0ULL};

Uint256 number(const char* text) {
    return uint256_from_text(text).value();
}

BOOST_AUTO_TEST_SUITE(decimal)

BOOST_AUTO_TEST_CASE(amounts_lose_their_trailing_zeros_to_the_exponent) {
    BOOST_TEST((to_decimal_parts(0) == Decimal{0, 0}));
    BOOST_TEST((to_decimal_parts(7) == Decimal{7, 0}));
    BOOST_TEST((to_decimal_parts(20'000'000'000) == Decimal{2, 10}));
    BOOST_TEST((to_decimal_parts(number("1234000000000000000")) == Decimal{1234, 15}));
    BOOST_TEST((to_decimal_parts(10'000'000'000'000'000'000ULL) == Decimal{1, 19}));
    BOOST_TEST((to_decimal_parts(number("25000000000000000000000")) == Decimal{25, 21}));
    // 10^77 is the largest power of ten below 2^256.
    const std::string largest = "1" + std::string(77, '0');
    BOOST_TEST((to_decimal_parts(number(largest.c_str())) == Decimal{1, 77}));
    BOOST_TEST((to_decimal_parts(kMax) == Decimal{kMax, 0}));  // 2^256 - 1 ends in 5
}

BOOST_AUTO_TEST_CASE(other_spellings_of_an_amount_are_refused) {
    const auto refused = [](const Uint256& mantissa, std::uint8_t exponent) {
        const auto value = from_decimal_parts({mantissa, exponent});
        return !value.ok() && value.error() == Error::kBatchNonCanonical;
    };
    BOOST_TEST(refused(10, 0));
    BOOST_TEST(refused(20, 3));
    BOOST_TEST(refused(0, 1));
    BOOST_TEST(refused(number("340282366920938463463374607431768211460"), 0));  // 2^128 + 4
    BOOST_TEST(refused(1, 78));
    BOOST_TEST(refused(1, 255));
    BOOST_TEST(refused(2, 77));  // 2 * 10^77 > 2^256
    BOOST_TEST(refused(kMax, 1));
    BOOST_TEST((from_decimal_parts({1, 77}).ok()));
    BOOST_TEST((from_decimal_parts({kMax, 0}).value() == kMax));
}

BOOST_DATA_TEST_CASE(every_amount_comes_back, boost::unit_test::data::xrange(16u), seed) {
    Rng rng{seed};
    for (int i = 0; i < 2'000; ++i) {
        Uint256 value = rng.integer(32);
        for (auto zeros = rng.below(40); zeros > 0; --zeros) {
            const auto longer = mul_checked(value, 10);
            if (!longer.overflow) value = longer.value;
        }
        const Decimal parts = to_decimal_parts(value);
        BOOST_TEST_REQUIRE((parts.mantissa.is_zero() || parts.mantissa % 10 != Uint256{0}));
        BOOST_TEST_REQUIRE((from_decimal_parts(parts).value() == value));
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
