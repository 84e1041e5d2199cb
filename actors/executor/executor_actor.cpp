#include "actors/executor/executor_actor.hpp"

namespace troupe::actors {

ExecutorActor::behavior_type executor_actor(
    ExecutorActor::stateful_pointer<ExecutorState> self, std::shared_ptr<EnginePool> engines,
    PeersPtr peers) {
    self->state.engines = std::move(engines);
    self->state.peers = std::move(peers);
    return handlers<ExecutorActor>(
        self,
        [self](const Speculate& message) {
            self->state.engines->with_engine([&message](ExecutorEngine& engine) {
                engine.speculate(*message.round, message.share);
            });
            tell(self->state.peers->sequencer, Speculated{});
        },
        [self](const Settle& message) {
            self->state.engines->with_engine(
                [&message](ExecutorEngine& engine) { engine.settle(*message.round); });
            tell(self->state.peers->sequencer, Settled{});
        });
}

}  // namespace troupe::actors
