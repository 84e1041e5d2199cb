#pragma once

#include "chain/batch/derivation.hpp"
#include "chain/execution/serial_chain.hpp"
#include "sequencer/config/rollup_file.hpp"
#include "sequencer/storage/chain_store.hpp"

#include <optional>

namespace troupe::node {

/// Says whether a derived block that is not the one sealed here may be executed (derivation, rule
/// 4.5): if not, every reader of the L1 drops it, and it is no divergence. Only a batch that the
/// node did not make asks this, so the state before the block is found the plain way, by executing
/// the stored chain; what was executed is kept for the next such batch.
class BlockJudge {
  public:
    BlockJudge(const RollupFile& rollup, const ChainStore& store)
        : rollup_(rollup), store_(store) {}

    /// @param derived  the parent is the block before it in the store
    /// @return the rule that refuses the block; empty where it may be executed, or where the stored
    ///         chain cannot be read
    [[nodiscard]] std::optional<chain::Error> refuses(const chain::batch::DerivedBlock& derived);

  private:
    [[nodiscard]] chain::Status execute(
        std::uint64_t timestamp, const chain::L1Origin& l1_origin,
        const std::vector<chain::Bytes>& transactions);

    const RollupFile rollup_;
    const ChainStore& store_;
    std::optional<chain::execution::SerialChain> chain_;  // up to some block of the store
};

}  // namespace troupe::node
