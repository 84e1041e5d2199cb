#pragma once

#include "chain/base/bytes.hpp"
#include "chain/trie/node_codec.hpp"

#include <span>
#include <vector>

namespace troupe::chain::trie {

/// What hashes the nodes: crypto::keccak256_batch, or a slower one to compare it with.
using HashBatch = void (*)(std::span<const ByteView> inputs, std::span<Hash32> outputs) noexcept;

/// Encoded nodes that wait to be hashed together. `Target` says where a node's reference belongs;
/// `store(target, bytes, is_inline)` puts it there: the 32 bytes of the hash at once with the rest
/// of the batch, or the node itself when it is short.
template <class Target, class Store>
class NodeBatch {
  public:
    NodeBatch(HashBatch hash, Store store)
        : hash_(hash), store_(std::move(store)), buffer_(kBufferBytes), hashes_(kNodesMax) {
        nodes_.reserve(kNodesMax);
        targets_.reserve(kNodesMax);
    }

    /// Room to write one node of at most `bytes_max`.
    [[nodiscard]] std::uint8_t* begin(std::size_t bytes_max) {
        if (nodes_.size() == kNodesMax || used_ + bytes_max > buffer_.size()) flush();
        if (bytes_max > buffer_.size()) buffer_.resize(bytes_max);
        return buffer_.data() + used_;
    }

    /// The node ends before `end`.
    void end(const std::uint8_t* end, const Target& target) {
        const ByteView node(
            buffer_.data() + used_, static_cast<std::size_t>(end - buffer_.data()) - used_);
        if (node.size() <= kInlineNodeMax) [[unlikely]] {
            store_(target, node, true);
            return;
        }
        nodes_.push_back(node);
        targets_.push_back(target);
        used_ += (node.size() + kAlignment - 1) / kAlignment * kAlignment;
    }

    /// Hashes and stores what waits. Call before the references are read.
    void flush() {
        const std::span<Hash32> hashes = std::span(hashes_).first(nodes_.size());
        hash_(nodes_, hashes);
        for (std::size_t i = 0; i < nodes_.size(); ++i) {
            store_(targets_[i], hashes[i].view(), false);
        }
        nodes_.clear();
        targets_.clear();
        used_ = 0;
    }

  private:
    static constexpr std::size_t kNodesMax = 256;
    static constexpr std::size_t kBufferBytes = 64 * 1'024;  // stays in the second-level cache
    static constexpr std::size_t kAlignment = 8;

    HashBatch hash_;
    Store store_;
    Bytes buffer_;
    std::size_t used_ = 0;
    std::vector<ByteView> nodes_;
    std::vector<Target> targets_;
    std::vector<Hash32> hashes_;
};

}  // namespace troupe::chain::trie
