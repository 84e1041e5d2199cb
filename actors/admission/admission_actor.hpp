#pragma once

#include "actors/admission/admission_engine.hpp"
#include "actors/topology.hpp"

namespace troupe::actors {

struct AdmissionState {
    std::optional<AdmissionEngine> engine;
    GatePtr gate;
    PeersPtr peers;
    static constexpr const char* name = "admission";
};

AdmissionActor::behavior_type admission_actor(
    AdmissionActor::stateful_pointer<AdmissionState> self, AdmissionEngine engine, GatePtr gate,
    PeersPtr peers);

}  // namespace troupe::actors
