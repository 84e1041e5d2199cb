#pragma once

#include "actors/records.hpp"

#include <optional>

namespace troupe::actors {

/// A block as the sequencer fills it, micro-block by micro-block. Closed, it goes to the sealer.
struct BlockContent {
    chain::execution::BlockEnv env;  ///< parent_hash: filled by the sealer
    std::vector<chain::Bytes> transactions;
    std::vector<chain::Address> senders;
    std::vector<chain::Hash32> hashes;
    std::vector<chain::Receipt> receipts;
    std::vector<chain::execution::DeployedCode> codes;  ///< in the order of their transactions
    std::uint64_t gas_used = 0;
    std::uint32_t micro_blocks = 0;
    std::uint64_t opened_ns = 0;  ///< steady clock
    std::uint64_t closed_ns = 0;
};

}  // namespace troupe::actors
