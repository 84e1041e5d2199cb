#pragma once

#include "chain/base/uint256.hpp"

#include <algorithm>
#include <cstdint>

/// Points of short Weierstrass curves in Jacobian coordinates.
namespace troupe::chain::crypto {

/// (x / z^2, y / z^3), infinity where z is zero, on y^2 = x^3 + a x + b with a = 0 or a = -3.
/// `Field` has the arithmetic operators, squared(), doubled(), is_zero() and one().
/// @spec Bernstein, Lange: the Explicit-Formulas Database, "Jacobian coordinates"; the formula
///       used is named at each operation
template <class Field, bool kAIsMinus3>
struct Jacobian {
    Field x;
    Field y;
    Field z;

    [[nodiscard]] static Jacobian of(const Field& x, const Field& y) noexcept {
        return {x, y, Field::one()};
    }
    [[nodiscard]] bool is_infinity() const noexcept { return z.is_zero(); }
    Jacobian operator-() const noexcept { return {x, -y, z}; }

    [[nodiscard]] Jacobian doubled() const noexcept {
        if constexpr (kAIsMinus3) {  // dbl-2001-b
            const Field delta = z.squared();
            const Field two_gamma = y.squared().doubled();
            const Field four_beta = (x * two_gamma).doubled();
            const Field third = (x - delta) * (x + delta);
            const Field alpha = third.doubled() + third;
            const Field x3 = alpha.squared() - four_beta.doubled();
            return {
                x3, alpha * (four_beta - x3) - two_gamma.squared().doubled(), (y * z).doubled()};
        } else {  // dbl-2009-l
            const Field a = x.squared();
            const Field b = y.squared();
            const Field c = b.squared();
            const Field d = ((x + b).squared() - a - c).doubled();
            const Field e = a.doubled() + a;
            const Field x3 = e.squared() - d.doubled();
            return {x3, e * (d - x3) - c.doubled().doubled().doubled(), (y * z).doubled()};
        }
    }

    /// Adds (x2, y2), a point that is not infinity. madd-2007-bl
    [[nodiscard]] Jacobian plus_affine(const Field& x2, const Field& y2) const noexcept {
        if (is_infinity()) return of(x2, y2);
        const Field zz = z.squared();
        const Field h = x2 * zz - x;
        const Field r = y2 * z * zz - y;
        if (h.is_zero()) return r.is_zero() ? doubled() : Jacobian{};
        const Field hh = h.squared();
        const Field hhh = h * hh;
        const Field v = x * hh;
        const Field x3 = r.squared() - hhh - v.doubled();
        return {x3, r * (v - x3) - y * hhh, z * h};
    }

    /// add-1998-cmo-2
    friend Jacobian operator+(const Jacobian& a, const Jacobian& b) noexcept {
        if (a.is_infinity()) return b;
        if (b.is_infinity()) return a;
        const Field zz1 = a.z.squared();
        const Field zz2 = b.z.squared();
        const Field u1 = a.x * zz2;
        const Field s1 = a.y * b.z * zz2;
        const Field h = b.x * zz1 - u1;
        const Field r = b.y * a.z * zz1 - s1;
        if (h.is_zero()) return r.is_zero() ? a.doubled() : Jacobian{};
        const Field hh = h.squared();
        const Field hhh = h * hh;
        const Field v = u1 * hh;
        const Field x3 = r.squared() - hhh - v.doubled();
        return {x3, r * (v - x3) - s1 * hhh, a.z * b.z * h};
    }
};

/// A scalar in signed odd digits: value = sum of digits[i] * 2^i, digits zero or odd and below
/// 2^(width-1) in size, at least width - 1 zeros between two others.
/// @spec Solinas: "Efficient Arithmetic on Koblitz Curves" (2000), width-w NAF
struct SignedDigits {
    static constexpr int kDigitsMax = 257;
    std::int8_t digits[kDigitsMax] = {};
    int count = 0;  ///< up to the highest digit that is not zero

    SignedDigits(Uint256 value, int width) noexcept {
        const std::uint64_t mask = (std::uint64_t{1} << width) - 1;
        std::uint64_t carry = 0;  // one is owed at bit i
        for (int i = 0; i < kDigitsMax && !(value.is_zero() && carry == 0);) {
            if (((value.limbs[0] ^ carry) & 1) == 0) {  // this bit, with what is owed, is even
                shift(value, 1);
                ++i;
                continue;
            }
            const auto low = static_cast<std::int64_t>((value.limbs[0] & mask) + carry);
            const bool negative = (low >> (width - 1)) != 0;
            digits[i] = static_cast<std::int8_t>(negative ? low - (std::int64_t{1} << width) : low);
            carry = negative ? 1 : 0;
            count = i + 1;
            shift(value, width);
            i += width;
        }
    }

  private:
    static void shift(Uint256& value, int bits) noexcept {
        for (int i = 0; i < 3; ++i) {
            value.limbs[i] = value.limbs[i] >> bits | value.limbs[i + 1] << (64 - bits);
        }
        value.limbs[3] >>= bits;
    }
};

}  // namespace troupe::chain::crypto
