#include "chain/base/uint256.hpp"

#include "chain/base/endian.hpp"
#include "chain/base/hex.hpp"

#include <algorithm>

namespace troupe::chain {
namespace {

/// Divides by one limb; the remainder fits the limb.
Uint256Division divide_by_limb(const Uint256& dividend, std::uint64_t divisor) noexcept {
    Uint256Division result;
    Uint128 rest = 0;
    for (int i = 3; i >= 0; --i) {
        rest = rest << 64 | dividend.limbs[i];
        result.quotient.limbs[i] = static_cast<std::uint64_t>(rest / divisor);
        rest %= divisor;
    }
    result.remainder = static_cast<std::uint64_t>(rest);
    return result;
}

int limb_count(const Uint256& value) noexcept {
    int count = 4;
    while (count > 0 && value.limbs[count - 1] == 0)
        --count;
    return count;
}

/// Shifts `count` limbs left by 0 to 63 bits and returns the bits that fall out.
std::uint64_t shift_left(
    std::uint64_t* to, const std::uint64_t* from, int count, int bits) noexcept {
    std::uint64_t carry = 0;
    for (int i = 0; i < count; ++i) {
        const Uint128 wide = static_cast<Uint128>(from[i]) << bits;
        to[i] = static_cast<std::uint64_t>(wide) | carry;
        carry = static_cast<std::uint64_t>(wide >> 64);
    }
    return carry;
}

/// Subtracts digit * divisor from the top of `rest`; whether that was too much.
bool subtract_multiple(
    std::uint64_t* rest, const std::uint64_t* divisor, int count, std::uint64_t digit) noexcept {
    std::uint64_t carry = 0;
    std::uint64_t borrow = 0;
    for (int i = 0; i <= count; ++i) {
        const Uint128 product = static_cast<Uint128>(digit) * (i < count ? divisor[i] : 0) + carry;
        carry = static_cast<std::uint64_t>(product >> 64);
        const Uint128 difference =
            static_cast<Uint128>(rest[i]) - static_cast<std::uint64_t>(product) - borrow;
        rest[i] = static_cast<std::uint64_t>(difference);
        borrow = static_cast<std::uint64_t>(difference >> 64) & 1;
    }
    return borrow != 0;
}

/// Adds the divisor back; whether a carry fell out, which ends the debt.
bool add_back(std::uint64_t* rest, const std::uint64_t* divisor, int count) noexcept {
    std::uint64_t carry = 0;
    for (int i = 0; i <= count; ++i) {
        const Uint128 sum = static_cast<Uint128>(rest[i]) + (i < count ? divisor[i] : 0) + carry;
        rest[i] = static_cast<std::uint64_t>(sum);
        carry = static_cast<std::uint64_t>(sum >> 64);
    }
    return carry != 0;
}

/// Step D3 of Algorithm D: at most two more than the quotient digit, and mostly the digit itself.
std::uint64_t estimate_digit(const std::uint64_t* top, const std::uint64_t* divisor_top) noexcept {
    const Uint128 high = static_cast<Uint128>(top[0]) << 64 | top[-1];
    // The quotient could need 65 bits in this case only; all ones is then within two of it.
    if (top[0] >= divisor_top[0]) return ~std::uint64_t{0};
    auto digit = static_cast<std::uint64_t>(high / divisor_top[0]);
    Uint128 left = high % divisor_top[0];
    while ((left >> 64) == 0 &&
           static_cast<Uint128>(digit) * divisor_top[-1] > (left << 64 | top[-2])) {
        --digit;
        left += divisor_top[0];
    }
    return digit;
}

}  // namespace

/// Knuth, The Art of Computer Programming, volume 2, 4.3.1, Algorithm D, with 64-bit digits.
Uint256Division divide(const Uint256& dividend, const Uint256& divisor) noexcept {
    if (divisor.is_zero()) return {};
    if (divisor.fits_u64()) return divide_by_limb(dividend, divisor.low_u64());
    if (dividend < divisor) return {{}, dividend};
    const int n = limb_count(divisor);
    const int m = limb_count(dividend);
    const int shift = __builtin_clzll(divisor.limbs[n - 1]);  // D1: the divisor's top bit is set
    std::uint64_t scaled[4];
    std::uint64_t rest[5];
    shift_left(scaled, divisor.limbs, n, shift);
    rest[m] = shift_left(rest, dividend.limbs, m, shift);
    Uint256Division result;
    for (int j = m - n; j >= 0; --j) {  // D2
        std::uint64_t digit = estimate_digit(rest + j + n, scaled + n - 1);
        bool owing = subtract_multiple(rest + j, scaled, n, digit);  // D4, D5
        while (owing) {                                              // D6: twice at most
            --digit;
            owing = !add_back(rest + j, scaled, n);
        }
        result.quotient.limbs[j] = digit;
    }
    for (int i = 0; i < n; ++i) {  // D8
        const std::uint64_t above = i + 1 < n ? rest[i + 1] : 0;
        result.remainder.limbs[i] =
            static_cast<std::uint64_t>((static_cast<Uint128>(above) << 64 | rest[i]) >> shift);
    }
    return result;
}

Uint256 uint256_from_be(ByteView bytes) noexcept {
    TROUPE_ASSERT(bytes.size() <= 32);
    std::uint8_t padded[32] = {};
    std::copy(bytes.begin(), bytes.end(), padded + 32 - bytes.size());
    return {
        load_be<std::uint64_t>(padded), load_be<std::uint64_t>(padded + 8),
        load_be<std::uint64_t>(padded + 16), load_be<std::uint64_t>(padded + 24)};
}

Hash32 to_be32(const Uint256& value) noexcept {
    Hash32 result;
    for (int i = 0; i < 4; ++i) {
        store_be(result.data() + 8 * i, value.limbs[3 - i]);
    }
    return result;
}

Result<Uint256> uint256_from_text(std::string_view text) {
    const bool hexadecimal = text.starts_with("0x") || text.starts_with("0X");
    if (hexadecimal) text.remove_prefix(2);
    if (text.empty()) return Error::kNumberInvalid;
    const Uint256 base = hexadecimal ? 16 : 10;
    Uint256 value;
    for (const char c : text) {
        std::uint64_t digit = 16;
        if (c >= '0' && c <= '9') digit = static_cast<std::uint64_t>(c - '0');
        if (c >= 'a' && c <= 'f') digit = static_cast<std::uint64_t>(c - 'a') + 10;
        if (c >= 'A' && c <= 'F') digit = static_cast<std::uint64_t>(c - 'A') + 10;
        if (digit >= base.low_u64()) return Error::kNumberInvalid;
        const auto scaled = mul_checked(value, base);
        const auto sum = add_checked(scaled.value, digit);
        if (scaled.overflow || sum.overflow) return Error::kNumberInvalid;
        value = sum.value;
    }
    return value;
}

std::string to_decimal(const Uint256& value) {
    if (value.is_zero()) return "0";
    std::string digits;
    for (Uint256 rest = value; !rest.is_zero();) {
        const auto step = divide_by_limb(rest, 10);
        digits.push_back(static_cast<char>('0' + step.remainder.low_u64()));
        rest = step.quotient;
    }
    std::reverse(digits.begin(), digits.end());
    return digits;
}

std::string to_hex_quantity(const Uint256& value) {
    std::string text = to_hex(to_be32(value));
    const auto first = text.find_first_not_of('0', 2);
    return first == std::string::npos ? "0x0" : "0x" + text.substr(first);
}

}  // namespace troupe::chain
