#include "actors/batcher/batcher_actor.hpp"

#include "actors/thread_name.hpp"

namespace troupe::actors {

BatcherActor::behavior_type batcher_actor(
    BatcherActor::stateful_pointer<BatcherState> self, BatcherParts parts, PeersPtr peers,
    OutsidePtr outside) {
    name_own_thread(*self, "batcher");
    constexpr std::chrono::milliseconds kTick{50};  // how exactly channels keep their age
    const std::chrono::milliseconds metrics{parts.config.metrics_interval_ms};
    BatcherState& initial = self->state;
    initial.outside = outside;
    initial.messenger = std::make_unique<BatcherMessenger>(std::move(peers), outside, parts.gate);
    initial.engine = std::make_unique<BatcherEngine>(
        parts.config, std::move(parts.chain), parts.safe_number, parts.unsafe_number,
        *initial.messenger);
    const auto engine = [self]() -> BatcherEngine& { return *self->state.engine; };
    const auto now_ms = [self] { return self->state.messenger->begin(); };
    return handlers<BatcherActor>(
        self,
        [=](Start) {
            engine().start(now_ms());
            self->delayed_send(self, kTick, Tick{});
            self->delayed_send(self, metrics, PublishStats{});
        },
        [=](const BlockForL1& message) { engine().on_block(message.block, now_ms()); },
        [=](const BlocksRead& message) {
            engine().on_blocks_read(message.first, message.blocks, now_ms());
        },
        [=](ChannelPosted message) {
            engine().on_posted(message.first, message.last, message.l1_block, now_ms());
        },
        [=](const PostFailed& message) {
            engine().on_post_failed(message.first, message.last, now_ms());
        },
        [=](Derived message) {
            engine().on_derived(message.safe, message.finalized, message.l1_block, now_ms());
        },
        [=](const Diverged& message) { engine().on_divergence(message.message); },
        [=](const NewOrigin& message) { engine().on_origin(message.origin.number, now_ms()); },
        [=](CloseChannel) { engine().on_close_channel(now_ms()); },
        [=](Tick) {
            engine().on_tick(now_ms());
            self->delayed_send(self, kTick, Tick{});
        },
        [=](PublishStats) {
            BatcherStats stats = engine().stats(now_ms());
            stats.encoding = self->state.messenger->encoding();
            self->state.outside->metrics.publish(stats);
            self->delayed_send(self, metrics, PublishStats{});
        });
}

}  // namespace troupe::actors
