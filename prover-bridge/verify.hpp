#pragma once

#include "prover-bridge/fault.hpp"

#include <functional>

namespace troupe::prover {

struct Progress {
    std::uint64_t l1_block = 0;  ///< just taken
    std::uint64_t blocks = 0;    ///< L2 blocks so far
};

struct VerifyOptions {
    unsigned threads = 1;
    /// How often an L1 re-org while reading may send the verifier back to the start.
    unsigned restarts_max = 3;
    std::function<void(const Progress&)> on_progress;  ///< after each L1 block; may be empty
};

struct Verification {
    Report report;
    /// Where the first wrong claim is wrong; empty if none is, or if there was nobody to ask.
    std::optional<Fault> fault;
};

/// Reads the L1 from its start to its end, and says what it makes of it. To locate a fault it reads
/// up to the wrong block a second time, so that no block has to be kept.
/// @param claimed  the node that is asked where a claim is wrong; may be null
/// @error in words: the L1 does not answer, or never stands still
[[nodiscard]] chain::Result<Verification, std::string> verify(
    const chain::Genesis& genesis, const chain::ChainConfig& config, L1Source& l1,
    ClaimedChain* claimed, const VerifyOptions& options);

}  // namespace troupe::prover
