#pragma once

#include "actors/outside.hpp"
#include "actors/topology.hpp"

namespace troupe::actors {

struct LogState {
    PeersPtr peers;
    OutsidePtr outside;
    LogStats stats;
    static constexpr const char* name = "log";
};

/// Spawned detached: appends block until the disk has them.
LogActor::behavior_type log_actor(
    LogActor::stateful_pointer<LogState> self, PeersPtr peers, OutsidePtr outside,
    std::uint32_t metrics_interval_ms);

}  // namespace troupe::actors
