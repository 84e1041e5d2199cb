#pragma once

#include "sequencer/load/latency_histogram.hpp"
#include "sequencer/load/load_door.hpp"
#include "sequencer/load/transaction_source.hpp"

#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace troupe::node {

struct LoadSessionConfig {
    std::size_t batch_txs = 512;     ///< transactions per message at most
    std::size_t window_txs = 8'192;  ///< closed loop: sent and not answered at most
    /// Open loop: transactions a second, arriving as a Poisson process whatever the answers do.
    /// Latency then counts from the arrival, so that a node that stalls is charged for everything
    /// that would have come meanwhile (coordinated omission). Empty: closed loop, as fast as the
    /// window allows; latency counts from the sending.
    std::optional<double> rate_per_s;
    /// Ends then, or with the transactions.
    double seconds = std::numeric_limits<double>::infinity();
    std::uint64_t seed = 1;  ///< of the arrivals
    /// Called about ten times a second.
    std::function<void(std::uint64_t confirmed)> on_progress;
};

struct LoadSessionResult {
    std::uint64_t sent = 0;
    std::uint64_t accepted = 0;
    std::uint64_t refused = 0;
    std::uint64_t confirmed = 0;   ///< executed: a soft receipt came
    std::uint64_t failed = 0;      ///< of those, the ones that reverted
    std::uint64_t gas_used = 0;    ///< of all confirmed
    std::string first_refusal;     ///< its text
    double seconds = 0;            ///< first sent to last confirmed
    std::uint64_t last_block = 0;  ///< highest block that a transaction was ordered into
    LatencyHistogram soft;         ///< to the soft receipt
    /// The same, corrected for coordinated omission. Open loop: `soft` itself, which counts from
    /// the arrivals. Closed loop: by what usually lies between two transactions of one place in the
    /// window, window / rate.
    LatencyHistogram corrected;
    /// Confirmed in each whole second from the start.
    std::vector<std::uint64_t> each_second;
};

/// Sends transactions through a door. Memory does not grow with their number.
/// @return empty with the reason in `failure` when the door broke
[[nodiscard]] std::optional<LoadSessionResult> run_load_session(
    const OpenDoor& open, TransactionSource& transactions, const LoadSessionConfig& config,
    std::string& failure);

}  // namespace troupe::node
