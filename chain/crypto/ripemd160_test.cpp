#include "chain/crypto/ripemd160.hpp"

#include "chain/base/hex.hpp"

#include <boost/test/unit_test.hpp>

#include <string_view>

namespace troupe::chain::crypto {

BOOST_AUTO_TEST_SUITE(ripemd160_hash)

namespace {

std::string hash_of(std::string_view text) {
    return to_hex(ripemd160({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}));
}

}  // namespace

BOOST_AUTO_TEST_CASE(published_examples_have_their_values) {
    // The test values of the authors' page, Appendix B of the paper
    BOOST_TEST(hash_of("") == "0x9c1185a5c5e9fc54612808977ee8f548b2258d31");
    BOOST_TEST(hash_of("a") == "0x0bdc9d2d256b3ee9daae347be6f4dc835a467ffe");
    BOOST_TEST(hash_of("abc") == "0x8eb208f7e05d987a9b044a8e98c6b087f15a0bfc");
    BOOST_TEST(hash_of("message digest") == "0x5d0689ef49d2fae572b881b123a85ffa21595f36");
    BOOST_TEST(
        hash_of("abcdefghijklmnopqrstuvwxyz") == "0xf71c27109c692c1b56bbdceb5b9d2865b3708dbc");
    BOOST_TEST(
        hash_of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
        "0x12a053384a9c0c88e405a06c27dcf49ada62eb2b");
    BOOST_TEST(
        hash_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789") ==
        "0xb0e20b6e3116640286ed3a87a5713079b21f5189");
    std::string digits;
    for (int i = 0; i < 8; ++i)
        digits += "1234567890";
    BOOST_TEST(hash_of(digits) == "0x9b752e45573d4b39f4dbd3323cab82bf63326bfb");
    BOOST_TEST(
        hash_of(std::string(1'000'000, 'a')) == "0x52783243c1697bdbe16d37f97f68f08325dc1528");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::chain::crypto
