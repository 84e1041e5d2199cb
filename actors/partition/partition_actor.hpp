#pragma once

#include "actors/outside.hpp"
#include "actors/topology.hpp"
#include "chain/crypto/keccak.hpp"

#include <deque>

namespace troupe::actors {

struct PartitionState {
    std::uint32_t index = 0;
    std::shared_ptr<PartitionEngine> engine;
    PeersPtr peers;
    OutsidePtr outside;
    bool slice_pending = false;
    std::deque<std::uint64_t> seals_begun_ns;  // of the blocks being hashed, oldest first
    StageHistogram commitment;
    /// Proofs that were asked for, and what others have of them, if anything.
    struct Proof {
        QueryPtr query;
        std::shared_ptr<PartitionProof> part;
    };
    std::vector<Proof> proofs;  // wait until the block being hashed is done

    void handled() const { peers->partition_mail[index].fetch_sub(1); }
    void seal_slice();
    void go_on_sealing();
    void prove(Proof proof);
    void prove_or_wait(Proof proof);
    static constexpr const char* name = "partition";
};

/// @param metrics_interval_ms  0: publishes nothing
/// @param engine  loaded; the sequencer and the executors read its table between rounds
PartitionActor::behavior_type partition_actor(
    PartitionActor::stateful_pointer<PartitionState> self, std::uint32_t index,
    std::shared_ptr<PartitionEngine> engine, PeersPtr peers, OutsidePtr outside,
    std::uint32_t metrics_interval_ms);

}  // namespace troupe::actors
