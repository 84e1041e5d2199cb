#pragma once

#include "actors/outside.hpp"
#include "actors/topology.hpp"

namespace troupe::actors {

struct StoreState {
    PeersPtr peers;
    OutsidePtr outside;
    std::vector<SealedBlockPtr> pending;  // consecutive, committed together
    bool flush_channel = false;

    void commit();
    void read(const ReadBlocks& message) const;
    static constexpr const char* name = "store";
};

/// Spawned detached: writes blocks, several at once when it is behind, tells everyone, forgets the
/// order log's entries up to them; reads blocks back for the batcher.
StoreActor::behavior_type store_actor(
    StoreActor::stateful_pointer<StoreState> self, PeersPtr peers, OutsidePtr outside);

}  // namespace troupe::actors
