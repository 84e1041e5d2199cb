#pragma once

#include "chain/crypto/montgomery.hpp"

/// The fields of the curve bn254 (alt_bn128): Fp and its extensions up to Fp12, in which pairings
/// have their values. Portable C++.
///   Fp2 = Fp[i] / (i^2 + 1),  Fp6 = Fp2[v] / (v^3 - xi) with xi = 9 + i,  Fp12 = Fp6[w] / (w^2 -
///   v)
/// @spec EIP-197; Devegili, O hEigeartaigh, Scott, Dahab: "Multiplication and Squaring on
///       Pairing-Friendly Fields" (2006)
namespace troupe::chain::crypto::bn254 {

struct FpParameters {
    static constexpr Uint256 kModulus{
        0x30644e72e131a029, 0xb85045b68181585d, 0x97816a916871ca8d, 0x3c208c16d87cfd47};
};
using Fp = MontgomeryField<FpParameters>;

/// c0 + c1 i
struct Fp2 {
    Fp c0;
    Fp c1;

    static constexpr Fp2 one() noexcept { return {Fp::one(), Fp()}; }
    [[nodiscard]] constexpr bool is_zero() const noexcept { return c0.is_zero() && c1.is_zero(); }
    friend constexpr bool operator==(const Fp2&, const Fp2&) noexcept = default;

    friend constexpr Fp2 operator+(const Fp2& a, const Fp2& b) noexcept {
        return {a.c0 + b.c0, a.c1 + b.c1};
    }
    friend constexpr Fp2 operator-(const Fp2& a, const Fp2& b) noexcept {
        return {a.c0 - b.c0, a.c1 - b.c1};
    }
    constexpr Fp2 operator-() const noexcept { return {-c0, -c1}; }
    friend constexpr Fp2 operator*(const Fp2& a, const Fp2& b) noexcept {  // Karatsuba
        const Fp low = a.c0 * b.c0;
        const Fp high = a.c1 * b.c1;
        return {low - high, (a.c0 + a.c1) * (b.c0 + b.c1) - low - high};
    }
    friend constexpr Fp2 operator*(const Fp2& a, const Fp& b) noexcept {
        return {a.c0 * b, a.c1 * b};
    }
    [[nodiscard]] constexpr Fp2 squared() const noexcept {  // (c0 + c1)(c0 - c1), 2 c0 c1
        return {(c0 + c1) * (c0 - c1), (c0 * c1).doubled()};
    }
    [[nodiscard]] constexpr Fp2 doubled() const noexcept { return {c0.doubled(), c1.doubled()}; }
    [[nodiscard]] constexpr Fp2 tripled() const noexcept { return doubled() + *this; }
    /// The p-th power.
    [[nodiscard]] constexpr Fp2 conjugated() const noexcept { return {c0, -c1}; }
    /// (9 + i) * *this
    [[nodiscard]] constexpr Fp2 times_xi() const noexcept {
        const Fp2 eight = doubled().doubled().doubled();
        return {eight.c0 + c0 - c1, eight.c1 + c1 + c0};
    }
    [[nodiscard]] Fp2 inverted() const noexcept {
        const Fp norm = (c0.squared() + c1.squared()).inverted();
        return {c0 * norm, -(c1 * norm)};
    }
};

/// c0 + c1 v + c2 v^2
struct Fp6 {
    Fp2 c0;
    Fp2 c1;
    Fp2 c2;

