#pragma once

#include "chain/trie/sub_trie.hpp"

namespace troupe::actors {

/// Hashes a trie whose leaves come in the order of their keys, once, and keeps of it only what
/// stands above the buckets.
class BucketLoader {
  public:
    /// @param trie  empty; outlives this
    BucketLoader(chain::trie::SubTrie& trie, std::size_t bucket_depth);
    void add(chain::trie::TrieUpdate leaf);
    /// After the last leaf.
    void finish();

  private:
    void take_in();

    chain::trie::SubTrie& trie_;
    std::size_t depth_;
    std::vector<chain::trie::TrieUpdate> leaves_;
    std::vector<chain::trie::Bucket> hashed_;  // and not evicted
};

}  // namespace troupe::actors
