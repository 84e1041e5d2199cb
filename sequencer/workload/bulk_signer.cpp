#include "sequencer/workload/bulk_signer.hpp"

#include "chain/base/assert.hpp"
#include "chain/crypto/batch_inversion.hpp"
#include "chain/crypto/consecutive_keys.hpp"
#include "chain/crypto/keccak.hpp"
#include "chain/crypto/montgomery.hpp"
#include "chain/crypto/recovery/curve.hpp"

#include <vector>

namespace troupe::node {
namespace {

namespace curve = chain::crypto::recovery;
using chain::Uint256;

struct OrderParameters {
    static constexpr Uint256 kModulus = curve::kOrder;
};
using Scalar = chain::crypto::MontgomeryField<OrderParameters>;

Scalar reduced(Uint256 value) {
    return Scalar(value >= curve::kOrder ? value - curve::kOrder : value);
}

}  // namespace

void sign_in_bulk(
    const Uint256& first_nonce, std::span<const chain::Hash32> digests,
    std::span<const chain::crypto::PrivateKey> keys,
    std::span<chain::crypto::EcdsaSignature> signatures) {
    const std::size_t count = digests.size();
    static_assert(kBulkSignaturesMax <= chain::crypto::kConsecutivePointsMax);
    TROUPE_ASSERT(count <= kBulkSignaturesMax);
    TROUPE_ASSERT(first_nonce > Uint256(kBulkSignaturesMax));
    TROUPE_ASSERT(first_nonce < curve::kOrder - Uint256(kBulkSignaturesMax));
    TROUPE_ASSERT(keys.size() == count && signatures.size() == count);
    if (count == 0) return;
    const auto points = chain::crypto::consecutive_points(
        chain::crypto::PrivateKey::from(chain::to_be32(first_nonce)), count);
    std::vector<Scalar> inverses;
    for (std::size_t i = 0; i < count; ++i)
        inverses.push_back(Scalar(first_nonce + Uint256(i)));
    chain::crypto::invert_all(inverses);
    for (std::size_t i = 0; i < count; ++i) {
        chain::crypto::EcdsaSignature& signature = signatures[i];
        signature.r = points[i].x;
        TROUPE_ASSERT(signature.r < curve::kOrder);  // else one chance in 2^127
        signature.y_parity = (points[i].y.limbs[0] & 1) != 0;
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
