#pragma once

#include "l1-client/eth_client.hpp"
#include "l1-client/l1_reader.hpp"
#include "l1-client/output_claims.hpp"
#include "prover-bridge/l1_source.hpp"

#include <deque>
#include <map>
#include <memory>

namespace troupe::node {

/// The verifier's L1, read over JSON-RPC: blocks from the rollup's start to the L1's head at the
/// moment reading begins, with the output claims that stand there.
class ReaderSource final : public prover::L1Source {
  public:
    ReaderSource(l1::EthClient& l1, chain::ChainConfig config)
        : l1_(l1), config_(std::move(config)) {}

    void restart() override;
    [[nodiscard]] chain::Result<std::optional<prover::L1Step>, std::string> next() override;

    /// The last L1 block that will be given; l1_start before the first restart().
    [[nodiscard]] std::uint64_t end() const noexcept { return end_; }

  private:
    [[nodiscard]] std::optional<std::string> begin();

    l1::EthClient& l1_;
    chain::ChainConfig config_;
    std::unique_ptr<l1::L1Reader> reader_;  // null until next() has begun
    std::uint64_t end_ = 0;
    std::deque<chain::batch::L1Block> blocks_;
    std::multimap<std::uint64_t, prover::OutputClaim> claims_;  // by L1 block
};

}  // namespace troupe::node
