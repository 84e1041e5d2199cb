#pragma once

#include "actors/ports.hpp"
#include "chain/trie/sub_trie.hpp"

#include <deque>
#include <memory>
#include <unordered_map>

namespace troupe::actors {

/// What of one storage trie, or of one sub-trie of a wide one, is in memory. A trie that is not
/// held by buckets is here as a whole, or not at all.
struct TriePages {
    using Bucket = chain::trie::Bucket;

    chain::Address address;
    chain::trie::SubTrie* trie = nullptr;
    std::size_t above = 0;  ///< nibbles above its root
    std::size_t depth = 0;  ///< of its buckets; 0: it has none
    /// Buckets that may be in memory, with the last block that changed them. Depth 0: bucket 0
    /// stands for the trie.
    std::unordered_map<Bucket, std::uint64_t> held;
};

/// Brings what is needed of the storage tries of one partition, and lets go what was not needed for
/// long and is on disk as it is. All of them share one memory.
class StoragePages {
  public:
    using Trie = chain::trie::SubTrie;
    using Bucket = chain::trie::Bucket;

    struct Bounds {
        std::size_t bytes = 0;  ///< of nodes that stay; more while the store is behind
        /// A trie with more leaves is held by buckets: its upper levels stay in memory.
        std::size_t whole_leaves = 256;
    };
    /// Of the buckets of tries from depth 0 on, which get wide before such buckets get large.
    static constexpr std::size_t kNarrowDepth = 2;

    /// @param store  outlives this
    StoragePages(const SlotStore& store, const Bounds& bounds, Trie::Memory memory)
        : store_(store), bounds_(bounds), memory_(std::move(memory)) {}

    [[nodiscard]] const SlotStore& store() const noexcept { return store_; }
    [[nodiscard]] const Bounds& bounds() const noexcept { return bounds_; }

    /// A trie and what is to change in it, sorted by key.
    struct Change {
        Trie* trie = nullptr;
        TriePages* pages = nullptr;  ///< its pages
        std::vector<chain::trie::TrieUpdate> updates;
    };
    /// Applies them; they are block `number`'s, and of different tries. Brings what is missing
    /// first: for all of them together. @pre no trie is dirty
    void apply(std::span<const Change> changes, std::uint64_t number);
    /// Brings what get() and prove() of the trie need.
    void bring(TriePages& pages, const chain::Hash32& key);
    /// Brings all of a trie that is held by buckets.
    void bring_all(TriePages& pages);

    /// A trie that is not in memory, and the root that it must have.
    struct Whole {
        TriePages* pages = nullptr;  ///< of an empty trie, depth 0
        chain::Hash32 root;
    };
    void bring_whole(std::span<const Whole> tries);
    /// From now on a trie is held by buckets. All of it is here, as of block `number` at the
    /// latest.
    void divide(TriePages& pages, std::size_t depth, std::uint64_t number);
    /// The trie has become empty: others have its leaves. Its pages stay.
    void forget(TriePages& pages) noexcept;

    /// Lets go what is too much. `gone` is told which tries that have no buckets are to go: whoever
    /// has them destroys them, with their pages. @pre no trie is dirty
    void trim(const std::function<void(const TriePages&)>& gone);

    struct Counts {
        std::uint64_t reads = 0;    ///< buckets and whole tries that came from the store
        std::uint64_t evicted = 0;  ///< that went
    };
    [[nodiscard]] const Counts& counts() const noexcept { return counts_; }
    [[nodiscard]] std::size_t memory_bytes() const noexcept;

  private:
    /// Something that may be in memory, in the order in which it came. Pages go only with their
    /// last turn: those that have buckets stay.
    struct Turn {
        TriePages* pages;
        Bucket bucket;
        std::uint64_t number;  // the last block that changed it, when it was put here
    };
    void note(TriePages& pages, Bucket bucket, std::uint64_t number);
    void deepen(TriePages& pages, std::uint64_t number);
    struct Missing {
        TriePages* pages;
        std::vector<Bucket> buckets;
    };
    void bring(std::span<const Missing> missing);
    void damaged(const TriePages& pages) const noexcept;

    const SlotStore& store_;
    Bounds bounds_;
    Trie::Memory memory_;
    std::deque<Turn> order_;
    std::vector<SlotBucket> asked_;                // scratch
    std::vector<chain::trie::BucketLeaves> read_;  // scratch
    std::size_t held_ = 0;
    Counts counts_;
};

}  // namespace troupe::actors
