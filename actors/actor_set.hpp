#pragma once

#include "actors/outside.hpp"
#include "actors/topology.hpp"

namespace troupe::actors {

/// All actors of one node in one actor system: spawned, wired, addressed.
class ActorSet {
  public:
    struct Options {
        TableSeed seed;
        bool detached = true;  ///< threads of their own for log, store and batcher
        bool exact_plan = true;
        bool follow_all_slots = false;  ///< see SequencerEngine::Setup
        std::size_t wide_leaves = PartitionEngine::kWideLeaves;
        /// Of each partition, with a state cache; else as many as it has room for (to test it)
        std::optional<std::size_t> accounts_kept;
        /// The same of slots; then nothing of storage tries stays that is not needed.
        std::optional<std::size_t> slots_kept;
        std::size_t whole_leaves = StoragePages::Bounds{}.whole_leaves;
    };
    /// Loads the state, spawns and wires everything and begins the replay; outside.ready tells how
    /// it ended.
    /// @param config  resolved
    /// @return empty and words in `failure` when the start data contradicts itself
    [[nodiscard]] static std::unique_ptr<ActorSet> spawn(
        caf::actor_system& system, const EngineConfig& config, EngineStart start, Outside outside,
        Options options, std::string& failure);

    [[nodiscard]] bool submit(
        std::vector<chain::Bytes> raw, std::shared_ptr<SubmitSink> sink,
        Credit credit = Credit::kNone);
    [[nodiscard]] const Peers& peers() const noexcept { return *peers_; }
    [[nodiscard]] Gate& gate() const noexcept { return *gate_; }
    [[nodiscard]] const GatePtr& gate_ptr() const noexcept { return gate_; }
    /// Tells every actor to quit.
    void quit();

  private:
    EngineConfig config_;
    std::shared_ptr<Peers> peers_;
    OutsidePtr outside_;
    GatePtr gate_;
    std::vector<std::shared_ptr<PartitionEngine>> partitions_;  // the views point into them
};

}  // namespace troupe::actors
