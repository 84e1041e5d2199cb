// What Wycheproof's vectors for ECDSA over secp256k1 try, turned round: they give a key and ask
// whether a signature is valid, recovery gives the key. npm has no package of them, so
// they are made here, from what the project says of each group: pick r (by its nonce) and s, or u1
// and u2, first, and compute the key that fits. The key expected is then (u2 k + u1) G: from
// arithmetic modulo n and one multiplication of G, and from no recovery at all.
// Source: Project Wycheproof, doc/ecdsa.md ("Range checks", "Arithmetic errors", "Signature
// malleability") and the notes of its groups ArithmeticError, EdgeCaseShamirMultiplication,
// IntegerOverflow, InvalidSignature, ModifiedInteger, PointDuplication, SmallRandS,
// SpecialCaseHash, SignatureMalleability; k and s as "extreme value for k and edgecase s".
#include "chain/crypto/modular_inverse.hpp"
#include "chain/crypto/montgomery.hpp"
#include "chain/crypto/recovery/curve.hpp"
#include "chain/crypto/recovery/path.hpp"
#include "chain/crypto/recovery/testing/random.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

namespace troupe::chain::crypto::recovery {

BOOST_AUTO_TEST_SUITE(known_key_suite)

namespace {

struct OrderParameters {
    static constexpr Uint256 kModulus = kOrder;
};
using Scalar = MontgomeryField<OrderParameters>;

struct Case {
    std::string name;
    RecoveryInput input;
    std::optional<Address> signer;  ///< nothing: nobody's signature
};

Scalar scalar(const Uint256& value) {
    return Scalar(value < kOrder ? value : value - kOrder);
}
std::optional<Address> address_of_secret(const Scalar& secret) {
    if (secret.is_zero()) return std::nullopt;
    return address_of(*public_key_of(PrivateKey::from(to_be32(secret.value()))));
}

/// R = k G: its x modulo n and the parity of its y.
EcdsaSignature with_nonce(const Uint256& k) {
    const auto point = *public_key_of(PrivateKey::from(to_be32(k)));
    EcdsaSignature signature;
    signature.r = uint256_from_be(point.view().first(32));
    signature.y_parity = (point[63] & 1) != 0;
    BOOST_REQUIRE((signature.r < kOrder));
    return signature;
}

/// ECDSA backwards: s = (z + r d) / k, so d = (s k - z) / r.
Case from_nonce(std::string name, const Uint256& k, const Uint256& s, const Hash32& digest) {
    Case made{std::move(name), {digest, with_nonce(k)}, {}};
    made.input.signature.s = s;
    const Scalar z = scalar(uint256_from_be(digest.view()));
    const Scalar r = scalar(made.input.signature.r);
    if (is_in_range(made.input.signature, false))
        made.signer = address_of_secret((scalar(s) * scalar(k) - z) * r.inverted());
    return made;
}

/// Recovery's own scalars: Q = u1 G + u2 R with u1 = -z / r and u2 = s / r.
Case from_scalars(std::string name, const Uint256& k, const Scalar& u1, const Scalar& u2) {
    Case made{std::move(name), {{}, with_nonce(k)}, {}};
    const Scalar r = scalar(made.input.signature.r);
    made.input.signature.s = (u2 * r).value();
    made.input.digest = to_be32((-(u1 * r)).value());
    made.signer = u2.is_zero() ? std::nullopt : address_of_secret(u1 + u2 * scalar(k));
    return made;
}

/// What arithmetic gets wrong: around 0, n and its half, powers of two, long runs of equal bits,
/// and the numbers the endomorphism splits at.
std::vector<Uint256> edge_scalars() {
    const Uint256 half = kOrder >> 1;
    std::vector<Uint256> edges{1,
                               2,
                               3,
                               4,
                               5,
                               6,
                               kOrder - 1,
                               kOrder - 2,
                               half,
                               half + 1,
                               half - 1,
                               kLambda,
                               kLambda + 1,
                               kLambda - 1,
                               kOrder - kLambda,
                               kPrime - kOrder};
    for (unsigned bit = 5; bit < 256; bit += 9) {
        const Uint256 power = Uint256(1) << bit;
        edges.insert(edges.end(), {power, power - 1, power + 1, kOrder - power});
    }
    for (const std::uint64_t word :
         {0x5555'5555'5555'5555ull, 0xaaaa'aaaa'aaaa'aaaaull, 0x0000'0000'ffff'ffffull,
          0xffff'ffff'0000'0000ull, 0x0101'0101'0101'0101ull}) {
        edges.emplace_back(word, word, word, word);
    }
    return edges;
}

/// Digests with a zero or full word of 32 bits at each place, as SpecialCaseHash has them.
std::vector<Hash32> edge_digests(testing::Random& random) {
    std::vector<Hash32> digests{to_be32(0),         to_be32(1),          to_be32(kOrder - 1),
                                to_be32(kOrder),    to_be32(kOrder + 1), to_be32(kPrime),
                                to_be32(~Uint256{})};
    for (std::size_t word = 0; word < 8; ++word) {
        for (const std::uint8_t fill : {0x00, 0xff}) {
            Hash32 digest = to_be32(random.word());
            std::fill_n(digest.data() + 4 * word, 4, fill);
            digests.push_back(digest);
        }
    }
    return digests;
}

/// Every path, all cases in one batch (so that each has other neighbours on each path), and in
/// batches of 3: mostly empty lanes.
void check(const std::vector<Case>& cases) {
    std::vector<RecoveryInput> inputs;
    for (const Case& one : cases)
        inputs.push_back(one.input);
    for (const Path path : {Path::kSingle, Path::kAvx2, Path::kAvx512}) {
        const auto kernel = kernel_of(path);
        if (!kernel && path != Path::kSingle) continue;
        for (const bool low_s : {false, true}) {
            for (const std::size_t batch : {inputs.size(), std::size_t{3}}) {
                std::vector<RecoveryResult> results(
                    inputs.size(), RecoveryResult(Error::kRlpNonCanonical));
                for (std::size_t at = 0; at < inputs.size(); at += batch) {
                    const std::size_t count = std::min(batch, inputs.size() - at);
                    recover_batch_with(
                        kernel, std::span(inputs).subspan(at, count),
                        std::span(results).subspan(at, count), low_s);
                }
                for (std::size_t i = 0; i < cases.size(); ++i) {
                    const bool taken = cases[i].signer && is_in_range(inputs[i].signature, low_s);
                    BOOST_TEST(
                        (results[i].ok() == taken && (!taken || *results[i] == *cases[i].signer)),
                        cases[i].name << " on path " << static_cast<int>(path) << ", low s "
                                      << low_s << ", batches of " << batch);
                }
            }
        }
    }
}

}  // namespace

BOOST_AUTO_TEST_CASE(edge_values_of_s_and_of_its_inverse_recover_to_the_key_they_were_made_for) {
    testing::Random random(30);
    std::vector<Case> cases;
    for (const Uint256& s : edge_scalars()) {
        const Uint256 k = random.below(kOrder - 1) + 1;
        const Hash32 digest = to_be32(random.word());
        cases.push_back(from_nonce("edge s", k, s, digest));
        cases.push_back(from_nonce("edge 1/s", k, scalar(s).inverted().value(), digest));
        cases.push_back(from_nonce("extreme k", s, random.below(kOrder - 1) + 1, digest));
        cases.push_back(from_nonce("extreme k and s", s, s, digest));
    }
    check(cases);
}

BOOST_AUTO_TEST_CASE(edge_values_of_both_scalars_of_shamirs_trick) {
    testing::Random random(31);
    std::vector<Case> cases;
    auto edges = edge_scalars();
    edges.emplace_back();  // u1 = 0: a digest that is zero modulo n
    for (const Uint256& edge : edges) {
        const Uint256 k = random.below(kOrder - 1) + 1;
        const Scalar other(random.below(kOrder - 1) + 1);
        cases.push_back(from_scalars("edge u1", k, scalar(edge), other));
        cases.push_back(from_scalars("edge u2", k, other, scalar(edge)));
        cases.push_back(from_scalars("u1 = u2", k, scalar(edge), scalar(edge)));
        cases.push_back(from_scalars("u1 = -u2", k, scalar(edge), -scalar(edge)));
        cases.push_back(
            from_scalars("u1 = lambda u2", k, scalar(edge) * Scalar(kLambda), scalar(edge)));
    }
    check(cases);
}

BOOST_AUTO_TEST_CASE(special_digests_and_digests_beyond_the_order) {
    testing::Random random(32);
    std::vector<Case> cases;
    for (const Hash32& digest : edge_digests(random)) {
        for (int i = 0; i < 4; ++i) {
            cases.push_back(from_nonce(
                "special digest", random.below(kOrder - 1) + 1, random.below(kOrder - 1) + 1,
                digest));
        }
    }
    check(cases);
}

// u1 G and u2 R equal, opposite, or one a small multiple of the other, and sums that are infinity,
// G, or R: what a formula that leaves duplication out gets wrong.
BOOST_AUTO_TEST_CASE(duplicated_points_and_points_at_infinity) {
    testing::Random random(33);
    std::vector<Case> cases;
    for (int round = 0; round < 6; ++round) {
        const Uint256 k = round == 0 ? Uint256(1) : random.below(kOrder - 1) + 1;
        const Scalar u2(random.below(kOrder - 1) + 1);
        const Scalar same = u2 * scalar(k);
        cases.push_back(from_scalars("u1 G = u2 R", k, same, u2));
        cases.push_back(from_scalars("infinity", k, -same, u2));
        BOOST_TEST(!cases.back().signer.has_value());
        for (const Uint256& multiple : {Uint256(2), Uint256(3), kLambda, kOrder - kLambda}) {
            cases.push_back(from_scalars("u1 G = m u2 R", k, same * scalar(multiple), u2));
            cases.push_back(
                from_scalars("m u1 G = u2 R", k, same * scalar(multiple).inverted(), u2));
        }
        cases.push_back(from_scalars("the key is G", k, Scalar::one() - same, u2));
        cases.push_back(from_scalars("the key is -G", k, -Scalar::one() - same, u2));
        cases.push_back(from_scalars("the key is R", k, scalar(k) - same, u2));
        cases.push_back(from_scalars("the key is -R", k, -scalar(k) - same, u2));
    }
    check(cases);
}

BOOST_AUTO_TEST_CASE(modified_integers_are_nobodys_or_somebody_elses) {
    testing::Random random(34);
    std::vector<Case> cases;
    const Uint256 k = random.below(kOrder - 1) + 1;
    Case good = from_nonce("signed", k, random.below(kOrder >> 1) + 1, to_be32(random.word()));
    cases.push_back(good);
    const auto with = [&](std::string name, const Uint256& r, const Uint256& s) {
        Case bad = good;
        bad.name = std::move(name);
        bad.input.signature.r = r;
        bad.input.signature.s = s;
        bad.signer.reset();
        cases.push_back(std::move(bad));
    };
    const std::vector<Uint256> outside{0, kOrder, kOrder + 1, kPrime, kPrime + 1, ~Uint256{}};
    for (const Uint256& r : outside) {
        with("r outside", r, good.input.signature.s);
        for (const Uint256& s : outside)
            with("both outside", r, s);
    }
    for (const Uint256& s : outside)
        with("s outside", good.input.signature.r, s);
    // Malleability: n - s with the other parity is the same key's, and refused where s is to be
    // low.
    Case high = good;
    high.name = "n - s, other parity";
    high.input.signature.s = kOrder - high.input.signature.s;
    high.input.signature.y_parity = !high.input.signature.y_parity;
    cases.push_back(high);
    // The other parity alone is -R: (u1 - u2 k) G, another key's.
    cases.push_back(from_nonce(
        "other parity", (-scalar(k)).value(), good.input.signature.s, good.input.digest));
    BOOST_TEST((cases.back().signer != good.signer));
    BOOST_TEST((cases.back().input.signature.r == good.input.signature.r));
    check(cases);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::chain::crypto::recovery
