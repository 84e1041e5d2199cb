#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace troupe::node {

/// `troupe status`: what a running node says of itself, as one JSON object and as a table.

/// @param node_status   the answer of troupe_nodeStatus
/// @param transactions  counts of the newest blocks, for the rate
/// @return the same object with `transactionsPerSecond`, and under `latency` quantiles in place of
///         counts: {"submit": {"p50Seconds": …, "p99Seconds": …}, …}; null where there is no sample
/// @throws nlohmann::json::exception where node_status is something else
[[nodiscard]] nlohmann::json status_report(
    nlohmann::json node_status, const std::vector<std::uint64_t>& transactions);

/// The report as a person reads it. @param url  of the node, for the title
/// @throws as status_report
[[nodiscard]] std::string status_table(const nlohmann::json& report, const std::string& url);

}  // namespace troupe::node
