#pragma once

#include "l1-client/eth_client.hpp"
#include "sequencer/l1/l1_watcher.hpp"
#include "sequencer/runtime/key_lock.hpp"
#include "sequencer/runtime/node_config.hpp"
#include "sequencer/storage/chain_store.hpp"
#include "sequencer/storage/order_log.hpp"

#include <memory>
#include <string>
#include <vector>

namespace troupe::node {

/// What a node settles with its L1 before it begins. A node whose data directory met the L1 before
/// begins without it when it is away, since an outage must not keep a restarted sequencer down: the
/// checks are then made when the L1 answers (L1Watcher), and nothing is posted before.
class L1Meeting {
  public:
    /// Checks that the L1 is the rollup's and that the keys have their roles; holds the keys'
    /// locks while it lives.
    /// @return null with the reason in `failure`
    [[nodiscard]] static std::unique_ptr<L1Meeting> open(
        const NodeConfig& config, const NodeKeys& keys, ChainStore& store, std::string& failure);

    /// What is still to be checked when the L1 answers; empty where it did.
    [[nodiscard]] L1WatcherConfig::Check check_left() const;

    /// Fills a new data directory, or one that is behind, with what the L1 has of the chain.
    [[nodiscard]] Failure recover(const SegmentedOrderLog& order_log);

    /// When the head's L1 origin was mined: later blocks may not lie beyond a drift from it.
    [[nodiscard]] Failure head_origin_timestamp(std::uint64_t& timestamp);

  private:
    L1Meeting(const NodeConfig& config, const NodeKeys& keys, ChainStore& store)
        : config_(config),
          store_(store),
          batcher_(keys.batcher->address()),
          proposer_(keys.proposer ? keys.proposer->address() : batcher_) {}
    [[nodiscard]] Failure lock_keys(const chain::Hash32& l1_genesis);

    const NodeConfig& config_;
    ChainStore& store_;
    std::unique_ptr<l1::EthClient> l1_;
    std::vector<std::unique_ptr<KeyLock>> key_locks_;
    chain::Address batcher_;
    chain::Address proposer_;
    bool met_ = false;
};

}  // namespace troupe::node
