#pragma once

#include "chain/crypto/secp256k1.hpp"
#include "chain/types/transaction.hpp"

#include <span>
#include <vector>

/// Signatures by the million, for loads.
namespace troupe::node {

/// Signs digests[i] with keys[i]: valid signatures with low s, at a fiftieth of what RFC 6979
/// costs. Their nonces are first_nonce, first_nonce + 1 and so on, so that each point is the one
/// before plus G and all inversions are one.
/// @warning anybody can compute the private keys from two such signatures: for chains that nobody's
///          money is on
/// @param first_nonce  above kBulkSignaturesMax, below n - kBulkSignaturesMax
/// @param digests      at most kBulkSignaturesMax; as many as keys and signatures
inline constexpr std::size_t kBulkSignaturesMax = 1'024;
void sign_in_bulk(
    const chain::Uint256& first_nonce, std::span<const chain::Hash32> digests,
    std::span<const chain::crypto::PrivateKey> keys,
    std::span<chain::crypto::EcdsaSignature> signatures);

/// Signs them all in place, in blocks whose nonces begin at a hash of what is signed.
/// @return their encodings
[[nodiscard]] std::vector<chain::Bytes> sign_transactions(
    std::span<chain::Transaction> txs, std::span<const chain::crypto::PrivateKey> keys);

}  // namespace troupe::node
