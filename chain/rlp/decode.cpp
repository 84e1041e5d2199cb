#include "chain/rlp/decode.hpp"

namespace troupe::chain::rlp {
namespace {

struct Header {
    Kind kind;
    std::size_t header_bytes;
    std::size_t payload_bytes;
};

/// Reads a length that is written in `count` bytes after the first one.
Result<Header> long_header(ByteView input, Kind kind, std::size_t count) noexcept {
    if (input.size() < 1 + count) return Error::kRlpTruncated;
    if (input[1] == 0) return Error::kRlpNonCanonical;
    std::uint64_t length = 0;  // count <= 8, so this cannot overflow
    for (std::size_t i = 1; i <= count; ++i)
        length = length << 8 | input[i];
    if (length <= 55) return Error::kRlpNonCanonical;
    if (length > input.size() - 1 - count) return Error::kRlpTruncated;
    return Header{kind, 1 + count, static_cast<std::size_t>(length)};
}

Result<Header> read_header(ByteView input) noexcept {
    if (input.empty()) return Error::kRlpTruncated;
    const std::uint8_t first = input[0];
    if (first < 0x80) return Header{Kind::kString, 0, 1};
    if (first > 0xb7 && first < 0xc0) return long_header(input, Kind::kString, first - 0xb7u);
    if (first > 0xf7) return long_header(input, Kind::kList, first - 0xf7u);
    const bool is_list = first >= 0xc0;
    const std::size_t length = first - (is_list ? 0xc0u : 0x80u);
    if (length > input.size() - 1) return Error::kRlpTruncated;
    if (!is_list && length == 1 && input[1] < 0x80) return Error::kRlpNonCanonical;
    return Header{is_list ? Kind::kList : Kind::kString, 1, length};
}

}  // namespace

Result<Item> Reader::next() noexcept {
    TROUPE_TRY(header, read_header(rest_));
    const std::size_t whole = header.header_bytes + header.payload_bytes;
    const Item item{
        header.kind, rest_.subspan(header.header_bytes, header.payload_bytes), rest_.first(whole)};
    rest_ = rest_.subspan(whole);
    return item;
}

Result<ByteView> Reader::string() noexcept {
    const ByteView before = rest_;
    TROUPE_TRY(item, next());
    if (item.kind == Kind::kString) return item.payload;
    rest_ = before;
    return Error::kRlpUnexpectedKind;
}

Result<Reader> Reader::list() noexcept {
    const ByteView before = rest_;
    TROUPE_TRY(item, next());
    if (item.kind == Kind::kList) return Reader(item.payload);
    rest_ = before;
    return Error::kRlpUnexpectedKind;
}

Result<ByteView> Reader::integer(std::size_t bytes_max) noexcept {
    const ByteView before = rest_;
    TROUPE_TRY(bytes, string());
    if (bytes.size() <= bytes_max && (bytes.empty() || bytes[0] != 0)) return bytes;
    rest_ = before;
    return bytes[0] == 0 ? Error::kRlpLeadingZero : Error::kRlpIntegerTooLarge;
}

Result<std::uint64_t> Reader::u64() noexcept {
    TROUPE_TRY(bytes, integer(8));
    std::uint64_t value = 0;
    for (const std::uint8_t byte : bytes)
        value = value << 8 | byte;
    return value;
}

Result<Uint256> Reader::u256() noexcept {
    TROUPE_TRY(bytes, integer(32));
    return uint256_from_be(bytes);
}

Status Reader::finish() const noexcept {
    if (!rest_.empty()) return Error::kRlpTooManyItems;
    return {};
}

Result<Reader> read_single_list(ByteView input) noexcept {
    Reader outer(input);
    TROUPE_TRY(elements, outer.list());
    if (!outer.at_end()) return Error::kRlpTrailingBytes;
    return elements;
}

Status validate(ByteView input) {
    Reader outer(input);
    TROUPE_TRY(top, outer.next());
    if (!outer.at_end()) return Error::kRlpTrailingBytes;
    if (top.kind == Kind::kString) return {};
    std::vector<Reader> open{Reader(top.payload)};
    while (!open.empty()) {
        if (open.back().at_end()) {
            open.pop_back();
            continue;
        }
        TROUPE_TRY(item, open.back().next());
        if (item.kind == Kind::kString) continue;
        if (open.size() == kRlpDepthMax) return Error::kRlpTooDeep;
        open.emplace_back(item.payload);
    }
    return {};
}

}  // namespace troupe::chain::rlp
