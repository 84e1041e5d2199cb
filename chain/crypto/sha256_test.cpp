#include "chain/crypto/sha256.hpp"

#include "chain/base/hex.hpp"

#include <boost/test/unit_test.hpp>

#include <random>
#include <string_view>

namespace troupe::chain::crypto {

BOOST_AUTO_TEST_SUITE(sha256_hash)

namespace {

std::string hash_of(std::string_view text) {
    return to_hex(sha256({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}));
}

}  // namespace

BOOST_AUTO_TEST_CASE(published_examples_have_their_values) {
    // FIPS 180-4's examples (NIST, "SHA256.pdf"), and the empty input
    BOOST_TEST(
        hash_of("abc") == "0xba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    BOOST_TEST(
        hash_of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
        "0x248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    BOOST_TEST(hash_of("") == "0xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    BOOST_TEST(
        hash_of(std::string(1'000'000, 'a')) ==
        "0xcdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

BOOST_AUTO_TEST_CASE(the_fast_path_and_the_portable_one_agree_on_every_length) {
    std::mt19937_64 random(1);
    Bytes input;
    for (std::size_t size = 0; size < 400; ++size) {
        BOOST_TEST((sha256(input) == sha256_portable(input)), size << " bytes");
        input.push_back(static_cast<std::uint8_t>(random()));
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::chain::crypto
