#include "actors/admission/admission_actor.hpp"

namespace troupe::actors {

AdmissionActor::behavior_type admission_actor(
    AdmissionActor::stateful_pointer<AdmissionState> self, AdmissionEngine engine, GatePtr gate,
    PeersPtr peers) {
    self->state.engine.emplace(std::move(engine));
    self->state.gate = std::move(gate);
    self->state.peers = std::move(peers);
    return handlers<AdmissionActor>(self, [self](const AdmitChunk& message) {
        AdmissionState& state = self->state;
        state.engine->admit(*message.chunk, state.gate->throttle());
        tell(state.peers->sequencer, Admitted{message.chunk});
    });
}

}  // namespace troupe::actors
