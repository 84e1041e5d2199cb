#pragma once

#include "chain/base/bytes.hpp"
#include "chain/base/endian.hpp"

/// RLP into memory that the caller has sized: for code that encodes millions of small items. Each
/// function returns the byte after what it wrote.
namespace troupe::chain::rlp {

inline constexpr std::size_t kHeaderBytesMax = 9;    ///< one byte, then a length of up to eight
inline constexpr std::size_t kShortPayloadMax = 55;  ///< longer ones carry their length's length

/// Bytes of a big-endian integer without leading zeros; none for zero.
[[nodiscard]] constexpr std::size_t byte_count(std::uint64_t value) noexcept {
    return value == 0 ? 0 : 8 - static_cast<std::size_t>(__builtin_clzll(value)) / 8;
}

/// Bytes of the header of a string or list of `payload` bytes.
[[nodiscard]] constexpr std::size_t header_size(std::size_t payload) noexcept {
    return payload <= kShortPayloadMax ? 1 : 1 + byte_count(payload);
}

/// @param offset  0x80 for strings, 0xc0 for lists
inline std::uint8_t* write_header(
    std::uint8_t* out, std::uint8_t offset, std::size_t payload) noexcept {
    if (payload <= kShortPayloadMax) {
        *out = static_cast<std::uint8_t>(offset + payload);
        return out + 1;
    }
    const std::size_t count = byte_count(payload);
    *out++ = static_cast<std::uint8_t>(offset + kShortPayloadMax + count);
    for (std::size_t i = count; i-- > 0;)
        *out++ = static_cast<std::uint8_t>(payload >> 8 * i);
    return out;
}

/// The header of a list whose items take `payload` bytes.
inline std::uint8_t* write_list_header(std::uint8_t* out, std::size_t payload) noexcept {
    return write_header(out, 0xc0, payload);
}

/// Bytes without any header.
inline std::uint8_t* write_raw(std::uint8_t* out, ByteView bytes) noexcept {
    if (!bytes.empty()) std::memcpy(out, bytes.data(), bytes.size());
    return out + bytes.size();
}

inline std::uint8_t* write_string(std::uint8_t* out, ByteView string) noexcept {
    if (string.size() != 1 || string[0] >= 0x80) out = write_header(out, 0x80, string.size());
    return write_raw(out, string);
}

}  // namespace troupe::chain::rlp
