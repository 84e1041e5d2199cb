#include "actors/log/log_actor.hpp"

#include "actors/thread_name.hpp"

namespace troupe::actors {
namespace {

template <class Record>
IoFailure append(LogState& state, const Record& record) {
    const std::uint64_t begin_ns = state.outside->clock().steady_ns;
    IoFailure failure = state.outside->log.append(record);
    const std::uint64_t end_ns = state.outside->clock().steady_ns;
    state.stats.sync_latency.observe_ns(end_ns - begin_ns);
    return failure;
}

}  // namespace

LogActor::behavior_type log_actor(
    LogActor::stateful_pointer<LogState> self, PeersPtr peers, OutsidePtr outside,
    std::uint32_t metrics_interval_ms) {
    name_own_thread(*self, "order log");
    self->state.peers = std::move(peers);
    self->state.outside = std::move(outside);
    const std::chrono::milliseconds interval{metrics_interval_ms};
    self->delayed_send(self, interval, PublishStats{});
    return handlers<LogActor>(
        self,
        [self](const AppendMicroBlock& message) {
            LogState& state = self->state;
            for (const chain::Bytes& raw : message.record->transactions)
                state.stats.bytes += raw.size();
            tell(state.peers->sequencer, Logged{append(state, *message.record)});
        },
        [self](const AppendSeal& message) {
            LogState& state = self->state;
            tell(state.peers->sequencer, SealLogged{append(state, *message.record)});
        },
        [self](PruneLog message) {
            // A failure here costs nothing but space, and the next prune covers it.
            static_cast<void>(self->state.outside->log.prune(message.sequence));
        },
        [self, interval](PublishStats) {
            self->state.outside->metrics.publish(self->state.stats);
            self->delayed_send(self, interval, PublishStats{});
        });
}

}  // namespace troupe::actors
