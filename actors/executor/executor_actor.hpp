#pragma once

#include "actors/executor/executor_engine.hpp"
#include "actors/topology.hpp"

namespace troupe::actors {

struct ExecutorState {
    std::optional<ExecutorEngine> engine;
    PeersPtr peers;
    static constexpr const char* name = "executor";
};

ExecutorActor::behavior_type executor_actor(
    ExecutorActor::stateful_pointer<ExecutorState> self, ExecutorEngine engine, PeersPtr peers);

}  // namespace troupe::actors
