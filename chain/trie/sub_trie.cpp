#include "chain/trie/sub_trie.hpp"

#include "chain/base/prefetch.hpp"
#include "chain/trie/sub_trie_impl.hpp"
#include "chain/types/account.hpp"

#include <algorithm>

namespace troupe::chain::trie {
namespace {

constexpr std::size_t kPrefetchLanes = 16;  // walks in flight: what the core's miss buffers hold

/// Of the first `nibbles` of both, an even number.
std::size_t common_nibbles(
    const std::uint8_t* a, const std::uint8_t* b, std::size_t nibbles) noexcept {
    std::size_t byte = 0;
    while (byte < nibbles / 2 && a[byte] == b[byte])
        ++byte;
    if (byte == nibbles / 2) return nibbles;
    return 2 * byte + (a[byte] >> 4 == b[byte] >> 4 ? 1 : 0);
}

/// Gives `write` room for at most `bytes_max` and keeps what it wrote.
template <class Write>
Bytes written(std::size_t bytes_max, const Write& write) {
    Bytes out(bytes_max);
    out.resize(static_cast<std::size_t>(write(out.data()) - out.data()));
    return out;
}

}  // namespace

SubTrie::Impl::Path SubTrie::Impl::descend(const Hash32& key) const noexcept {
    Path path;
    path.end = root;
    std::size_t expected = root_depth;
    while (path.end.is_branch()) {
        const Branch& here = branch(path.end);
        const std::uint8_t nibble = nibble_at(key.data(), here.depth);
        path.has_gaps |= here.depth != expected;
        path.steps[path.size++] = {path.end, nibble};
        expected = here.depth + 1u;
        path.end = here.has(nibble) ? here.child(nibble) : NodeId();
    }
    return path;
}

void SubTrie::Impl::set_child(const Path& path, std::size_t at, NodeId child) noexcept {
    if (at == 0) {
        root = child;
        return;
    }
    const Step& step = path.steps[at - 1];
    Branch& parent = branch(step.branch);
    parent.children()[parent.ordinal(step.nibble)] = child;
}

bool SubTrie::Impl::needs(const Path& path, const Hash32& key) const noexcept {
    if (!path.end.is_stub()) return false;
    const KeyPart below = any_key(path.end);
    return common_nibbles(key.data(), below.bytes, below.nibbles) >
           branch(path.steps[path.size - 1].branch).depth;
}

/// The references of the first `steps` steps' children, and the root's, are to be computed again.
void SubTrie::Impl::mark_stale(const Path& path, std::size_t steps) noexcept {
    for (std::size_t i = 0; i < steps; ++i) {
        branch(path.steps[i].branch).stale |= Branch::bit(path.steps[i].nibble);
    }
    root_stale = true;
}

void SubTrie::Impl::set(const Hash32& key, ByteView value) {
    Path path = descend(key);
    TROUPE_ASSERT(!needs(path, key));  // missing() names it
    if (!path.end.is_leaf() || leaf(path.end).key != key) {
        insert_leaf(path, key, value);
        return;
    }
    if (holds(leaf(path.end), value)) return;
    if (!rewrite_leaf(path.end, value)) {
        free_leaf(path.end);
        set_child(path, path.size, new_leaf(key, value));
    }
    mark_stale(path, path.size);
}

void SubTrie::Impl::insert_leaf(Path& path, const Hash32& key, ByteView value) {
    const NodeId added = new_leaf(key, value);
    ++leaves;
    if (root.is_none()) {
        root = added;
        root_stale = true;
        return;
    }
    const bool parts_at_last = path.end.is_none() && !path.has_gaps;
    const NodeId last = path.size == 0 ? root : path.steps[path.size - 1].branch;
    if (parts_at_last) {
        add_child(path, added);
        return;
    }
    const KeyPart other = any_key(path.end.is_none() ? last : path.end);
    const std::size_t common = common_nibbles(key.data(), other.bytes, other.nibbles);
    TROUPE_ASSERT(common >= root_depth && common < other.nibbles);
    std::size_t above = path.size;
    while (above > 0 && branch(path.steps[above - 1].branch).depth >= common)
        --above;
    const NodeId lower = above < path.size ? path.steps[above].branch : path.end;
    if (lower.is_branch() && branch(lower).depth == common) {
        add_child(path, added);  // it is the last one: below it the key would share more
        return;
    }
    const NodeId parting = new_branch(common, 2);
    Branch& parent = branch(parting);
    const std::uint8_t new_nibble = nibble_at(key.data(), common);
    const std::uint8_t old_nibble = nibble_at(other.bytes, common);
    parent.present = Branch::bit(new_nibble) | Branch::bit(old_nibble);
    parent.stale = parent.present;
    parent.children()[parent.ordinal(new_nibble)] = added;
    parent.children()[parent.ordinal(old_nibble)] = lower;
    set_child(path, above, parting);
    mark_stale(path, above);
}

/// Puts `child` under the last step's nibble, where there is none.
void SubTrie::Impl::add_child(Path& path, NodeId child) {
    Step& step = path.steps[path.size - 1];
    const std::size_t count = branch(step.branch).count();
    if (count == branch(step.branch).capacity) {
        const Branch& old = branch(step.branch);
        const NodeId grown = new_branch(old.depth, Branch::capacity_for(count + 1));
        Branch& to = branch(grown);
        to.present = old.present;
        to.is_inline = old.is_inline;
        to.stale = old.stale;
        std::copy_n(old.children(), count, to.children());
        std::memcpy(to.reference(0), old.reference(0), count * Branch::kReferenceBytes);
        set_child(path, path.size - 1, grown);
        free_branch(step.branch);
        step.branch = grown;
    }
    Branch& parent = branch(step.branch);
    const std::size_t at = parent.ordinal(step.nibble);
    NodeId* const children = parent.children();
    std::copy_backward(children + at, children + count, children + count + 1);
    std::memmove(
        parent.reference(at + 1), parent.reference(at), (count - at) * Branch::kReferenceBytes);
    children[at] = child;
    parent.present |= Branch::bit(step.nibble);
    mark_stale(path, path.size);
}

void SubTrie::Impl::erase(const Hash32& key) {
    const Path path = descend(key);
    TROUPE_ASSERT(!needs(path, key));  // missing() names it
    if (!path.end.is_leaf() || leaf(path.end).key != key) return;
    free_leaf(path.end);
    --leaves;
    if (path.size == 0) {
        root = NodeId();
        root_stale = true;
        return;
    }
    mark_stale(path, path.size);
    remove_child(path);
}

/// Removes the last step's child. A branch left with one child gives its place to that child, whose
/// reference changes: it now begins nearer to the root. So a child on disk has to come back first.
void SubTrie::Impl::remove_child(const Path& path) {
    const Step& step = path.steps[path.size - 1];
    Branch& parent = branch(step.branch);
    const std::size_t count = parent.count();
    const std::size_t at = parent.ordinal(step.nibble);
    NodeId* const children = parent.children();
    if (count == 2 && children[1 - at].is_stub()) {
        const Bucket sibling = bucket_of(stub(children[1 - at]).path.data());
        if (std::find(wanted.begin(), wanted.end(), sibling) == wanted.end())
            wanted.push_back(sibling);
    } else if (count == 2) {
        set_child(path, path.size - 1, children[1 - at]);
        free_branch(step.branch);
        return;
    }
    std::copy(children + at + 1, children + count, children + at);
    std::memmove(
        parent.reference(at), parent.reference(at + 1), (count - at - 1) * Branch::kReferenceBytes);
    const auto others = static_cast<std::uint16_t>(~Branch::bit(step.nibble));
    parent.present &= others;
    parent.is_inline &= others;
    parent.stale &= others;
}

/// Walks to the leaves of several keys at once, only to have their nodes in the cache afterwards:
/// one walk alone would wait for the memory at each node.
void SubTrie::Impl::prefetch_paths(std::span<const TrieUpdate> updates) const noexcept {
    std::array<NodeId, kPrefetchLanes> at;
    at.fill(root);
    bool walking = true;
    while (walking) {
        walking = false;
        for (std::size_t lane = 0; lane < updates.size(); ++lane) {
            if (!at[lane].is_branch()) continue;
            const Branch& here = branch(at[lane]);
            const std::uint8_t nibble = nibble_at(updates[lane].key.data(), here.depth);
            at[lane] = here.has(nibble) ? here.child(nibble) : NodeId();
            if (at[lane].is_none()) continue;
            const std::uint8_t* const node = arena.at(at[lane].index());
            prefetch_to_write(node);
            prefetch_to_write(node + 47);  // a leaf's value, or a branch's last children
            walking = true;
        }
    }
}

std::size_t SubTrie::Impl::free_below(NodeId id) noexcept {
    if (id.is_none()) return 0;
    if (id.is_stub()) {
        arena.free(id.index(), Stub::kUnits);
        return 0;
    }
    if (id.is_leaf()) {
        free_leaf(id);
        return 1;
    }
    const Branch& from = branch(id);
    std::size_t freed = 0;
    for (std::size_t i = 0; i < from.count(); ++i)
        freed += free_below(from.children()[i]);
    free_branch(id);
    return freed;
}

SubTrie::SubTrie()
    : impl_(std::make_unique<Impl>(
          static_cast<std::size_t>(Depth::kSubTrie), make_memory(), false)) {}
SubTrie::SubTrie(Depth depth, Memory memory)
    : impl_(std::make_unique<Impl>(static_cast<std::size_t>(depth), std::move(memory), true)) {}
SubTrie::~SubTrie() = default;
SubTrie::SubTrie(SubTrie&&) noexcept = default;
SubTrie& SubTrie::operator=(SubTrie&&) noexcept = default;

void SubTrie::apply(std::span<const TrieUpdate> updates) {
    while (!updates.empty()) {
        const auto group = updates.first(std::min(updates.size(), kPrefetchLanes));
        impl_->prefetch_paths(group);
        for (const TrieUpdate& update : group) {
            if (update.value.empty()) {
                impl_->erase(update.key);
            } else {
                impl_->set(update.key, update.value);
            }
        }
        updates = updates.subspan(group.size());
    }
}

bool SubTrie::dirty() const noexcept {
    return impl_->root_stale;
}

std::size_t SubTrie::size() const noexcept {
    return impl_->leaves;
}

std::size_t SubTrie::used_bytes() const noexcept {
    return impl_->arena.used_bytes();
}

std::size_t SubTrie::memory_bytes() const noexcept {
    return sizeof(*this) + sizeof(Impl) + (impl_->shared ? 0 : impl_->arena.memory_bytes());
}

SubTrie::Memory SubTrie::make_memory() {
    return std::make_shared<NodeArena>();
}

std::size_t SubTrie::memory_bytes(const Memory& memory) noexcept {
    return memory->memory_bytes();
}

std::size_t SubTrie::used_bytes(const Memory& memory) noexcept {
    return memory->used_bytes();
}

Bytes SubTrie::get(const Hash32& key) const {
    const Impl::Path path = impl_->descend(key);
    const NodeId end = path.end;
    TROUPE_ASSERT(!impl_->needs(path, key));  // missing() names it
    if (!end.is_leaf() || impl_->leaf(end).key != key) return {};
    const Leaf& leaf = impl_->leaf(end);
    return written(value_size(leaf), [&](std::uint8_t* out) { return write_value(out, leaf); });
}

std::vector<TrieUpdate> SubTrie::leaves() const {
    TROUPE_ASSERT(size_on_disk() == 0);
    std::vector<TrieUpdate> all;
    all.reserve(size());
    impl_->visit_leaves(impl_->root, [&all](const Leaf& leaf) {
        all.push_back({leaf.key, written(value_size(leaf), [&](std::uint8_t* out) {
                           return write_value(out, leaf);
                       })});
    });
    return all;
}

Hash32 SubTrie::root_hash() const {
    TROUPE_ASSERT(!dirty() && impl_->is_whole());
    if (impl_->root.is_none()) return kEmptyTrieRoot;
    Bytes reference(kHashReferenceSize);
    const std::uint8_t* const end =
        write_reference(reference.data(), impl_->root_reference.data(), impl_->root_is_inline != 0);
    reference.resize(static_cast<std::size_t>(end - reference.data()));
    return root_hash_of(reference);
}

SubTrieRoot SubTrie::root() const {
    TROUPE_ASSERT(!dirty() && !impl_->is_whole());
    SubTrieRoot root;
    if (impl_->root.is_none()) return root;
    if (impl_->root.is_leaf()) {
        const Leaf& leaf = impl_->leaf(impl_->root);
        root.kind = SubTrieRoot::Kind::kLeaf;
        root.path = nibbles_of(leaf.key, impl_->root_depth, kKeyNibbles);
        root.payload.resize(value_size(leaf));
        write_value(root.payload.data(), leaf);
        return root;
    }
    const std::size_t depth = impl_->branch(impl_->root).depth;
    root.kind =
        depth == impl_->root_depth ? SubTrieRoot::Kind::kBranch : SubTrieRoot::Kind::kExtension;
    const Impl::KeyPart below = impl_->any_key(impl_->root);
    root.path = nibbles_of(ByteView(below.bytes, below.nibbles / 2), impl_->root_depth, depth);
    root.payload.resize(kHashReferenceSize);
    const std::uint8_t* const end = write_reference(
        root.payload.data(), impl_->root_reference.data(), impl_->root_is_inline != 0);
    root.payload.resize(static_cast<std::size_t>(end - root.payload.data()));
    return root;
}

std::vector<Bytes> SubTrie::prove(const Hash32& key) const {
    TROUPE_ASSERT(!dirty());
    std::vector<Bytes> proof;
    const auto add = [&proof](Bytes node) {
        if (node.size() > kInlineNodeMax) proof.push_back(std::move(node));
    };
    NodeId at = impl_->root;
    std::size_t first = impl_->root_depth;
    while (at.is_branch()) {
        const Branch& branch = impl_->branch(at);
        Bytes node = written(
            kBranchNodeMax, [&](std::uint8_t* out) { return write_branch_node(out, branch); });
        if (branch.depth > first) {
            const Impl::KeyPart below = impl_->any_key(at);
            const ByteView path(below.bytes, below.nibbles / 2);
            add(encode_extension(nibbles_of(path, first, branch.depth), reference_to(node)));
            if (common_nibbles(key.data(), below.bytes, below.nibbles) < branch.depth) return proof;
        }
        add(std::move(node));
        const std::uint8_t nibble = nibble_at(key.data(), branch.depth);
        first = branch.depth + 1u;
        at = branch.has(nibble) ? branch.child(nibble) : NodeId();
    }
    TROUPE_ASSERT(!at.is_stub());  // missing() names it
    if (at.is_none()) return proof;
    const Leaf& leaf = impl_->leaf(at);
    add(written(leaf_node_bytes_max(leaf), [&](std::uint8_t* out) {
        return write_leaf_node(out, leaf, first);
    }));
    return proof;
}

}  // namespace troupe::chain::trie
