#include "chain/rlp/encode.hpp"

#include "chain/rlp/write.hpp"

namespace troupe::chain::rlp {
namespace {

/// `offset` is 0x80 for strings and 0xc0 for lists.
void put_header(Bytes& out, std::uint8_t offset, std::size_t payload) {
    std::uint8_t header[kHeaderBytesMax];
    const std::uint8_t* const end = write_header(header, offset, payload);
    append(out, ByteView(header, static_cast<std::size_t>(end - header)));
}

}  // namespace

std::size_t string_size(ByteView string) noexcept {
    if (string.size() == 1 && string[0] < 0x80) return 1;
    return header_size(string.size()) + string.size();
}

std::size_t integer_size(std::uint64_t value) noexcept {
    return value < 0x80 ? 1 : 1 + byte_count(value);
}

std::size_t integer_size(const Uint256& value) noexcept {
    return value < 0x80 ? 1 : 1 + value.byte_count();
}

std::size_t list_size(std::size_t payload) noexcept {
    return header_size(payload) + payload;
}

void put_string(Bytes& out, ByteView string) {
    if (string.size() != 1 || string[0] >= 0x80) put_header(out, 0x80, string.size());
    append(out, string);
}

void put_integer(Bytes& out, std::uint64_t value) {
    std::uint8_t buffer[8];
    store_be(buffer, value);
    const std::size_t count = byte_count(value);
    put_string(out, ByteView(buffer + 8 - count, count));
}

void put_integer(Bytes& out, const Uint256& value) {
    const Hash32 buffer = to_be32(value);
    put_string(out, buffer.view().last(value.byte_count()));
}

void put_list_header(Bytes& out, std::size_t payload) {
    put_header(out, 0xc0, payload);
}

Bytes list_of(ByteView encoded_items) {
    Bytes out;
    out.reserve(list_size(encoded_items.size()));
    put_list_header(out, encoded_items.size());
    append(out, encoded_items);
    return out;
}

}  // namespace troupe::chain::rlp
