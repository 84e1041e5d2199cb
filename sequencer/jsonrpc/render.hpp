#pragma once

#include "actors/records.hpp"
#include "chain/execution/block_env.hpp"
#include "sequencer/chain_reader.hpp"
#include "sequencer/jsonrpc/json_writer.hpp"

#include <optional>

/// The chain's values as JSON, with exactly the fields that geth gives them.
namespace troupe::node::jsonrpc {

/// Where a transaction is. Not in a sealed block: without a block hash.
struct TransactionPlace {
    chain::Hash32 hash;
    chain::Address sender;
    std::uint64_t block_number = 0;
    std::optional<chain::Hash32> block_hash;
    std::uint64_t block_timestamp = 0;
    std::uint32_t index = 0;
};

/// The key accessList and its value.
void write_access_list(JsonWriter& out, const chain::AccessList& list);
/// The key authorizationList and its value (EIP-7702).
void write_authorizations(JsonWriter& out, const std::vector<chain::Authorization>& list);

/// A transaction as in eth_getTransactionByHash.
/// @param base_fee  of its block; of a transaction without a block (geth's pool) it is not used
void write_transaction(
    JsonWriter& out, chain::ByteView raw, const TransactionPlace& place,
    const chain::Uint256& base_fee, bool pending);

/// The same of one that is decoded, and perhaps nobody has signed.
void write_transaction(
    JsonWriter& out, const chain::Transaction& tx, const TransactionPlace& place,
    const chain::Uint256& base_fee, bool pending);

struct ReceiptFacts {
    TransactionPlace place;
    std::optional<chain::Address> to;
    std::optional<chain::Address> created;
    std::uint64_t gas_used = 0;
    chain::Uint256 effective_gas_price;
    std::uint32_t first_log_index = 0;
};
/// A receipt as in eth_getTransactionReceipt. Where the place has no block hash, it is null: the
/// block is still open, and nothing else will change.
void write_receipt(JsonWriter& out, const chain::Receipt& receipt, const ReceiptFacts& facts);

void write_log(
    JsonWriter& out, const chain::Log& log, const TransactionPlace& place, std::uint32_t log_index);

/// Recipient and created contract of a raw transaction.
void fill_parties(chain::ByteView raw, ReceiptFacts& facts);

/// What a sealed block says about its transaction `index`.
[[nodiscard]] TransactionPlace place_in(const actors::SealedBlock& block, std::uint32_t index);
[[nodiscard]] ReceiptFacts receipt_facts(
    const actors::SealedBlock& block, std::uint32_t index, std::uint32_t first_log_index);
/// All receipts of a block as a list.
void write_receipts(JsonWriter& out, const actors::SealedBlock& block);

/// A block as in eth_getBlockByNumber, with its transactions or their hashes.
void write_block(JsonWriter& out, const actors::SealedBlock& block, bool full);
/// A block that was only simulated: `transactions` are JSON already, and `calls` comes at the end.
void write_simulated_block(
    JsonWriter& out, const actors::SealedBlock& block, const std::vector<std::string>& transactions,
    std::string_view calls);
/// A header as newHeads tells it.
void write_head(JsonWriter& out, const actors::SealedBlock& block);

/// The open block: hash, nonce and miner are null, roots are not known yet.
struct OpenBlockFacts {
    chain::execution::BlockEnv env;
    chain::Hash32 parent_hash;
    std::uint64_t gas_used = 0;
    chain::Bloom logs_bloom;
    std::vector<std::string> transactions;  ///< JSON: hashes or whole
};
void write_open_block(JsonWriter& out, const OpenBlockFacts& facts);

/// The block as Ethereum's network encodes it: RLP [header, transactions, [], []].
[[nodiscard]] chain::Bytes encode_block(const chain::Block& block);

}  // namespace troupe::node::jsonrpc
