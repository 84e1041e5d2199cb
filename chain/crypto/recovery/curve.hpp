#pragma once

#include "chain/base/uint256.hpp"

/// The numbers of secp256k1 that recovery in lanes works with.
/// @spec SEC 2, "Recommended Parameters secp256k1"; Gallant, Lambert, Vanstone: "Faster Point
///       Multiplication on Elliptic Curves with Efficient Endomorphisms" (2001)
namespace troupe::chain::crypto::recovery {

/// The field's prime p = 2^256 - 2^32 - 977.
inline constexpr Uint256 kPrime{
    0xffffffffffffffff, 0xffffffffffffffff, 0xffffffffffffffff, 0xfffffffefffffc2f};
/// 2^256 mod p.
inline constexpr std::uint64_t kPrimeComplement = 0x1000003d1;

/// The order n of the group: prime, and there is no cofactor.
inline constexpr Uint256 kOrder{
    0xffffffffffffffff, 0xfffffffffffffffe, 0xbaaedce6af48a03b, 0xbfd25e8cd0364141};

inline constexpr Uint256 kGeneratorX{
    0x79be667ef9dcbbac, 0x55a06295ce870b07, 0x029bfcdb2dce28d9, 0x59f2815b16f81798};
inline constexpr Uint256 kGeneratorY{
    0x483ada7726a3c465, 0x5da4fbfc0e1108a8, 0xfd17b448a6855419, 0x9c47d08ffb10d4b8};

/// The endomorphism: lambda * (x, y) = (beta * x, y), lambda^3 = 1 mod n and beta^3 = 1 mod p.
inline constexpr Uint256 kLambda{
    0x5363ad4cc05c30e0, 0xa5261c028812645a, 0x122e22ea20816678, 0xdf02967c1b23bd72};
inline constexpr Uint256 kBeta{
    0x7ae96a2b657c0710, 0x6e64479eac3434e9, 0x9cf0497512f58995, 0xc1396c28719501ee};

/// Scalars are halves of 130 bits in digits that are all odd: none is zero, so no term is infinity.
inline constexpr int kScalarBits = 130;
inline constexpr int kPointWindow = 5;       ///< bits of a digit that multiplies R
inline constexpr int kGeneratorWindow = 13;  ///< and of one that multiplies G
inline constexpr int kPointTerms = kScalarBits / kPointWindow;          // 26
inline constexpr int kGeneratorTerms = kScalarBits / kGeneratorWindow;  // 10
inline constexpr int kPointMultiples = 1 << (kPointWindow - 1);         ///< 1 R, 3 R, .. 31 R
inline constexpr int kGeneratorMultiples = 1 << (kGeneratorWindow - 1);
static_assert(kPointTerms * kPointWindow == kScalarBits);
static_assert(kGeneratorTerms * kGeneratorWindow == kScalarBits);

/// An affine point as tables keep it: x then y, four words each, least significant first, below
/// 2^256 but not always below p. One cache line.
struct alignas(64) PointLine {
    std::uint64_t words[8];
};

}  // namespace troupe::chain::crypto::recovery
