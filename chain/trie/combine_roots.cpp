#include "chain/base/assert.hpp"
#include "chain/trie/node_codec.hpp"
#include "chain/trie/sub_trie.hpp"
#include "chain/types/account.hpp"

namespace troupe::chain::trie {
namespace {

using Kind = SubTrieRoot::Kind;
using SixteenRoots = std::span<const SubTrieRoot, kBranchChildren>;
using GroupRoots = std::array<SubTrieRoot, kBranchChildren>;

/// The node as its parent's branch holds it. Not for kEmpty and kBranch.
Bytes encode(const SubTrieRoot& node) {
    return node.kind == Kind::kLeaf ? encode_leaf(node.path, node.payload)
                                    : encode_extension(node.path, node.payload);
}

Bytes reference_of(const SubTrieRoot& node) {
    if (node.kind == Kind::kEmpty) return {};
    return node.kind == Kind::kBranch ? node.payload : reference_to(encode(node));
}

Bytes encode_branch_of(SixteenRoots children) {
    std::array<Bytes, kBranchChildren> references;
    std::array<ByteView, kBranchChildren> views;
    for (std::size_t i = 0; i < kBranchChildren; ++i) {
        references[i] = reference_of(children[i]);
        views[i] = references[i];
    }
    return encode_branch(views, {});
}

struct Present {
    std::size_t count = 0;
    std::size_t last = 0;  // nibble of the last one
};

Present present_in(SixteenRoots children) noexcept {
    Present present;
    for (std::size_t i = 0; i < kBranchChildren; ++i) {
        if (children[i].kind == Kind::kEmpty) continue;
        ++present.count;
        present.last = i;
    }
    return present;
}

/// `node`, that stood under `nibble` of a branch and now stands in the branch's place.
SubTrieRoot lifted(const SubTrieRoot& node, std::size_t nibble) {
    SubTrieRoot result;
    result.kind = node.kind == Kind::kLeaf ? Kind::kLeaf : Kind::kExtension;
    result.path.push_back(static_cast<std::uint8_t>(nibble));
    append(result.path, node.path);
    result.payload = node.payload;
    return result;
}

/// The node one level above sixteen nodes.
SubTrieRoot merged(SixteenRoots children) {
    const Present present = present_in(children);
    if (present.count == 0) return {};
    if (present.count == 1) return lifted(children[present.last], present.last);
    return {Kind::kBranch, {}, reference_to(encode_branch_of(children))};
}

SixteenRoots group(std::span<const SubTrieRoot, kSubTries> roots, std::size_t high_nibble) {
    return roots.subspan(high_nibble * kBranchChildren).first<kBranchChildren>();
}

GroupRoots merged_groups(std::span<const SubTrieRoot, kSubTries> roots) {
    GroupRoots groups;
    for (std::size_t i = 0; i < kBranchChildren; ++i)
        groups[i] = merged(group(roots, i));
    return groups;
}

}  // namespace

Hash32 combine_roots(std::span<const SubTrieRoot, kSubTries> roots) {
    const SubTrieRoot root = merged(merged_groups(roots));
    return root.kind == Kind::kEmpty ? kEmptyTrieRoot : root_hash_of(reference_of(root));
}

TopProof prove_top(std::span<const SubTrieRoot, kSubTries> roots, const Hash32& key) {
    TopProof proof;
    const std::size_t high = key[0] >> 4;
    const std::size_t low = key[0] & 0xf;
    const GroupRoots groups = merged_groups(roots);
    const Present among_groups = present_in(groups);
    if (among_groups.count == 0) return proof;
    if (among_groups.count > 1) proof.nodes.push_back(encode_branch_of(groups));
    // The node below the root's branch on the way to the key; the root itself if it is no branch.
    const std::size_t taken = among_groups.count > 1 ? high : among_groups.last;
    if (groups[taken].kind == Kind::kEmpty) return proof;
    const SubTrieRoot node = among_groups.count > 1 ? groups[taken] : lifted(groups[taken], taken);
    if (node.kind != Kind::kBranch) proof.nodes.push_back(encode(node));
    const Present in_group = present_in(group(roots, taken));
    if (in_group.count > 1) {
        if (taken == high) proof.nodes.push_back(encode_branch_of(group(roots, taken)));
        return proof;
    }
    // `node` merged a lone sub-trie's first node with the levels above it, unless that is a branch.
    const bool on_the_way = taken == high && in_group.last == low;
    proof.replaces_first = on_the_way && group(roots, taken)[in_group.last].kind != Kind::kBranch;
    return proof;
}

std::vector<Bytes> joined(TopProof top, std::vector<Bytes> below) {
    TROUPE_ASSERT(!top.replaces_first || !below.empty());
    for (std::size_t i = top.replaces_first ? 1 : 0; i < below.size(); ++i) {
        top.nodes.push_back(std::move(below[i]));
    }
    return std::move(top.nodes);
}

}  // namespace troupe::chain::trie
