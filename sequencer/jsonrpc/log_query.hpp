#pragma once

#include "sequencer/jsonrpc/params.hpp"
#include "sequencer/log_filter.hpp"

#include <optional>

namespace troupe::node::jsonrpc {

/// A filter with the blocks it is about.
struct LogQuery {
    static constexpr std::size_t kAddressesMax = 1'000;  ///< as geth
    static constexpr std::size_t kPositionTopicsMax = 1'000;

    LogFilter filter;
    std::optional<chain::Hash32> block_hash;  ///< then no range
    std::optional<BlockRef> from;
    std::optional<BlockRef> to;
};

/// eth_getLogs' object. @return its errors whole
[[nodiscard]] Answer<LogQuery> read_log_query(const Params& params, std::size_t index);

}  // namespace troupe::node::jsonrpc
