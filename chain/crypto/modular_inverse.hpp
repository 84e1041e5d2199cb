#pragma once

#include "chain/base/uint256.hpp"

namespace troupe::chain::crypto {

/// Inverses modulo one odd number.
/// @spec Bernstein, Yang: "Fast constant-time gcd computation and modular inversion" (2019); the
///       variable-time form, which takes all trailing zeros at once
/// @note Not constant time: every input is public.
class ModularInverse {
  public:
    /// @param modulus  odd, greater than 1
    explicit constexpr ModularInverse(const Uint256& modulus) noexcept : modulus_(modulus) {
        // Newton's iteration doubles the correct bits of 1/modulus modulo 2^64: 5, 10, 20, 40, 80
        std::uint64_t inverse = (modulus.limbs[0] * 3) ^ 2;
        for (int i = 0; i < 4; ++i)
            inverse *= 2 - modulus.limbs[0] * inverse;
        inverse_ = inverse;
    }

    /// @param value  below the modulus and coprime to it; the inverse of 0 is given as 0
    [[nodiscard]] Uint256 operator()(const Uint256& value) const noexcept;

  private:
    Uint256 modulus_;
    std::uint64_t inverse_;  // of the modulus, modulo 2^64
};

}  // namespace troupe::chain::crypto
