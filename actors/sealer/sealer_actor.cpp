#include "actors/sealer/sealer_actor.hpp"

#include "chain/crypto/keccak.hpp"

namespace troupe::actors {

void SealerState::deliver() {
    while (auto sealed = engine->take_sealed()) {
        const std::uint64_t closed = closed_ns.at(sealed->block.header.number);
        const std::uint64_t now_ns = outside->clock().steady_ns;
        engine->stats().hash_latency.observe_ns(now_ns - closed);
        tell(peers->sequencer, BlockHashed{std::move(sealed)});
    }
}

SealerActor::behavior_type sealer_actor(
    SealerActor::stateful_pointer<SealerState> self, std::shared_ptr<SealerEngine> engine,
    PeersPtr peers, OutsidePtr outside, std::uint32_t metrics_interval_ms) {
    self->state.engine = std::move(engine);
    self->state.peers = std::move(peers);
    self->state.outside = std::move(outside);
    const std::chrono::milliseconds interval{metrics_interval_ms};
    self->delayed_send(self, interval, PublishStats{});
    return handlers<SealerActor>(
        self, [self](const BlockGrew& message) { self->state.engine->on_grown(*message.piece); },
        [self](const BlockClosed& message) {
            self->state.closed_ns[message.content->env.number] = message.content->closed_ns;
            self->state.engine->on_closed(message.content);
            self->state.deliver();
        },
        [self](const PartitionSealed& message) {
            self->state.engine->on_partition_seal(std::move(*message.seal));
            self->state.deliver();
        },
        [self](const BlockStored& message) {
            SealerState& state = self->state;
            if (message.failure) return;
            state.engine->on_stored(message.number);
            SealerStats& stats = state.engine->stats();
            stats.store_latency.observe_ns(message.took_ns);
            const std::uint64_t now_ns = state.outside->clock().steady_ns;
            while (!state.closed_ns.empty() && state.closed_ns.begin()->first <= message.number) {
                const std::uint64_t closed = state.closed_ns.begin()->second;
                stats.seal_latency.observe_ns(now_ns - closed);
                state.closed_ns.erase(state.closed_ns.begin());
            }
        },
        [self](const ProofPart& message) {
            SealerState& state = self->state;
            const auto result = state.engine->on_proof(message.query, std::move(*message.part));
            if (result != SealerEngine::Proof::kGone) return;
            const auto partitions = static_cast<std::uint32_t>(state.peers->partitions.size());
            const std::uint32_t partition =
                partition_of(chain::crypto::keccak256(message.query->address)[0], partitions);
            state.peers->to_partition(partition, ProveAccount{message.query});
        },
        [self, interval](PublishStats) {
            self->state.outside->metrics.publish(self->state.engine->stats());
            self->delayed_send(self, interval, PublishStats{});
        });
}

}  // namespace troupe::actors
