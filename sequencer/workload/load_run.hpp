#pragma once

#include "chain/base/bytes.hpp"
#include "sequencer/client/client.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace troupe::node {

/// How a load is driven into a node: over one gRPC stream, as fast as it answers or at a rate.
struct LoadConfig {
    std::size_t batch_txs = 256;     ///< transactions per stream message at most
    std::size_t window_txs = 1'024;  ///< sent and not answered at most: how long the queue gets
    /// Transactions a second, arriving as a Poisson process whatever the answers do; empty: as
    /// fast as the window allows.
    std::optional<double> rate_per_s;
    std::uint64_t seed = 1;  ///< of the arrivals
    /// Called about ten times a second with the number of transactions answered.
    std::function<void(std::uint64_t answered)> on_progress;
};

struct LoadResult {
    std::uint64_t accepted = 0;
    std::uint64_t refused = 0;
    std::string first_refusal;     ///< the first refusal's text
    std::uint64_t last_block = 0;  ///< highest block that a transaction was ordered into
    double seconds = 0;            ///< first sent to last answered
    double soft_p50_ms = 0;        ///< submission (arrival) to soft confirmation
    double soft_p99_ms = 0;
    std::vector<chain::Hash32> accepted_hashes;
};

/// Submits `transactions` in order and waits for all answers and soft receipts.
/// @return empty with the reason in `failure` when the stream broke
[[nodiscard]] std::optional<LoadResult> run_load(
    client::Client& client, const std::vector<chain::Bytes>& transactions, const LoadConfig& config,
    std::string& failure);

}  // namespace troupe::node
