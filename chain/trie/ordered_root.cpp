#include "chain/trie/ordered_root.hpp"

#include "chain/base/assert.hpp"
#include "chain/crypto/keccak.hpp"
#include "chain/rlp/encode.hpp"
#include "chain/trie/node_batch.hpp"
#include "chain/trie/trie.hpp"
#include "chain/types/account.hpp"

#include <algorithm>

namespace troupe::chain::trie {
namespace {

constexpr std::size_t kKeyNibblesMax = 16;  // RLP(index) left-aligned in 64 bits

/// A node of the level that is being built: a leaf, or what a lower branch was reduced to. Items
/// stand in key order. RLP(index) is prefix-free, so no branch has a value.
struct Item {
    std::uint64_t key;     // RLP(index), its first nibble the highest one
    std::uint8_t nibbles;  // of the key
    std::int8_t left;      // nibbles in common with the item before; -1: there is none
    bool is_inline = false;
    std::array<std::uint8_t, 32> reference;  // see write_reference()
};

std::uint8_t nibble_of(std::uint64_t key, std::size_t index) noexcept {
    return static_cast<std::uint8_t>(key >> (60 - 4 * index) & 0xf);
}

Item item_of(std::uint64_t index) noexcept {
    std::uint64_t key = index;
    std::size_t size = rlp::byte_count(index);
    if (index == 0 || index >= 0x80) {
        key |= (0x80 + size) << 8 * size;
        ++size;
    }
    Item item;
    item.key = key << (64 - 8 * size);
    item.nibbles = static_cast<std::uint8_t>(2 * size);
    return item;
}

// Index 0 has the key 0x80, behind those of 1 to 0x7f: the first values are put in order together.
constexpr std::size_t kFirstTogether = 0x80;

}  // namespace

struct OrderedRoot::Impl {
    void add(std::span<const ByteView> values) {
        std::size_t next = 0;
        for (; first_.size() < kFirstTogether && next < values.size(); ++next)
            first_.emplace_back(values[next].begin(), values[next].end());
        if (first_.size() < kFirstTogether) return;  // perhaps these are all
        if (count_ == 0) put_first();
        for (; next < values.size(); ++next)
            put(count_++, values[next]);
        batch_.flush();
        if (waiting_.data() != last_.data()) last_.assign(waiting_.begin(), waiting_.end());
        waiting_ = last_;
        for (int depth = depth_max(); depth >= 0; --depth)
            reduce(depth, false);
    }

    Hash32 root() {
        if (count_ == 0) put_first();
        if (items_.empty()) return kEmptyTrieRoot;
        encode_leaf(items_.size() - 1, waiting_);
        batch_.flush();
        for (int depth = depth_max(); depth >= 0; --depth)
            reduce(depth, true);
        TROUPE_ASSERT(items_.size() == 1);
        std::uint8_t buffer[kHashReferenceSize];
        const std::uint8_t* const end =
            write_reference(buffer, items_[0].reference.data(), items_[0].is_inline);
        return root_hash_of(ByteView(buffer, static_cast<std::size_t>(end - buffer)));
    }

  private:
    /// Depth of the branch above the items [first, last); -1: they are the whole trie.
    [[nodiscard]] int parent_depth(std::size_t first, std::size_t last) const noexcept {
        const int right = last < items_.size() ? items_[last].left : -1;
        return std::max<int>(items_[first].left, right);
    }

    /// The nibbles [first, last) of a key in hex-prefix encoding.
    static std::uint8_t* write_path(
        std::uint8_t* out, const Item& item, int first, int last, bool is_leaf) noexcept {
        std::uint8_t path[kKeyNibblesMax];
        std::uint8_t encoded[kKeyNibblesMax];
        std::size_t size = 0;
        for (int i = first; i < last; ++i) {
            path[size++] = nibble_of(item.key, static_cast<std::size_t>(i));
        }
        const std::uint8_t* const end = write_hex_prefix(encoded, ByteView(path, size), is_leaf);
        return rlp::write_string(out, ByteView(encoded, static_cast<std::size_t>(end - encoded)));
    }

    void put_first() {
        count_ = first_.size();
        for (std::size_t index = 1; index < first_.size(); ++index)
            put(index, first_[index]);
        if (!first_.empty()) put(0, first_[0]);
    }

    /// A leaf's path begins where it parts from its neighbours: it is written when the next one is
    /// known.
    void put(std::size_t index, ByteView value) {
        TROUPE_ASSERT(!value.empty());
        Item item = item_of(index);
        item.left = -1;
        if (!items_.empty())
            item.left = static_cast<std::int8_t>(__builtin_clzll(item.key ^ items_.back().key) / 4);
        items_.push_back(item);
        if (items_.size() > 1) encode_leaf(items_.size() - 2, waiting_);
        waiting_ = value;
    }

