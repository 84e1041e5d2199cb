#include "actors/admission/admission_actor.hpp"

namespace troupe::actors {
namespace {

/// Transactions that are admitted together at most. More would gain nothing: signature recovery is
/// at its best at 128.
constexpr std::size_t kBatchTxs = 128;

}  // namespace

void AdmissionState::take(const ChunkPtr& chunk) {
    waiting_txs += chunk->raw.size();
    waiting.push_back(chunk);
    // Whoever counts a message sends it next, so what is counted here comes.
    const bool last = peers->admission_mail[index].fetch_sub(1) == 1;
    if (last || waiting_txs >= kBatchTxs) admit_waiting();
}

void AdmissionState::admit_waiting() {
    engine->admit(waiting, gate->throttle());
    for (ChunkPtr& chunk : waiting)
        tell(peers->sequencer, Admitted{std::move(chunk)});
    waiting.clear();
    waiting_txs = 0;
}

AdmissionActor::behavior_type admission_actor(
    AdmissionActor::stateful_pointer<AdmissionState> self, std::uint32_t index,
    AdmissionEngine engine, GatePtr gate, PeersPtr peers) {
    self->state.index = index;
    self->state.engine.emplace(std::move(engine));
    self->state.gate = std::move(gate);
    self->state.peers = std::move(peers);
    return handlers<AdmissionActor>(
        self, [self](const AdmitChunk& message) { self->state.take(message.chunk); });
}

}  // namespace troupe::actors
