#pragma once

#include "chain/base/bytes.hpp"
#include "chain/base/uint256.hpp"

#include <optional>
#include <span>

/// The groups of the pairing-friendly curve BLS12-381, for the precompiles of EIP-2537 and for KZG:
/// the doorway to blst. On x86-64 blst runs its assembly, for ADX or without by what the CPU has;
/// elsewhere its own portable C, which is the portable twin that the tests compare with.
/// Encodings are those of EIP-2537: a coordinate is 64 bytes, big-endian, below the modulus; a
/// point is x then y, an element of Fp2 is c0 then c1; the point at infinity is all zeros.
/// @spec EIP-2537; the curve and its generators: draft-irtf-cfrg-pairing-friendly-curves, 4.2.1
/// @note Not constant time where it matters for secrets: every input is public.
namespace troupe::chain::crypto::bls {

inline constexpr std::size_t kFpBytes = 64;
inline constexpr std::size_t kG1Bytes = 2 * kFpBytes;
inline constexpr std::size_t kG2Bytes = 4 * kFpBytes;

/// Points of the curve and of its twist, in blst's affine form; infinity is all zeros.
struct G1 {
    std::uint64_t limbs[12] = {};
};
struct G2 {
    std::uint64_t limbs[24] = {};
};

/// Reads kG1Bytes or kG2Bytes. nullopt: a coordinate that is no field element, or a point that is
/// not on the curve. The subgroup is not checked.
[[nodiscard]] std::optional<G1> read_g1(ByteView encoded) noexcept;
[[nodiscard]] std::optional<G2> read_g2(ByteView encoded) noexcept;
void append_point(Bytes& out, const G1& point);
void append_point(Bytes& out, const G2& point);

/// Whether a point of the curve has the prime order r. Infinity does.
[[nodiscard]] bool in_subgroup(const G1& point) noexcept;
[[nodiscard]] bool in_subgroup(const G2& point) noexcept;

[[nodiscard]] G1 add(const G1& a, const G1& b) noexcept;
[[nodiscard]] G2 add(const G2& a, const G2& b) noexcept;

/// The sum of points[i] * scalars[i], scalars of any 256 bits. The points are in the subgroup.
/// @param scalars  as many as points
[[nodiscard]] G1 multiply_sum(std::span<const G1> points, std::span<const Uint256> scalars);
[[nodiscard]] G2 multiply_sum(std::span<const G2> points, std::span<const Uint256> scalars);

/// Whether the product of e(g1[i], g2[i]) is one. The points are in their subgroups.
/// @param g2  as many as g1
[[nodiscard]] bool pairing_product_is_one(std::span<const G1> g1, std::span<const G2> g2) noexcept;

/// RFC 9380's map_to_curve and clear_cofactor: from kFpBytes to G1, from twice as many to G2.
/// nullopt: not a field element.
[[nodiscard]] std::optional<G1> map_to_g1(ByteView encoded) noexcept;
[[nodiscard]] std::optional<G2> map_to_g2(ByteView encoded) noexcept;

}  // namespace troupe::chain::crypto::bls
