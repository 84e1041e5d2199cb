#pragma once

#include "actors/records.hpp"
#include "sequencer/log_filter.hpp"

#include "troupe/v1/query.pb.h"

#include <grpcpp/support/status.h>

#include <optional>

namespace troupe::node {

/// @return INVALID_ARGUMENT where the request has no such filter
[[nodiscard]] grpc::Status read_filter(
    const troupe::v1::GetLogsRequest& request, LogFilter& filter);

/// Puts logs that match into an answer, until it is full.
class LogCollector {
  public:
    LogCollector(
        const LogFilter& filter, std::uint32_t logs_max, std::size_t bytes_target,
        troupe::v1::GetLogsResponse& response) noexcept
        : filter_(filter), logs_max_(logs_max), bytes_target_(bytes_target), response_(response) {}

    /// @param first  index in the block of the first log of interest
    /// @return the index of the first one that found no room, if any
    [[nodiscard]] std::optional<std::uint32_t> take(
        const actors::SealedBlock& block, std::uint32_t first);

  private:
    const LogFilter& filter_;
    std::uint32_t logs_max_;
    std::size_t bytes_target_;
    std::size_t bytes_ = 0;
    troupe::v1::GetLogsResponse& response_;
};

}  // namespace troupe::node
