#pragma once

#include "chain/base/bytes.hpp"

#include <memory>
#include <span>

namespace troupe::chain::trie {

/// Root of the trie { RLP(i) -> value i } of values that come piece by piece: transactions_root and
/// receipts_root of a block that is still open. Builds no trie: what can't change any more is
/// reduced to its hash, level by level and in batches; what stays are some nodes along the right
/// edge. The same work in all as at once, so that little is left for the end.
class OrderedRoot {
  public:
    OrderedRoot();
    ~OrderedRoot();
    OrderedRoot(OrderedRoot&&) noexcept;
    OrderedRoot& operator=(OrderedRoot&&) noexcept;

    /// The next values, none empty.
    void add(std::span<const ByteView> values);
    /// Of all that were added. Nothing can be added afterwards.
    [[nodiscard]] Hash32 root();

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace troupe::chain::trie
