#pragma once

#include "chain/base/uint256.hpp"

/// Montgomery's multiplication by the instructions mulx, adcx and adox, for machines that have
/// them. Only montgomery.hpp includes this.
namespace troupe::chain::crypto {

/// Whether this machine has BMI2 and ADX; false where limbs.hpp compiles no x86-64 forms, and
/// before main() has initialised it, which is slower and no less right.
extern const bool kHasAdx;

/// a * b / 2^256 modulo `modulus`, all below it. Only where kHasAdx.
/// @param modulus          below 2^255: the sums have no room for a sixth limb
/// @param negated_inverse  -1 / modulus modulo 2^64
[[nodiscard]] Uint256 montgomery_multiply_adx(
    const Uint256& a, const Uint256& b, const Uint256& modulus,
    std::uint64_t negated_inverse) noexcept;

/// The same modulo P-256's prime, 2^256 - 2^224 + 2^192 + 2^96 - 1, whose form saves three quarters
/// of the products that a reduction takes.
[[nodiscard]] Uint256 montgomery_multiply_p256_adx(const Uint256& a, const Uint256& b) noexcept;

}  // namespace troupe::chain::crypto
