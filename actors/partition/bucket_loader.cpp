#include "actors/partition/bucket_loader.hpp"

namespace troupe::actors {

using chain::trie::Bucket;
using chain::trie::bucket_of;
using chain::trie::TrieUpdate;

namespace {

constexpr std::size_t kLoadTogether = 1'024;  // leaves: fills the lanes of the hash function

}  // namespace

BucketLoader::BucketLoader(chain::trie::SubTrie& trie, std::size_t bucket_depth)
    : trie_(trie), depth_(bucket_depth) {
    trie_.set_bucket_depth(bucket_depth);
}

void BucketLoader::add(TrieUpdate leaf) {
    if (leaves_.size() >= kLoadTogether &&
        bucket_of(leaf.key, depth_) != bucket_of(leaves_.back().key, depth_))
        take_in();
    leaves_.push_back(std::move(leaf));
}

// What was hashed is let go but for the last bucket: the next leaf may part from it above the
// buckets.
void BucketLoader::take_in() {
    trie_.apply(leaves_);
    chain::trie::SubTrie* const pointer = &trie_;
    chain::trie::SubTrie::rehash({&pointer, 1});
    for (const TrieUpdate& leaf : leaves_) {
        const Bucket bucket = bucket_of(leaf.key, depth_);
        if (hashed_.empty() || hashed_.back() != bucket) hashed_.push_back(bucket);
    }
    leaves_.clear();
    if (hashed_.empty()) return;
    for (std::size_t i = 0; i + 1 < hashed_.size(); ++i)
        trie_.evict(hashed_[i]);
    hashed_.erase(hashed_.begin(), hashed_.end() - 1);
}

void BucketLoader::finish() {
    take_in();
    for (const Bucket bucket : hashed_)
        trie_.evict(bucket);
    hashed_.clear();
}

}  // namespace troupe::actors
