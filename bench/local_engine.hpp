#pragma once

#include "actors/engine.hpp"
#include "sequencer/evm_tools/world.hpp"

#include <functional>
#include <memory>
#include <span>
#include <string>

namespace troupe::bench {

/// The node's engine in this process (admission, sequencer, executors, partitions, sealer, batcher:
/// all actors, as `troupe node` has them), with a log, a store and an L1 that take everything at
/// once. Used by one thread.
class LocalEngine {
  public:
    /// Of one micro-block after the other, from one actor's thread.
    using OnMicroBlock = std::function<void(const actors::CommittedMicroBlock&)>;

    /// @param state  outlives the start; failure() says why it did not work
    LocalEngine(
        node::World& state, const chain::execution::BlockEnv& env, actors::EngineConfig config,
        OnMicroBlock on_micro_block = {});
    ~LocalEngine();  ///< shuts down

    /// Submits as fast as it is answered, no more than kWindowTxs ahead of the answers; returns
    /// when all are answered.
    void run(std::span<const chain::Bytes> raw);
    /// Ends the open block; returns when everything that was executed is in sealed blocks.
    void seal();
    /// Until what was taken is sealed and every count is final. Idempotent.
    void shut_down();

    [[nodiscard]] std::uint64_t refused() const;
    [[nodiscard]] std::string first_refusal() const;
    /// As of the end. @pre shut_down()
    [[nodiscard]] actors::SequencerStats stats() const;
    /// What did not work; empty: everything did.
    [[nodiscard]] std::string failure() const;

    static constexpr std::uint64_t kWindowTxs = 8'192;  ///< submitted and not answered at most

  private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace troupe::bench
