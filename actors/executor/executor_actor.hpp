#pragma once

#include "actors/executor/engine_pool.hpp"
#include "actors/topology.hpp"

namespace troupe::actors {

struct ExecutorState {
    std::shared_ptr<EnginePool> engines;
    PeersPtr peers;
    static constexpr const char* name = "executor";
};

ExecutorActor::behavior_type executor_actor(
    ExecutorActor::stateful_pointer<ExecutorState> self, std::shared_ptr<EnginePool> engines,
    PeersPtr peers);

}  // namespace troupe::actors
