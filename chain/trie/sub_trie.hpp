#pragma once

#include "chain/base/bytes.hpp"
#include "chain/base/endian.hpp"
#include "chain/trie/node_batch.hpp"

#include <array>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace troupe::chain::trie {

inline constexpr std::size_t kSubTries = 256;  ///< one per first byte of the 32-byte key

/// What the sealer needs of one sub-trie to build the two levels above it: the node that stands at
/// depth 2 (nibbles), in a form that can still be merged upwards when its siblings are empty.
struct SubTrieRoot {
    enum class Kind : std::uint8_t {
        kEmpty,
        kLeaf,       // path: the nibbles below depth 2; payload: the value
        kExtension,  // path: the shared nibbles below depth 2; payload: RLP reference to the child
        kBranch,     // payload: RLP reference to the branch (hash or inlined node)
    };
    Kind kind = Kind::kEmpty;
    Bytes path;  ///< one nibble a byte
    Bytes payload;
    friend bool operator==(const SubTrieRoot&, const SubTrieRoot&) noexcept = default;
};

inline constexpr std::size_t kSubTrieValueBytesMax = 1'024;  ///< an account takes at most 110

class NodeArena;

/// One change of a sub-trie. An empty value erases.
struct TrieUpdate {
    Hash32 key;  ///< the whole key: keccak256(address)
    Bytes value;
};

/// The keys that begin with the same nibbles, as many as the state's bucket depth: they are in
/// memory or on disk together. The number is the first 32 bits of those keys, zero after the depth,
/// so buckets are ordered like their keys.
using Bucket = std::uint32_t;
inline constexpr std::size_t kBucketDepthMin = 3;
inline constexpr std::size_t kBucketDepthMax = 7;

[[nodiscard]] constexpr Bucket bucket_mask(std::size_t depth) noexcept {
    return ~Bucket{0} << (32 - 4 * depth);
}
[[nodiscard]] inline Bucket bucket_of(const Hash32& key, std::size_t depth) noexcept {
    return load_be<std::uint32_t>(key.data()) & bucket_mask(depth);
}

/// All that the trie holds of one bucket, as whoever keeps it on disk has it.
struct BucketLeaves {
    Bucket bucket = 0;
    std::vector<TrieUpdate> leaves;  ///< sorted by key, each once
};

/// The part of the state trie under one first byte. Keys are 32 bytes. Owned by one partition; no
/// locks. Only nodes on the way to a changed key are hashed again, level by level through
/// keccak256_batch.
///
/// The same serves as a whole trie of its own, from depth 0: the storage trie of a contract.
///
/// Where a bucket depth is set, buckets can be **evicted**: their nodes are freed and only their
/// reference stays. The trie does no I/O: before keys are changed or proven, missing() names the
/// buckets that are needed, whoever has the leaves on disk gives them to fill(), and fill()
/// compares them with the reference.
class SubTrie {
  public:
    /// How many nibbles stand above it.
    enum class Depth : std::uint8_t {
        kWhole = 0,    // a trie of its own: keys with any first byte
        kSubTrie = 2,  // the keys of one first byte
    };
    /// Memory that many tries share: small ones take no more than their nodes. One owner.
    using Memory = std::shared_ptr<NodeArena>;

    SubTrie();
    /// Gives its nodes back to `memory` when it dies.
    SubTrie(Depth depth, Memory memory);
    ~SubTrie();
    SubTrie(SubTrie&&) noexcept;
    SubTrie& operator=(SubTrie&&) noexcept;
    SubTrie(const SubTrie&) = delete;
    SubTrie& operator=(const SubTrie&) = delete;

    [[nodiscard]] static Memory make_memory();
    [[nodiscard]] static std::size_t memory_bytes(const Memory& memory) noexcept;
    /// Bytes of nodes in it: without what freed ones have left for others.
    [[nodiscard]] static std::size_t used_bytes(const Memory& memory) noexcept;

