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

}  // namespace

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
