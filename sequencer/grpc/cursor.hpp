#pragma once

#include "chain/base/bytes.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace troupe::node {

/// Which stream a cursor belongs to.
enum class CursorKind : std::uint8_t {
    kBlocks = 1,
    kAccount = 2,
    kTransaction = 3
};

/// What a resumed stream continues with. 19 bytes on the wire: version 1, kind, 4 bytes of the
/// genesis hash, position, part (both big-endian), and a checksum byte. Clients treat it as opaque.
struct Cursor {
    CursorKind kind = CursorKind::kBlocks;
    std::uint64_t position = 0;  ///< blocks, account: next block; transaction: last stage told
    std::uint32_t part = 0;      ///< blocks: next transaction index within that block
    friend bool operator==(const Cursor&, const Cursor&) noexcept = default;
};

[[nodiscard]] std::string encode_cursor(const Cursor& cursor, const chain::Hash32& genesis_hash);

/// Empty for bytes that encode_cursor with this kind and chain never made.
[[nodiscard]] std::optional<Cursor> decode_cursor(
    std::string_view bytes, CursorKind kind, const chain::Hash32& genesis_hash);

}  // namespace troupe::node
