#pragma once

#include "actors/records.hpp"
#include "chain/base/result.hpp"

#include <optional>
#include <span>
#include <variant>

/// The bytes of every stored value, as docs/formats/storage.md writes them down. All of them are
/// RLP items one after the other: strict to read, so a damaged value is an error and never a guess.
namespace troupe::node {

// Order log.
[[nodiscard]] chain::Bytes encode(const actors::MicroBlockRecord& record);
[[nodiscard]] chain::Bytes encode(const actors::SealRecord& record);
using OrderRecord = std::variant<actors::MicroBlockRecord, actors::SealRecord>;
/// @error any RLP error; kBatchVersionUnknown: a record of another kind
[[nodiscard]] chain::Result<OrderRecord> decode_order_record(chain::ByteView value);

// State. An account that is absent or empty takes two bytes.
void put_account(chain::Bytes& out, const chain::Account& account);
[[nodiscard]] chain::Bytes encode_account_value(const chain::Account& account);
[[nodiscard]] chain::Result<chain::Account> decode_account_value(chain::ByteView value);

/// What is kept of a block under its number: enough for headers and for a restart.
struct HeaderRecord {
    chain::Header header;
    chain::Hash32 hash;
    chain::L1Origin l1_origin;
    std::uint64_t last_sequence = 0;
    std::uint64_t transactions = 0;
};
[[nodiscard]] chain::Bytes encode(const HeaderRecord& record);
[[nodiscard]] chain::Result<HeaderRecord> decode_header_record(chain::ByteView value);

inline constexpr std::size_t kChunkTransactions = 256;  ///< in one stored value
inline constexpr std::size_t kChunkChanges = 256;

/// Up to kChunkTransactions consecutive transactions of one block with their receipts.
struct TransactionChunk {
    std::uint64_t gas_before = 0;   ///< cumulative gas of the block's earlier transactions
    std::uint64_t logs_before = 0;  ///< logs of the block's earlier transactions
    std::vector<chain::Bytes> transactions;
    std::vector<chain::Address> senders;
    std::vector<chain::Receipt> receipts;
};
/// The chunk of `block` that starts at transaction `first`.
[[nodiscard]] chain::Bytes encode_transaction_chunk(
    const actors::SealedBlock& block, std::size_t first, std::uint64_t logs_before);
[[nodiscard]] chain::Result<TransactionChunk> decode_transaction_chunk(chain::ByteView value);

[[nodiscard]] chain::Bytes encode_changes(std::span<const chain::execution::AccountChange> changes);
[[nodiscard]] chain::Result<std::vector<chain::execution::AccountChange>> decode_changes(
    chain::ByteView value);

/// Where a transaction is.
struct TransactionPlace {
    std::uint64_t block = 0;
    std::uint32_t index = 0;
};
[[nodiscard]] chain::Bytes encode(const TransactionPlace& place);
[[nodiscard]] chain::Result<TransactionPlace> decode_place(chain::ByteView value);

}  // namespace troupe::node