    friend constexpr bool operator==(const Fp6&, const Fp6&) noexcept = default;
    friend constexpr Fp6 operator+(const Fp6& a, const Fp6& b) noexcept {
        return {a.c0 + b.c0, a.c1 + b.c1, a.c2 + b.c2};
    }
    friend constexpr Fp6 operator-(const Fp6& a, const Fp6& b) noexcept {
        return {a.c0 - b.c0, a.c1 - b.c1, a.c2 - b.c2};
    }
    constexpr Fp6 operator-() const noexcept { return {-c0, -c1, -c2}; }
    friend Fp6 operator*(const Fp6& a, const Fp6& b) noexcept {  // Karatsuba, 6 products
        const Fp2 t0 = a.c0 * b.c0;
        const Fp2 t1 = a.c1 * b.c1;
        const Fp2 t2 = a.c2 * b.c2;
        return {
            t0 + ((a.c1 + a.c2) * (b.c1 + b.c2) - t1 - t2).times_xi(),
            (a.c0 + a.c1) * (b.c0 + b.c1) - t0 - t1 + t2.times_xi(),
            (a.c0 + a.c2) * (b.c0 + b.c2) - t0 - t2 + t1};
    }
    /// Times b0 + b1 v: five products.
    [[nodiscard]] Fp6 times_sparse(const Fp2& b0, const Fp2& b1) const noexcept {
        const Fp2 t0 = c0 * b0;
        const Fp2 t1 = c1 * b1;
        return {t0 + (c2 * b1).times_xi(), (c0 + c1) * (b0 + b1) - t0 - t1, c2 * b0 + t1};
    }
    [[nodiscard]] Fp6 times(const Fp2& b) const noexcept { return {c0 * b, c1 * b, c2 * b}; }
    [[nodiscard]] constexpr Fp6 times_v() const noexcept { return {c2.times_xi(), c0, c1}; }
    [[nodiscard]] Fp6 inverted() const noexcept {
        const Fp2 t0 = c0.squared() - (c1 * c2).times_xi();
        const Fp2 t1 = c2.squared().times_xi() - c0 * c1;
        const Fp2 t2 = c1.squared() - c0 * c2;
        const Fp2 norm = (c0 * t0 + (c2 * t1 + c1 * t2).times_xi()).inverted();
        return {t0 * norm, t1 * norm, t2 * norm};
    }
};

/// c0 + c1 w
struct Fp12 {
    Fp6 c0;
    Fp6 c1;

    static constexpr Fp12 one() noexcept { return {{Fp2::one(), {}, {}}, {}}; }
    friend constexpr bool operator==(const Fp12&, const Fp12&) noexcept = default;

    friend Fp12 operator*(const Fp12& a, const Fp12& b) noexcept {
        const Fp6 low = a.c0 * b.c0;
        const Fp6 high = a.c1 * b.c1;
        return {low + high.times_v(), (a.c0 + a.c1) * (b.c0 + b.c1) - low - high};
    }
    [[nodiscard]] Fp12 squared() const noexcept {  // two products: "complex squaring"
        const Fp6 product = c0 * c1;
        return {(c0 + c1) * (c0 + c1.times_v()) - product - product.times_v(), product + product};
    }
    /// Times b0 + b3 w + b4 v w, which is what a line of the Miller loop is: 13 products.
    [[nodiscard]] Fp12 times_line(const Fp2& b0, const Fp2& b3, const Fp2& b4) const noexcept {
        const Fp6 low = c0.times(b0);
        const Fp6 high = c1.times_sparse(b3, b4);
        return {low + high.times_v(), (c0 + c1).times_sparse(b0 + b3, b4) - low - high};
    }
    /// The p^6-th power. Where the order divides p^6 + 1, as after the easy part of the final
    /// exponentiation, it is the inverse.
    [[nodiscard]] constexpr Fp12 conjugated() const noexcept { return {c0, -c1}; }
    [[nodiscard]] Fp12 inverted() const noexcept {
        const Fp6 norm = (c0 * c0 - (c1 * c1).times_v()).inverted();
        return {c0 * norm, -(c1 * norm)};
    }
    /// The square of an element of the cyclotomic subgroup (order dividing p^4 - p^2 + 1).
    /// @spec Granger, Scott: "Faster Squaring in the Cyclotomic Subgroup of Sixth Degree
    ///       Extensions" (2010)
    [[nodiscard]] Fp12 cyclotomic_squared() const noexcept;
    /// The p-th and the p^2-th power.
    [[nodiscard]] Fp12 frobenius() const noexcept;
    [[nodiscard]] Fp12 frobenius_squared() const noexcept;
};

/// xi^((p-1)/3) and xi^((p-1)/2): the p-th power on the curve becomes conjugation and these factors
/// of x and y on the twist.
extern const Fp2 kTwistFrobeniusX;
extern const Fp2 kTwistFrobeniusY;

}  // namespace troupe::chain::crypto::bn254
