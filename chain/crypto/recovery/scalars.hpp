#pragma once

#include "chain/crypto/recover_batch.hpp"
#include "chain/crypto/recovery/curve.hpp"

#include <span>

/// Scalars modulo n: from a signature to the digits that the sum in lanes is made of.
namespace troupe::chain::crypto::recovery {

/// One half of a scalar, v + 2^128 < 2^129 cut into windows. A window e of w bits stands for the
/// digit 2 e - (2^w - 1): odd, of either sign.
template <class Window, int kTerms>
struct HalfScalar {
    Window windows[kTerms];
};

/// What a lane starts from: u2 R + u1 G with R = (x, y of that parity), both scalars cut by the
/// endomorphism into halves: u = digits(half 0) + lambda * digits(half 1).
struct LaneInput {
    Uint256 x;
    bool y_parity = false;
    HalfScalar<std::uint8_t, kPointTerms> point[2];           ///< of u2 = s / r
    HalfScalar<std::uint16_t, kGeneratorTerms> generator[2];  ///< of u1 = -z / r
};

/// Fills inputs[i] for messages[i]. One inversion modulo n for all.
/// @param messages  at most kScalarsMax; r and s are in [1, n)
inline constexpr std::size_t kScalarsMax = 128;
void prepare_scalars(std::span<const RecoveryInput* const> messages, LaneInput* inputs) noexcept;

/// v = low + lambda * high mod n, both below 2^128 in size, each given with 2^128 added.
struct SplitScalar {
    Uint256 low;
    Uint256 high;
};
/// @param v  below n
/// @spec Guide to Elliptic Curve Cryptography (Hankerson, Menezes, Vanstone), Algorithm 3.74, with
///       the divisions by n made multiplications
[[nodiscard]] SplitScalar split_scalar(const Uint256& v) noexcept;

/// The v whose halves, recoded as above, have the value u: v = (u + (1 + lambda)(2^129 - 1)) / 2.
/// @param u  below n
[[nodiscard]] Uint256 odd_digits_scalar(const Uint256& u) noexcept;

}  // namespace troupe::chain::crypto::recovery