    void encode_leaf(std::size_t at, ByteView value) {
        const Item& item = items_[at];
        std::uint8_t path[kKeyNibblesMax];
        const std::uint8_t* const path_end =
            write_path(path, item, parent_depth(at, at + 1) + 1, item.nibbles, true);
        const ByteView encoded_path(path, static_cast<std::size_t>(path_end - path));
        const std::size_t payload = encoded_path.size() + rlp::string_size(value);
        std::uint8_t* out = batch_.begin(rlp::kHeaderBytesMax + payload);
        out = rlp::write_list_header(out, payload);
        out = rlp::write_raw(out, encoded_path);
        batch_.end(rlp::write_string(out, value), at);
    }

    [[nodiscard]] int depth_max() const noexcept {
        int depth = -1;
        for (const Item& item : items_)
            depth = std::max<int>(depth, item.left);
        return depth;
    }

    /// Replaces each run of items that part at nibble `depth` by their branch, and by the extension
    /// above it where the next branch up is further away.
    /// @param whole  all items are there; else the run at the end may become longer, and stays
    void reduce(int depth, bool whole) {
        std::size_t kept = 0;
        lone_.clear();
        for (std::size_t first = 0; first < items_.size();) {
            std::size_t last = first + 1;
            while (last < items_.size() && items_[last].left >= depth)
                ++last;
            if (last - first == 1 || (last == items_.size() && !whole)) {
                for (; first < last; ++first, ++kept)
                    if (kept != first) items_[kept] = items_[first];
                continue;
            }
            const int parent = parent_depth(first, last);
            encode_branch_of(first, last, depth, kept);
            if (kept != first) move_all_but_reference(first, kept);
            if (parent + 1 < depth) lone_.push_back({kept, parent + 1});
            ++kept;
            first = last;
        }
        batch_.flush();
        items_.resize(kept);
        for (const auto& [at, from] : lone_)
            encode_extension_of(at, from, depth);
        batch_.flush();
    }

    /// A branch's reference arrives later.
    void move_all_but_reference(std::size_t from, std::size_t to) noexcept {
        items_[to].key = items_[from].key;
        items_[to].nibbles = items_[from].nibbles;
        items_[to].left = items_[from].left;
    }

    void encode_branch_of(std::size_t first, std::size_t last, int depth, std::size_t target) {
        std::uint8_t payload[kBranchNodeMax];
        std::uint8_t* out = payload;
        std::size_t next = first;
        for (std::uint8_t nibble = 0; nibble < kBranchChildren; ++nibble) {
            const bool present =
                next < last &&
                nibble_of(items_[next].key, static_cast<std::size_t>(depth)) == nibble;
            if (!present) {
                *out++ = 0x80;
                continue;
            }
            out = write_reference(out, items_[next].reference.data(), items_[next].is_inline);
            ++next;
        }
        *out++ = 0x80;  // no value
        const ByteView items(payload, static_cast<std::size_t>(out - payload));
        std::uint8_t* node = rlp::write_list_header(batch_.begin(kBranchNodeMax), items.size());
        batch_.end(rlp::write_raw(node, items), target);
    }

    void encode_extension_of(std::size_t at, int from, int depth) {
        const Item& item = items_[at];
        std::uint8_t payload[kKeyNibblesMax + kHashReferenceSize];
        std::uint8_t* out = write_path(payload, item, from, depth, false);
        out = write_reference(out, item.reference.data(), item.is_inline);
        const ByteView items(payload, static_cast<std::size_t>(out - payload));
        std::uint8_t* node = rlp::write_list_header(batch_.begin(kBranchNodeMax), items.size());
        batch_.end(rlp::write_raw(node, items), at);
    }

    struct Extension {
        std::size_t at;  // item
        int from;        // nibble at which its path begins
    };
    struct Store {
        std::vector<Item>* items;
        void operator()(std::size_t at, ByteView reference, bool is_inline) const noexcept {
            Item& item = (*items)[at];
            std::memcpy(item.reference.data(), reference.data(), reference.size());
            item.is_inline = is_inline;
        }
    };

    std::vector<Bytes> first_;  // copies of the first kFirstTogether values
    std::size_t count_ = 0;     // values that were put
    std::vector<Item> items_;   // the last one is a leaf that is not written
    ByteView waiting_;          // its value
    Bytes last_;                // which is here between one add() and the next
    std::vector<Extension> lone_;
    NodeBatch<std::size_t, Store> batch_{crypto::keccak256_batch, Store{&items_}};
};

OrderedRoot::OrderedRoot() : impl_(std::make_unique<Impl>()) {}
OrderedRoot::~OrderedRoot() = default;
OrderedRoot::OrderedRoot(OrderedRoot&&) noexcept = default;
OrderedRoot& OrderedRoot::operator=(OrderedRoot&&) noexcept = default;

void OrderedRoot::add(std::span<const ByteView> values) {
    impl_->add(values);
}

Hash32 OrderedRoot::root() {
    return impl_->root();
}

Hash32 ordered_root(std::span<const ByteView> values) {
    OrderedRoot root;
    root.add(values);
    return root.root();
}

Hash32 ordered_root(std::span<const Bytes> values) {
    return ordered_root(std::vector<ByteView>(values.begin(), values.end()));
}

}  // namespace troupe::chain::trie
