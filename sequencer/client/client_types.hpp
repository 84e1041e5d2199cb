#pragma once

#include "chain/base/result.hpp"
#include "chain/base/uint256.hpp"
#include "chain/execution/serial_chain.hpp"
#include "chain/types/account.hpp"
#include "chain/types/header.hpp"
#include "chain/types/receipt.hpp"
#include "sequencer/stage.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// What the client library answers: values, no generated types. The meaning of each field is that
/// of the message of the same name in proto/troupe/v1.
namespace troupe::node::client {

/// A call or a transaction that was refused, or a connection that failed.
struct CallError {
    int code = 0;         ///< gRPC status code; 14: the server could not be reached or is stopping
    std::string reason;   ///< "NONCE_TOO_LOW"; empty where the connection failed
    std::string message;  ///< for a person
    std::uint32_t retry_after_ms = 0;
    std::string resume_cursor;  ///< where a stream can be resumed

    /// Whether waiting and trying again may help without changing anything.
    [[nodiscard]] bool is_temporary() const noexcept { return code == 14 || retry_after_ms != 0; }
    /// "NONCE_TOO_LOW: nonce 7, next is 9"
    [[nodiscard]] std::string text() const {
        return reason.empty() ? message : reason + ": " + message;
    }
};

template <class T>
using CallResult = chain::Result<T, CallError>;

struct Receipt {
    chain::Hash32 transaction_hash;
    std::uint64_t block_number = 0;
    std::optional<chain::Hash32> block_hash;  ///< from SEALED on
    std::uint32_t transaction_index = 0;
    chain::TxType type = chain::TxType::kLegacy;
    bool success = false;
    std::uint64_t gas_used = 0;
    std::uint64_t cumulative_gas_used = 0;
    chain::Uint256 effective_gas_price;
    chain::Address from;
    std::optional<chain::Address> to;
    std::optional<chain::Address> contract;  ///< that it created
    chain::Bytes revert_output;              ///< what it failed with, where the node still knows
    std::vector<chain::Log> logs;
    Stage stage = Stage::kUnknown;
};

struct Submitted {
    chain::Hash32 transaction_hash;
    std::uint64_t block_number = 0;
    std::uint64_t micro_block = 0;
    Stage stage = Stage::kUnknown;
    std::optional<Receipt> receipt;
};

/// One transaction of a batch.
struct ItemOutcome {
    chain::Hash32 transaction_hash;
    std::optional<CallError> refusal;  ///< empty: accepted
    std::uint64_t block_number = 0;
    std::uint64_t micro_block = 0;
};

struct AccountInfo {
    chain::Account account;
    std::uint64_t block_number = 0;
    std::uint64_t pending_nonce = 0;
    chain::Hash32 state_root;         ///< with a proof
    std::vector<chain::Bytes> proof;  ///< for trie::verify_proof with keccak256(address)
    struct Slot {
        chain::Hash32 slot;
        chain::Uint256 value;
        std::vector<chain::Bytes> proof;  ///< for trie::verify_proof with keccak256(slot)
    };
    std::vector<Slot> slots;  ///< those asked for
};

/// A call that is run, not sent.
struct CallRequest {
    chain::Address from;
    std::optional<chain::Address> to;  ///< empty: a creation
    chain::Uint256 value;
    chain::Bytes data;
    std::uint64_t gas = 0;  ///< 0: as much as the node allows
    chain::Uint256 gas_price;
};
struct CallOutcome {
    bool success = false;
    chain::Bytes output;
    std::uint64_t gas_used = 0;
    std::string failure;  ///< "revert", "out_of_gas", ...
    std::string message;  ///< the words of a revert
    std::vector<chain::Log> logs;
    std::uint64_t block_number = 0;
};
struct GasEstimate {
    std::uint64_t gas = 0;  ///< 0: it fails with any
    std::string failure;
    std::string message;
    chain::Bytes output;
};

struct LogQuery {
    std::uint64_t from_block = 0;
    std::uint64_t to_block = 0;  ///< 0: the newest
    std::vector<chain::Address> addresses;
    std::vector<std::vector<chain::Hash32>> topics;
};
struct LogEntry {
    chain::Log log;
    std::uint64_t block_number = 0;
    chain::Hash32 block_hash;
    chain::Hash32 transaction_hash;
    std::uint32_t transaction_index = 0;
    std::uint32_t log_index = 0;
};

struct TransactionInfo {
    chain::Bytes raw;  ///< empty until the block is sealed
    chain::Address from;
    std::uint64_t block_number = 0;
    std::optional<chain::Hash32> block_hash;
    std::uint32_t index = 0;
    Stage stage = Stage::kUnknown;
};

struct Heads {
    std::uint64_t latest = 0;
    std::uint64_t safe = 0;
    std::uint64_t finalized = 0;
};

struct BlockInfo {
    chain::Hash32 hash;
    chain::Hash32 parent_hash;
    chain::Hash32 state_root;
    std::uint64_t number = 0;
    std::uint64_t timestamp = 0;
    std::uint64_t gas_used = 0;
    std::uint64_t gas_limit = 0;
    chain::Uint256 base_fee_per_gas;
    std::uint64_t l1_origin_number = 0;
    std::uint32_t transaction_count = 0;
    std::uint32_t first_index = 0;  ///< of the hashes below; a big block comes in parts
    std::vector<chain::Hash32> transaction_hashes;
    std::vector<chain::Bytes> transactions;  ///< raw, where asked for
    std::vector<Receipt> receipts;           ///< where asked for
    chain::Header header;  ///< all fields: its hash is `hash` unless the node lies
    bool complete = true;
    std::uint32_t next_index = 0;
};

enum class BlockTag : std::uint8_t {
    kLatest = 1,
    kSafe = 2,
    kFinalized = 3,
    kEarliest = 4
};
enum class BlockContent : std::uint8_t {
    kHeader = 1,
    kHashes = 2,
    kTransactions = 3,
    kReceipts = 4
};

struct ChainInfo {
    std::uint64_t chain_id = 0;
    chain::Hash32 genesis_hash;
    std::uint64_t l1_chain_id = 0;
    chain::Address system_config;
    chain::Address batch_inbox;
    chain::Address output_registry;
    chain::Address fee_vault;
    Heads heads;
    chain::Uint256 base_fee_per_gas;
    std::uint64_t gas_limit = 0;
    std::uint32_t block_time_ms = 0;
    std::string version;
    std::uint32_t batch_transactions_max = 0;
    std::uint32_t stream_credits_max = 0;
};

struct NodeStatus {
    bool sequencing = false;
    bool shutting_down = false;
    Heads heads;
    std::uint64_t open_block = 0;
    std::uint32_t free_credits = 0;
    std::uint64_t uptime_s = 0;
    std::string version;
    std::string fatal;
};

/// One message of a watch. With a heartbeat only `cursor` and `heads` are set.
struct BlockEvent {
    std::string cursor;
    std::optional<BlockInfo> block;
    std::optional<Heads> heads;
};
struct AccountEvent {
    std::string cursor;
    std::uint64_t block_number = 0;
    std::optional<chain::Account> account;  ///< empty: a heartbeat
    std::vector<chain::execution::SlotChange> slots;
};
struct TransactionEvent {
    std::string cursor;
    Stage stage = Stage::kUnknown;  ///< kUnknown: a heartbeat
    std::uint64_t block_number = 0;
    std::optional<chain::Hash32> block_hash;
    std::optional<Receipt> receipt;
    std::uint64_t l1_block = 0;
    bool fell_back = false;
};

}  // namespace troupe::node::client
