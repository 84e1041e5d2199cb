#include "chain/crypto/blake2b.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <functional>
#include <random>

namespace troupe::chain::crypto {

BOOST_AUTO_TEST_SUITE(blake2b)

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

BOOST_AUTO_TEST_CASE(the_fast_path_and_the_portable_one_agree) {
    std::mt19937_64 random(1);
    for (std::uint32_t rounds = 0; rounds < 60; ++rounds) {
        std::uint64_t fast[8];
        std::uint64_t block[16];
        const std::uint64_t offset[2] = {random(), random()};
        std::generate(fast, fast + 8, std::ref(random));
        std::generate(block, block + 16, std::ref(random));
        std::uint64_t portable[8];
        std::copy(fast, fast + 8, portable);
        blake2b_compress(rounds, fast, block, offset, rounds % 2 == 0);
        blake2b_compress_portable(rounds, portable, block, offset, rounds % 2 == 0);
        BOOST_TEST(std::equal(fast, fast + 8, portable), rounds << " rounds");
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::chain::crypto
