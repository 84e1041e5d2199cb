#pragma once

#include "chain/base/bytes.hpp"
#include "chain/crypto/bn254_field.hpp"

#include <optional>
#include <span>

/// The groups and the pairing of the curve bn254 (alt_bn128), for the precompiles at 0x06 to 0x08.
/// Portable C++ throughout, our own.
///   G1: y^2 = x^3 + 3 over Fp, of prime order.
///   G2: the subgroup of that order of the twist y^2 = x^3 + 3 / (9 + i) over Fp2.
/// @spec EIP-196 and EIP-197 for the curve and the encodings
/// @note Not constant time: every input is public.
namespace troupe::chain::crypto::bn254 {

/// The order of both groups.
inline constexpr Uint256 kOrder{
    0x30644e72e131a029, 0xb85045b68181585d, 0x2833e84879b97091, 0x43e1f593f0000001};

/// A point in affine coordinates; infinity is (0, 0), which is on neither curve.
template <class Field>
struct Affine {
    Field x;
    Field y;

    [[nodiscard]] constexpr bool is_infinity() const noexcept { return x.is_zero() && y.is_zero(); }
    constexpr Affine operator-() const noexcept { return {x, -y}; }
    friend constexpr bool operator==(const Affine&, const Affine&) noexcept = default;
};
using G1 = Affine<Fp>;
using G2 = Affine<Fp2>;

inline constexpr std::size_t kG1Bytes = 64;   ///< x, y: 32 bytes each, big-endian
inline constexpr std::size_t kG2Bytes = 128;  ///< the same, i's coefficient before the other one

/// nullopt: a coordinate that is not below p, or a point that is not on the curve.
[[nodiscard]] std::optional<G1> read_g1(ByteView encoded) noexcept;
/// As read_g1; that the point is on the twist does not mean that it is in the subgroup.
[[nodiscard]] std::optional<G2> read_g2(ByteView encoded) noexcept;
void append_point(Bytes& out, const G1& point);

[[nodiscard]] bool in_subgroup(const G2& point) noexcept;

[[nodiscard]] G1 add(const G1& a, const G1& b) noexcept;
[[nodiscard]] G1 multiply(const G1& point, const Uint256& scalar) noexcept;
/// For points of the twist in general: no use is made of an order.
[[nodiscard]] G2 multiply(const G2& point, const Uint256& scalar) noexcept;

/// Whether the product of e(g1[i], g2[i]) is one; no pairs have the product one. The points of G2
/// are in the subgroup.
/// @param g2  as many as g1
[[nodiscard]] bool pairing_product_is_one(std::span<const G1> g1, std::span<const G2> g2) noexcept;

/// e(p, q) itself, for tests of its properties.
[[nodiscard]] Fp12 pairing(const G1& p, const G2& q) noexcept;

}  // namespace troupe::chain::crypto::bn254
