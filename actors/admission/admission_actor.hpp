#pragma once

#include "actors/admission/admission_engine.hpp"
#include "actors/topology.hpp"

namespace troupe::actors {

/// Chunks wait only as long as more are in the mailbox already: where transactions come one by one
/// each is admitted at once, and where they come in crowds signatures are recovered in crowds.
struct AdmissionState {
    std::uint32_t index = 0;
    std::optional<AdmissionEngine> engine;
    GatePtr gate;
    PeersPtr peers;
    std::vector<ChunkPtr> waiting;
    std::size_t waiting_txs = 0;

    void take(const ChunkPtr& chunk);
    void admit_waiting();
    static constexpr const char* name = "admission";
};

/// @param index  among all admission actors
AdmissionActor::behavior_type admission_actor(
    AdmissionActor::stateful_pointer<AdmissionState> self, std::uint32_t index,
    AdmissionEngine engine, GatePtr gate, PeersPtr peers);

}  // namespace troupe::actors
