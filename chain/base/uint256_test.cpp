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

BOOST_AUTO_TEST_CASE(add_mod_and_mul_mod_agree_with_doubling) {
    // a * b mod m by doubling and adding, with numbers below m: too simple to be wrong.
    const auto add_below = [](const Uint256& a, const Uint256& b, const Uint256& m) {
        const Uint256Checked sum = add_checked(a, b);
        return sum.overflow || sum.value >= m ? sum.value - m : sum.value;
    };
    std::mt19937_64 random{4};
    const auto edge_case = [&] {
        Uint256 value;
        const std::uint64_t limbs = random() % 5;
        for (std::uint64_t i = 0; i < limbs; ++i) {
            const std::uint64_t choices[] = {
                0, ~std::uint64_t{0}, std::uint64_t{1} << random() % 64, random()};
            value.limbs[i] = choices[random() % 4];
        }
        return value;
    };
    for (int i = 0; i < 5'000; ++i) {
        const Uint256 m = edge_case();
        const Uint256 a = edge_case();
        const Uint256 b = edge_case();
        if (m.is_zero()) {
            BOOST_TEST_REQUIRE(add_mod(a, b, m).is_zero());
            BOOST_TEST_REQUIRE(mul_mod(a, b, m).is_zero());
            continue;
        }
        const Uint256 a_below = a % m;
        BOOST_TEST_REQUIRE((add_mod(a, b, m) == add_below(a_below, b % m, m)));
        Uint256 product;
        for (unsigned bit = 256; bit-- > 0;) {
            product = add_below(product, product, m);
            if ((b.limbs[bit / 64] >> bit % 64 & 1) != 0) product = add_below(product, a_below, m);
        }
        BOOST_TEST_REQUIRE((mul_mod(a, b, m) == product));
    }
}

BOOST_AUTO_TEST_CASE(signed_division_rounds_towards_zero) {
    const auto minus = [](std::uint64_t value) { return negate(Uint256{value}); };
    BOOST_TEST((divide_signed(minus(7), 2).quotient == minus(3)));
    BOOST_TEST((divide_signed(minus(7), 2).remainder == minus(1)));
    BOOST_TEST((divide_signed(7, minus(2)).quotient == minus(3)));
    BOOST_TEST((divide_signed(7, minus(2)).remainder == Uint256{1}));
    BOOST_TEST((divide_signed(minus(7), minus(2)).quotient == Uint256{3}));
    BOOST_TEST((divide_signed(minus(7), 0).quotient == Uint256{}));
    const Uint256 least{std::uint64_t{1} << 63, 0, 0, 0};  // -2^255, which has no opposite
    BOOST_TEST((divide_signed(least, minus(1)).quotient == least));
}

BOOST_AUTO_TEST_CASE(powers_are_repeated_products) {
    std::mt19937_64 random{5};
    for (int i = 0; i < 50; ++i) {
        const Uint256 base{random(), random(), random(), random()};
        Uint256 product{1};
        for (std::uint64_t exponent = 0; exponent < 40; ++exponent, product = product * base)
            BOOST_TEST_REQUIRE((power(base, exponent) == product));
    }
    BOOST_TEST((power(2, 255) == Uint256{std::uint64_t{1} << 63, 0, 0, 0}));
    BOOST_TEST((power(2, 256) == Uint256{}));
    BOOST_TEST((power(2, Uint256{1, 0, 0, 0}) == Uint256{}));
    // 3^(2^64): 3^(2^k) mod 2^256 by squaring 64 times
    Uint256 square{3};
    for (int i = 0; i < 64; ++i)
        square = square * square;
    BOOST_TEST((power(3, Uint256{0, 0, 1, 0}) == square));
}

BOOST_AUTO_TEST_CASE(shifts_agree_with_products_and_quotients) {
    const Uint256 value{0x8123456789abcdef, 0xfedcba9876543210, 0x0f1e2d3c4b5a6978, 0x1};
    for (std::uint64_t bits = 0; bits < 256; ++bits) {
        const Uint256 scale = power(2, bits);
        BOOST_TEST_REQUIRE((value << bits == value * scale));
        BOOST_TEST_REQUIRE((value >> bits == value / scale));
    }
    BOOST_TEST((value << 256 == Uint256{}));
    BOOST_TEST((value >> 256 == Uint256{}));
    BOOST_TEST((shift_right_signed(value, 255) == ~Uint256{}));  // negative: all ones
    BOOST_TEST((extend_sign(0x80, 1) == ~Uint256{0x7f}));
    BOOST_TEST((extend_sign(0x7f, 1) == Uint256{0x7f}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::chain
