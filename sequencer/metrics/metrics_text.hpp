#pragma once

#include "sequencer/jsonrpc/stats.hpp"
#include "sequencer/l1/l1_stats.hpp"
#include "sequencer/metrics/node_metrics.hpp"
#include "sequencer/rpc_stats.hpp"
#include "sequencer/storage/read_times.hpp"

#include <string>

namespace troupe::node {

/// Everything that is exported, read at one moment.
struct MetricsSnapshot {
    ActorStats actors;
    RpcSnapshot rpc;
    JsonRpcSnapshot json_rpc;
    L1Stats l1;
    actors::Heads heads;
    ReadTimes account_reads;
    bool ready = false;
    std::string version;
    std::uint64_t start_time_seconds = 0;  ///< Unix time
    std::uint64_t resident_memory_bytes = 0;
};

/// The Prometheus text format. Names are troupe_<what>_<base unit>; docs/operations.md lists them.
/// The one doorway to prometheus-cpp.
[[nodiscard]] std::string metrics_text(const MetricsSnapshot& snapshot);

/// Resident memory of this process [bytes]; 0 where the system does not tell.
[[nodiscard]] std::uint64_t resident_memory_bytes();

}  // namespace troupe::node
