#include "actors/store/store_actor.hpp"

#include "actors/thread_name.hpp"

namespace troupe::actors {

void StoreState::commit() {
    const std::vector<SealedBlockPtr> blocks = std::exchange(pending, {});
    const std::uint64_t begin_ns = outside->clock().steady_ns;
    const IoFailure failure = outside->store.commit(blocks);
    const std::uint64_t took_ns = outside->clock().steady_ns - begin_ns;
    for (const SealedBlockPtr& block : blocks) {
        const BlockStored stored{block->block.header.number, failure, took_ns};
        if (!failure) {
            outside->events.on_block(block);
            tell(peers->batcher, BlockForL1{block});
        }
        tell(peers->sealer, stored);
        tell(peers->sequencer, stored);
    }
    if (failure) return;
    tell(peers->log, PruneLog{blocks.back()->last_sequence});
    if (std::exchange(flush_channel, false)) tell(peers->batcher, CloseChannel{});
}

void StoreState::read(const ReadBlocks& message) const {
    BlocksRead answer{message.first, {}};
    for (std::uint64_t number = message.first; number <= message.last; ++number) {
        SealedBlockPtr block = outside->store.block(number);
        if (!block) break;
        answer.blocks.push_back(std::move(block));
    }
    tell(peers->batcher, std::move(answer));
}

StoreActor::behavior_type store_actor(
    StoreActor::stateful_pointer<StoreState> self, PeersPtr peers, OutsidePtr outside) {
    name_own_thread(*self, "block store");
    self->state.peers = std::move(peers);
    self->state.outside = std::move(outside);
    return handlers<StoreActor>(
        self,
        [self](const StoreBlock& message) {
            StoreState& state = self->state;
            // What arrived meanwhile stands before StorePending in the mailbox: one batch.
            if (state.pending.empty()) self->send(self, StorePending{});
            state.pending.push_back(message.block);
            state.flush_channel = state.flush_channel || message.flush_channel;
        },
        [self](StorePending) { self->state.commit(); },
        [self](const ReadBlocks& message) { self->state.read(message); });
}

}  // namespace troupe::actors
