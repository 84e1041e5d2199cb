#pragma once

#include "chain/base/result.hpp"
#include "chain/base/uint256.hpp"

/// docs/formats/batch.md, "Decimals": amounts are written by people, who think in powers of ten.
namespace troupe::chain::batch {

/// mantissa × 10^exponent, the mantissa not divisible by 10; zero is 0 × 10^0.
struct Decimal {
    Uint256 mantissa;
    std::uint8_t exponent = 0;
    friend bool operator==(const Decimal&, const Decimal&) noexcept = default;
};

inline constexpr std::uint8_t kExponentMax = 77;  ///< 10^77 < 2^256 < 10^78

[[nodiscard]] Decimal to_decimal_parts(const Uint256& value) noexcept;

/// @error kBatchNonCanonical: mantissa divisible by 10, zero with an exponent, exponent beyond
///        kExponentMax, or the product is beyond 256 bits
[[nodiscard]] Result<Uint256> from_decimal_parts(const Decimal& decimal) noexcept;

}  // namespace troupe::chain::batch
