#pragma once

#include "chain/base/bytes.hpp"
#include "chain/base/uint256.hpp"

/// ECDSA over P-256 (secp256r1), for the precompile P256VERIFY. Portable C++, our own.
/// @spec FIPS 186-5, 6.4.2 "ECDSA Signature Verification"; SP 800-186, 3.2.1.3 for the curve;
///       RIP-7212 for which inputs count as signatures
namespace troupe::chain::crypto {

/// Whether (r, s) is a signature of `digest` by the owner of the public key (x, y). False as well
/// for r or s outside [1, n) and for a key that is not on the curve. High s is as good as low s.
/// @param digest  the 32 bytes that were signed, taken modulo n
/// @note  Allocates nothing. Not constant time: every input is public.
[[nodiscard]] bool verify_p256(
    const Hash32& digest, const Uint256& r, const Uint256& s, const Uint256& x,
    const Uint256& y) noexcept;

}  // namespace troupe::chain::crypto
