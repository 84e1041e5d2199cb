#pragma once

#include "actors/ports.hpp"
#include "chain/batch/derivation.hpp"
#include "l1-client/eth_client.hpp"
#include "l1-client/l1_reader.hpp"
#include "sequencer/l1/block_judge.hpp"
#include "sequencer/l1/l1_stats.hpp"
#include "sequencer/storage/chain_store.hpp"

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

namespace troupe::node {

struct L1WatcherConfig {
    std::uint32_t poll_ms = 500;
    std::uint64_t confirmations = 2;
    using Check = std::function<l1::Status(l1::EthClient&)>;
    /// Made before anything else, until the L1 answers: a failure that does not pass is told as a
    /// divergence and ends the work. Empty: the L1 is known to be the right one.
    Check check = {};
};

/// Follows the L1 with a thread of its own: tells the actors each L1 block that new L2 blocks may
/// name as origin, and derives the L2 chain from the L1 again, comparing it with what was sealed
/// here. A difference ends derivation and is reported once, unless the block may not be executed:
/// then everybody drops it. Survives restarts by the checkpoints of
/// the ChainStore and L1 re-orgs by snapshots of the pipeline.
class L1Watcher {
  public:
    /// @param origin  the newest origin that the actors know: they are told those after it
    L1Watcher(
        std::unique_ptr<l1::EthClient> l1, const RollupFile& rollup, L1WatcherConfig config,
        ChainStore& store, actors::L1Events& events, L1StatsBoard& stats, chain::L1Origin origin);
    ~L1Watcher();  ///< stops the thread

    /// The last L1 block that derivation has taken.
    [[nodiscard]] chain::L1Origin derived_l1() const;

  private:
    class CompareSink;
    struct Snapshot {
        chain::L1Origin l1;
        std::uint64_t l1_timestamp = 0;
        chain::batch::DerivationPipeline pipeline;
    };

    void run();
    void tell_known_origins();
    [[nodiscard]] l1::Status check();
    [[nodiscard]] bool wait(std::uint32_t milliseconds);  // false: stop
    [[nodiscard]] l1::Status begin();
    [[nodiscard]] l1::Status begin_at(const DerivationCheckpoint& checkpoint);
    [[nodiscard]] l1::Status round(bool& more);
    [[nodiscard]] l1::Status give_origins(std::uint64_t head);
    void take(const chain::batch::L1Block& block);
    void go_back(std::uint64_t l1_number);
    void publish_heads(const l1::L1Heads& heads);
    void persist();
    void trouble(const l1::Error& error);
    void diverge(const std::string& why);

    std::unique_ptr<l1::EthClient> l1_;
    const chain::ChainConfig chain_;
    L1WatcherConfig config_;
    ChainStore& store_;
    actors::L1Events& events_;
    L1StatsBoard& stats_;
    BlockJudge judge_;  // the thread's own, as what follows

    std::unique_ptr<l1::L1Reader> reader_;  // null: begin() has to run
    std::deque<Snapshot> snapshots_;        // consecutive L1 blocks; the last is the present
    chain::L1Origin origin_;                // the last one told
    std::uint64_t checkpoint_ceiling_ = UINT64_MAX;  // begin below this L1 block
    std::uint64_t persisted_l1_ = 0;
    std::uint64_t finalized_ = 0;
    actors::Heads told_;  // at first those of the last run
    std::uint64_t told_l1_ = 0;
    bool diverged_ = false;
    std::string last_trouble_;

    mutable std::mutex mutex_;  // guards stopping_ and derived_l1_
    std::condition_variable wake_;
    bool stopping_ = false;
    chain::L1Origin derived_l1_;
    std::thread thread_;  // last: everything above exists before it runs
};

}  // namespace troupe::node
