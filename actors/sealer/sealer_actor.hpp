#pragma once

#include "actors/outside.hpp"
#include "actors/sealer/sealer_engine.hpp"
#include "actors/topology.hpp"

namespace troupe::actors {

struct SealerState {
    std::shared_ptr<SealerEngine> engine;
    PeersPtr peers;
    OutsidePtr outside;
    std::map<std::uint64_t, std::uint64_t> closed_ns;  // blocks not yet stored

    void deliver();
    static constexpr const char* name = "sealer";
};

SealerActor::behavior_type sealer_actor(
    SealerActor::stateful_pointer<SealerState> self, std::shared_ptr<SealerEngine> engine,
    PeersPtr peers, OutsidePtr outside, std::uint32_t metrics_interval_ms);

}  // namespace troupe::actors
