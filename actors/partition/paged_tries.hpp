#pragma once

#include "actors/ports.hpp"
#include "chain/trie/sub_trie.hpp"

#include <deque>
#include <unordered_map>

namespace troupe::actors {

/// The sub-tries of one partition. All of them are in memory until bound(): from then on only their
/// upper levels are for sure, and buckets of accounts come from a store when they are needed and go
/// when they were not needed for long, and the store has what changed in them.
class PagedTries {
  public:
    using SubTrie = chain::trie::SubTrie;
    using Bucket = chain::trie::Bucket;

    /// @param first  first byte of the keys of the first of `count` sub-tries
    PagedTries(std::uint32_t first, std::uint32_t count);

    struct Bounds {
        std::size_t bucket_depth = chain::trie::kBucketDepthMin;
        std::size_t bytes = 0;  ///< of nodes that stay; more while the store is behind
    };
    /// Reads the store from one end to the other, hashes it, and keeps the upper levels.
    /// @param store  outlives this; @pre nothing is in it yet
    void bound(const AccountStore& store, const Bounds& bounds);

    /// Updates of one sub-trie, sorted by key, each once.
    struct Updates {
        std::uint8_t first_byte = 0;
        std::vector<chain::trie::TrieUpdate> of;
    };
    /// Applies them; they are block `number`'s, and of different sub-tries.
    void apply(std::span<const Updates> all, std::uint64_t number);
    [[nodiscard]] SubTrie& at(std::uint8_t first_byte) noexcept {
        return tries_[first_byte - first_];
    }
    [[nodiscard]] std::vector<SubTrie*> all();
    [[nodiscard]] std::uint32_t first() const noexcept { return first_; }
    /// @pre that sub-trie is not dirty
    [[nodiscard]] std::vector<chain::Bytes> prove(const chain::Hash32& key);
    /// The value under `key`; empty: there is none. Of a sub-trie that may be dirty elsewhere.
    [[nodiscard]] chain::Bytes get(const chain::Hash32& key);
    /// Lets buckets go that are too many. @pre nothing is dirty
    void trim();

    struct Counts {
        std::uint64_t reads = 0;    ///< buckets that came from the store
        std::uint64_t evicted = 0;  ///< buckets that went
    };
    [[nodiscard]] const Counts& counts() const noexcept { return counts_; }
    [[nodiscard]] std::size_t memory_bytes() const noexcept;

  private:
    /// A bucket that may be in memory, in the order in which they came.
    struct Held {
        Bucket bucket = 0;
        std::uint64_t number = 0;  // the last block that changed it, when it was put here
    };
    void load(SubTrie& trie, std::uint8_t first_byte);
    void bring(std::span<const Bucket> buckets);
    void note(Bucket bucket, std::uint64_t number);

    std::uint32_t first_;
    std::vector<SubTrie> tries_;
    const AccountStore* store_ = nullptr;
    Bounds bounds_;
    std::unordered_map<Bucket, std::uint64_t> held_;  // with the last block that changed it
    std::deque<Held> order_;                          // each of held_ once
    std::vector<chain::trie::BucketLeaves> read_;     // scratch
    Counts counts_;
};

/// How deep buckets lie, so that one has a few leaves: 1.5 to 24 of `accounts`.
[[nodiscard]] std::size_t bucket_depth_for(std::uint64_t accounts) noexcept;

}  // namespace troupe::actors
