#include "chain/base/prefetch.hpp"
#include "chain/crypto/keccak.hpp"
#include "chain/trie/node_batch.hpp"
#include "chain/trie/sub_trie_impl.hpp"

#include <algorithm>
#include <bit>

namespace troupe::chain::trie {
namespace {

/// Sub-tries that are hashed together: enough to fill the lanes at every level, few enough that
/// what is collected is still in the cache when it is hashed.
constexpr std::size_t kTriesTogether = 32;
/// Whole tries are small, most of them: a contract that is used changes a few slots a block.
constexpr std::size_t kWholeTriesTogether = 256;
constexpr std::size_t kLookahead = 4;  // nodes ahead whose references are fetched

/// Where a reference is kept, and the bit that says whether it is an inlined node.
struct Target {
    std::uint8_t* reference;
    std::uint16_t* inline_bits;
    std::uint16_t bit;
};

Target target_in(Branch& parent, std::size_t nibble) noexcept {
    return {parent.reference(parent.ordinal(nibble)), &parent.is_inline, Branch::bit(nibble)};
}

struct Store {
    void operator()(const Target& target, ByteView reference, bool is_inline) const noexcept {
        std::memcpy(target.reference, reference.data(), reference.size());
        if (is_inline) [[unlikely]] {
            *target.inline_bits |= target.bit;
        } else {
            *target.inline_bits &= static_cast<std::uint16_t>(~target.bit);
        }
    }
};

}  // namespace

/// Collects what is stale from the roots down, then computes references from the leaves up.
class SubTrie::Rehasher {
  public:
    explicit Rehasher(HashBatch hash) : batch_(hash, Store{}) {}

    void run(std::span<SubTrie* const> tries) {
        for (SubTrie* const trie : tries)
            start(*trie->impl_);
        hash_started();
    }

    /// What stands below a branch has come from the disk: computes its references, and the branch's
    /// to it, which run_returned() puts into `computed` instead of the branch.
    struct Returned {
        Branch* parent;
        std::uint8_t nibble;
        std::array<std::uint8_t, Branch::kReferenceBytes> computed;
        std::uint16_t is_inline = 0;
    };
    void run_returned(const Impl& trie, std::span<Returned> all) {
        for (Returned& one : all)
            add(trie, one.parent->child(one.nibble), one.parent->depth + 1u,
                {one.computed.data(), &one.is_inline, 1});
        hash_started();
    }

  private:
    void hash_started() {
        for (std::size_t depth = 0; depth <= deepest_; ++depth)
            collect(depth);
        hash_leaves();
        for (std::size_t depth = deepest_ + 1; depth-- > 0;)
            hash_level(levels_[depth]);
        deepest_ = 0;
    }

    struct BranchJob {
        const Impl* trie;
        Branch* branch;
        Target target;
    };
    /// A branch with an extension above it: hashed first into `reference`.
    struct ExtensionJob {
        const Impl* trie;
        Branch* branch;
        Target target;
        std::size_t first;        // nibble at which the extension's path begins
        const std::uint8_t* key;  // beginning of a key below
        std::array<std::uint8_t, Branch::kReferenceBytes> reference;
        std::uint16_t is_inline = 0;
    };
    struct LeafJob {
        const Leaf* leaf;
        Target target;
        std::size_t depth;  // nibble at which its path begins
    };
    struct Level {
        std::vector<BranchJob> branches;
        std::vector<ExtensionJob> extensions;
    };

    void start(Impl& trie) {
        if (!trie.root_stale) return;
        trie.root_stale = false;
        if (trie.root.is_none()) return;
        const Target target{trie.root_reference.data(), &trie.root_is_inline, 1};
        if (trie.root.is_leaf()) {
            if (trie.is_whole()) leaves_.push_back({&trie.leaf(trie.root), target, 0});
            return;
        }
        Branch& root = trie.branch(trie.root);
        add_branch(trie.is_whole() ? 0 : root.depth, {&trie, &root, target});
    }

    void add_branch(std::size_t depth, const BranchJob& job) {
        levels_[depth].branches.push_back(job);
        deepest_ = std::max(deepest_, depth);
    }

    /// Takes the stale children of the branches that are expected at `depth`. A branch that stands
    /// deeper has an extension and moves to its own level.
    void collect(std::size_t depth) {
        auto& branches = levels_[depth].branches;
        std::size_t kept = 0;
        for (const BranchJob& job : branches) {
            if (job.branch->depth != depth) {
                add_extension(job, depth);
                continue;
            }
            collect_children(*job.trie, *job.branch);
            branches[kept++] = job;
        }
        branches.resize(kept, BranchJob{});
        for (const ExtensionJob& job : levels_[depth].extensions) {
            collect_children(*job.trie, *job.branch);
        }
    }

    void add_extension(const BranchJob& job, std::size_t first) {
        const std::size_t depth = job.branch->depth;
        const std::uint8_t* const key = job.trie->any_key(job.branch->children()[0]).bytes;
        levels_[depth].extensions.push_back({job.trie, job.branch, job.target, first, key, {}, 0});
        deepest_ = std::max(deepest_, depth);
    }

