#pragma once

#include "actors/records.hpp"

#include <optional>

namespace troupe::actors {

/// What a micro-block adds to its block: goes to the sealer while the block is open.
struct BlockPiece {
    std::uint64_t number = 0;  ///< of the block
    std::vector<chain::Bytes> transactions;
    std::vector<chain::Address> senders;
    std::vector<chain::Hash32> hashes;
    std::vector<chain::Receipt> receipts;
    std::vector<chain::execution::DeployedCode> codes;  ///< in the order of their transactions
};

/// The rest of a block, as the sequencer knows it. Closed, it goes to the sealer, behind all
/// pieces.
struct BlockContent {
    chain::execution::BlockEnv env;  ///< parent_hash: filled by the sealer
    std::size_t transactions = 0;    ///< in its pieces
    std::uint64_t gas_used = 0;
    std::uint32_t micro_blocks = 0;
    std::uint64_t opened_ns = 0;  ///< steady clock
    std::uint64_t closed_ns = 0;
};

}  // namespace troupe::actors
