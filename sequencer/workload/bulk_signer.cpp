#include "sequencer/workload/bulk_signer.hpp"

#include "chain/base/assert.hpp"
#include "chain/crypto/jacobian.hpp"
#include "chain/crypto/keccak.hpp"
#include "chain/crypto/montgomery.hpp"
#include "chain/crypto/recovery/curve.hpp"

#include <array>
#include <vector>

namespace troupe::node {
namespace {

namespace curve = chain::crypto::recovery;
using chain::Uint256;

struct PrimeParameters {
    static constexpr Uint256 kModulus = curve::kPrime;
};
struct OrderParameters {
    static constexpr Uint256 kModulus = curve::kOrder;
};
using Field = chain::crypto::MontgomeryField<PrimeParameters>;
using Scalar = chain::crypto::MontgomeryField<OrderParameters>;
using Point = chain::crypto::Jacobian<Field, false>;

struct Affine {
    Field x;
    Field y;
};

/// Replaces each by its inverse; none may be 0. Montgomery's trick.
template <class Number>
void invert_all(std::vector<Number>& numbers) {
    std::vector<Number> before(numbers.size());
    Number product = Number::one();
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        before[i] = product;
        product = product * numbers[i];
    }
    Number rest = product.inverted();
    for (std::size_t i = numbers.size(); i-- > 0;) {
        const Number inverse = rest * before[i];
        rest = rest * numbers[i];
        numbers[i] = inverse;
    }
}

/// G, 2 G, 3 G, ..
const std::vector<Affine>& multiples_of_generator() {
    static const std::vector<Affine> kMultiples = [] {
        const Field gx(curve::kGeneratorX);
        const Field gy(curve::kGeneratorY);
        std::vector<Point> points{Point::of(gx, gy)};
        while (points.size() < kBulkSignaturesMax)
            points.push_back(points.back().plus_affine(gx, gy));
        std::vector<Field> inverses;
        for (const Point& point : points)
            inverses.push_back(point.z);
        invert_all(inverses);
        std::vector<Affine> multiples;
        for (std::size_t i = 0; i < points.size(); ++i) {
            const Field square = inverses[i].squared();
            multiples.push_back({points[i].x * square, points[i].y * square * inverses[i]});
        }
        return multiples;
    }();
    return kMultiples;
}

/// k G, (k + 1) G, .. `count` of them.
std::vector<Affine> consecutive_points(const Uint256& k, std::size_t count) {
    const auto key = chain::crypto::PrivateKey::from(chain::to_be32(k));
    const auto first = chain::crypto::public_key_of(key);
    TROUPE_ASSERT(first.ok());
    const Affine base{
        Field(chain::uint256_from_be(first->view().first(32))),
        Field(chain::uint256_from_be(first->view().last(32)))};
    const auto& multiples = multiples_of_generator();
    std::vector<Field> inverses;
    for (std::size_t i = 1; i < count; ++i)
        inverses.push_back(multiples[i - 1].x - base.x);  // 0 only for k within 1,024 of 0 or n
    invert_all(inverses);
    std::vector<Affine> points{base};
    for (std::size_t i = 1; i < count; ++i) {
        const Affine& step = multiples[i - 1];
        const Field slope = (step.y - base.y) * inverses[i - 1];
        const Field x = slope.squared() - base.x - step.x;
        points.push_back({x, slope * (base.x - x) - base.y});
    }
    return points;
}

Scalar reduced(Uint256 value) {
    return Scalar(value >= curve::kOrder ? value - curve::kOrder : value);
}

}  // namespace

void sign_in_bulk(
    const Uint256& first_nonce, std::span<const chain::Hash32> digests,
    std::span<const chain::crypto::PrivateKey> keys,
    std::span<chain::crypto::EcdsaSignature> signatures) {
    const std::size_t count = digests.size();
    TROUPE_ASSERT(count <= kBulkSignaturesMax);
    TROUPE_ASSERT(first_nonce > Uint256(kBulkSignaturesMax));
    TROUPE_ASSERT(first_nonce < curve::kOrder - Uint256(kBulkSignaturesMax));
    TROUPE_ASSERT(keys.size() == count && signatures.size() == count);
    if (count == 0) return;
    const auto points = consecutive_points(first_nonce, count);
    std::vector<Scalar> inverses;
    for (std::size_t i = 0; i < count; ++i)
        inverses.push_back(Scalar(first_nonce + Uint256(i)));
    invert_all(inverses);
    for (std::size_t i = 0; i < count; ++i) {
        chain::crypto::EcdsaSignature& signature = signatures[i];
        signature.r = points[i].x.value();
        TROUPE_ASSERT(signature.r < curve::kOrder);  // else one chance in 2^127
        signature.y_parity = (points[i].y.value().limbs[0] & 1) != 0;
        const Scalar key = Scalar(chain::uint256_from_be(keys[i]));
        const Scalar s =
            inverses[i] * (reduced(chain::uint256_from_be(digests[i])) + Scalar(signature.r) * key);
        signature.s = s.value();
        if (!chain::crypto::is_in_range(signature, true)) {  // EIP-2
            signature.s = (-s).value();
            signature.y_parity = !signature.y_parity;
        }
    }
}

std::vector<chain::Bytes> sign_transactions(
    std::span<chain::Transaction> txs, std::span<const chain::crypto::PrivateKey> keys) {
    TROUPE_ASSERT(txs.size() == keys.size());
    std::vector<chain::Bytes> raw;
    for (std::size_t at = 0; at < txs.size(); at += kBulkSignaturesMax) {
        const auto some = txs.subspan(at, std::min(kBulkSignaturesMax, txs.size() - at));
        const auto their_keys = keys.subspan(at, some.size());
        std::vector<chain::Hash32> digests;
        for (const chain::Transaction& tx : some)
            digests.push_back(chain::signing_hash(tx));
        // A hash of the first digest and key: another block, another nonce to begin with.
        chain::Bytes seed(digests[0].begin(), digests[0].end());
        chain::append(seed, their_keys[0]);
        std::vector<chain::crypto::EcdsaSignature> signatures(some.size());
        sign_in_bulk(
            chain::uint256_from_be(chain::crypto::keccak256(seed)), digests, their_keys,
            signatures);
        for (std::size_t i = 0; i < some.size(); ++i) {
            some[i].signature = signatures[i];
            raw.push_back(chain::encode_transaction(some[i]));
        }
    }
    return raw;
}

}  // namespace troupe::node
