#include "sequencer/grpc/cursor.hpp"

#include "chain/base/endian.hpp"

namespace troupe::node {

namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kChainBytes = 4;
constexpr std::size_t kCursorBytes = 1 + 1 + kChainBytes + 8 + 4 + 1;

// Tells damage and typing errors from old cursors; nothing here is secret.
std::uint8_t checksum(chain::ByteView bytes) noexcept {
    std::uint8_t sum = 0x5a;
    for (const std::uint8_t byte : bytes)
        sum = static_cast<std::uint8_t>(sum * 31 + byte);
    return sum;
}

}  // namespace

std::string encode_cursor(const Cursor& cursor, const chain::Hash32& genesis_hash) {
    chain::Bytes out;
    out.reserve(kCursorBytes);
    out.push_back(kVersion);
    out.push_back(static_cast<std::uint8_t>(cursor.kind));
    chain::append(out, genesis_hash.view().first(kChainBytes));
    chain::append_be(out, cursor.position);
    chain::append_be(out, cursor.part);
    out.push_back(checksum(out));
    return {out.begin(), out.end()};
}

std::optional<Cursor> decode_cursor(
    std::string_view bytes, CursorKind kind, const chain::Hash32& genesis_hash) {
    if (bytes.size() != kCursorBytes) return std::nullopt;
    const chain::Bytes in(bytes.begin(), bytes.end());
    const chain::ByteView view = in;
    if (in.back() != checksum(view.first(kCursorBytes - 1))) return std::nullopt;
    if (in[0] != kVersion || in[1] != static_cast<std::uint8_t>(kind)) return std::nullopt;
    if (!chain::equal(view.subspan(2, kChainBytes), genesis_hash.view().first(kChainBytes)))
        return std::nullopt;
    Cursor cursor;
    cursor.kind = kind;
    cursor.position = chain::load_be<std::uint64_t>(&in[2 + kChainBytes]);
    cursor.part = chain::load_be<std::uint32_t>(&in[10 + kChainBytes]);
    return cursor;
}

}  // namespace troupe::node
