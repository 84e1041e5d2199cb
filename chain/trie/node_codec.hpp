#pragma once

#include "chain/base/bytes.hpp"
#include "chain/rlp/write.hpp"

#include <span>

/// The encoding of trie nodes: Yellow Paper, Appendices C (hex-prefix) and D. Paths are nibbles,
/// one a byte. A reference is the RLP item by which a parent names a node: 0xa0 and its Keccak-256,
/// or the node itself where that takes less than 32 bytes.
namespace troupe::chain::trie {

inline constexpr std::size_t kHashReferenceSize = 33;
inline constexpr std::size_t kInlineNodeMax = 31;  ///< longer nodes are named by their hash
inline constexpr std::size_t kBranchChildren = 16;
/// A branch of sixteen hashes without a value: 3 bytes of header, 16 references, an empty string.
inline constexpr std::size_t kBranchNodeMax = 3 + kBranchChildren * kHashReferenceSize + 1;

/// The nibble at `index` of a packed key, the high one of byte 0 first.
[[nodiscard]] inline std::uint8_t nibble_at(const std::uint8_t* key, std::size_t index) noexcept {
    const std::uint8_t byte = key[index / 2];
    return index % 2 == 0 ? byte >> 4 : byte & 0xf;
}

/// The nibbles [first, last) of a packed key.
[[nodiscard]] Bytes nibbles_of(ByteView key, std::size_t first, std::size_t last);
[[nodiscard]] Bytes nibbles_of(ByteView key);
/// The key whose nibbles these are: an even number of them.
[[nodiscard]] Bytes key_of(ByteView nibbles);

/// Bytes of a hex-prefix encoded path.
[[nodiscard]] constexpr std::size_t hex_prefix_size(std::size_t nibbles) noexcept {
    return nibbles / 2 + 1;
}
/// Writes hex_prefix_size() bytes and returns the byte after them.
std::uint8_t* write_hex_prefix(std::uint8_t* out, ByteView path, bool is_leaf) noexcept;

[[nodiscard]] Bytes encode_leaf(ByteView path, ByteView value);
[[nodiscard]] Bytes encode_extension(ByteView path, ByteView reference);
/// An empty reference is an absent child, an empty value no value.
[[nodiscard]] Bytes encode_branch(
    std::span<const ByteView, kBranchChildren> references, ByteView value);
/// How a parent names `node`. Hashes when it is long.
[[nodiscard]] Bytes reference_to(ByteView node);
/// The root hash of the trie whose root node has this reference.
[[nodiscard]] Hash32 root_hash_of(ByteView reference);

/// Writes a reference from where millions of them are kept: 32 bytes that hold a hash or, when
/// `is_inline`, a node of at most kInlineNodeMax bytes, whose own header says its size.
inline std::uint8_t* write_reference(
    std::uint8_t* out, const std::uint8_t* kept, bool is_inline) noexcept {
    if (is_inline) [[unlikely]]
        return rlp::write_raw(out, ByteView(kept, kept[0] - 0xc0u + 1u));
    *out = 0xa0;
    std::memcpy(out + 1, kept, 32);
    return out + kHashReferenceSize;
}

}  // namespace troupe::chain::trie
