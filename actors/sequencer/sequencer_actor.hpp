#pragma once

#include "actors/outside.hpp"
#include "actors/topology.hpp"

namespace troupe::actors {

/// Turns what the engine asks for into messages.
class SequencerMessenger final : public SequencerPort {
  public:
    SequencerMessenger(PeersPtr peers, OutsidePtr outside)
        : peers_(std::move(peers)), outside_(std::move(outside)) {}

    void append(std::shared_ptr<const MicroBlockRecord> record) override;
    void append(std::shared_ptr<const SealRecord> record) override;
    void speculate(std::uint32_t share, const RoundPtr& round) override;
    void validate(std::uint32_t partition, const RoundPtr& round) override;
    void settle(const RoundPtr& round) override;
    void grow(std::shared_ptr<BlockPiece> piece) override;
    void close(std::shared_ptr<BlockContent> block) override;
    void store(std::shared_ptr<SealedBlock> block, bool flush_channel) override;
    void prove(std::uint32_t partition, QueryPtr query) override;
    void publish(std::shared_ptr<const CommittedMicroBlock> micro_block) override;
    void fatal(const std::string& message) override;
    void ready(const std::string& failure) override;
    void drained(bool complete) override;

  private:
    PeersPtr peers_;
    OutsidePtr outside_;
    std::size_t next_executor_ = 0;
};

struct SequencerState {
    std::unique_ptr<SequencerMessenger> messenger;
    std::unique_ptr<SequencerEngine> engine;
    OutsidePtr outside;
    static constexpr const char* name = "sequencer";
};

struct SequencerParts {
    SequencerEngine::Setup setup;
    Loans loans;
    GatePtr gate;
};

SequencerActor::behavior_type sequencer_actor(
    SequencerActor::stateful_pointer<SequencerState> self, std::shared_ptr<SequencerParts> parts,
    PeersPtr peers, OutsidePtr outside);

}  // namespace troupe::actors
