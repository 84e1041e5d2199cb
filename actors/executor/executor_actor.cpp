#include "actors/executor/executor_actor.hpp"

namespace troupe::actors {

ExecutorActor::behavior_type executor_actor(
    ExecutorActor::stateful_pointer<ExecutorState> self, ExecutorEngine engine, PeersPtr peers) {
    self->state.engine.emplace(std::move(engine));
    self->state.peers = std::move(peers);
    return handlers<ExecutorActor>(
        self,
        [self](const Speculate& message) {
            self->state.engine->speculate(*message.round, message.share);
            tell(self->state.peers->sequencer, Speculated{});
        },
        [self](const Settle& message) {
            self->state.engine->settle(*message.round);
            tell(self->state.peers->sequencer, Settled{});
        });
}

}  // namespace troupe::actors