    void collect_children(const Impl& trie, Branch& parent) {
        for (unsigned stale = parent.stale; stale != 0; stale &= stale - 1) {
            const auto nibble = static_cast<std::uint8_t>(std::countr_zero(stale));
            const NodeId child = parent.child(nibble);
            const std::uint8_t* const node = trie.arena.at(child.index());
            prefetch(node);
            prefetch(node + 47);
            add(trie, child, parent.depth + 1u, target_in(parent, nibble));
        }
        parent.stale = 0;
    }

    /// @param first  nibble at which the child's path begins
    void add(const Impl& trie, NodeId child, std::size_t first, const Target& target) {
        TROUPE_ASSERT(!child.is_stub());  // nothing changes below one
        if (child.is_leaf()) {
            leaves_.push_back({&trie.leaf(child), target, first});
        } else {
            add_branch(first, {&trie, &trie.branch(child), target});
        }
    }

    void hash_leaves() {
        for (const LeafJob& job : leaves_) {
            std::uint8_t* const out = batch_.begin(leaf_node_bytes_max(*job.leaf));
            batch_.end(write_leaf_node(out, *job.leaf, job.depth), job.target);
        }
        batch_.flush();
        leaves_.clear();
    }

    void hash_level(Level& level) {
        for (std::size_t i = 0; i < level.branches.size(); ++i) {
            if (i + kLookahead < level.branches.size()) {
                prefetch_references(*level.branches[i + kLookahead].branch);
            }
            const BranchJob& job = level.branches[i];
            batch_.end(write_branch_node(batch_.begin(kBranchNodeMax), *job.branch), job.target);
        }
        for (ExtensionJob& job : level.extensions) {
            const Target inner{job.reference.data(), &job.is_inline, 1};
            batch_.end(write_branch_node(batch_.begin(kBranchNodeMax), *job.branch), inner);
        }
        batch_.flush();
        for (const ExtensionJob& job : level.extensions) {
            std::uint8_t* const out = batch_.begin(kBranchNodeMax);
            batch_.end(
                write_extension_node(
                    out, job.key, job.first, job.branch->depth, job.reference.data(),
                    job.is_inline != 0),
                job.target);
        }
        if (!level.extensions.empty()) batch_.flush();
        level.branches.clear();
        level.extensions.clear();
    }

    static void prefetch_references(const Branch& branch) noexcept {
        constexpr std::size_t kCacheLine = 64;
        const std::size_t size = branch.count() * Branch::kReferenceBytes;
        for (std::size_t at = 0; at < size + kCacheLine; at += kCacheLine) {
            prefetch(branch.reference(0) + at);
        }
    }

    NodeBatch<Target, Store> batch_;
    std::array<Level, kKeyNibbles + 1> levels_;
    std::vector<LeafJob> leaves_;
    std::size_t deepest_ = 0;
};

std::optional<Bucket> SubTrie::fill(std::span<const BucketLeaves> buckets) {
    Impl& trie = *impl_;
    std::vector<Rehasher::Returned> returned;
    returned.reserve(buckets.size());  // what is computed points into it
    for (const BucketLeaves& bucket : buckets) {
        if (bucket.leaves.empty()) return bucket.bucket;
        const Impl::Path path = trie.descend(bucket.leaves.front().key);
        if (!path.end.is_stub() || trie.bucket_of(trie.stub(path.end).path.data()) != bucket.bucket)
            return bucket.bucket;
        const Impl::Step& last = path.steps[path.size - 1];  // the root is never on disk
        trie.arena.free(path.end.index(), Stub::kUnits);
        trie.set_child(path, path.size, trie.build(bucket.leaves));
        trie.leaves_on_disk -= bucket.leaves.size();
        returned.push_back({&trie.branch(last.branch), last.nibble, {}, 0});
    }
    Rehasher(crypto::keccak256_batch).run_returned(trie, returned);
    for (std::size_t i = 0; i < returned.size(); ++i) {
        const Rehasher::Returned& one = returned[i];
        const std::uint8_t* const kept = one.parent->reference(one.parent->ordinal(one.nibble));
        if (one.is_inline != 0 ||
            std::memcmp(one.computed.data(), kept, Branch::kReferenceBytes) != 0)
            return buckets[i].bucket;
    }
    for (const BucketLeaves& bucket : buckets)
        trie.collapse_above(bucket.leaves.front().key);
    std::erase_if(trie.wanted, [&](Bucket wanted) {
        return std::any_of(buckets.begin(), buckets.end(), [&](const BucketLeaves& bucket) {
            return bucket.bucket == wanted;
        });
    });
    return std::nullopt;
}

void SubTrie::rehash(std::span<SubTrie* const> tries, HashBatch hash) {
    for (const SubTrie* const trie : tries)
        TROUPE_ASSERT(trie->impl_->wanted.empty());
    Rehasher rehasher(hash);
    while (!tries.empty()) {
        const std::size_t most =
            tries.front()->impl_->is_whole() ? kWholeTriesTogether : kTriesTogether;
        const auto together = tries.first(std::min(tries.size(), most));
        rehasher.run(together);
        tries = tries.subspan(together.size());
    }
}

void SubTrie::rehash(std::span<SubTrie* const> tries) {
    rehash(tries, crypto::keccak256_batch);
}

}  // namespace troupe::chain::trie
