#pragma once

#include "chain/types/chain_config.hpp"
#include "l1-client/eth_client.hpp"

#include <vector>

/// Output roots on the L1: docs/formats/l1-contracts.md, "OutputRegistry".
namespace troupe::l1 {

/// A claim that stands.
struct OutputClaim {
    std::uint64_t index = 0;
    std::uint64_t l2_block = 0;
    chain::Hash32 output_root;
    std::uint64_t l1_block = 0;   ///< that holds the claim
    std::uint64_t timestamp = 0;  ///< of that L1 block
    friend bool operator==(const OutputClaim&, const OutputClaim&) noexcept = default;
};

/// The calldata that claims `output_root` for `l2_block`. The claim is refused on a fork of the L1
/// that does not have block `origin`, if that is one of the 256 before it; a zero hash asks for no
/// such check.
[[nodiscard]] chain::Bytes encode_claim(
    std::uint64_t l2_block, const chain::Hash32& output_root, const chain::L1Origin& origin);

/// All claims that stand at the L1's head, in increasing order of L2 block. Reads events only:
/// deletions by the guardian are followed.
[[nodiscard]] Result<std::vector<OutputClaim>> read_claims(
    EthClient& l1, const chain::ChainConfig& config);

/// The highest L2 block with a claim; 0 before the first.
[[nodiscard]] Result<std::uint64_t> latest_claimed_block(
    EthClient& l1, const chain::ChainConfig& config);

}  // namespace troupe::l1
