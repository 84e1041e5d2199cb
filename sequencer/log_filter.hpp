#pragma once

#include "chain/types/receipt.hpp"

#include <vector>

namespace troupe::node {

/// Which logs a caller wants, by the rules of eth_getLogs: any of the addresses, and per position
/// any of the topics. None: all. What is asked of every block is worked out once, when it is made.
class LogFilter {
  public:
    static constexpr std::size_t kPositionsMax = 4;  ///< topics of a log

    LogFilter() = default;  ///< every log
    LogFilter(
        std::vector<chain::Address> addresses, std::vector<std::vector<chain::Hash32>> topics);

    [[nodiscard]] bool matches(const chain::Log& log) const noexcept;
    /// Whether a block with this bloom can have such a log.
    [[nodiscard]] bool may_match(const chain::Bloom& bloom) const noexcept;

  private:
    std::vector<chain::Address> addresses_;           // sorted
    std::vector<std::vector<chain::Hash32>> topics_;  // by position, each sorted
    // Their bits, in the same order.
    std::vector<chain::Bloom> address_blooms_;
    std::vector<std::vector<chain::Bloom>> topic_blooms_;
};

}  // namespace troupe::node
