#include "chain/base/uint256.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <random>

namespace troupe::chain {

BOOST_AUTO_TEST_SUITE(uint256)

constexpr Uint256 kMax{~0ull, ~0ull, ~0ull, ~0ull};

/// Short numbers and long ones, of limbs that make division guess wrong more often than chance
/// does.
Uint256 random_uint256(std::mt19937_64& rng) {
    constexpr std::uint64_t kSharp[] = {0, 1, 1ull << 63, (1ull << 63) - 1, ~0ull, ~0ull - 1};
    Uint256 value;
    const auto limbs = rng() % 5;
    for (std::uint64_t i = 0; i < limbs; ++i) {
        value.limbs[i] = rng() % 2 == 0 ? kSharp[rng() % std::size(kSharp)] : rng();
    }
    return value;
}

/// One bit after the other: too simple to be wrong.
Uint256Division divide_by_bits(const Uint256& dividend, const Uint256& divisor) {
    Uint256Division result;
    for (int bit = 255; bit >= 0; --bit) {
        const bool carry = result.remainder.limbs[3] >> 63 != 0;
        result.remainder += result.remainder;
        result.remainder.limbs[0] |= dividend.limbs[bit / 64] >> bit % 64 & 1;
        if (carry || result.remainder >= divisor) {
            result.remainder -= divisor;
            result.quotient.limbs[bit / 64] |= 1ull << bit % 64;
        }
    }
    return result;
}

BOOST_AUTO_TEST_CASE(sums_and_differences_wrap_and_say_so) {
    BOOST_TEST((kMax + 1 == Uint256{}));
    BOOST_TEST(add_checked(kMax, 1).overflow);
    BOOST_TEST((Uint256{} - 1 == kMax));
    BOOST_TEST(sub_checked(0, 1).overflow);
    BOOST_TEST(!sub_checked(kMax, kMax).overflow);
}

BOOST_AUTO_TEST_CASE(products_say_when_they_leave_256_bits) {
    const Uint256 two_to_128{0, 1, 0, 0};
    BOOST_TEST(mul_checked(two_to_128, two_to_128).overflow);
    BOOST_TEST(!mul_checked(two_to_128, two_to_128 - 1).overflow);
    BOOST_TEST((kMax * kMax == Uint256{1}));  // (-1)^2
}

BOOST_DATA_TEST_CASE(
    quotient_times_divisor_plus_remainder_is_the_dividend, boost::unit_test::data::xrange(50u),
    seed) {
    std::mt19937_64 rng{seed};
    for (int i = 0; i < 500; ++i) {
        const Uint256 a = random_uint256(rng);
        const Uint256 b = random_uint256(rng);
        if (b.is_zero()) continue;
        const auto [quotient, remainder] = divide(a, b);
        const auto expected = divide_by_bits(a, b);
        BOOST_TEST((quotient == expected.quotient));
        BOOST_TEST((remainder == expected.remainder));
        const auto product = mul_checked(quotient, b);
        BOOST_TEST(!product.overflow);
        BOOST_TEST((remainder < b));
        BOOST_TEST((product.value + remainder == a));
    }
}

BOOST_AUTO_TEST_CASE(an_estimated_digit_that_is_too_large_is_corrected) {
    // The lower digits of the divisor are too much for what its top digit lets expect.
    const Uint256 divisor{0, 1ull << 63, 0, 1};
    const Uint256 dividend{1ull << 62, 0, 0, 0};
    const auto expected = divide_by_bits(dividend, divisor);
    BOOST_TEST((divide(dividend, divisor).quotient == expected.quotient));
    BOOST_TEST((divide(dividend, divisor).remainder == expected.remainder));
    BOOST_TEST((divide(kMax, kMax).quotient == Uint256{1}));
    BOOST_TEST((divide(kMax - 1, kMax).remainder == kMax - 1));
}

BOOST_DATA_TEST_CASE(
    products_are_sums_of_shifted_limbs, boost::unit_test::data::xrange(20u), seed) {
    std::mt19937_64 rng{seed};
    for (int i = 0; i < 200; ++i) {
        const Uint256 a = random_uint256(rng);
        const Uint256 b = random_uint256(rng);
        Uint256 sum;  // a added once for each bit of b, doubled in between
        bool overflow = false;
        for (int bit = 255; bit >= 0; --bit) {
            const auto doubled = add_checked(sum, sum);
            const auto added =
                add_checked(doubled.value, (b.limbs[bit / 64] >> bit % 64 & 1) != 0 ? a : 0);
            overflow = overflow || doubled.overflow || added.overflow;
            sum = added.value;
        }
        const auto product = mul_checked(a, b);
        BOOST_TEST((product.value == sum));
        BOOST_TEST(product.overflow == overflow);
    }
}

BOOST_AUTO_TEST_CASE(numbers_are_ordered_by_their_highest_limb) {
    const Uint256 ascending[] = {0, 1, ~0ull, {0, 0, 1, 0}, {0, 1, 0, 0}, {1, 0, 0, 0}, kMax};
    for (std::size_t i = 0; i + 1 < std::size(ascending); ++i) {
        BOOST_TEST((ascending[i] < ascending[i + 1]));
        BOOST_TEST((ascending[i] != ascending[i + 1]));
        BOOST_TEST((ascending[i] <=> ascending[i] == 0));
    }
}

BOOST_AUTO_TEST_CASE(division_by_zero_is_zero) {
    BOOST_TEST((divide(7, 0).quotient == Uint256{}));
    BOOST_TEST((divide(7, 0).remainder == Uint256{}));
}

BOOST_AUTO_TEST_CASE(text_round_trips_and_refuses_what_does_not_fit) {
    // 2^256 - 1, from the Yellow Paper's word size
    const std::string max =
        "115792089237316195423570985008687907853269984665640564039457584007913129639935";
    BOOST_TEST(to_decimal(kMax) == max);
    BOOST_TEST((*uint256_from_text(max) == kMax));
    BOOST_TEST((*uint256_from_text("0xff") == Uint256{255}));
    BOOST_TEST(to_hex_quantity(kMax) == "0x" + std::string(64, 'f'));
    BOOST_TEST(to_hex_quantity(Uint256{}) == "0x0");
    std::string beyond = max;
    beyond.back() = '6';
    BOOST_TEST((uint256_from_text(beyond).error() == Error::kNumberInvalid));
    BOOST_TEST((uint256_from_text("12a").error() == Error::kNumberInvalid));
    BOOST_TEST((uint256_from_text("0x").error() == Error::kNumberInvalid));
}

BOOST_AUTO_TEST_CASE(big_endian_bytes_round_trip) {
    const Uint256 value{1, 2, 3, 4};
    BOOST_TEST((uint256_from_be(to_be32(value)) == value));
    BOOST_TEST(to_be32(value)[7] == 1);
    BOOST_TEST(value.byte_count() == 25u);
    BOOST_TEST(Uint256{}.byte_count() == 0u);
    BOOST_TEST(Uint256{255}.byte_count() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::chain
