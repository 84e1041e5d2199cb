#pragma once

#include "actors/admission/admission_engine.hpp"
#include "actors/outside.hpp"
#include "actors/topology.hpp"

namespace troupe::actors {

/// A signature that is recovered alone takes ten times as long as one of a batch (docs/crypto.md).
/// So chunks wait as long as more are in the mailbox, and then, if they are few, until some time
/// after the last batch: the more that had, the longer. Where transactions come one by one each is
/// admitted at once; where they come by the dozen in a millisecond, those of a millisecond are.
struct AdmissionState {
    static constexpr std::uint64_t kHoldNsPerTx = 50'000;  ///< of the last batch

    std::uint32_t index = 0;
    std::optional<AdmissionEngine> engine;
    GatePtr gate;
    PeersPtr peers;
    OutsidePtr outside;
    std::uint64_t hold_ns_max = 0;
    std::vector<ChunkPtr> waiting;
    std::size_t waiting_txs = 0;
    std::uint64_t hold_until_ns = 0;  // steady clock
    bool held = false;                // admit_held() comes

    /// @return after how many ns admit_held() is to come: those that wait are held
    [[nodiscard]] std::optional<std::uint64_t> take(const ChunkPtr& chunk);
    void admit_held();
    void admit_waiting();
    static constexpr const char* name = "admission";
};

/// @param index    among all admission actors
/// @param hold_us  see EngineConfig::admission_hold_us
AdmissionActor::behavior_type admission_actor(
    AdmissionActor::stateful_pointer<AdmissionState> self, std::uint32_t index,
    std::uint32_t hold_us, AdmissionEngine engine, GatePtr gate, PeersPtr peers,
    OutsidePtr outside);

}  // namespace troupe::actors
