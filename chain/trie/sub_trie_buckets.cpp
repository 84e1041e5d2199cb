// The part of SubTrie about buckets that are on disk.
#include "chain/trie/sub_trie_impl.hpp"

#include <algorithm>

namespace troupe::chain::trie {

Bucket SubTrie::Impl::bucket_of(const std::uint8_t* key) const noexcept {
    return load_be<std::uint32_t>(key) & bucket_mask(bucket_depth);
}

/// The nodes over leaves that are sorted by key; no reference is computed.
NodeId SubTrie::Impl::build(std::span<const TrieUpdate> leaves_below) {
    const Hash32& first = leaves_below.front().key;
    if (leaves_below.size() == 1) return new_leaf(first, leaves_below.front().value);
    const Hash32& last = leaves_below.back().key;
    std::size_t depth = root_depth;
    while (depth < kKeyNibbles && nibble_at(first.data(), depth) == nibble_at(last.data(), depth))
        ++depth;
    TROUPE_ASSERT(depth < kKeyNibbles);
    std::array<NodeId, kBranchChildren> children;
    std::uint16_t present = 0;
    std::size_t count = 0;
    for (std::size_t begin = 0; begin < leaves_below.size();) {
        const std::uint8_t nibble = nibble_at(leaves_below[begin].key.data(), depth);
        std::size_t end = begin + 1;
        while (end < leaves_below.size() &&
               nibble_at(leaves_below[end].key.data(), depth) == nibble)
            ++end;
        TROUPE_ASSERT((present & Branch::bit(nibble)) == 0);
        present |= Branch::bit(nibble);
        children[count++] = build(leaves_below.subspan(begin, end - begin));
        begin = end;
    }
    const NodeId built = new_branch(depth, Branch::capacity_for(count));
    Branch& to = branch(built);
    to.present = to.stale = present;
    std::copy_n(children.begin(), count, to.children());
    return built;
}

/// A branch whose only child was on disk gives its place to it, now that it is back.
void SubTrie::Impl::collapse_above(const Hash32& key) {
    const Path path = descend(key);
    for (std::size_t i = path.size; i-- > 0;) {
        const NodeId id = path.steps[i].branch;
        if (branch(id).count() != 1) continue;
        set_child(path, i, branch(id).children()[0]);
        free_branch(id);
        return;
    }
}

void SubTrie::set_bucket_depth(std::size_t depth) noexcept {
    TROUPE_ASSERT(depth > impl_->root_depth && depth <= kBucketDepthMax);
    TROUPE_ASSERT(impl_->leaves_on_disk == 0);
    impl_->bucket_depth = depth;
}

void SubTrie::missing(const Hash32& key, std::vector<Bucket>& buckets) const {
    const Impl::Path path = impl_->descend(key);
    if (impl_->needs(path, key))
        buckets.push_back(impl_->bucket_of(impl_->stub(path.end).path.data()));
}

void SubTrie::missing(std::span<const TrieUpdate> updates, std::vector<Bucket>& buckets) const {
    if (impl_->leaves_on_disk == 0) return;
    for (const TrieUpdate& update : updates)
        missing(update.key, buckets);
    std::sort(buckets.begin(), buckets.end());
    buckets.erase(std::unique(buckets.begin(), buckets.end()), buckets.end());
}

const std::vector<Bucket>& SubTrie::wanted() const noexcept {
    return impl_->wanted;
}

std::size_t SubTrie::size_on_disk() const noexcept {
    return impl_->leaves_on_disk;
}

void SubTrie::evicted(std::vector<Bucket>& buckets) const {
    impl_->visit_stubs(impl_->root, [&](const Stub& stub) {
        buckets.push_back(impl_->bucket_of(stub.path.data()));
    });
}

void SubTrie::evict(Bucket bucket) noexcept {
    TROUPE_ASSERT(!dirty());
    Impl& trie = *impl_;
    Hash32 key;
    store_be(key.data(), bucket);
    NodeId at = trie.root;
    NodeId above;
    while (at.is_branch() && trie.branch(at).depth < trie.bucket_depth) {
        const std::uint8_t nibble = nibble_at(key.data(), trie.branch(at).depth);
        above = at;
        at = trie.branch(at).has(nibble) ? trie.branch(at).child(nibble) : NodeId();
    }
    // The root stays in memory, whatever it is: SubTrieRoot is made of it.
    if (above.is_none() || at.is_none() || at.is_stub()) return;
    const Impl::KeyPart below = trie.any_key(at);
    if (trie.bucket_of(below.bytes) != bucket) return;
    Branch& parent = trie.branch(above);
    const std::uint8_t nibble = nibble_at(key.data(), parent.depth);
    if ((parent.is_inline & Branch::bit(nibble)) != 0) return;
    Stub kept;
    std::copy_n(below.bytes, kept.path.size(), kept.path.begin());
    trie.leaves_on_disk += trie.free_below(at);
    const NodeId stub = NodeId::stub(trie.arena.allocate(Stub::kUnits));
    trie.stub(stub) = kept;
    parent.children()[parent.ordinal(nibble)] = stub;
}

}  // namespace troupe::chain::trie
