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
    if (step.seal) {
        const std::uint64_t took_ns = outside->clock().steady_ns - seals_begun_ns.front();
        commitment.observe_ns(took_ns);
        seals_begun_ns.pop_front();
        tell(
            peers->sealer, PartitionSealed{std::make_shared<PartitionSeal>(std::move(*step.seal))});
    }
    go_on_sealing();
    if (engine->sealing()) return;
    for (Proof& proof : proofs)
        prove(std::move(proof));
    proofs.clear();
}

void PartitionState::prove_or_wait(Proof proof) {
    if (engine->sealing())
        proofs.push_back(std::move(proof));
    else
        prove(std::move(proof));
}

// The account's partition begins; those that have slots of a wide contract add them, one after the
// other. One that is at a later block already sends the question back.
void PartitionState::prove(Proof proof) {
    auto& [query, part] = proof;
    if (!part) {
        part = std::make_shared<PartitionProof>(engine->prove(query->address, query->slots));
    } else if (!engine->prove_rest(*part)) {
        const auto partitions = static_cast<std::uint32_t>(peers->partitions.size());
        const std::uint32_t home = partition_of(part->key[0], partitions);
        peers->to_partition(home, ProveAccount{std::move(query)});
        return;
    }
    if (const auto next = engine->next_to_prove(*part))
        peers->to_partition(*next, ProveSlots{std::move(query), std::move(part)});
    else
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
            state.seals_begun_ns.push_back(state.outside->clock().steady_ns);
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
            state.prove_or_wait({message.query, nullptr});
        },
        [self](const ProveSlots& message) {
            PartitionState& state = self->state;
            state.handled();
            state.prove_or_wait({message.query, message.part});
        },
        [self, interval](PublishStats) {
            PartitionState& state = self->state;
            PartitionStats stats = state.engine->stats();
            stats.mailbox_messages = state.peers->partition_mail[state.index].load();
            stats.commitment = state.commitment;
            state.outside->metrics.publish(stats);
            self->delayed_send(self, interval, PublishStats{});
        });
}

}  // namespace troupe::actors
