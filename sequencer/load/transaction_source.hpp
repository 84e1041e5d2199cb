#pragma once

#include "chain/base/bytes.hpp"

#include <algorithm>
#include <vector>

namespace troupe::node {

/// Where a load's signed transactions come from, once from the beginning to the end.
class TransactionSource {
  public:
    virtual ~TransactionSource() = default;
    /// The next `count` transactions, fewer at the end. They live as long as this object.
    virtual void next(std::size_t count, std::vector<chain::ByteView>& out) = 0;
    /// Gives back the memory of what was read, where it can be had again.
    virtual void forget_read() noexcept {}
};

/// Transactions in memory, which outlive this object.
class TransactionList final : public TransactionSource {
  public:
    explicit TransactionList(const std::vector<chain::Bytes>& transactions) noexcept
        : transactions_(transactions) {}
    void next(std::size_t count, std::vector<chain::ByteView>& out) override {
        const std::size_t end = std::min(transactions_.size(), at_ + count);
        out.clear();
        for (; at_ < end; ++at_)
            out.push_back(transactions_[at_]);
    }

  private:
    const std::vector<chain::Bytes>& transactions_;
    std::size_t at_ = 0;
};

}  // namespace troupe::node
