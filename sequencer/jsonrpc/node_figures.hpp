#pragma once

#include "actors/metrics_sink.hpp"

#include <cstdint>
#include <functional>
#include <string>

namespace troupe::node {

/// What a running node says of itself beyond its chain: read at one moment, for troupe_nodeStatus.
/// Counters count from the start of the process.
struct NodeFigures {
    std::string ready_word;      ///< as /readyz: "ok", "starting", "backlog", ...
    std::string ready_sentence;  ///< why
    std::uint64_t uptime_s = 0;
    std::uint64_t memory_bytes = 0;  ///< resident
    std::uint64_t accepted = 0;      ///< transactions ordered
    std::uint64_t refused = 0;       ///< and refused, for whatever reason
    std::uint64_t sealed = 0;        ///< transactions in sealed blocks
    std::uint64_t queue_txs = 0;     ///< waiting to be ordered
    bool l1_enabled = false;
    bool l1_reachable = false;
    std::uint64_t l1_head = 0;
    std::uint64_t backlog_blocks = 0;  ///< sealed, not yet safe
    std::uint64_t backlog_bytes = 0;   ///< estimated bytes that wait for the L1
    std::uint64_t throttle = 0;        ///< 0 none, 1 compress harder, 2 slow, 3 refuse
    std::uint64_t seconds_since_post = 0;
    actors::LatencyHistogram submit_latency;  ///< taken to answered
    actors::LatencyHistogram sync_latency;    ///< order log append with sync
    actors::LatencyHistogram seal_latency;    ///< block closed to durable
};

using ReadFigures = std::function<NodeFigures()>;

}  // namespace troupe::node