    /// Applies the updates one after the other; all keys have this sub-trie's first byte, values
    /// at most kSubTrieValueBytesMax. Hashes are stale until rehash().
    void apply(std::span<const TrieUpdate> updates);
    [[nodiscard]] bool dirty() const noexcept;
    /// The node at depth 2. Call only when not dirty.
    [[nodiscard]] SubTrieRoot root() const;
    /// Of a whole trie. Call only when not dirty.
    [[nodiscard]] Hash32 root_hash() const;
    /// The value at `key`; empty where there is none.
    [[nodiscard]] Bytes get(const Hash32& key) const;
    /// All leaves, in the order of their keys. None may be on disk.
    [[nodiscard]] std::vector<TrieUpdate> leaves() const;
    /// Number of leaves.
    [[nodiscard]] std::size_t size() const noexcept;
    /// Bytes of memory held, without what is shared.
    [[nodiscard]] std::size_t memory_bytes() const noexcept;
    /// Of the memory that it is in, bytes of nodes: without what freed ones have left for others.
    [[nodiscard]] std::size_t used_bytes() const noexcept;
    /// RLP nodes below depth 2 (0 of a whole trie) on the way to `key` that are not inlined, top
    /// first. Not dirty.
    [[nodiscard]] std::vector<Bytes> prove(const Hash32& key) const;

    // Larger than memory
    /// @param depth  of buckets: at least one below the trie's own, at most kBucketDepthMax.
    /// @pre nothing is evicted
    void set_bucket_depth(std::size_t depth) noexcept;
    /// Appends the buckets that must be filled before apply() or prove() with these keys; of
    /// several updates sorted, each once.
    void missing(std::span<const TrieUpdate> updates, std::vector<Bucket>& buckets) const;
    void missing(const Hash32& key, std::vector<Bucket>& buckets) const;
    /// Buckets that must be filled after apply() and before rehash(): what was erased left a branch
    /// with this one child, which it gives its place to. Usually empty.
    [[nodiscard]] const std::vector<Bucket>& wanted() const noexcept;
    /// Takes back buckets that are on disk.
    /// @return a bucket whose leaves are not those that were evicted: the disk is damaged, and this
    ///         trie must not be used any more
    [[nodiscard]] std::optional<Bucket> fill(std::span<const BucketLeaves> buckets);
    /// Frees a bucket's nodes, if it has any in memory and can do without. @pre not dirty, and the
    /// disk has what the trie holds of it
    void evict(Bucket bucket) noexcept;
    /// Of size(), those that are on disk.
    [[nodiscard]] std::size_t size_on_disk() const noexcept;
    /// Appends the buckets that are evicted, sorted.
    void evicted(std::vector<Bucket>& buckets) const;

    /// Hashes every dirty node of all `tries` together, level by level: many sub-tries at once fill
    /// the lanes of the batched Keccak.
    static void rehash(std::span<SubTrie* const> tries);
    /// The same with another hash function: the benchmark's scalar one.
    static void rehash(std::span<SubTrie* const> tries, HashBatch hash);

  private:
    struct Impl;
    class Rehasher;
    std::unique_ptr<Impl> impl_;
};

/// The state root over all sub-tries. O(256) and about 17 hashes.
[[nodiscard]] Hash32 combine_roots(std::span<const SubTrieRoot, kSubTries> roots);

/// The proof nodes above depth 2 for `key`, root first: prepend them to SubTrie::prove. Nodes that
/// the combination merged (a lone leaf or extension) are given in their merged form, and then
/// `replaces_first` says that they stand for the first node of SubTrie::prove.
struct TopProof {
    std::vector<Bytes> nodes;
    bool replaces_first = false;
};
[[nodiscard]] TopProof prove_top(std::span<const SubTrieRoot, kSubTries> roots, const Hash32& key);

/// The whole proof: `top` and what SubTrie::prove gave for the same key.
[[nodiscard]] std::vector<Bytes> joined(TopProof top, std::vector<Bytes> below);

}  // namespace troupe::chain::trie
