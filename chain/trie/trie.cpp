#include "chain/trie/trie.hpp"

#include "chain/base/assert.hpp"
#include "chain/trie/node_codec.hpp"
#include "chain/types/account.hpp"

#include <algorithm>

namespace troupe::chain::trie {
namespace {

struct Node;
using NodePtr = std::unique_ptr<Node>;
using Children = std::array<NodePtr, kBranchChildren>;

/// A leaf, or a branch together with the extension that leads to it: so no two nodes in a row have
/// a path, and inserting and erasing have one case each.
struct Node {
    Bytes path;   // nibbles between the parent's branch nibble and this leaf or branch
    Bytes value;  // of the key that ends here; a branch may have none
    std::unique_ptr<Children> children;  // null in a leaf
    Bytes reference;                     // how the parent names this node; empty: stale
};

std::size_t common_prefix(ByteView a, ByteView b) noexcept {
    const std::size_t limit = std::min(a.size(), b.size());
    std::size_t count = 0;
    while (count < limit && a[count] == b[count])
        ++count;
    return count;
}

// The recursions below go one nibble of the key deeper each time: kTrieKeyBytesMax bounds them.

/// Puts a branch at `common` nibbles of the node's path, with the node under it.
void split(NodePtr& slot, std::size_t common) {
    NodePtr lower = std::move(slot);
    slot = std::make_unique<Node>();
    slot->path.assign(lower->path.begin(), lower->path.begin() + static_cast<long>(common));
    slot->children = std::make_unique<Children>();
    const std::uint8_t nibble = lower->path[common];
    lower->path.erase(lower->path.begin(), lower->path.begin() + static_cast<long>(common) + 1);
    lower->reference.clear();
    (*slot->children)[nibble] = std::move(lower);
}

void insert(NodePtr& slot, ByteView path, ByteView value) {
    if (!slot) {
        slot = std::make_unique<Node>();
        slot->path.assign(path.begin(), path.end());
        slot->value.assign(value.begin(), value.end());
        return;
    }
    const std::size_t common = common_prefix(slot->path, path);
    if (common < slot->path.size()) split(slot, common);
    slot->reference.clear();
    const ByteView rest = path.subspan(common);
    if (rest.empty()) {
        slot->value.assign(value.begin(), value.end());
        return;
    }
    if (!slot->children) slot->children = std::make_unique<Children>();
    insert((*slot->children)[rest[0]], rest.subspan(1), value);
}

/// Restores the form after something under `slot` was erased: no branch without a second child or
/// a value, no leaf without a value.
void collapse(NodePtr& slot) {
    if (slot->children) {
        const auto present = [](const NodePtr& child) { return child != nullptr; };
        const auto count = std::count_if(slot->children->begin(), slot->children->end(), present);
        if (count > 1 || (count == 1 && !slot->value.empty())) return;
        if (count == 1) {
            const auto only = std::find_if(slot->children->begin(), slot->children->end(), present);
            Bytes path = std::move(slot->path);
            path.push_back(static_cast<std::uint8_t>(only - slot->children->begin()));
            append(path, (*only)->path);
            NodePtr child = std::move(*only);
            child->path = std::move(path);
            child->reference.clear();
            slot = std::move(child);
            return;
        }
        slot->children.reset();
    }
    if (slot->value.empty()) slot.reset();
}

/// The key is there.
void remove(NodePtr& slot, ByteView path) {
    const ByteView rest = path.subspan(slot->path.size());
    slot->reference.clear();
    if (rest.empty()) {
        slot->value.clear();
    } else {
        remove((*slot->children)[rest[0]], rest.subspan(1));
    }
    collapse(slot);
}

ByteView reference(Node& node);

/// The branch of `node`, without the extension above it.
Bytes encode_inner_branch(Node& node) {
    std::array<ByteView, kBranchChildren> references;
    for (std::size_t i = 0; i < kBranchChildren; ++i) {
        if ((*node.children)[i]) references[i] = reference(*(*node.children)[i]);
    }
    return encode_branch(references, node.value);
}

Bytes encode(Node& node) {
    if (!node.children) return encode_leaf(node.path, node.value);
    Bytes branch = encode_inner_branch(node);
    return node.path.empty() ? branch : encode_extension(node.path, reference_to(branch));
}

ByteView reference(Node& node) {
    if (node.reference.empty()) node.reference = reference_to(encode(node));
    return node.reference;
}

/// The first (or last) key under `node` in key order; `prefix` is the path to the node.
Bytes edge_key(const Node& node, Bytes prefix, bool first) {
    append(prefix, node.path);
    if (!node.children || (first && !node.value.empty())) return key_of(prefix);
    for (std::size_t i = 0; i < kBranchChildren; ++i) {
        const std::size_t nibble = first ? i : kBranchChildren - 1 - i;
        const NodePtr& child = (*node.children)[nibble];
        if (!child) continue;
        prefix.push_back(static_cast<std::uint8_t>(nibble));
        return edge_key(*child, std::move(prefix), first);
    }
    return key_of(prefix);
}

std::optional<Bytes> key_above(const Node& node, Bytes prefix, ByteView target) {
    const Bytes above = prefix;
    append(prefix, node.path);
    const std::size_t common = common_prefix(prefix, target);
    if (common < prefix.size()) {
        const bool greater = common == target.size() || prefix[common] > target[common];
        if (greater) return edge_key(node, above, true);
        return std::nullopt;
    }
    if (!node.children) return std::nullopt;
    const bool ends_here = common == target.size();
    for (std::size_t i = ends_here ? 0 : target[common]; i < kBranchChildren; ++i) {
        const NodePtr& child = (*node.children)[i];
        if (!child) continue;
        Bytes path = prefix;
        path.push_back(static_cast<std::uint8_t>(i));
        if (auto key = key_above(*child, std::move(path), target)) return key;
    }
    return std::nullopt;
}

std::optional<Bytes> key_below(const Node& node, Bytes prefix, ByteView target) {
    const Bytes above = prefix;
    append(prefix, node.path);
    const std::size_t common = common_prefix(prefix, target);
    if (common == target.size()) return std::nullopt;  // everything here is at or after the target
    if (common < prefix.size()) {
        if (prefix[common] < target[common]) return edge_key(node, above, false);
        return std::nullopt;
    }
    for (std::size_t i = target[common] + 1u; node.children && i-- > 0;) {
        const NodePtr& child = (*node.children)[i];
        if (!child) continue;
        Bytes path = prefix;
        path.push_back(static_cast<std::uint8_t>(i));
        if (auto key = key_below(*child, std::move(path), target)) return key;
    }
    if (!node.value.empty()) return key_of(prefix);
    return std::nullopt;
}

}  // namespace

struct Trie::Impl {
    NodePtr root;
};

Trie::Trie() : impl_(std::make_unique<Impl>()) {}
Trie::~Trie() = default;
Trie::Trie(Trie&&) noexcept = default;
Trie& Trie::operator=(Trie&&) noexcept = default;

void Trie::put(ByteView key, ByteView value) {
    TROUPE_ASSERT(key.size() <= kTrieKeyBytesMax);
    if (value.empty()) {
        erase(key);
    } else {
        insert(impl_->root, nibbles_of(key), value);
    }
}

void Trie::erase(ByteView key) {
    if (!get(key).empty()) remove(impl_->root, nibbles_of(key));
}

ByteView Trie::get(ByteView key) const noexcept {
    const Node* node = impl_->root.get();
    std::size_t at = 0;
    const std::size_t nibbles = 2 * key.size();
    while (node != nullptr) {
        for (const std::uint8_t nibble : node->path) {
            if (at == nibbles || nibble_at(key.data(), at) != nibble) return {};
            ++at;
        }
        if (at == nibbles) return node->value;
        node = node->children ? (*node->children)[nibble_at(key.data(), at)].get() : nullptr;
        ++at;
    }
    return {};
}

Hash32 Trie::root() {
    return impl_->root ? root_hash_of(reference(*impl_->root)) : kEmptyTrieRoot;
}

std::vector<Bytes> Trie::prove(ByteView key) const {
    std::vector<Bytes> proof;
    const Bytes path = nibbles_of(key);
    ByteView rest = path;
    const auto add = [&proof](Bytes node, bool is_root) {
        if (is_root || node.size() > kInlineNodeMax) proof.push_back(std::move(node));
    };
    bool is_root = true;
    Node* node = impl_->root.get();
    while (node != nullptr) {
        if (!node->children || !node->path.empty()) add(encode(*node), is_root);
        const bool follows = common_prefix(node->path, rest) == node->path.size();
        if (!node->children || !follows) break;
        add(encode_inner_branch(*node), is_root && node->path.empty());
        is_root = false;
        rest = rest.subspan(node->path.size());
        if (rest.empty()) break;
        node = (*node->children)[rest[0]].get();
        rest = rest.subspan(1);
    }
    return proof;
}

std::optional<Bytes> Trie::next_key(ByteView key) const {
    if (!impl_->root) return std::nullopt;
    return key_above(*impl_->root, {}, nibbles_of(key));
}

std::optional<Bytes> Trie::previous_key(ByteView key) const {
    if (!impl_->root) return std::nullopt;
    return key_below(*impl_->root, {}, nibbles_of(key));
}

}  // namespace troupe::chain::trie
