#pragma once

#include "chain/base/bytes.hpp"

/// KZG commitments over BLS12-381 as EIP-4844 uses them: checking that a committed polynomial has
/// a value at a point. Of Ethereum's trusted setup the check needs one point, [s]G2, which is part
/// of the binary; nothing is loaded at run time.
/// @spec EIP-4844; consensus-specs, deneb/polynomial-commitments.md, verify_kzg_proof
namespace troupe::chain::crypto {

using KzgPoint = FixedBytes<48, struct KzgPointTag>;  ///< a compressed point of G1

/// Whether the polynomial behind `commitment` has the value `y` at `z`. False as well for a point
/// that is malformed or outside the subgroup, and for a z or y that is not below the order r.
/// @param z, y  big-endian
[[nodiscard]] bool verify_kzg_proof(
    const KzgPoint& commitment, const Hash32& z, const Hash32& y, const KzgPoint& proof) noexcept;

}  // namespace troupe::chain::crypto
