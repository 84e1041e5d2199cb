#pragma once

#include "chain/base/uint256.hpp"
#include "chain/crypto/limbs.hpp"
#include "chain/crypto/modular_inverse.hpp"
#include "chain/crypto/montgomery_adx.hpp"

#include <type_traits>

/// Arithmetic modulo a fixed prime of up to 256 bits.
namespace troupe::chain::crypto {

/// An element of the integers modulo `Parameters::kModulus`, an odd prime, in Montgomery's form:
/// the limbs hold value * 2^256 mod p, below p. All of bn254 and P-256 is made of it. Portable C++,
/// and x86-64 instructions beside it where they are much faster (limbs.hpp, montgomery_adx.hpp).
/// @spec Montgomery: "Modular Multiplication Without Trial Division" (1985); Koc, Acar, Kaliski:
///       "Analyzing and Comparing Montgomery Multiplication Algorithms" (1996), CIOS
/// @note Not constant time: every input is public. A prime of a special form brings its own product
///       as Parameters::multiply_adx, which runs only where kHasAdx.
template <class Parameters>
class MontgomeryField {
  public:
    static constexpr Uint256 kModulus = Parameters::kModulus;

    constexpr MontgomeryField() noexcept = default;  ///< zero
    /// @param value  below the modulus
    explicit constexpr MontgomeryField(const Uint256& value) noexcept
        : limbs_(multiply(value, kRSquared)) {}

    /// The element whose limbs these are, below the modulus: limbs / 2^256. Computations that take
    /// a factor 2^256 too much and one too little save both conversions.
    [[nodiscard]] static constexpr MontgomeryField from_limbs(const Uint256& limbs) noexcept {
        return {Limbs{}, [&] { return limbs; }};
    }
    [[nodiscard]] constexpr const Uint256& limbs() const noexcept { return limbs_; }

    [[nodiscard]] static constexpr MontgomeryField one() noexcept {
        return {Limbs{}, [] { return kR; }};
    }
    [[nodiscard]] constexpr Uint256 value() const noexcept { return multiply(limbs_, Uint256(1)); }
    [[nodiscard]] constexpr bool is_zero() const noexcept { return limbs_.is_zero(); }
    friend constexpr bool operator==(const MontgomeryField&, const MontgomeryField&) noexcept =
        default;

    friend constexpr MontgomeryField operator+(
        const MontgomeryField& a, const MontgomeryField& b) noexcept {
        return {Limbs{}, [&] {
                    return std::is_constant_evaluated()
                               ? limbs::add_portable(a.limbs_, b.limbs_, kModulus)
                               : limbs::add_fast(a.limbs_, b.limbs_, kModulus);
                }};
    }
    friend constexpr MontgomeryField operator-(
        const MontgomeryField& a, const MontgomeryField& b) noexcept {
        return {Limbs{}, [&] {
                    return std::is_constant_evaluated()
                               ? limbs::subtract_portable(a.limbs_, b.limbs_, kModulus)
                               : limbs::subtract_fast(a.limbs_, b.limbs_, kModulus);
                }};
    }
    friend constexpr MontgomeryField operator*(
        const MontgomeryField& a, const MontgomeryField& b) noexcept {
        return {Limbs{}, [&] { return multiply(a.limbs_, b.limbs_); }};
    }
    /// a * b by what every machine has: the portable form of operator*, for its tests.
    [[nodiscard]] static constexpr MontgomeryField portable_product(
        const MontgomeryField& a, const MontgomeryField& b) noexcept {
        return {Limbs{}, [&] { return multiply_portable(a.limbs_, b.limbs_); }};
    }
    constexpr MontgomeryField operator-() const noexcept { return MontgomeryField() - *this; }
    [[nodiscard]] constexpr MontgomeryField squared() const noexcept { return *this * *this; }
    [[nodiscard]] constexpr MontgomeryField doubled() const noexcept { return *this + *this; }

