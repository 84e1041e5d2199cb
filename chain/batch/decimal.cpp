#include "chain/batch/decimal.hpp"

#include <array>

namespace troupe::chain::batch {
namespace {

constexpr std::array<std::uint64_t, 20> kPowersOfTen = [] {
    std::array<std::uint64_t, 20> powers{};
    std::uint64_t power = 1;
    for (auto& entry : powers) {
        entry = power;
        power *= 10;
    }
    return powers;
}();

Uint256 power_of_ten(unsigned exponent) noexcept {
    Uint256 power = 1;
    for (; exponent > 19; exponent -= 19) {
        power = power * Uint256{kPowersOfTen[19]};
    }
    return power * Uint256{kPowersOfTen[exponent]};
}

// Trailing zeros come off in halving steps 16, 8, 4, 2, 1: what is left after a step of k is
// divisible by 10^k no more, so the steps together strip them all.
void strip_small(std::uint64_t& mantissa, std::uint8_t& exponent) noexcept {
    for (const std::uint8_t step : {16, 8, 4, 2, 1}) {
        if (mantissa % kPowersOfTen[step] == 0) {
            mantissa /= kPowersOfTen[step];
            exponent = static_cast<std::uint8_t>(exponent + step);
        }
    }
}

Decimal strip_large(Uint256 mantissa) noexcept {
    std::uint8_t exponent = 0;
    for (const std::uint8_t step : {64, 32, 16, 8, 4, 2, 1}) {
        const auto [quotient, remainder] = divide(mantissa, power_of_ten(step));
        if (remainder.is_zero()) {
            mantissa = quotient;
            exponent = static_cast<std::uint8_t>(exponent + step);
        }
    }
    return {mantissa, exponent};
}

}  // namespace

Decimal to_decimal_parts(const Uint256& value) noexcept {
    if (value.is_zero()) return {};
    if ((value.low_u64() & 1) != 0) return {value, 0};
    if (!value.fits_u64()) return strip_large(value);
    std::uint64_t mantissa = value.low_u64();
    std::uint8_t exponent = 0;
    strip_small(mantissa, exponent);
    return {mantissa, exponent};
}

Result<Uint256> from_decimal_parts(const Decimal& decimal) noexcept {
    const auto& [mantissa, exponent] = decimal;
    if (exponent > kExponentMax) return Error::kBatchNonCanonical;
    if (mantissa.is_zero()) {
        if (exponent != 0) return Error::kBatchNonCanonical;
        return mantissa;
    }
    // 2^64 = 6 (mod 10), and so are its powers: the limbs above the lowest count six times each.
    const std::uint64_t last_digit =
        (mantissa.limbs[0] % 10 +
         6 * (mantissa.limbs[1] % 10 + mantissa.limbs[2] % 10 + mantissa.limbs[3] % 10)) %
        10;
    if (last_digit == 0) return Error::kBatchNonCanonical;
    const auto [value, overflow] = mul_checked(mantissa, power_of_ten(exponent));
    if (overflow) return Error::kBatchNonCanonical;
    return value;
}

}  // namespace troupe::chain::batch
