#include "chain/trie/node_codec.hpp"

#include "chain/base/assert.hpp"
#include "chain/crypto/keccak.hpp"
#include "chain/rlp/encode.hpp"

namespace troupe::chain::trie {
namespace {

Bytes hex_prefix(ByteView path, bool is_leaf) {
    Bytes out(hex_prefix_size(path.size()));
    write_hex_prefix(out.data(), path, is_leaf);
    return out;
}

}  // namespace

Bytes nibbles_of(ByteView key, std::size_t first, std::size_t last) {
    Bytes out;
    out.reserve(last - first);
    for (std::size_t i = first; i < last; ++i)
        out.push_back(nibble_at(key.data(), i));
    return out;
}

Bytes nibbles_of(ByteView key) {
    return nibbles_of(key, 0, 2 * key.size());
}

Bytes key_of(ByteView nibbles) {
    TROUPE_ASSERT(nibbles.size() % 2 == 0);
    Bytes out;
    out.reserve(nibbles.size() / 2);
    for (std::size_t i = 0; i < nibbles.size(); i += 2) {
        out.push_back(static_cast<std::uint8_t>(nibbles[i] << 4 | nibbles[i + 1]));
    }
    return out;
}

std::uint8_t* write_hex_prefix(std::uint8_t* out, ByteView path, bool is_leaf) noexcept {
    const std::size_t odd = path.size() % 2;
    const std::uint8_t flag = static_cast<std::uint8_t>((is_leaf ? 0x20 : 0x00) | odd << 4);
    *out++ = odd != 0 ? static_cast<std::uint8_t>(flag | path[0]) : flag;
    for (std::size_t i = odd; i < path.size(); i += 2) {
        *out++ = static_cast<std::uint8_t>(path[i] << 4 | path[i + 1]);
    }
    return out;
}

Bytes encode_leaf(ByteView path, ByteView value) {
    Bytes items;
    rlp::put_string(items, hex_prefix(path, true));
    rlp::put_string(items, value);
    return rlp::list_of(items);
}

Bytes encode_extension(ByteView path, ByteView reference) {
    Bytes items;
    rlp::put_string(items, hex_prefix(path, false));
    append(items, reference);
    return rlp::list_of(items);
}

Bytes encode_branch(std::span<const ByteView, kBranchChildren> references, ByteView value) {
    Bytes items;
    items.reserve(kBranchNodeMax + value.size());
    for (const ByteView reference : references) {
        if (reference.empty()) rlp::put_string(items, {});
        append(items, reference);
    }
    rlp::put_string(items, value);
    return rlp::list_of(items);
}

Bytes reference_to(ByteView node) {
    if (node.size() <= kInlineNodeMax) return Bytes(node.begin(), node.end());
    Bytes out;
    out.reserve(kHashReferenceSize);
    rlp::put_string(out, crypto::keccak256(node));
    return out;
}

Hash32 root_hash_of(ByteView reference) {
    if (reference.size() == kHashReferenceSize) return Hash32::from(reference.subspan(1));
    return crypto::keccak256(reference);
}

}  // namespace troupe::chain::trie