    /// 1 / *this; the inverse of 0 is 0.
    [[nodiscard]] MontgomeryField inverted() const noexcept {
        constexpr ModularInverse kInverse(kModulus);
        // 1 / (a R), times R^3 in Montgomery's way, is R / a.
        return {Limbs{}, [&] { return multiply(kInverse(limbs_), kRCubed); }};
    }

  private:
    struct Limbs {};
    /// The element whose limbs `make` returns, which are born in place: copied, they would pass
    /// through vector registers, and a load of 16 bytes waits for two stores of 8.
    template <class Make>
    constexpr MontgomeryField(Limbs, const Make& make) noexcept : limbs_(make()) {}

    static constexpr Uint256 multiply(const Uint256& a, const Uint256& b) noexcept {
        if (!std::is_constant_evaluated() && kHasAdx) {
            if constexpr (requires { Parameters::multiply_adx(a, b); }) {
                return Parameters::multiply_adx(a, b);
            } else if constexpr (kHasSlack) {
                return montgomery_multiply_adx(a, b, kModulus, kNegatedInverse);
            }
        }
        return multiply_portable(a, b);
    }

    /// a * b / 2^256 mod p: one limb of b at a time, and each time as much of p as clears the
    /// lowest limb.
    static constexpr Uint256 multiply_portable(const Uint256& a, const Uint256& b) noexcept {
        std::uint64_t t[5] = {};
        bool top = false;  // the sixth limb: a bit, and only where p has all 256 bits
#pragma GCC unroll 4
        for (int i = 0; i < 4; ++i) {
            Uint128 step = 0;
#pragma GCC unroll 4
            for (int j = 0; j < 4; ++j) {
                step += static_cast<Uint128>(a.limbs[j]) * b.limbs[i] + t[j];
                t[j] = static_cast<std::uint64_t>(step);
                step >>= 64;
            }
            if constexpr (kHasSlack) {
                t[4] = static_cast<std::uint64_t>(step);
            } else {
                step += t[4];
                t[4] = static_cast<std::uint64_t>(step);
                top = (step >> 64) != 0;
            }
            const std::uint64_t m = t[0] * kNegatedInverse;
            step = (static_cast<Uint128>(m) * kModulus.limbs[0] + t[0]) >> 64;
#pragma GCC unroll 4
            for (int j = 1; j < 4; ++j) {
                step += static_cast<Uint128>(m) * kModulus.limbs[j] + t[j];
                t[j - 1] = static_cast<std::uint64_t>(step);
                step >>= 64;
            }
            step += t[4];
            t[3] = static_cast<std::uint64_t>(step);
            t[4] = static_cast<std::uint64_t>(step >> 64) + (top ? 1 : 0);
        }
        const Uint256 sum{t[3], t[2], t[1], t[0]};
        return std::is_constant_evaluated() ? limbs::reduced_portable(sum, t[4] != 0, kModulus)
                                            : limbs::reduced_fast(sum, t[4], kModulus);
    }

    /// The highest bit of p is clear: then no sum of the multiplication needs a sixth limb, and
    /// the fifth is empty after each reduction (t < 2 p < 2^256).
    static constexpr bool kHasSlack = (kModulus.limbs[3] >> 63) == 0;

    /// -1 / p modulo 2^64, by Newton's iteration.
    static constexpr std::uint64_t kNegatedInverse = [] {
        std::uint64_t inverse = 1;
        for (int i = 0; i < 6; ++i)
            inverse *= 2 - kModulus.limbs[0] * inverse;
        return -inverse;
    }();

    /// 2^bits modulo p.
    static constexpr Uint256 power_of_two(int bits) noexcept {
        Uint256 power(1);
        for (int i = 0; i < bits; ++i) {
            power = limbs::add_portable(power, power, kModulus);
        }
        return power;
    }
    static constexpr Uint256 kR = power_of_two(256);
    static constexpr Uint256 kRSquared = power_of_two(512);
    static constexpr Uint256 kRCubed = power_of_two(768);

    Uint256 limbs_;
};

}  // namespace troupe::chain::crypto
