#include "chain/base/hex.hpp"

#include <charconv>

namespace troupe::chain {
namespace {

constexpr char kDigits[] = "0123456789abcdef";

/// 0..15, or -1 for a character that is no hexadecimal digit.
constexpr int digit_value(char c) noexcept {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

constexpr bool has_prefix(std::string_view text) noexcept {
    return text.starts_with("0x") || text.starts_with("0X");
}

}  // namespace

std::string to_hex(ByteView bytes) {
    std::string text(2 + 2 * bytes.size(), '0');
    text[1] = 'x';
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        text[2 + 2 * i] = kDigits[bytes[i] >> 4];
        text[3 + 2 * i] = kDigits[bytes[i] & 15];
    }
    return text;
}

std::string to_hex_quantity(std::uint64_t value) {
    char buffer[18] = {'0', 'x'};
    const auto end = std::to_chars(buffer + 2, buffer + sizeof buffer, value, 16).ptr;
    return {buffer, end};
}

Result<Bytes> from_hex(std::string_view text) {
    if (has_prefix(text)) text.remove_prefix(2);
    if (text.size() % 2 != 0) return Error::kHexInvalid;
    Bytes bytes(text.size() / 2);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const int high = digit_value(text[2 * i]);
        const int low = digit_value(text[2 * i + 1]);
        if (high < 0 || low < 0) return Error::kHexInvalid;
        bytes[i] = static_cast<std::uint8_t>(high << 4 | low);
    }
    return bytes;
}

Result<std::uint64_t> u64_from_text(std::string_view text) {
    const int base = has_prefix(text) ? 16 : 10;
    if (base == 16) text.remove_prefix(2);
    std::uint64_t value = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (code != std::errc{} || end != text.data() + text.size()) return Error::kNumberInvalid;
    return value;
}

}  // namespace troupe::chain
