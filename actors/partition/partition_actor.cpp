#include "actors/partition/partition_actor.hpp"

namespace troupe::actors {

void PartitionState::go_on_sealing() {
    if (slice_pending || !engine->sealing() || engine->waiting()) return;
    slice_pending = true;
    peers->to_partition(index, SealSlice{});
}

// One slice, then a message to itself: rounds of the next block come in between.
void PartitionState::seal_slice() {
    slice_pending = false;
    PartitionEngine::SealStep step = engine->seal_step();
    if (step.wakes)
        for (std::uint32_t p = 0; p < peers->partitions.size(); ++p)
            if (p != index) peers->to_partition(p, SealBoardReady{});
    if (step.seal)
        tell(
            peers->sealer, PartitionSealed{std::make_shared<PartitionSeal>(std::move(*step.seal))});
    go_on_sealing();
    if (engine->sealing()) return;
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
            state.engine->begin_seal(message.board);
            tell(state.peers->sequencer, SealBegun{});
            state.go_on_sealing();
        },
        [self](SealSlice) {
            self->state.handled();
            self->state.seal_slice();
        },
        [self](SealBoardReady) {
            self->state.handled();
            self->state.go_on_sealing();
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
