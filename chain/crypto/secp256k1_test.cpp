#include "chain/crypto/secp256k1.hpp"

#include "chain/base/hex.hpp"
#include "chain/crypto/keccak.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

namespace troupe::chain::crypto {

BOOST_AUTO_TEST_SUITE(secp256k1)

namespace {

/// SEC 2: the order of the group.
const Uint256 kOrder =
    *uint256_from_text("0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141");

PrivateKey key_of(const Uint256& number) {
    return PrivateKey::from(to_be32(number));
}

Hash32 digest_of(std::uint64_t number) {
    return keccak256(to_be32(number));
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_key_one_has_the_generator_as_its_public_key) {
    const auto key = public_key_of(key_of(1));
    // SEC 2: G
    BOOST_TEST(
        to_hex(*key) ==
        "0x79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"
        "483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8");
    // The address of private key 1, as every Ethereum wallet shows it
    BOOST_TEST(to_hex(address_of(*key)) == "0x7e5f4552091a69125d5dfcb7b8c2659029395bdf");
}

BOOST_AUTO_TEST_CASE(keys_outside_the_group_are_refused) {
    for (const Uint256& number : {Uint256{}, kOrder, Uint256{} - 1}) {
        BOOST_TEST(!is_valid(key_of(number)));
        BOOST_TEST((public_key_of(key_of(number)).error() == Error::kTxSignatureInvalid));
        BOOST_TEST((sign(digest_of(1), key_of(number)).error() == Error::kTxSignatureInvalid));
    }
    BOOST_TEST(is_valid(key_of(kOrder - 1)));
}

BOOST_DATA_TEST_CASE(
    what_a_key_signs_recovers_to_its_address, boost::unit_test::data::xrange(64u), seed) {
    const auto key = PrivateKey::from(digest_of(seed));
    const Hash32 digest = digest_of(seed + 1'000);
    const auto signature = sign(digest, key);
    BOOST_REQUIRE(signature.ok());
    BOOST_TEST(is_in_range(*signature, true));
    const auto public_key = *public_key_of(key);
    BOOST_TEST((*recover_public_key(digest, *signature, true) == public_key));
    BOOST_TEST((*recover_signer(digest, *signature) == address_of(public_key)));
    BOOST_TEST(verify(digest, *signature, public_key));
    BOOST_TEST(!verify(digest_of(seed), *signature, public_key));
    auto flipped = *signature;
    flipped.y_parity = !flipped.y_parity;
    const auto other = recover_signer(digest, flipped);
    BOOST_TEST((!other.ok() || *other != address_of(public_key)));
}

BOOST_AUTO_TEST_CASE(high_s_recovers_only_where_it_is_allowed) {
    const auto key = key_of(7);
    const Hash32 digest = digest_of(7);
    auto signature = *sign(digest, key);
    signature.s = kOrder - signature.s;  // the same point mirrored: the other s, the other parity
    signature.y_parity = !signature.y_parity;
    BOOST_TEST((recover_signer(digest, signature).error() == Error::kTxSignatureInvalid));
    BOOST_TEST((*recover_public_key(digest, signature, false) == *public_key_of(key)));
    BOOST_TEST(!verify(digest, signature, *public_key_of(key)));
}

BOOST_AUTO_TEST_CASE(r_and_s_outside_the_group_are_refused) {
    const auto good = *sign(digest_of(3), key_of(3));
    for (const Uint256& bad : {Uint256{}, kOrder, kOrder + 1, Uint256{} - 1}) {
        const EcdsaSignature bad_r{bad, good.s, good.y_parity};
        const EcdsaSignature bad_s{good.r, bad, good.y_parity};
        for (const auto& signature : {bad_r, bad_s}) {
            BOOST_TEST(
                (recover_public_key(digest_of(3), signature, false).error() ==
                 Error::kTxSignatureInvalid));
        }
    }
}

BOOST_AUTO_TEST_CASE(an_r_without_a_curve_point_is_refused) {
    // x = 5: 5^3 + 7 = 132 is no square modulo p, so no point has it
    const EcdsaSignature signature{5, 1, false};
    BOOST_TEST(
        (recover_public_key(digest_of(0), signature, true).error() == Error::kTxSignatureInvalid));
}

BOOST_AUTO_TEST_CASE(signing_is_deterministic) {
    const auto first = *sign(digest_of(9), key_of(9));
    BOOST_TEST((first == *sign(digest_of(9), key_of(9))));
    BOOST_TEST((first != *sign(digest_of(10), key_of(9))));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::chain::crypto
