#include "actors/partition/partition_actor.hpp"

namespace troupe::actors {

// One slice, then a message to itself: rounds of the next block come in between.
void PartitionState::seal_slice() {
    if (auto seal = engine->seal_step())
        tell(peers->sealer, PartitionSealed{std::make_shared<PartitionSeal>(std::move(*seal))});
    if (engine->sealing()) {
        peers->to_partition(index, SealSlice{});
        return;
    }
    for (QueryPtr& query : proofs)
        prove(std::move(query));
    proofs.clear();
}

void PartitionState::prove(QueryPtr query) const {
    auto part = std::make_shared<PartitionProof>(engine->prove(query->address, query->slots));
    tell(peers->sealer, ProofPart{std::move(query), std::move(part)});
}

PartitionActor::behavior_type partition_actor(
    PartitionActor::stateful_pointer<PartitionState> self, std::uint32_t index,
    std::shared_ptr<PartitionEngine> engine, PeersPtr peers, OutsidePtr outside,
    std::uint32_t metrics_interval_ms) {
    PartitionState& initial = self->state;
    initial.index = index;
    initial.engine = std::move(engine);
    initial.peers = std::move(peers);
    initial.outside = std::move(outside);
    const std::chrono::milliseconds interval{metrics_interval_ms};
    if (metrics_interval_ms > 0) self->delayed_send(self, interval, PublishStats{});
    return handlers<PartitionActor>(
        self,
        [self](const ValidateRound& message) {
            PartitionState& state = self->state;
            state.handled();
            const bool held = state.engine->validate(*message.round);
            tell(state.peers->sequencer, Validated{held});
        },
        [self](const SealBlock& message) {
            PartitionState& state = self->state;
            state.handled();
            const bool slice_pending = state.engine->sealing();
            state.engine->begin_seal(message.number);
            tell(state.peers->sequencer, SealBegun{});
            if (!slice_pending) state.peers->to_partition(state.index, SealSlice{});
        },
        [self](SealSlice) {
            self->state.handled();
            self->state.seal_slice();
        },
        [self](const ProveAccount& message) {
            PartitionState& state = self->state;
            state.handled();
            if (state.engine->sealing()) {
                state.proofs.push_back(message.query);
            } else {
                state.prove(message.query);
            }
        },
        [self, interval](PublishStats) {
            PartitionState& state = self->state;
            PartitionStats stats = state.engine->stats();
            stats.mailbox_messages = state.peers->partition_mail[state.index].load();
            state.outside->metrics.publish(stats);
            self->delayed_send(self, interval, PublishStats{});
        });
}

}  // namespace troupe::actors
