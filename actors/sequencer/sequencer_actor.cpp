#include "actors/sequencer/sequencer_actor.hpp"

#include "actors/scheduler.hpp"

namespace troupe::actors {

void SequencerMessenger::append(std::shared_ptr<const MicroBlockRecord> record) {
    // A round begins. Only one that is shared is worth looking for: see speculate().
    look_before_sleep(peers_->executors.front().home_system(), false);
    tell(peers_->log, AppendMicroBlock{std::move(record)});
}
void SequencerMessenger::append(std::shared_ptr<const SealRecord> record) {
    tell(peers_->log, AppendSeal{std::move(record)});
}
void SequencerMessenger::speculate(std::uint32_t share, const RoundPtr& round) {
    look_before_sleep(peers_->executors.front().home_system(), true);
    tell(peers_->executors[share], Speculate{round, share});
}
void SequencerMessenger::validate(std::uint32_t partition, const RoundPtr& round) {
    peers_->to_partition(partition, ValidateRound{round});
}
void SequencerMessenger::settle(const RoundPtr& round) {
    tell(peers_->executors[next_executor_++ % peers_->executors.size()], Settle{round});
}
void SequencerMessenger::grow(std::shared_ptr<BlockPiece> piece) {
    tell(peers_->sealer, BlockGrew{std::move(piece)});
}
void SequencerMessenger::close(std::shared_ptr<BlockContent> block) {
    const auto partitions = static_cast<std::uint32_t>(peers_->partitions.size());
    const auto board = std::make_shared<SealBoard>(block->env.number, partitions);
    for (std::uint32_t p = 0; p < partitions; ++p)
        peers_->to_partition(p, SealBlock{board});
    tell(peers_->sealer, BlockClosed{std::move(block)});
}
void SequencerMessenger::store(std::shared_ptr<SealedBlock> block, bool flush_channel) {
    tell(peers_->store, StoreBlock{std::move(block), flush_channel});
}
void SequencerMessenger::prove(std::uint32_t partition, QueryPtr query) {
    peers_->to_partition(partition, ProveAccount{std::move(query)});
}
void SequencerMessenger::publish(std::shared_ptr<const CommittedMicroBlock> micro_block) {
    outside_->events.on_micro_block(std::move(micro_block));
}
void SequencerMessenger::fatal(const std::string& message) {
    outside_->events.on_fatal(message);
}
void SequencerMessenger::ready(const std::string& failure) {
    if (outside_->ready) outside_->ready(failure);
}
void SequencerMessenger::drained(bool complete) {
    if (outside_->drained) outside_->drained(complete);
}

SequencerActor::behavior_type sequencer_actor(
    SequencerActor::stateful_pointer<SequencerState> self, std::shared_ptr<SequencerParts> parts,
    PeersPtr peers, OutsidePtr outside) {
    constexpr std::chrono::milliseconds kTick{10};  // how exactly blocks keep their time
    const std::chrono::milliseconds metrics{parts->setup.config.metrics_interval_ms};
    const SenderCachePtr senders = peers->senders;
    SequencerState& initial = self->state;
    initial.outside = outside;
    initial.messenger = std::make_unique<SequencerMessenger>(std::move(peers), outside);
    initial.engine = std::make_unique<SequencerEngine>(
        std::move(parts->setup), std::move(parts->loans), std::move(parts->gate),
        *initial.messenger);
    const auto engine = [self]() -> SequencerEngine& { return *self->state.engine; };
    const auto now = [self] { return self->state.outside->clock(); };
    return handlers<SequencerActor>(
        self,
        [=](Start) {
            engine().start(now());
            self->delayed_send(self, kTick, Tick{});
            self->delayed_send(self, metrics, PublishStats{});
        },
        [=](const Admitted& message) { engine().on_chunk(message.chunk, now()); },
        [=](const Logged& message) { engine().on_logged(message.failure, now()); },
        [=](const SealLogged& message) { engine().on_seal_logged(message.failure, now()); },
        [=](Speculated) { engine().on_speculated(now()); },
        [=](Validated message) { engine().on_validated(message.held, now()); },
        [=](Settled) { engine().on_settled(now()); },
        [=](SealBegun) { engine().on_seal_begun(now()); },
        [=](const BlockHashed& message) { engine().on_hashed(message.block, now()); },
        [=](const BlockStored& message) {
            engine().on_stored(message.number, message.failure, now());
        },
        [=](const AskAccount& message) { engine().on_query(message.query, now()); },
        [=](const NewOrigin& message) { engine().on_origin(message.origin, message.timestamp); },
        [=](Tick) {
            engine().on_tick(now());
            self->delayed_send(self, kTick, Tick{});
        },
        [=](Flush) { engine().on_flush(now()); }, [=](Drain) { engine().on_drain(now()); },
        [=](PublishStats) {
            SequencerStats stats = engine().stats();
            stats.senders_remembered = senders->hits();
            stats.senders_recovered = senders->misses();
            self->state.outside->metrics.publish(stats);
            self->delayed_send(self, metrics, PublishStats{});
        });
}

}  // namespace troupe::actors
