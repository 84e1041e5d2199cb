#pragma once

#include "actors/batcher/batcher_engine.hpp"
#include "actors/outside.hpp"
#include "actors/topology.hpp"

namespace troupe::actors {

/// Turns what the engine asks for into calls of the ports.
class BatcherMessenger final : public BatcherPort {
  public:
    BatcherMessenger(PeersPtr peers, OutsidePtr outside, GatePtr gate)
        : peers_(std::move(peers)), outside_(std::move(outside)), gate_(std::move(gate)) {}

    void read_blocks(std::uint64_t first, std::uint64_t last) override {
        tell(peers_->store, ReadBlocks{first, last});
    }
    void post(ChannelToPost channel) override {
        const std::uint64_t took_ns = outside_->clock().steady_ns - began_ns_;
        encoding_.observe_ns(took_ns);
        outside_->l1.post(std::move(channel));
    }
    void claim(std::uint64_t number, const chain::Hash32& output_root) override {
        outside_->l1.claim(number, output_root);
    }
    void batched(std::uint64_t first, std::uint64_t last) override {
        outside_->events.on_batched(first, last);
    }
    void posted(std::uint64_t first, std::uint64_t last, std::uint64_t l1_block) override {
        outside_->events.on_posted(first, last, l1_block);
    }
    void heads(const Heads& heads) override { outside_->events.on_heads(heads); }
    void fatal(const std::string& message) override { outside_->events.on_fatal(message); }
    void throttle(Throttle throttle) override { gate_->set_throttle(throttle); }

    /// The engine is about to be told something. @return when that is [ms]
    std::uint64_t begin() {
        began_ns_ = outside_->clock().steady_ns;
        return began_ns_ / 1'000'000;
    }
    /// How long it took from begin() until a channel was made.
    [[nodiscard]] const StageHistogram& encoding() const noexcept { return encoding_; }

  private:
    PeersPtr peers_;
    OutsidePtr outside_;
    GatePtr gate_;
    std::uint64_t began_ns_ = 0;
    StageHistogram encoding_;
};

struct BatcherState {
    std::unique_ptr<BatcherMessenger> messenger;
    std::unique_ptr<BatcherEngine> engine;
    OutsidePtr outside;
    static constexpr const char* name = "batcher";
};

struct BatcherParts {
    EngineConfig config;
    chain::ChainConfig chain;
    std::uint64_t safe_number = 0;
    std::uint64_t unsafe_number = 0;
    GatePtr gate;
};

BatcherActor::behavior_type batcher_actor(
    BatcherActor::stateful_pointer<BatcherState> self, BatcherParts parts, PeersPtr peers,
    OutsidePtr outside);

}  // namespace troupe::actors
