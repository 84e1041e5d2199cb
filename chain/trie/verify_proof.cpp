#include "chain/crypto/keccak.hpp"
#include "chain/rlp/decode.hpp"
#include "chain/trie/node_codec.hpp"
#include "chain/trie/trie.hpp"
#include "chain/types/account.hpp"

namespace troupe::chain::trie {
namespace {

struct DecodedNode {
    bool is_branch = false;
    bool is_leaf = false;
    Bytes path;                                        // leaf, extension
    ByteView value;                                    // leaf, branch
    std::array<ByteView, kBranchChildren> references;  // branch; an extension has one; empty: none
};

/// Undoes the hex-prefix encoding; only its canonical form is accepted.
Status read_path(ByteView encoded, DecodedNode& node) {
    if (encoded.empty() || encoded[0] >= 0x40) return Error::kTrieNodeMalformed;
    const bool odd = (encoded[0] & 0x10) != 0;
    if (!odd && (encoded[0] & 0xf) != 0) return Error::kTrieNodeMalformed;
    node.is_leaf = (encoded[0] & 0x20) != 0;
    node.path = nibbles_of(encoded, odd ? 1 : 2, 2 * encoded.size());
    return {};
}

/// A reference is empty, 32 bytes, or a node short enough to stand here itself.
Result<ByteView> read_reference(const rlp::Item& item) {
    if (item.kind == rlp::Kind::kList) {
        if (item.whole.size() > kInlineNodeMax) return Error::kTrieNodeMalformed;
        return item.whole;
    }
    if (!item.payload.empty() && item.payload.size() != Hash32::kSize) {
        return Error::kTrieNodeMalformed;
    }
    return item.payload.empty() ? ByteView{} : item.whole;
}

Status read_branch(std::span<const rlp::Item> items, DecodedNode& node) {
    node.is_branch = true;
    for (std::size_t i = 0; i < kBranchChildren; ++i) {
        TROUPE_TRY(reference, read_reference(items[i]));
        node.references[i] = reference;
    }
    if (items[kBranchChildren].kind != rlp::Kind::kString) return Error::kTrieNodeMalformed;
    node.value = items[kBranchChildren].payload;
    return {};
}

Status read_short_node(std::span<const rlp::Item> items, DecodedNode& node) {
    if (items[0].kind != rlp::Kind::kString) return Error::kTrieNodeMalformed;
    TROUPE_CHECK(read_path(items[0].payload, node));
    if (node.is_leaf) {
        const bool is_value = items[1].kind == rlp::Kind::kString && !items[1].payload.empty();
        if (!is_value) return Error::kTrieNodeMalformed;
        node.value = items[1].payload;
        return {};
    }
    TROUPE_TRY(reference, read_reference(items[1]));
    if (reference.empty() || node.path.empty()) return Error::kTrieNodeMalformed;
    node.references[0] = reference;
    return {};
}

/// Any malformed RLP in a node is a malformed node.
Result<DecodedNode> decode_node(ByteView bytes) {
    auto elements = rlp::read_single_list(bytes);
    if (!elements) return Error::kTrieNodeMalformed;
    std::array<rlp::Item, kBranchChildren + 1> items;
    std::size_t count = 0;
    while (!elements->at_end()) {
        if (count == items.size()) return Error::kTrieNodeMalformed;
        const auto item = elements->next();
        if (!item) return Error::kTrieNodeMalformed;
        items[count++] = *item;
    }
    DecodedNode node;
    if (count == items.size()) {
        TROUPE_CHECK(read_branch(items, node));
    } else if (count == 2) {
        TROUPE_CHECK(read_short_node(std::span(items).first(2), node));
    } else {
        return Error::kTrieNodeMalformed;
    }
    return node;
}

/// Where the walk goes from a node: to `reference`, or it ends with `value`.
struct Step {
    ByteView reference;
    ByteView value;
};

/// Takes the node's part off `path`.
Step step_through(const DecodedNode& node, ByteView& path) noexcept {
    if (node.is_branch) {
        if (path.empty()) return {{}, node.value};
        const std::uint8_t nibble = path[0];
        path = path.subspan(1);
        return {node.references[nibble], {}};
    }
    const std::size_t size = node.path.size();
    if (node.is_leaf) return {{}, equal(node.path, path) ? node.value : ByteView{}};
    if (path.size() < size || !equal(node.path, path.first(size))) return {};
    path = path.subspan(size);
    return {node.references[0], {}};
}

}  // namespace

Result<Bytes> verify_proof(const Hash32& root, ByteView key, std::span<const Bytes> proof) {
    if (root == kEmptyTrieRoot) {
        // Some nodes prove an empty trie by nothing, some by its only "node", the empty string.
        const bool empty_string = proof.size() == 1 && proof[0] == Bytes{0x80};
        if (proof.empty() || empty_string) return Bytes{};
        return Error::kProofInvalid;
    }
    const Bytes nibbles = nibbles_of(key);
    ByteView path = nibbles;
    std::size_t used = 0;
    Hash32 expected = root;
    ByteView node_bytes;  // empty: the next one comes from the proof
    // Each turn takes a node of the proof, or a node inside the one before: it ends.
    while (true) {
        if (node_bytes.empty()) {
            if (used == proof.size()) return Error::kProofIncomplete;
            node_bytes = proof[used++];
            if (crypto::keccak256(node_bytes) != expected) return Error::kProofInvalid;
        }
        TROUPE_TRY(node, decode_node(node_bytes));
        const Step step = step_through(node, path);
        if (step.reference.empty()) {
            if (used != proof.size()) return Error::kProofInvalid;
            return Bytes(step.value.begin(), step.value.end());
        }
        if (step.reference[0] >= 0xc0) {
            node_bytes = step.reference;
        } else {
            expected = Hash32::from(step.reference.subspan(1));
            node_bytes = {};
        }
    }
}

}  // namespace troupe::chain::trie
