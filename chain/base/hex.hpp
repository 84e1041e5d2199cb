#pragma once

#include "chain/base/bytes.hpp"
#include "chain/base/result.hpp"

#include <string>
#include <string_view>

namespace troupe::chain {

/// Lower-case hexadecimal with 0x in front: two digits a byte, "0x" for no bytes.
[[nodiscard]] std::string to_hex(ByteView bytes);

/// The shortest 0x-number without leading zeros, as JSON-RPC quantities are written: 0 is "0x0".
[[nodiscard]] std::string to_hex_quantity(std::uint64_t value);

/// Reads an even number of hexadecimal digits of either case, 0x in front or not.
/// @error kHexInvalid: an odd number of digits, or a character that is none
[[nodiscard]] Result<Bytes> from_hex(std::string_view text);

/// Reads exactly the bytes of `Fixed` (Address, Hash32, ...).
/// @error kHexInvalid as from_hex; kHexWrongSize: another number of bytes
template <class Fixed>
[[nodiscard]] Result<Fixed> fixed_from_hex(std::string_view text) {
    TROUPE_TRY(bytes, from_hex(text));
    if (bytes.size() != Fixed::kSize) return Error::kHexWrongSize;
    return Fixed::from(bytes);
}

/// Reads a JSON-RPC quantity or a decimal number that fits 64 bits.
/// @error kNumberInvalid
[[nodiscard]] Result<std::uint64_t> u64_from_text(std::string_view text);

}  // namespace troupe::chain
