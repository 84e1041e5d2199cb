#include "actors/partition/storage_pages.hpp"

#include "actors/mutation.hpp"
#include "chain/base/hex.hpp"

#include <algorithm>

namespace troupe::actors {

using chain::trie::BucketLeaves;
using chain::trie::TrieUpdate;

namespace {

// Twice of what buckets have when a contract is loaded: it grew.
constexpr std::size_t kBucketLeavesMax = 48;  // on average

chain::trie::Bucket bucket_in(const TriePages& pages, const chain::Hash32& key) noexcept {
    return pages.depth == 0 ? 0 : chain::trie::bucket_of(key, pages.depth);
}

}  // namespace

void StoragePages::note(TriePages& pages, Bucket bucket, std::uint64_t number) {
    const auto [entry, fresh] = pages.held.try_emplace(bucket, number);
    if (!fresh) {
        entry->second = std::max(entry->second, number);
        return;
    }
    order_.push_back({&pages, bucket, number});
    ++held_;
}

void StoragePages::damaged(const TriePages& pages) const noexcept {
    store_.damaged(
        "the slots of " + chain::to_hex(pages.address) +
        " in state/ are not those that its storage root was computed of");
}

// Of all tries together, so that the disk has several reads to do at once.
void StoragePages::bring(std::span<const Missing> missing) {
    asked_.clear();
    for (const Missing& one : missing)
        for (const Bucket bucket : one.buckets)
            asked_.push_back({one.pages->address, bucket, one.pages->depth});
    if (asked_.empty()) return;
    store_.read_slot_buckets(asked_, read_);
    counts_.reads += asked_.size();
    std::span<const BucketLeaves> rest = read_;
    for (const Missing& one : missing) {
        if (one.pages->trie->fill(rest.first(one.buckets.size()))) damaged(*one.pages);
        rest = rest.subspan(one.buckets.size());
        for (const Bucket bucket : one.buckets)
            note(*one.pages, bucket, 0);
    }
}

void StoragePages::bring(TriePages& pages, const chain::Hash32& key) {
    Missing missing{&pages, {}};
    pages.trie->missing(key, missing.buckets);
    bring({&missing, 1});
}

void StoragePages::bring_all(TriePages& pages) {
    Missing missing{&pages, {}};
    pages.trie->evicted(missing.buckets);
    bring({&missing, 1});
}

void StoragePages::bring_whole(std::span<const Whole> tries) {
    asked_.clear();
    for (const Whole& whole : tries)
        asked_.push_back({whole.pages->address, 0, 0});
    if (asked_.empty()) return;
    store_.read_slot_buckets(asked_, read_);
    counts_.reads += asked_.size();
    std::vector<Trie*> changed;
    for (std::size_t i = 0; i < tries.size(); ++i) {
        tries[i].pages->trie->apply(read_[i].leaves);
        changed.push_back(tries[i].pages->trie);
        note(*tries[i].pages, 0, 0);
    }
    Trie::rehash(changed);
    for (const Whole& whole : tries)
        if (whole.pages->trie->root_hash() != whole.root) damaged(*whole.pages);
}

void StoragePages::forget(TriePages& pages) noexcept {
    held_ -= pages.held.size();
    pages.held.clear();  // what is left of it in order_ is found to be nothing
}

void StoragePages::divide(TriePages& pages, std::size_t depth, std::uint64_t number) {
    forget(pages);
    pages.depth = depth;
    pages.trie->set_bucket_depth(depth);
    for (const TrieUpdate& leaf : pages.trie->leaves())
        note(pages, bucket_in(pages, leaf.key), number);
}

// A trie has grown: smaller buckets cost less to bring.
void StoragePages::deepen(TriePages& pages, std::uint64_t number) {
    bring_all(pages);
    divide(pages, pages.depth + 1, number);
}

void StoragePages::apply(std::span<const Change> changes, std::uint64_t number) {
    std::vector<Missing> missing;
    for (const Change& change : changes) {
        TriePages& pages = *change.pages;
        if (pages.depth != 0 && pages.depth < chain::trie::kBucketDepthMax &&
            pages.trie->size() >> (4 * (pages.depth - pages.above)) > kBucketLeavesMax)
            deepen(pages, number);
        missing.push_back({&pages, {}});
        pages.trie->missing(change.updates, missing.back().buckets);
    }
    bring(missing);
    missing.clear();
    for (const Change& change : changes) {
        TriePages& pages = *change.pages;
        pages.trie->apply(change.updates);
        for (const TrieUpdate& update : change.updates)
            note(pages, bucket_in(pages, update.key), number);
        if (!pages.trie->wanted().empty()) missing.push_back({&pages, pages.trie->wanted()});
        if (pages.depth == 0 && pages.trie->size() > bounds_.whole_leaves)
            divide(pages, kNarrowDepth, number);
    }
    bring(missing);
}

void StoragePages::trim(const std::function<void(const TriePages&)>& gone) {
    const std::uint64_t written = store_.written_block();
    for (std::size_t turns = order_.size(); turns > 0 && Trie::used_bytes(memory_) > bounds_.bytes;
         --turns) {
        const Turn oldest = order_.front();
        const auto held = oldest.pages->held.find(oldest.bucket);
        if (held == oldest.pages->held.end()) {
            order_.pop_front();
            continue;
        }
        const std::uint64_t number = held->second;
        if (number > written && number == oldest.number && !mutated(Mutation::kStorageUnwritten))
            return;  // later ones wait, too
        order_.pop_front();
        if (number != oldest.number) {  // needed since: a second turn
            order_.push_back({oldest.pages, oldest.bucket, number});
            continue;
        }
        ++counts_.evicted;
        --held_;
        oldest.pages->held.erase(held);
        if (oldest.pages->depth == 0)
            gone(*oldest.pages);
        else
            oldest.pages->trie->evict(oldest.bucket);
    }
}

std::size_t StoragePages::memory_bytes() const noexcept {
    constexpr std::size_t kHeldBytes = 48;  // a node of a map
    return held_ * kHeldBytes + order_.size() * sizeof(Turn);
}

}  // namespace troupe::actors
