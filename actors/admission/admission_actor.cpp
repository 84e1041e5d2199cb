#include "actors/admission/admission_actor.hpp"

#include <algorithm>
#include <utility>

namespace troupe::actors {

std::optional<std::uint64_t> AdmissionState::take(const ChunkPtr& chunk) {
    const std::size_t txs = chunk->raw.size();
    waiting_txs += txs;
    waiting.push_back(chunk);
    // Whoever counts a message sends it next, so what is counted here comes.
    const bool last = peers->admission_mail[index].fetch_sub(txs) == txs;
    if (!last && waiting_txs < peers->admission_batch_txs) return std::nullopt;
    const std::uint64_t now_ns = outside->clock().steady_ns;
    if (waiting_txs >= peers->admission_batch_txs || now_ns >= hold_until_ns) {
        admit_waiting();
        return std::nullopt;
    }
    if (std::exchange(held, true)) return std::nullopt;
    return hold_until_ns - now_ns;
}

void AdmissionState::admit_held() {
    held = false;
    if (!waiting.empty()) admit_waiting();
}

void AdmissionState::admit_waiting() {
    engine->admit(waiting, gate->throttle());
    for (ChunkPtr& chunk : waiting)
        tell(peers->sequencer, Admitted{std::move(chunk)});
    hold_until_ns = outside->clock().steady_ns + std::min(hold_ns_max, kHoldNsPerTx * waiting_txs);
    waiting.clear();
    waiting_txs = 0;
}

AdmissionActor::behavior_type admission_actor(
    AdmissionActor::stateful_pointer<AdmissionState> self, std::uint32_t index,
    std::uint32_t hold_us, AdmissionEngine engine, GatePtr gate, PeersPtr peers,
    OutsidePtr outside) {
    self->state.index = index;
    self->state.hold_ns_max = std::uint64_t{hold_us} * 1'000;
    self->state.engine.emplace(std::move(engine));
    self->state.gate = std::move(gate);
    self->state.peers = std::move(peers);
    self->state.outside = std::move(outside);
    return handlers<AdmissionActor>(
        self,
        [self](const AdmitChunk& message) {
            if (const auto after_ns = self->state.take(message.chunk))
                self->delayed_send(self, std::chrono::nanoseconds(*after_ns), AdmitHeld{});
        },
        [self](AdmitHeld) { self->state.admit_held(); });
}

}  // namespace troupe::actors
