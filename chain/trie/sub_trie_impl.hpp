#pragma once

#include "chain/trie/node_arena.hpp"
#include "chain/trie/sub_trie.hpp"

namespace troupe::chain::trie {

inline constexpr std::size_t kKeyNibbles = 64;

/// A radix tree whose branches know their depth and whose leaves know their whole key: a node does
/// not change when a branch above it comes or goes, only its reference does.
struct SubTrie::Impl {
    Impl(std::size_t depth, SubTrie::Memory nodes, bool is_shared) noexcept
        : memory(std::move(nodes)), arena(*memory), root_depth(depth), shared(is_shared) {}
    ~Impl() {
        if (shared) static_cast<void>(free_below(root));
    }
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;

    const SubTrie::Memory memory;
    NodeArena& arena;
    const std::size_t root_depth;  ///< nibbles above it
    const bool shared;             ///< other tries have nodes in `arena`, too
    NodeId root;
    bool root_stale = false;
    /// Of the branch at the root, without an extension above it, and unused while the root is a
    /// leaf; of a whole trie, of whatever node is the root.
    std::uint16_t root_is_inline = 0;
    std::array<std::uint8_t, Branch::kReferenceBytes> root_reference{};
    std::size_t leaves = 0;  // those on disk included
    std::size_t leaves_on_disk = 0;
    std::size_t bucket_depth = 0;  // 0: nothing is ever on disk
    /// Buckets on disk that are the only child of their branch: it goes once they are back.
    std::vector<Bucket> wanted;

    [[nodiscard]] Leaf& leaf(NodeId id) const noexcept {
        return *static_cast<Leaf*>(static_cast<void*>(arena.at(id.index())));
    }
    [[nodiscard]] Branch& branch(NodeId id) const noexcept {
        return *static_cast<Branch*>(static_cast<void*>(arena.at(id.index())));
    }
    [[nodiscard]] Stub& stub(NodeId id) const noexcept {
        return *static_cast<Stub*>(static_cast<void*>(arena.at(id.index())));
    }
    /// The beginning of a packed key.
    struct KeyPart {
        const std::uint8_t* bytes;
        std::size_t nibbles;
    };
    /// The key of some leaf below `id`, or its first nibbles where that is on disk: more than the
    /// depth of any branch above it. All leaves share the nibbles above the depth of `id`.
    [[nodiscard]] KeyPart any_key(NodeId id) const noexcept {
        while (id.is_branch())
            id = branch(id).children()[0];
        if (id.is_stub()) return {stub(id).path.data(), Stub::kNibbles};
        return {leaf(id).key.data(), kKeyNibbles};
    }

    [[nodiscard]] bool is_whole() const noexcept { return root_depth == 0; }
    /// Calls back with each leaf below `id`, in order.
    template <class Visit>
    void visit_leaves(NodeId id, const Visit& visit) const {
        if (id.is_none()) return;
        if (id.is_leaf()) {
            visit(leaf(id));
            return;
        }
        const Branch& here = branch(id);
        for (std::size_t i = 0; i < here.count(); ++i)
            visit_leaves(here.children()[i], visit);
    }
    /// The same with each stub.
    template <class Visit>
    void visit_stubs(NodeId id, const Visit& visit) const {
        if (id.is_stub()) visit(stub(id));
        if (!id.is_branch()) return;
        const Branch& here = branch(id);
        for (std::size_t i = 0; i < here.count(); ++i)
            visit_stubs(here.children()[i], visit);
    }
    /// Frees `id` and all below it. @return how many leaves there were in memory
    std::size_t free_below(NodeId id) noexcept;

    void set(const Hash32& key, ByteView value);
    void erase(const Hash32& key);
    void prefetch_paths(std::span<const TrieUpdate> updates) const noexcept;

    // Buckets: sub_trie_buckets.cpp
    [[nodiscard]] Bucket bucket_of(const std::uint8_t* key) const noexcept;
    [[nodiscard]] NodeId build(std::span<const TrieUpdate> leaves);
    void collapse_above(const Hash32& key);

    /// One step of the way from the root to a leaf.
    struct Step {
        NodeId branch;
        std::uint8_t nibble = 0;
    };
    /// At most one step a nibble.
    struct Path {
        std::array<Step, kKeyNibbles> steps;
        std::size_t size = 0;
        /// Whether each branch on the way stands one nibble below the one before.
        bool has_gaps = false;
        NodeId end;  ///< a leaf, a stub, or none: the last branch has no child under its nibble
    };
    [[nodiscard]] Path descend(const Hash32& key) const noexcept;
    /// Whether the way to `key` goes on below a stub. It does not where the key parts from the
    /// stub's in an extension above.
    [[nodiscard]] bool needs(const Path& path, const Hash32& key) const noexcept;

    // `at` is the number of the step whose child is meant; at == 0 means the root.
    void set_child(const Path& path, std::size_t at, NodeId child) noexcept;
    void mark_stale(const Path& path, std::size_t steps) noexcept;
    void insert_leaf(Path& path, const Hash32& key, ByteView value);
    void add_child(Path& path, NodeId child);
    void remove_child(const Path& path);

    [[nodiscard]] NodeId new_leaf(const Hash32& key, ByteView value);
    void write_leaf(NodeId id, const Hash32& key, ByteView value) noexcept;
    /// Replaces the value where it is, if it fits the block exactly.
    [[nodiscard]] bool rewrite_leaf(NodeId id, ByteView value) noexcept;
    void free_leaf(NodeId id) noexcept;
    [[nodiscard]] NodeId new_branch(std::size_t depth, std::size_t capacity);
    void free_branch(NodeId id) noexcept;
};

/// The 66 bytes in which a plain account's RLP ends: storage_root and code_hash, both empty.
inline constexpr std::size_t kPlainTailBytes = 66;

[[nodiscard]] std::size_t value_size(const Leaf& leaf) noexcept;
/// Writes value_size() bytes and returns the byte after them.
std::uint8_t* write_value(std::uint8_t* out, const Leaf& leaf) noexcept;
/// Whether the leaf holds exactly `value`.
[[nodiscard]] bool holds(const Leaf& leaf, ByteView value) noexcept;

/// The RLP of nodes whose references are not stale. A leaf's path begins at nibble `depth`.
[[nodiscard]] std::size_t leaf_node_bytes_max(const Leaf& leaf) noexcept;
std::uint8_t* write_leaf_node(std::uint8_t* out, const Leaf& leaf, std::size_t depth) noexcept;
/// At most kBranchNodeMax bytes.
std::uint8_t* write_branch_node(std::uint8_t* out, const Branch& branch) noexcept;
/// The extension over nibbles [first, last) of `key` to a branch. At most kBranchNodeMax bytes.
std::uint8_t* write_extension_node(
    std::uint8_t* out, const std::uint8_t* key, std::size_t first, std::size_t last,
    const std::uint8_t* reference, bool is_inline) noexcept;

}  // namespace troupe::chain::trie
