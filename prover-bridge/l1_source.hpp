#pragma once

#include "chain/base/result.hpp"
#include "chain/batch/derivation.hpp"

#include <optional>
#include <string>
#include <vector>

/// What the verifier needs of an L1. Implemented in sequencer/ over l1-client.
namespace troupe::prover {

/// Somebody said on the L1 (OutputRegistry) that L2 block `l2_block` has this output root.
struct OutputClaim {
    std::uint64_t l2_block = 0;
    chain::Hash32 output_root;
    std::uint64_t l1_block = 0;  ///< where it was said
    friend bool operator==(const OutputClaim&, const OutputClaim&) noexcept = default;
};

/// One L1 block as far as the rollup is concerned.
struct L1Step {
    chain::batch::L1Block block;
    std::vector<OutputClaim> claims;
};

/// Reads an L1 from the block after ChainConfig::l1_start to its end, which is fixed when reading
/// begins. Called by one thread; may block.
class L1Source {
  public:
    virtual ~L1Source() = default;
    /// Begins again: next() returns the first block after l1_start. The end may be another one.
    virtual void restart() = 0;
    /// The next block; empty at the end. The error says in words what is wrong with the L1; it is
    /// not retried here.
    [[nodiscard]] virtual chain::Result<std::optional<L1Step>, std::string> next() = 0;
};

}  // namespace troupe::prover
