#pragma once

#include "chain/base/bytes.hpp"
#include "chain/base/result.hpp"
#include "chain/base/uint256.hpp"

#include <optional>

/// ECDSA over secp256k1: the one doorway to libsecp256k1.
/// @spec Yellow Paper, Appendix F "Signing Transactions"; EIP-2 for the low-s rule
namespace troupe::chain::crypto {

struct EcdsaSignature {
    Uint256 r;
    Uint256 s;
    bool y_parity =
        false;  ///< parity of y of the curve point R; EIP-155's v is stripped by callers

    friend bool operator==(const EcdsaSignature&, const EcdsaSignature&) noexcept = default;
};

/// 64 bytes: x then y of a curve point, big-endian.
using PublicKey = FixedBytes<64, struct PublicKeyTag>;
using PrivateKey = FixedBytes<32, struct PrivateKeyTag>;

/// Whether r and s are in [1, n), and s <= n/2 where low s is required (EIP-2).
[[nodiscard]] bool is_in_range(const EcdsaSignature& signature, bool require_low_s) noexcept;

/// Recovers the public key that signed `digest`. With `require_low_s` false high s is accepted, as
/// the ecrecover precompile does.
/// @error kTxSignatureInvalid: r or s outside [1, n), s > n/2 where low s is required, or no curve
///        point has x = r
/// @note  Allocates nothing. Not constant time: every input is public.
[[nodiscard]] Result<PublicKey> recover_public_key(
    const Hash32& digest, const EcdsaSignature& signature, bool require_low_s) noexcept;

/// Recovers the address whose key signed `digest`; low s required (EIP-2). Errors as above.
[[nodiscard]] Result<Address> recover_signer(
    const Hash32& digest, const EcdsaSignature& signature) noexcept;

/// The last 20 bytes of Keccak-256 of the public key.
[[nodiscard]] Address address_of(const PublicKey& key) noexcept;

/// Whether `key` is in [1, n).
[[nodiscard]] bool is_valid(const PrivateKey& key) noexcept;
/// @error kTxSignatureInvalid: the key is not in [1, n)
[[nodiscard]] Result<PublicKey> public_key_of(const PrivateKey& key) noexcept;
/// Deterministic signature (RFC 6979) with low s.
/// @error kTxSignatureInvalid: the key is not in [1, n)
[[nodiscard]] Result<EcdsaSignature> sign(const Hash32& digest, const PrivateKey& key) noexcept;
/// Whether `signature` over `digest` was made with `key`'s private half; low s required.
[[nodiscard]] bool verify(
    const Hash32& digest, const EcdsaSignature& signature, const PublicKey& key) noexcept;

}  // namespace troupe::chain::crypto
