#include "chain/crypto/modexp.hpp"

#include "chain/base/hex.hpp"
#include "chain/crypto/modexp_gmp.hpp"

#include <boost/test/unit_test.hpp>

#include <random>

namespace troupe::chain::crypto {

BOOST_AUTO_TEST_SUITE(modular_exponentiation)

namespace {

/// Of any length, with long runs of zeros and ones among the random bytes.
Bytes number(std::mt19937_64& random, std::size_t size) {
    Bytes bytes(size);
    const auto kind = random() % 4;
    for (auto& byte : bytes) {
        byte = static_cast<std::uint8_t>(random());
        if (kind == 0 && random() % 4 != 0) byte = 0;
        if (kind == 1 && random() % 4 != 0) byte = 0xff;
    }
    return bytes;
}

void compare(const Bytes& base, const Bytes& exponent, const Bytes& modulus) {
    Bytes fast(modulus.size(), 0xee);
    Bytes portable(modulus.size(), 0xdd);
    Bytes referee(modulus.size(), 0xcc);
    modexp(base, exponent, modulus, fast.data());
    modexp_portable(base, exponent, modulus, portable.data());
    bool is_zero = true;
    for (const std::uint8_t byte : modulus)
        is_zero = is_zero && byte == 0;
    if (is_zero) {
        referee.assign(modulus.size(), 0);
    } else {
        modexp_gmp(base, exponent, modulus, referee.data());
    }
    if (fast != referee || portable != referee) {
        BOOST_ERROR(
            to_hex(base) << " ^ " << to_hex(exponent) << " mod " << to_hex(modulus) << ": "
                         << to_hex(referee) << ", fast " << to_hex(fast) << ", portable "
                         << to_hex(portable));
    }
}

}  // namespace

BOOST_AUTO_TEST_CASE(all_small_numbers_have_their_powers) {
    for (unsigned modulus = 0; modulus < 40; ++modulus) {
        for (unsigned base = 0; base < 40; ++base) {
            unsigned expected = modulus == 0 ? 0 : 1 % modulus;
            for (unsigned exponent = 0; exponent < 20; ++exponent) {
                const Bytes m{static_cast<std::uint8_t>(modulus)};
                std::uint8_t fast = 0xee;
                modexp(
                    Bytes{static_cast<std::uint8_t>(base)},
                    Bytes{static_cast<std::uint8_t>(exponent)}, m, &fast);
                BOOST_TEST(fast == expected, base << " ^ " << exponent << " mod " << modulus);
                expected = modulus == 0 ? 0 : expected * base % modulus;
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(three_ways_agree_on_numbers_of_any_size) {
    std::mt19937_64 random(1);
    for (int i = 0; i < 6'000; ++i) {
        const std::size_t size = i % 10 == 0 ? random() % 150 : random() % 42;
        Bytes modulus = number(random, size);
        const auto zeros = random() % 5 == 0 ? random() % (size + 1) : 0;  // an even modulus
        std::fill(
            modulus.end() - static_cast<std::ptrdiff_t>(zeros), modulus.end(), std::uint8_t{0});
        if (size != 0 && i % 3 == 0) modulus.back() |= 1;
        compare(number(random, random() % (size + 20)), number(random, random() % 45), modulus);
    }
}

BOOST_AUTO_TEST_CASE(moduli_at_the_borders_of_limbs_are_exact) {
    std::mt19937_64 random(2);
    for (const std::size_t size : {1u, 7u, 8u, 9u, 15u, 16u, 17u, 24u, 25u, 31u, 32u, 33u, 40u}) {
        for (const int pattern : {0, 1, 2, 3, 4, 5}) {
            Bytes modulus(size, 0xff);                                     // 2^n - 1
            if (pattern == 1) modulus.back() = 0xfe;                       // 2^n - 2
            if (pattern >= 2) modulus.assign(size, 0), modulus[0] = 0x80;  // 2^(n-1)
            if (pattern == 3) modulus.back() |= 1;                         // and 1
            if (pattern == 4) modulus[0] = 0x01;                           // 2^(n-8)
            if (pattern == 5) modulus.back() |= 2;
            for (int i = 0; i < 20; ++i) {
                Bytes base = number(random, size);
                if (i == 0) base = modulus;                    // 0
                if (i == 1) base = modulus, base.back() ^= 1;  // 1 less or more
                compare(base, number(random, 1 + random() % 40), modulus);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(long_exponents_are_used_whole) {
    std::mt19937_64 random(3);
    for (int i = 0; i < 40; ++i) {
        Bytes modulus = number(random, 1 + random() % 24);
        if (i % 2 == 0) modulus.back() |= 1;
        compare(number(random, 1 + random() % 24), number(random, 200 + random() % 200), modulus);
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::chain::crypto
