#pragma once

#include "chain/base/bytes.hpp"
#include "chain/base/result.hpp"

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace troupe::chain {

__extension__ using Uint128 = unsigned __int128;

/// An unsigned 256-bit integer: four 64-bit limbs, least significant first. Arithmetic wraps modulo
/// 2^256 as the Yellow Paper's does; the checked forms say when it would have.
struct Uint256 {
    std::uint64_t limbs[4] = {0, 0, 0, 0};

    constexpr Uint256() noexcept = default;
    // Implicit on purpose: every 64-bit number is a 256-bit number.
    // NOLINTNEXTLINE(google-explicit-constructor)
    constexpr Uint256(std::uint64_t low) noexcept : limbs{low, 0, 0, 0} {}
    constexpr Uint256(
        std::uint64_t l3, std::uint64_t l2, std::uint64_t l1, std::uint64_t l0) noexcept
        : limbs{l0, l1, l2, l3} {}  ///< most significant first, as numbers are written

    [[nodiscard]] constexpr bool is_zero() const noexcept {
        return (limbs[0] | limbs[1] | limbs[2] | limbs[3]) == 0;
    }
    [[nodiscard]] constexpr bool fits_u64() const noexcept {
        return (limbs[1] | limbs[2] | limbs[3]) == 0;
    }
    [[nodiscard]] constexpr std::uint64_t low_u64() const noexcept { return limbs[0]; }
    /// Bytes without leading zeros: 0 for zero, 32 at most.
    [[nodiscard]] constexpr unsigned byte_count() const noexcept {
        for (int i = 3; i >= 0; --i) {
            if (limbs[i] != 0) {
                return static_cast<unsigned>(i) * 8 + 8 -
                       static_cast<unsigned>(__builtin_clzll(limbs[i])) / 8;
            }
        }
        return 0;
    }

    friend constexpr bool operator==(const Uint256& a, const Uint256& b) noexcept {
        return ((a.limbs[0] ^ b.limbs[0]) | (a.limbs[1] ^ b.limbs[1]) | (a.limbs[2] ^ b.limbs[2]) |
                (a.limbs[3] ^ b.limbs[3])) == 0;
    }
    [[gnu::always_inline]] friend constexpr std::strong_ordering operator<=>(
        const Uint256& a, const Uint256& b) noexcept {
        for (int i = 3; i > 0; --i) {
            if (a.limbs[i] != b.limbs[i]) return a.limbs[i] <=> b.limbs[i];
        }
        return a.limbs[0] <=> b.limbs[0];
    }
};

/// A sum, difference or product, and whether it left the 256 bits.
struct Uint256Checked {
    Uint256 value;
    bool overflow = false;
};

// These are inlined by force: called, they take four limbs through memory, which the caller has
// just written one by one and they read in pairs, and the processor waits for the store.
[[nodiscard, gnu::always_inline]] constexpr Uint256Checked add_checked(
    const Uint256& a, const Uint256& b) noexcept {
    Uint256Checked sum;
    Uint128 carry = 0;
    for (int i = 0; i < 4; ++i) {
        carry += static_cast<Uint128>(a.limbs[i]) + b.limbs[i];
        sum.value.limbs[i] = static_cast<std::uint64_t>(carry);
        carry >>= 64;
    }
    sum.overflow = carry != 0;
    return sum;
}

[[nodiscard, gnu::always_inline]] constexpr Uint256Checked sub_checked(
    const Uint256& a, const Uint256& b) noexcept {
    Uint256Checked difference;
    std::uint64_t borrow = 0;
    for (int i = 0; i < 4; ++i) {
        const Uint128 step = static_cast<Uint128>(a.limbs[i]) - b.limbs[i] - borrow;
        difference.value.limbs[i] = static_cast<std::uint64_t>(step);
        borrow = static_cast<std::uint64_t>(step >> 64) & 1;
    }
    difference.overflow = borrow != 0;
    return difference;
}

/// Schoolbook multiplication; `overflow` when the product needs more than 256 bits.
[[nodiscard]] constexpr Uint256Checked mul_checked(const Uint256& a, const Uint256& b) noexcept {
    if (a.fits_u64() && b.fits_u64()) {  // gas times price: most products
        const Uint128 product = static_cast<Uint128>(a.limbs[0]) * b.limbs[0];
        return {
            {0, 0, static_cast<std::uint64_t>(product >> 64), static_cast<std::uint64_t>(product)},
            false};
    }
    std::uint64_t product[8] = {};
    for (int i = 0; i < 4; ++i) {
        std::uint64_t carry = 0;
        for (int j = 0; j < 4; ++j) {
            const Uint128 step =
                static_cast<Uint128>(a.limbs[i]) * b.limbs[j] + product[i + j] + carry;
            product[i + j] = static_cast<std::uint64_t>(step);
            carry = static_cast<std::uint64_t>(step >> 64);
        }
        product[i + 4] = carry;
    }
    return {
        {product[3], product[2], product[1], product[0]},
        (product[4] | product[5] | product[6] | product[7]) != 0};
}

[[nodiscard, gnu::always_inline]] constexpr Uint256 operator+(
    const Uint256& a, const Uint256& b) noexcept {
    return add_checked(a, b).value;
}
[[nodiscard, gnu::always_inline]] constexpr Uint256 operator-(
    const Uint256& a, const Uint256& b) noexcept {
    return sub_checked(a, b).value;
}
[[nodiscard]] constexpr Uint256 operator*(const Uint256& a, const Uint256& b) noexcept {
    return mul_checked(a, b).value;
}
[[gnu::always_inline]] constexpr Uint256& operator+=(Uint256& a, const Uint256& b) noexcept {
    return a = a + b;
}
[[gnu::always_inline]] constexpr Uint256& operator-=(Uint256& a, const Uint256& b) noexcept {
    return a = a - b;
}

[[nodiscard]] constexpr Uint256 operator&(const Uint256& a, const Uint256& b) noexcept {
    return {
        a.limbs[3] & b.limbs[3], a.limbs[2] & b.limbs[2], a.limbs[1] & b.limbs[1],
        a.limbs[0] & b.limbs[0]};
}
[[nodiscard]] constexpr Uint256 operator|(const Uint256& a, const Uint256& b) noexcept {
    return {
        a.limbs[3] | b.limbs[3], a.limbs[2] | b.limbs[2], a.limbs[1] | b.limbs[1],
        a.limbs[0] | b.limbs[0]};
}
[[nodiscard]] constexpr Uint256 operator^(const Uint256& a, const Uint256& b) noexcept {
    return {
        a.limbs[3] ^ b.limbs[3], a.limbs[2] ^ b.limbs[2], a.limbs[1] ^ b.limbs[1],
        a.limbs[0] ^ b.limbs[0]};
}
[[nodiscard]] constexpr Uint256 operator~(const Uint256& a) noexcept {
    return {~a.limbs[3], ~a.limbs[2], ~a.limbs[1], ~a.limbs[0]};
}
/// Shifts by any number of bits: 256 and more give zero.
[[nodiscard]] constexpr Uint256 operator<<(const Uint256& a, std::uint64_t bits) noexcept {
    if (bits >= 256) return {};
    const unsigned limbs = static_cast<unsigned>(bits / 64);
    const unsigned rest = static_cast<unsigned>(bits % 64);
    Uint256 result;
    for (unsigned i = limbs; i < 4; ++i) {
        result.limbs[i] = a.limbs[i - limbs] << rest;
        // In two steps: a shift by 64 is not defined.
        if (i > limbs) result.limbs[i] |= a.limbs[i - limbs - 1] >> 1 >> (63 - rest);
    }
    return result;
}
[[nodiscard]] constexpr Uint256 operator>>(const Uint256& a, std::uint64_t bits) noexcept {
    if (bits >= 256) return {};
    const unsigned limbs = static_cast<unsigned>(bits / 64);
    const unsigned rest = static_cast<unsigned>(bits % 64);
    Uint256 result;
    for (unsigned i = 0; i + limbs < 4; ++i) {
        result.limbs[i] = a.limbs[i + limbs] >> rest;
        if (i + limbs < 3) result.limbs[i] |= a.limbs[i + limbs + 1] << 1 << (63 - rest);
    }
    return result;
}
/// Whether the number is negative when read as two's complement.
[[nodiscard]] constexpr bool is_negative(const Uint256& a) noexcept {
    return a.limbs[3] >> 63 != 0;
}
[[nodiscard]] constexpr Uint256 negate(const Uint256& a) noexcept {
    return sub_checked({}, a).value;
}
/// Two's complement: a < b.
[[nodiscard]] constexpr bool signed_less(const Uint256& a, const Uint256& b) noexcept {
    if (is_negative(a) != is_negative(b)) return is_negative(a);
    return sub_checked(a, b).overflow;
}
/// EIP-145: a shift to the right that keeps the sign.
[[nodiscard]] constexpr Uint256 shift_right_signed(const Uint256& a, std::uint64_t bits) noexcept {
    if (!is_negative(a)) return a >> bits;
    return ~(~a >> bits);
}

/// Quotient and remainder; both zero when the divisor is zero, as the EVM has it.
struct Uint256Division {
    Uint256 quotient;
    Uint256 remainder;
};
[[nodiscard]] Uint256Division divide(const Uint256& dividend, const Uint256& divisor) noexcept;
[[nodiscard]] inline Uint256 operator/(const Uint256& a, const Uint256& b) noexcept {
    return divide(a, b).quotient;
}
[[nodiscard]] inline Uint256 operator%(const Uint256& a, const Uint256& b) noexcept {
    return divide(a, b).remainder;
}

/// Two's complement, rounded towards zero; the remainder has the dividend's sign. Both zero when
/// the divisor is zero; -2^255 / -1 is -2^255. Yellow Paper, Appendix H: SDIV, SMOD.
[[nodiscard]] Uint256Division divide_signed(
    const Uint256& dividend, const Uint256& divisor) noexcept;
/// (a + b) mod m with the sum not cut to 256 bits; zero when m is zero.
[[nodiscard]] Uint256 add_mod(const Uint256& a, const Uint256& b, const Uint256& m) noexcept;
/// (a * b) mod m with the product not cut to 256 bits; zero when m is zero.
[[nodiscard]] Uint256 mul_mod(const Uint256& a, const Uint256& b, const Uint256& m) noexcept;
/// base ^ exponent mod 2^256; anything to the power of zero is one.
[[nodiscard]] Uint256 power(const Uint256& base, const Uint256& exponent) noexcept;
/// Continues the sign of the number that is `size` bytes long to the left; 32 bytes are all.
[[nodiscard]] Uint256 extend_sign(const Uint256& value, unsigned size) noexcept;

/// Reads up to 32 bytes, most significant first. The caller has checked the size.
[[nodiscard]] Uint256 uint256_from_be(ByteView bytes) noexcept;
/// 32 bytes, most significant first.
[[nodiscard]] Hash32 to_be32(const Uint256& value) noexcept;

/// Reads a decimal number, or a hexadecimal one with 0x in front.
/// @error kNumberInvalid: empty, another character, or beyond 256 bits
[[nodiscard]] Result<Uint256> uint256_from_text(std::string_view text);
[[nodiscard]] std::string to_decimal(const Uint256& value);
/// JSON-RPC quantity: 0x without leading zeros.
[[nodiscard]] std::string to_hex_quantity(const Uint256& value);

}  // namespace troupe::chain
