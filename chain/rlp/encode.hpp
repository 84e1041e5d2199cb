#pragma once

#include "chain/base/bytes.hpp"
#include "chain/base/uint256.hpp"

#include <initializer_list>

/// Recursive Length Prefix, Yellow Paper, Appendix B: writing.
namespace troupe::chain::rlp {

/// Bytes a string item takes, header included.
[[nodiscard]] std::size_t string_size(ByteView string) noexcept;
/// Bytes an integer item takes: big-endian without leading zeros, zero as the empty string.
[[nodiscard]] std::size_t integer_size(std::uint64_t value) noexcept;
[[nodiscard]] std::size_t integer_size(const Uint256& value) noexcept;
/// Bytes a list takes whose items take `payload` bytes.
[[nodiscard]] std::size_t list_size(std::size_t payload) noexcept;

/// Append one item to `out`.
void put_string(Bytes& out, ByteView string);
void put_integer(Bytes& out, std::uint64_t value);
void put_integer(Bytes& out, const Uint256& value);
/// Appends only the header of a list whose items take `payload` bytes; the items follow.
void put_list_header(Bytes& out, std::size_t payload);

/// Wraps already encoded items in a list.
[[nodiscard]] Bytes list_of(ByteView encoded_items);

}  // namespace troupe::chain::rlp
