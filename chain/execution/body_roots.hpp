#pragma once

#include "chain/trie/ordered_root.hpp"
#include "chain/types/block.hpp"
#include "chain/types/receipt.hpp"

#include <span>

namespace troupe::chain::execution {

/// What a header says of its block's body: the roots of transactions and receipts, the bloom and
/// the gas used. Takes them as the block grows.
class BodyRoots {
  public:
    /// The next transactions, raw, in block order, and their receipts with cumulative gas filled
    /// in.
    void add(std::span<const Bytes> transactions, std::span<const Receipt> receipts);
    /// Writes them into the header. Nothing can be added afterwards.
    void fill(Header& header);
    [[nodiscard]] std::size_t count() const noexcept { return count_; }

  private:
    trie::OrderedRoot transactions_;
    trie::OrderedRoot receipts_;
    Bloom logs_bloom_;
    std::uint64_t gas_used_ = 0;
    std::size_t count_ = 0;
};

}  // namespace troupe::chain::execution
