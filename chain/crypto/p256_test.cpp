#include "chain/crypto/p256.hpp"

#include "chain/base/hex.hpp"
#include "chain/crypto/keccak.hpp"

#include <boost/test/unit_test.hpp>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/obj_mac.h>

#include <memory>
#include <random>

namespace troupe::chain::crypto {

BOOST_AUTO_TEST_SUITE(p256)

namespace {

constexpr Uint256 kOrder{
    0xffffffff00000000, 0xffffffffffffffff, 0xbce6faada7179e84, 0xf3b9cac2fc632551};
constexpr Uint256 kModulus{
    0xffffffff00000001, 0x0000000000000000, 0x00000000ffffffff, 0xffffffffffffffff};

Uint256 number(std::string_view text) {
    return uint256_from_be(*from_hex(text));
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"  // the low-level functions of OpenSSL

struct Free {
    void operator()(EC_KEY* key) const { EC_KEY_free(key); }
    void operator()(ECDSA_SIG* signature) const { ECDSA_SIG_free(signature); }
    void operator()(BIGNUM* value) const { BN_free(value); }
    void operator()(EC_POINT* point) const { EC_POINT_free(point); }
};
using BigNumber = std::unique_ptr<BIGNUM, Free>;

BigNumber to_bn(const Uint256& value) {
    const Hash32 bytes = to_be32(value);
    return BigNumber(BN_bin2bn(bytes.data(), 32, nullptr));
}
Uint256 from_bn(const BIGNUM* value) {
    Hash32 bytes;
    BOOST_REQUIRE(BN_bn2binpad(value, bytes.data(), 32) == 32);
    return uint256_from_be(bytes);
}

struct Signed {
    Hash32 digest;
    Uint256 r, s, x, y;

    [[nodiscard]] bool ours() const { return verify_p256(digest, r, s, x, y); }
};

/// OpenSSL, an independent implementation.
class Referee {
  public:
    explicit Referee(std::mt19937_64& random)
        : key_(EC_KEY_new_by_curve_name(NID_X9_62_prime256v1)) {
        const Uint256 secret =
            Uint256(random(), random(), random(), random()) % (kOrder - Uint256(1)) + Uint256(1);
        const BigNumber value = to_bn(secret);
        const EC_GROUP* group = EC_KEY_get0_group(key_.get());
        const std::unique_ptr<EC_POINT, Free> point(EC_POINT_new(group));
        BOOST_REQUIRE(
            EC_POINT_mul(group, point.get(), value.get(), nullptr, nullptr, nullptr) == 1);
        EC_KEY_set_private_key(key_.get(), value.get());
        EC_KEY_set_public_key(key_.get(), point.get());
        const BigNumber x(BN_new());
        const BigNumber y(BN_new());
        EC_POINT_get_affine_coordinates(group, point.get(), x.get(), y.get(), nullptr);
        x_ = from_bn(x.get());
        y_ = from_bn(y.get());
    }
    [[nodiscard]] Signed sign(const Hash32& digest) const {
        const std::unique_ptr<ECDSA_SIG, Free> made(ECDSA_do_sign(digest.data(), 32, key_.get()));
        return {
            digest, from_bn(ECDSA_SIG_get0_r(made.get())), from_bn(ECDSA_SIG_get0_s(made.get())),
            x_, y_};
    }
    [[nodiscard]] bool verify(const Hash32& digest, const Uint256& r, const Uint256& s) const {
        const std::unique_ptr<ECDSA_SIG, Free> signature(ECDSA_SIG_new());
        ECDSA_SIG_set0(signature.get(), to_bn(r).release(), to_bn(s).release());
        return ECDSA_do_verify(digest.data(), 32, signature.get(), key_.get()) == 1;
    }

  private:
    std::unique_ptr<EC_KEY, Free> key_;
    Uint256 x_, y_;
};

#pragma GCC diagnostic pop

}  // namespace

BOOST_AUTO_TEST_CASE(the_example_of_the_rfc_verifies) {
    // RFC 6979, A.2.5, SHA-256, message "sample"; the digest by Python's hashlib
    const Signed example{
        *fixed_from_hex<Hash32>("af2bdbe1aa9b6ec1e2ade1d694f41fc71a831d0268e9891562113d8a62add1bf"),
        number("EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716"),
        number("F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8"),
        number("60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6"),
        number("7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299")};
    BOOST_TEST(example.ours());
    Signed high = example;  // n - s is as good
    high.s = kOrder - example.s;
    BOOST_TEST(high.ours());
}

BOOST_AUTO_TEST_CASE(signatures_of_openssl_verify_and_altered_ones_do_not) {
    std::mt19937_64 random(1);
    for (int i = 0; i < 200; ++i) {
        const Referee referee(random);
        Hash32 digest = keccak256(to_be32(Uint256(random())));
        if (i == 0) digest = Hash32{};
        if (i == 1) digest = to_be32(Uint256(0) - Uint256(1));
        if (i == 2) digest = to_be32(kOrder);
        const Signed made = referee.sign(digest);
        BOOST_TEST(made.ours());
        for (int k = 0; k < 5; ++k) {
            Signed altered = made;
            Uint256* const words[] = {&altered.r, &altered.s, &altered.x, &altered.y};
            const auto bit = std::uint64_t{1} << (random() % 64);
            if (k < 4) words[k]->limbs[random() % 4] ^= bit;
            if (k == 4) altered.digest[random() % 32] ^= 1;
            BOOST_TEST(!altered.ours());
        }
        const Uint256 r(random(), random(), random(), random());
        BOOST_TEST(
            verify_p256(digest, r, made.s, made.x, made.y) == referee.verify(digest, r, made.s));
    }
}

BOOST_AUTO_TEST_CASE(numbers_outside_their_ranges_are_refused) {
    std::mt19937_64 random(2);
    const Signed made = Referee(random).sign(keccak256({}));
    for (const Uint256& wrong : {Uint256(0), kOrder, Uint256(0) - Uint256(1)}) {
        BOOST_TEST(!verify_p256(made.digest, wrong, made.s, made.x, made.y));
        BOOST_TEST(!verify_p256(made.digest, made.r, wrong, made.x, made.y));
    }
    BOOST_TEST(!verify_p256(made.digest, made.r, made.s, 0, 0));
    BOOST_TEST(!verify_p256(made.digest, made.r, made.s, made.x, kModulus));
    // (0, y) with y^2 = b is on the curve; p for the 0 is not how 0 is written
    const Uint256 root = number("66485c780e2f83d72433bd5d84a06bb6541c2af31dae871728bf856a174f93f4");
    BOOST_TEST(!verify_p256(made.digest, made.r, made.s, kModulus, root));
}

BOOST_AUTO_TEST_CASE(sums_that_meet_in_the_middle_are_computed) {
    // The key is the generator itself, or its opposite: multiples of both meet, double and cancel.
    const Uint256 gx = number("6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296");
    const Uint256 gy = number("4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5");
    // s = r makes u2 = 1 and u1 = e / r. With e = r the sum is 2 G, whose x is
    const Uint256 x2 = number("7cf27b188d034f7e8a52380304b51ac3c08969e277f21b35a60b48fc47669978");
    BOOST_TEST(verify_p256(to_be32(x2), x2, x2, gx, gy));
    // With the opposite key it is infinity
    BOOST_TEST(!verify_p256(to_be32(x2), x2, x2, gx, kModulus - gy));
    // With e = 0 it is the key: G
    BOOST_TEST(verify_p256(Hash32{}, gx, gx, gx, gy));
    BOOST_TEST(verify_p256(to_be32(kOrder), gx, gx, gx, kModulus - gy));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::chain::crypto
