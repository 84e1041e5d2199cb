#include "chain/crypto/kzg.hpp"

#include "chain/base/uint256.hpp"

#include <boost/test/unit_test.hpp>
#include <ckzg.h>

#include <cstdio>
#include <memory>
#include <random>

namespace troupe::chain::crypto {

BOOST_AUTO_TEST_SUITE(kzg)

namespace {

/// c-kzg with the trusted setup that its package ships: an independent implementation, which
/// loads the whole setup and computes the pairing as the specification writes it.
class Referee {
  public:
    Referee() {
        std::FILE* file = std::fopen(TROUPE_TRUSTED_SETUP, "r");
        BOOST_REQUIRE(file != nullptr);
        BOOST_REQUIRE(load_trusted_setup_file(&settings_, file, 0) == C_KZG_OK);
        std::fclose(file);
    }
    ~Referee() { free_trusted_setup(&settings_); }
    Referee(const Referee&) = delete;
    Referee& operator=(const Referee&) = delete;

    [[nodiscard]] KzgPoint commit(const Blob& blob) const {
        KZGCommitment commitment;
        BOOST_REQUIRE(blob_to_kzg_commitment(&commitment, &blob, &settings_) == C_KZG_OK);
        return KzgPoint::from(commitment.bytes);
    }
    struct Opening {
        KzgPoint proof;
        Hash32 y;
    };
    [[nodiscard]] Opening open(const Blob& blob, const Hash32& z) const {
        KZGProof proof;
        Bytes32 point;
        Bytes32 value;
        std::copy(z.begin(), z.end(), point.bytes);
        BOOST_REQUIRE(compute_kzg_proof(&proof, &value, &blob, &point, &settings_) == C_KZG_OK);
        return {KzgPoint::from(proof.bytes), Hash32::from(value.bytes)};
    }
    [[nodiscard]] bool verify(
        const KzgPoint& commitment, const Hash32& z, const Hash32& y, const KzgPoint& proof) const {
        Bytes48 c;
        Bytes48 pi;
        Bytes32 point;
        Bytes32 value;
        std::copy(commitment.begin(), commitment.end(), c.bytes);
        std::copy(proof.begin(), proof.end(), pi.bytes);
        std::copy(z.begin(), z.end(), point.bytes);
        std::copy(y.begin(), y.end(), value.bytes);
        bool ok = false;
        return ::verify_kzg_proof(&ok, &c, &point, &value, &pi, &settings_) == C_KZG_OK && ok;
    }

  private:
    KZGSettings settings_{};
};

constexpr Uint256 kOrder{
    0x73eda753299d7d48, 0x3339d80809a1d805, 0x53bda402fffe5bfe, 0xffffffff00000001};

KzgPoint infinity() {
    KzgPoint point;
    point[0] = 0xc0;
    return point;
}

}  // namespace

BOOST_AUTO_TEST_CASE(openings_of_polynomials_are_accepted_and_altered_ones_are_not) {
    const Referee referee;
    std::mt19937_64 random(1);
    const auto blob = std::make_unique<Blob>();
    const auto element = [&] {
        return to_be32(Uint256(random() >> 2, random(), random(), random()));  // below the order
    };
    for (int round = 0; round < 4; ++round) {
        // Zero, then a constant, then any values
        Hash32 value;
        for (std::size_t i = 0; i < sizeof blob->bytes; i += 32) {
            if (round >= 2 || (round == 1 && i == 0)) value = element();
            std::copy(value.begin(), value.end(), blob->bytes + i);
        }
        const KzgPoint commitment = referee.commit(*blob);
        const Hash32 z = round == 3 ? to_be32(kOrder - Uint256(1)) : element();
        const auto [proof, y] = referee.open(*blob, z);
        BOOST_TEST(verify_kzg_proof(commitment, z, y, proof));
        for (int alteration = 0; alteration < 60; ++alteration) {
            KzgPoint c = commitment;
            KzgPoint pi = proof;
            Hash32 point = z;
            Hash32 result = y;
            const std::size_t at = random() % 48;
            const auto bit = static_cast<std::uint8_t>(1u << (random() % 8));
            if (alteration % 4 == 0) c[at] ^= bit;
            if (alteration % 4 == 1) pi[at] ^= bit;
            if (alteration % 4 == 2) point[at % 32] ^= bit;
            if (alteration % 4 == 3) result[at % 32] ^= bit;
            BOOST_TEST(
                verify_kzg_proof(c, point, result, pi) == referee.verify(c, point, result, pi));
        }
        BOOST_TEST(
            verify_kzg_proof(commitment, z, y, commitment) ==
            referee.verify(commitment, z, y, commitment));
    }
}

BOOST_AUTO_TEST_CASE(scalars_have_to_be_below_the_order) {
    // The zero polynomial is 0 everywhere
    BOOST_TEST(verify_kzg_proof(infinity(), to_be32(kOrder - Uint256(1)), {}, infinity()));
    BOOST_TEST(!verify_kzg_proof(infinity(), to_be32(kOrder), {}, infinity()));
    BOOST_TEST(!verify_kzg_proof(infinity(), {}, to_be32(kOrder), infinity()));
    BOOST_TEST(!verify_kzg_proof(infinity(), {}, to_be32(Uint256(1)), infinity()));
}

BOOST_AUTO_TEST_CASE(points_outside_the_subgroup_or_badly_written_are_refused) {
    KzgPoint small = infinity();
    small[0] = 0x80;  // x = 0, y = 2: on the curve, of order 3
    BOOST_TEST(!verify_kzg_proof(small, {}, {}, infinity()));
    BOOST_TEST(!verify_kzg_proof(infinity(), {}, {}, small));
    KzgPoint wrong = infinity();
    wrong[47] = 1;  // infinity with more than its flag
    BOOST_TEST(!verify_kzg_proof(wrong, {}, {}, infinity()));
    BOOST_TEST(!verify_kzg_proof(KzgPoint{}, {}, {}, infinity()));  // not marked as compressed
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::chain::crypto
