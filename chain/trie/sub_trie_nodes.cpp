#include "chain/trie/sub_trie_impl.hpp"
#include "chain/types/account.hpp"

namespace troupe::chain::trie {
namespace {

constexpr std::array<std::uint8_t, kPlainTailBytes> plain_tail() noexcept {
    std::array<std::uint8_t, kPlainTailBytes> tail{};
    tail[0] = 0xa0;
    tail[33] = 0xa0;
    for (std::size_t i = 0; i < 32; ++i) {
        tail[1 + i] = kEmptyTrieRoot[i];
        tail[34 + i] = kEmptyCodeHash[i];
    }
    return tail;
}
constexpr auto kPlainTail = plain_tail();
constexpr std::size_t kPlainHeadBytes = 2;  // f8 and the length

/// What is kept of `value`, and whether that is a plain account's nonce and balance.
struct Stored {
    ByteView bytes;
    bool is_plain_account;
};

Stored stored_form(ByteView value) noexcept {
    constexpr std::size_t kAround = kPlainHeadBytes + kPlainTailBytes;
    const bool is_plain =
        value.size() > kAround && value.size() < 256 && value[0] == 0xf8 &&
        value[1] == value.size() - kPlainHeadBytes &&
        std::memcmp(
            value.data() + value.size() - kPlainTailBytes, kPlainTail.data(), kPlainTailBytes) == 0;
    if (!is_plain) return {value, false};
    return {value.subspan(kPlainHeadBytes, value.size() - kAround), true};
}

constexpr std::size_t leaf_units(std::size_t stored_size) noexcept {
    return NodeArena::units(Leaf::kHeadBytes + stored_size);
}

}  // namespace

std::size_t value_size(const Leaf& leaf) noexcept {
    const std::size_t around = leaf.is_plain_account != 0 ? kPlainHeadBytes + kPlainTailBytes : 0;
    return leaf.stored_size + around;
}

std::uint8_t* write_value(std::uint8_t* out, const Leaf& leaf) noexcept {
    const ByteView stored(leaf.stored(), leaf.stored_size);
    if (leaf.is_plain_account == 0) return rlp::write_raw(out, stored);
    *out++ = 0xf8;
    *out++ = static_cast<std::uint8_t>(leaf.stored_size + kPlainTailBytes);
    out = rlp::write_raw(out, stored);
    return rlp::write_raw(out, kPlainTail);
}

bool holds(const Leaf& leaf, ByteView value) noexcept {
    const Stored stored = stored_form(value);
    return stored.is_plain_account == (leaf.is_plain_account != 0) &&
           equal(stored.bytes, ByteView(leaf.stored(), leaf.stored_size));
}

NodeId SubTrie::Impl::new_leaf(const Hash32& key, ByteView value) {
    TROUPE_ASSERT(value.size() <= kSubTrieValueBytesMax);
    const NodeId id = NodeId::leaf(arena.allocate(leaf_units(stored_form(value).bytes.size())));
    write_leaf(id, key, value);
    return id;
}

void SubTrie::Impl::write_leaf(NodeId id, const Hash32& key, ByteView value) noexcept {
    const Stored stored = stored_form(value);
    Leaf& to = leaf(id);
    to.key = key;
    to.stored_size = static_cast<std::uint16_t>(stored.bytes.size());
    to.is_plain_account = stored.is_plain_account ? 1 : 0;
    rlp::write_raw(to.stored(), stored.bytes);
}

bool SubTrie::Impl::rewrite_leaf(NodeId id, ByteView value) noexcept {
    const Leaf& old = leaf(id);
    if (leaf_units(old.stored_size) != leaf_units(stored_form(value).bytes.size())) return false;
    write_leaf(id, Hash32(old.key), value);
    return true;
}

void SubTrie::Impl::free_leaf(NodeId id) noexcept {
    arena.free(id.index(), leaf_units(leaf(id).stored_size));
}

NodeId SubTrie::Impl::new_branch(std::size_t depth, std::size_t capacity) {
    const NodeId id = NodeId::branch(arena.allocate(Branch::units(capacity)));
    branch(id) = Branch{
        .present = 0,
        .is_inline = 0,
        .stale = 0,
        .depth = static_cast<std::uint8_t>(depth),
        .capacity = static_cast<std::uint8_t>(capacity)};
    return id;
}

void SubTrie::Impl::free_branch(NodeId id) noexcept {
    arena.free(id.index(), Branch::units(branch(id).capacity));
}

namespace {

/// The nibbles [first, last) of a packed key, hex-prefix encoded, as an RLP string. `last` is even:
/// what is odd begins inside a byte.
std::uint8_t* write_leaf_path(std::uint8_t* out, const Hash32& key, std::size_t first) noexcept {
    const std::size_t size = hex_prefix_size(kKeyNibbles - first);
    if (size > 1) *out++ = static_cast<std::uint8_t>(0x80 + size);
    const bool odd = first % 2 != 0;
    *out++ = static_cast<std::uint8_t>(odd ? 0x30 | (key[first / 2] & 0xf) : 0x20);
    return rlp::write_raw(out, key.view().subspan((first + 1) / 2));
}

constexpr std::size_t leaf_path_size(std::size_t first) noexcept {
    const std::size_t size = hex_prefix_size(kKeyNibbles - first);
    return size > 1 ? 1 + size : 1;  // a single byte is below 0x40: its own RLP
}

}  // namespace

std::size_t leaf_node_bytes_max(const Leaf& leaf) noexcept {
    return rlp::kHeaderBytesMax + leaf_path_size(0) + rlp::kHeaderBytesMax + value_size(leaf);
}

std::uint8_t* write_leaf_node(std::uint8_t* out, const Leaf& leaf, std::size_t depth) noexcept {
    const std::size_t size = value_size(leaf);
    const bool own_rlp = size == 1 && leaf.stored()[0] < 0x80;
    const std::size_t header = own_rlp ? 0 : rlp::header_size(size);
    out = rlp::write_list_header(out, leaf_path_size(depth) + header + size);
    out = write_leaf_path(out, leaf.key, depth);
    if (!own_rlp) out = rlp::write_header(out, 0x80, size);
    return write_value(out, leaf);
}

std::uint8_t* write_branch_node(std::uint8_t* out, const Branch& branch) noexcept {
    const std::size_t count = branch.count();
    std::size_t payload = kBranchChildren + 1 + count * (kHashReferenceSize - 1);
    if (branch.is_inline != 0) [[unlikely]] {
        for (std::size_t nibble = 0; nibble < kBranchChildren; ++nibble) {
            if ((branch.is_inline & Branch::bit(nibble)) == 0) continue;
            const std::size_t size = branch.reference(branch.ordinal(nibble))[0] - 0xc0u + 1u;
            payload = payload - kHashReferenceSize + size;
        }
    }
    out = rlp::write_list_header(out, payload);
    const std::uint8_t* reference = branch.reference(0);
    for (std::size_t nibble = 0; nibble < kBranchChildren; ++nibble) {
        if (!branch.has(nibble)) {
            *out++ = 0x80;
            continue;
        }
        out = write_reference(out, reference, (branch.is_inline & Branch::bit(nibble)) != 0);
        reference += Branch::kReferenceBytes;
    }
    *out++ = 0x80;  // keys of one length: no branch has a value
    return out;
}

std::uint8_t* write_extension_node(
    std::uint8_t* out, const std::uint8_t* key, std::size_t first, std::size_t last,
    const std::uint8_t* reference, bool is_inline) noexcept {
    std::uint8_t nibbles[kKeyNibbles];
    for (std::size_t i = first; i < last; ++i)
        nibbles[i - first] = nibble_at(key, i);
    std::uint8_t path[hex_prefix_size(kKeyNibbles)];
    const std::uint8_t* const path_end =
        write_hex_prefix(path, ByteView(nibbles, last - first), false);
    std::uint8_t items[1 + hex_prefix_size(kKeyNibbles) + kHashReferenceSize];
    std::uint8_t* end =
        rlp::write_string(items, ByteView(path, static_cast<std::size_t>(path_end - path)));
    end = write_reference(end, reference, is_inline);
    const ByteView payload(items, static_cast<std::size_t>(end - items));
    return rlp::write_raw(rlp::write_list_header(out, payload.size()), payload);
}

}  // namespace troupe::chain::trie
