#pragma once

#include "chain/types/receipt.hpp"
#include "sequencer/jsonrpc/params.hpp"

#include <optional>
#include <vector>

namespace troupe::node::jsonrpc {

/// Which logs a caller wants: any of the addresses, and per position any of the topics. Empty: all.
struct LogFilter {
    static constexpr std::size_t kAddressesMax = 1'000;  ///< as geth
    static constexpr std::size_t kPositionTopicsMax = 1'000;
    static constexpr std::size_t kPositionsMax = 4;

    std::vector<chain::Address> addresses;           ///< sorted
    std::vector<std::vector<chain::Hash32>> topics;  ///< by position, each sorted
    // Their bits, in the same order: see prepare().
    std::vector<chain::Bloom> address_blooms;
    std::vector<std::vector<chain::Bloom>> topic_blooms;

    /// Sorts, and works out the blooms. Once, before the first question.
    void prepare();

    [[nodiscard]] bool matches(const chain::Log& log) const noexcept;
    /// Whether a block with this bloom can have such a log.
    [[nodiscard]] bool may_match(const chain::Bloom& bloom) const noexcept;
};

/// A filter with the blocks it is about.
struct LogQuery {
    LogFilter filter;
    std::optional<chain::Hash32> block_hash;  ///< then no range
    std::optional<BlockRef> from;
    std::optional<BlockRef> to;
};

/// eth_getLogs' object. @return its errors whole
[[nodiscard]] Answer<LogQuery> read_log_query(const Params& params, std::size_t index);

}  // namespace troupe::node::jsonrpc
