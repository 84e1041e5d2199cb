#include "chain/base/uint256.hpp"

/// Division by multiplication with a reciprocal: Möller and Granlund, "Improved Division by
/// Invariant Integers" (IEEE Transactions on Computers, 2011), inside Knuth's Algorithm D (The Art
/// of Computer Programming, volume 2, 4.3.1). Names of the digits as in the paper.
namespace troupe::chain {
namespace {

using U64 = std::uint64_t;

constexpr U64 low(Uint128 value) noexcept {
    return static_cast<U64>(value);
}
constexpr U64 high(Uint128 value) noexcept {
    return static_cast<U64>(value >> 64);
}
constexpr Uint128 join(U64 top, U64 bottom) noexcept {
    return static_cast<Uint128>(top) << 64 | bottom;
}

/// floor((2^128 - 1) / d) - 2^64 for a d with its top bit set.
U64 reciprocal_2by1(U64 d) noexcept {
#if defined(__x86_64__)
    // One instruction; the compiler would call a function, as it can't know that the result fits.
    U64 quotient;
    U64 remainder;
    __asm__("divq %4" : "=a"(quotient), "=d"(remainder) : "0"(~U64{0}), "1"(~d), "r"(d) : "cc");
    return quotient;
#else
    return low(join(~d, ~U64{0}) / d);
#endif
}

/// The same for a divisor of two limbs. Algorithm 6 of the paper.
U64 reciprocal_3by2(U64 d1, U64 d0) noexcept {
    U64 v = reciprocal_2by1(d1);
    U64 p = d1 * v + d0;
    if (p < d0) {
        --v;
        if (p >= d1) {
            --v;
            p -= d1;
        }
        p -= d1;
    }
    const Uint128 t = static_cast<Uint128>(v) * d0;
    p += high(t);
    if (p < high(t)) {
        --v;
        if (p > d1 || (p == d1 && low(t) >= d0)) --v;
    }
    return v;
}

struct Digit {
    U64 quotient;
    U64 remainder;
};

/// Algorithm 4. @pre u1 < d
inline Digit divide_2by1(U64 u1, U64 u0, U64 d, U64 v) noexcept {
    const Uint128 q = static_cast<Uint128>(v) * u1 + join(u1, u0);
    U64 q1 = high(q) + 1;
    U64 r = u0 - q1 * d;
    if (r > low(q)) {
        --q1;
        r += d;
    }
    if (r >= d) [[unlikely]] {
        ++q1;
        r -= d;
    }
    return {q1, r};
}

struct WideDigit {
    U64 quotient;
    Uint128 remainder;
};

/// Algorithm 5. @pre (u2, u1) < d
inline WideDigit divide_3by2(U64 u2, U64 u1, U64 u0, Uint128 d, U64 v) noexcept {
    const Uint128 q = static_cast<Uint128>(v) * u2 + join(u2, u1);
    const U64 r1 = u1 - high(q) * high(d);
    Uint128 r = join(r1, u0) - static_cast<Uint128>(high(q)) * low(d) - d;
    U64 q1 = high(q) + 1;
    if (high(r) >= low(q)) {
        --q1;
        r += d;
    }
    if (r >= d) [[unlikely]] {
        ++q1;
        r -= d;
    }
    return {q1, r};
}

inline int limb_count(const U64* limbs, int count) noexcept {
    while (count > 0 && limbs[count - 1] == 0)
        --count;
    return count;
}

/// rest[0..count) -= digit * divisor[0..count); what must be taken from the limb above.
inline U64 subtract_multiple(U64* rest, const U64* divisor, int count, U64 digit) noexcept {
    U64 carry = 0;
    for (int i = 0; i < count; ++i) {
        const Uint128 product = static_cast<Uint128>(digit) * divisor[i] + carry;
        const U64 before = rest[i];
        rest[i] = before - low(product);
        carry = high(product) + (before < low(product) ? 1 : 0);
    }
    return carry;
}

/// rest[0..count) += divisor[0..count); the carry.
inline U64 add_back(U64* rest, const U64* divisor, int count) noexcept {
    U64 carry = 0;
    for (int i = 0; i < count; ++i) {
        const Uint128 sum = static_cast<Uint128>(rest[i]) + divisor[i] + carry;
        rest[i] = low(sum);
        carry = high(sum);
    }
    return carry;
}

/// to[0..count) = from << bits, and the limb that falls out above. @pre bits < 64
inline void shift_left(U64* to, const U64* from, int count, unsigned bits) noexcept {
    U64 carry = 0;
    for (int i = 0; i < count; ++i) {
        to[i] = from[i] << bits | carry;
        carry = from[i] >> 1 >> (63 - bits);
    }
    to[count] = carry;
}

/// Divides `rest` [m + 1 limbs, normalised] by `divisor` [n limbs, top bit set]; what is left in
/// the n lower limbs of `rest` is the remainder. @pre n >= 2, m >= n
/// @param quotient  m - n + 1 limbs, or null
inline void divide_limbs(U64* rest, int m, const U64* divisor, int n, U64* quotient) noexcept {
    const U64 d1 = divisor[n - 1];
    const U64 d0 = divisor[n - 2];
    const Uint128 d = join(d1, d0);
    const U64 v = reciprocal_3by2(d1, d0);
    for (int j = m - n; j >= 0; --j) {
        const U64 u2 = rest[j + n];
        const U64 u1 = rest[j + n - 1];
        U64 digit;
        if (join(u2, u1) == d) [[unlikely]] {
            // The estimate would not fit; all ones is exact here, because what is below the two
            // top limbs of the divisor times 2^64 is less than the divisor.
            digit = ~U64{0};
            rest[j + n] -= subtract_multiple(rest + j, divisor, n, digit);
        } else {
            const WideDigit top = divide_3by2(u2, u1, rest[j + n - 2], d, v);
            digit = top.quotient;
            const U64 owed = subtract_multiple(rest + j, divisor, n - 2, digit);
            const Uint128 left = top.remainder - owed;
            rest[j + n - 2] = low(left);
            rest[j + n - 1] = high(left);
            rest[j + n] = 0;
            if (top.remainder < owed) [[unlikely]] {
                --digit;
                add_back(rest + j, divisor, n);
            }
        }
        if (quotient != nullptr) quotient[j] = digit;
    }
}

/// Remainder of `wide` [count limbs, at most 8] by `m`.
Uint256 remainder_of(const U64* wide, int count, const Uint256& m) noexcept {
    count = limb_count(wide, count);
    const int n = limb_count(m.limbs, 4);
    if (n == 0) return {};
    const unsigned bits = static_cast<unsigned>(__builtin_clzll(m.limbs[n - 1]));
    U64 rest[9];
    if (n == 1) {
        const U64 d = m.limbs[0] << bits;
        const U64 v = reciprocal_2by1(d);
        shift_left(rest, wide, count, bits);
        U64 r = rest[count];
        for (int i = count - 1; i >= 0; --i)
            r = divide_2by1(r, rest[i], d, v).remainder;
        return r >> bits;
    }
    Uint256 result;
    if (count < n) {
        for (int i = 0; i < count; ++i)
            result.limbs[i] = wide[i];
        return result;
    }
    U64 divisor[5];
    shift_left(divisor, m.limbs, n, bits);
    shift_left(rest, wide, count, bits);
    divide_limbs(rest, count, divisor, n, nullptr);
    for (int i = 0; i < n; ++i)
        result.limbs[i] = rest[i] >> bits | (i + 1 < n ? rest[i + 1] << 1 << (63 - bits) : 0);
    return result;
}

}  // namespace

Uint256Division divide(const Uint256& dividend, const Uint256& divisor) noexcept {
    Uint256Division result;
    const int n = limb_count(divisor.limbs, 4);
    if (n == 0) return result;
    if (dividend < divisor) {
        result.remainder = dividend;
        return result;
    }
    const int m = limb_count(dividend.limbs, 4);
    if (m == 1) {
        result.quotient.limbs[0] = dividend.limbs[0] / divisor.limbs[0];
        result.remainder.limbs[0] = dividend.limbs[0] % divisor.limbs[0];
        return result;
    }
    const unsigned bits = static_cast<unsigned>(__builtin_clzll(divisor.limbs[n - 1]));
    U64 rest[5];
    shift_left(rest, dividend.limbs, m, bits);
    if (n == 1) {
        const U64 d = divisor.limbs[0] << bits;
        const U64 v = reciprocal_2by1(d);
        U64 r = rest[m];
        for (int i = m - 1; i >= 0; --i) {
            const Digit digit = divide_2by1(r, rest[i], d, v);
            result.quotient.limbs[i] = digit.quotient;
            r = digit.remainder;
        }
        result.remainder.limbs[0] = r >> bits;
        return result;
    }
    U64 scaled[5];
    shift_left(scaled, divisor.limbs, n, bits);
    divide_limbs(rest, m, scaled, n, result.quotient.limbs);
    for (int i = 0; i < n; ++i)
        result.remainder.limbs[i] =
            rest[i] >> bits | (i + 1 < n ? rest[i + 1] << 1 << (63 - bits) : 0);
    return result;
}

Uint256Division divide_signed(const Uint256& dividend, const Uint256& divisor) noexcept {
    const bool dividend_negative = is_negative(dividend);
    const bool divisor_negative = is_negative(divisor);
    Uint256Division result = divide(
        dividend_negative ? negate(dividend) : dividend,
        divisor_negative ? negate(divisor) : divisor);
    if (dividend_negative != divisor_negative) result.quotient = negate(result.quotient);
    if (dividend_negative) result.remainder = negate(result.remainder);
    return result;
}

Uint256 add_mod(const Uint256& a, const Uint256& b, const Uint256& m) noexcept {
    // Numbers below a modulus of four limbs: field elements, nearly always.
    if (m.limbs[3] != 0 && a < m && b < m) {
        const Uint256Checked sum = add_checked(a, b);
        const Uint256Checked less = sub_checked(sum.value, m);
        return sum.overflow || !less.overflow ? less.value : sum.value;
    }
    const Uint256Checked sum = add_checked(a, b);
    const U64 wide[5] = {
        sum.value.limbs[0], sum.value.limbs[1], sum.value.limbs[2], sum.value.limbs[3],
        sum.overflow ? U64{1} : 0};
    return remainder_of(wide, 5, m);
}

Uint256 mul_mod(const Uint256& a, const Uint256& b, const Uint256& m) noexcept {
    U64 wide[8];
    U64 carry = 0;
    for (int j = 0; j < 4; ++j) {
        const Uint128 step = static_cast<Uint128>(a.limbs[0]) * b.limbs[j] + carry;
        wide[j] = low(step);
        carry = high(step);
    }
    wide[4] = carry;
    for (int i = 1; i < 4; ++i) {
        carry = 0;
        for (int j = 0; j < 4; ++j) {
            const Uint128 step =
                static_cast<Uint128>(a.limbs[i]) * b.limbs[j] + wide[i + j] + carry;
            wide[i + j] = low(step);
            carry = high(step);
        }
        wide[i + 4] = carry;
    }
    return remainder_of(wide, 8, m);
}

Uint256 power(const Uint256& base, const Uint256& exponent) noexcept {
    Uint256 result{1};
    Uint256 square = base;
    if (base == Uint256{2}) return exponent.fits_u64() ? result << exponent.limbs[0] : Uint256{};
    const int count = limb_count(exponent.limbs, 4);
    for (int i = 0; i < count; ++i) {
        U64 bits = exponent.limbs[i];
        const int steps =
            i + 1 < count ? 64 : 64 - __builtin_clzll(bits);  // the top limb is not zero
        for (int step = 0; step < steps; ++step, bits >>= 1) {
            if ((bits & 1) != 0) result = result * square;
            square = square * square;
        }
    }
    return result;
}

Uint256 extend_sign(const Uint256& value, unsigned size) noexcept {
    if (size >= 32) return value;
    const unsigned bits = 256 - 8 * size;
    return shift_right_signed(value << bits, bits);
}

}  // namespace troupe::chain
