#include "actors/partition/paged_tries.hpp"

#include "actors/partition/bucket_loader.hpp"
#include "chain/base/endian.hpp"
#include "chain/base/hex.hpp"

#include <algorithm>

namespace troupe::actors {

using chain::Hash32;
using chain::trie::bucket_of;
using chain::trie::BucketLeaves;
using chain::trie::TrieUpdate;

namespace {

constexpr std::size_t kBucketLeavesMax = 24;  // on average
constexpr std::size_t kSubTrieDepth = 2;      // nibbles

}  // namespace

std::size_t bucket_depth_for(std::uint64_t accounts) noexcept {
    std::size_t depth = chain::trie::kBucketDepthMin;
    while (depth < chain::trie::kBucketDepthMax && accounts >> (4 * depth) > kBucketLeavesMax)
        ++depth;
    return depth;
}

PagedTries::PagedTries(std::uint32_t first, std::uint32_t count) : first_(first), tries_(count) {}

void PagedTries::bound(const AccountStore& store, const Bounds& bounds) {
    store_ = &store;
    bounds_ = bounds;
    for (std::size_t i = 0; i < tries_.size(); ++i)
        load(tries_[i], static_cast<std::uint8_t>(first_ + i));
}

void PagedTries::load(SubTrie& trie, std::uint8_t first_byte) {
    BucketLoader loader(trie, bounds_.bucket_depth);
    const Bucket sub_trie = Bucket{first_byte} << 24;
    store_->scan(sub_trie, kSubTrieDepth, [&](const Hash32& key, const chain::Account& account) {
        loader.add({key, chain::encode_account(account)});
    });
    loader.finish();
}

// Sorted, of any number of sub-tries: all are read together.
void PagedTries::bring(std::span<const Bucket> buckets) {
    if (buckets.empty()) return;
    store_->read_buckets(buckets, bounds_.bucket_depth, read_);
    counts_.reads += buckets.size();
    for (std::span<const BucketLeaves> rest = read_; !rest.empty();) {
        const auto first = static_cast<std::uint8_t>(rest.front().bucket >> 24);
        std::size_t count = 1;
        while (count < rest.size() && rest[count].bucket >> 24 == first)
            ++count;
        if (const auto damaged = at(first).fill(rest.first(count))) {
            chain::Bytes key;
            chain::append_be(key, *damaged);
            store_->damaged(
                "the accounts under " + chain::to_hex(key) + " (first " +
                std::to_string(bounds_.bucket_depth) +
                " digits) in state/ are not those that the state's root was computed of");
        }
        rest = rest.subspan(count);
    }
    for (const Bucket bucket : buckets)
        note(bucket, 0);
}

void PagedTries::note(Bucket bucket, std::uint64_t number) {
    const auto [entry, fresh] = held_.try_emplace(bucket, number);
    if (fresh)
        order_.push_back({bucket, number});
    else
        entry->second = std::max(entry->second, number);
}

void PagedTries::apply(std::span<const Updates> all, std::uint64_t number) {
    if (store_ == nullptr) {
        for (const Updates& updates : all)
            at(updates.first_byte).apply(updates.of);
        return;
    }
    std::vector<Bucket> buckets;
    std::vector<Bucket> missing;
    for (const Updates& updates : all) {
        missing.clear();
        at(updates.first_byte).missing(updates.of, missing);
        buckets.insert(buckets.end(), missing.begin(), missing.end());
    }
    bring(buckets);
    buckets.clear();
    for (const Updates& updates : all) {
        SubTrie& trie = at(updates.first_byte);
        trie.apply(updates.of);
        buckets.insert(buckets.end(), trie.wanted().begin(), trie.wanted().end());
        for (const TrieUpdate& update : updates.of)
            note(bucket_of(update.key, bounds_.bucket_depth), number);
    }
    std::sort(buckets.begin(), buckets.end());
    bring(buckets);
}

std::vector<chain::trie::SubTrie*> PagedTries::all() {
    std::vector<SubTrie*> all;
    for (SubTrie& trie : tries_)
        all.push_back(&trie);
    return all;
}

std::vector<chain::Bytes> PagedTries::prove(const Hash32& key) {
    SubTrie& trie = at(key[0]);
    std::vector<Bucket> missing;
    trie.missing(key, missing);
    bring(missing);
    return trie.prove(key);
}

chain::Bytes PagedTries::get(const Hash32& key) {
    SubTrie& trie = at(key[0]);
    std::vector<Bucket> missing;
    trie.missing(key, missing);
    bring(missing);
    return trie.get(key);
}

void PagedTries::trim() {
    if (store_ == nullptr) return;
    std::size_t used = 0;
    for (const SubTrie& trie : tries_)
        used += trie.used_bytes();
    const std::uint64_t written = store_->written_block();
    for (std::size_t turns = order_.size(); turns > 0 && used > bounds_.bytes; --turns) {
        Held oldest = order_.front();
        const std::uint64_t number = held_.at(oldest.bucket);
        if (number > written && number == oldest.number) return;  // later ones wait, too
        order_.pop_front();
        if (number != oldest.number) {  // needed since: a second turn
            order_.push_back({oldest.bucket, number});
            continue;
        }
        SubTrie& trie = at(static_cast<std::uint8_t>(oldest.bucket >> 24));
        used -= trie.used_bytes();
        trie.evict(oldest.bucket);
        used += trie.used_bytes();
        held_.erase(oldest.bucket);
        ++counts_.evicted;
    }
}

std::size_t PagedTries::memory_bytes() const noexcept {
    constexpr std::size_t kHeldBytes = 64;  // a node of the map and its place in the order
    std::size_t bytes = held_.size() * kHeldBytes;
    for (const SubTrie& trie : tries_)
        bytes += trie.memory_bytes();
    return bytes;
}

}  // namespace troupe::actors
