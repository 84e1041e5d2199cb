#pragma once

#include "actors/reason.hpp"
#include "chain/execution/block_env.hpp"
#include "chain/execution/serial_chain.hpp"
#include "chain/types/block.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

/// The values that actors and the world outside them exchange. No CAF here.
namespace troupe::actors {

/// A micro-block as the order log keeps it: everything that replay needs, in order.
struct MicroBlockRecord {
    std::uint64_t sequence = 0;        ///< of the log entry; no gaps
    chain::execution::BlockEnv env;    ///< of its block; parent_hash may be zero (not yet known)
    std::uint32_t index_in_block = 0;  ///< 0 opens the block
    std::vector<chain::Bytes> transactions;  ///< raw
    std::vector<chain::Address> senders;
};

/// "Block `number` ends here and has this hash": durable before anybody is told of the block.
struct SealRecord {
    std::uint64_t sequence = 0;
    chain::execution::BlockEnv env;  ///< needed where the block has no micro-block at all
    chain::Hash32 block_hash;
};

/// One transaction's result, known as soon as its micro-block has committed. It never changes.
struct SoftReceipt {
    chain::Hash32 transaction_hash;
    chain::Address sender;
    std::uint64_t block_number = 0;
    std::uint32_t transaction_index = 0;
    std::uint64_t gas_used = 0;
    chain::Uint256 effective_gas_price;
    chain::Receipt receipt;
    std::optional<chain::Address> created;  ///< the contract that a creation made
    chain::Bytes output;                    ///< what a failed one reverted with
};

/// A committed micro-block: durable, executed.
struct CommittedMicroBlock {
    std::uint64_t sequence = 0;
    std::uint64_t block_number = 0;
    std::vector<SoftReceipt> receipts;
};

/// A sealed block and all that was learned while making it.
struct SealedBlock {
    chain::Block block;
    chain::Hash32 hash;
    std::vector<chain::Hash32> transaction_hashes;
    std::vector<chain::Receipt> receipts;
    std::vector<chain::execution::AccountChange> changes;  ///< sorted by address
    std::vector<chain::execution::DeployedCode> codes;     ///< new ones; by hash, each once
    /// Order log entries up to this one belong to this block or earlier ones: replay starts after
    /// it. The SealRecord's, or less: entries of the next block may stand before the seal.
    std::uint64_t last_sequence = 0;
};
using SealedBlockPtr = std::shared_ptr<const SealedBlock>;

/// How far the chain is settled. unsafe >= safe >= finalized.
struct Heads {
    std::uint64_t unsafe = 0;
    std::uint64_t safe = 0;       ///< derived from the L1's head
    std::uint64_t finalized = 0;  ///< derived from a finalized L1 block
    friend bool operator==(const Heads&, const Heads&) noexcept = default;
};

/// The answer to one submitted transaction.
struct SubmitOutcome {
    chain::Hash32 transaction_hash;  ///< zero where nothing could be decoded
    Reason reason = Reason::kNone;   ///< kNone: ordered and durable
    std::string message;             ///< says the numbers: "nonce 7, next is 9"; empty if accepted
    std::uint64_t block_number = 0;  ///< where it was ordered
    std::uint64_t sequence = 0;      ///< its micro-block's
    std::uint32_t retry_after_ms = 0;  ///< for kOverCapacity
};

}  // namespace troupe::actors
