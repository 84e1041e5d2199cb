#include "chain/crypto/blake2b.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <functional>
#include <random>

namespace troupe::chain::crypto {

BOOST_AUTO_TEST_SUITE(blake2b)

namespace {

/// RFC 7693, 3.2, step by step: the indices of the mixings come from their pattern.
void model_compress(
    std::uint32_t rounds, std::uint64_t h[8], const std::uint64_t m[16], const std::uint64_t t[2],
    bool last) {
    const char* const sigma[10] = {
        "0123456789"
        "abcdef",
        "ea489fd61c02b753",
        "b8c052fdae367194",
        "7931dcbe265a40f8",
        "905724afe1bc683d",
        "2c6a0b834d75fe19",
        "c51fed4a0763928b",
        "db7ec13950f4862a",
        "6fe9b308c2d714a5",
        "a2847615fb9e3cd0"};
    const std::uint64_t iv[8] = {0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b,
                                 0xa54ff53a5f1d36f1, 0x510e527fade682d1, 0x9b05688c2b3e6c1f,
                                 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179};
    std::uint64_t v[16];
    for (int i = 0; i < 16; ++i)
        v[i] = i < 8 ? h[i] : iv[i - 8];
    v[12] ^= t[0];
    v[13] ^= t[1];
    if (last) v[14] ^= ~std::uint64_t{0};
    const auto right = [](std::uint64_t x, int n) { return x >> n | x << (64 - n); };
    for (std::uint32_t r = 0; r < rounds; ++r) {
        for (int g = 0; g < 8; ++g) {
            const int turn = g < 4 ? 0 : 1;  // columns, then diagonals
            auto& a = v[g % 4];
            auto& b = v[4 + (g + turn) % 4];
            auto& c = v[8 + (g + 2 * turn) % 4];
            auto& d = v[12 + (g + 3 * turn) % 4];
            const auto word = [&](int i) {
                const char digit = sigma[r % 10][i];
                return m[digit <= '9' ? digit - '0' : digit - 'a' + 10];
            };
            a = a + b + word(2 * g);
            d = right(d ^ a, 32);
            c = c + d;
            b = right(b ^ c, 24);
            a = a + b + word(2 * g + 1);
            d = right(d ^ a, 16);
            c = c + d;
            b = right(b ^ c, 63);
        }
    }
    for (int i = 0; i < 8; ++i)
        h[i] ^= v[i] ^ v[i + 8];
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_example_of_the_rfc_has_its_value) {
    // RFC 7693, Appendix A: BLAKE2b-512 of "abc"; the state is the IV with the parameters in word 0
    std::uint64_t state[8] = {0x6a09e667f2bdc948, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b,
                              0xa54ff53a5f1d36f1, 0x510e527fade682d1, 0x9b05688c2b3e6c1f,
                              0x1f83d9abfb41bd6b, 0x5be0cd19137e2179};
    const std::uint64_t block[16] = {0x636261};
    const std::uint64_t offset[2] = {3, 0};
    blake2b_compress(12, state, block, offset, true);
    const std::uint64_t expected[8] = {0x0d4d1c983fa580ba, 0xe9f6129fb697276a, 0xb7c45a68142f214c,
                                       0xd1a2ffdb6fbb124b, 0x2d79ab2a39c5877d, 0x95cc3345ded552c2,
                                       0x5a92f1dba88ad318, 0x239900d4ed8623b9};
    BOOST_TEST(std::equal(state, state + 8, expected));
}

BOOST_AUTO_TEST_CASE(any_number_of_rounds_equals_the_rfc_read_literally) {
    std::mt19937_64 random(1);
    for (std::uint32_t rounds : {1u, 9u, 10u, 11u, 19u, 20u, 25u}) {
        std::uint64_t state[8];
        std::uint64_t block[16];
        const std::uint64_t offset[2] = {random(), random()};
        std::generate(state, state + 8, std::ref(random));
        std::generate(block, block + 16, std::ref(random));
        std::uint64_t model[8];
        std::copy(state, state + 8, model);
        model_compress(rounds, model, block, offset, rounds % 2 == 0);
        blake2b_compress(rounds, state, block, offset, rounds % 2 == 0);
        BOOST_TEST(std::equal(state, state + 8, model), rounds << " rounds");
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::chain::crypto
