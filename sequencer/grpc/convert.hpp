#pragma once

#include "actors/records.hpp"
#include "sequencer/chain_reader.hpp"
#include "sequencer/grpc/event_hub.hpp"

#include "troupe/v1/query.pb.h"
#include "troupe/v1/types.pb.h"

#include <cstdint>
#include <optional>
#include <string>

/// Values of chain/ and actors/ into messages of troupe.v1, and fields of requests back.
namespace troupe::node {

[[nodiscard]] std::string to_bytes(chain::ByteView bytes);
/// Big-endian without leading zero bytes; zero is empty.
[[nodiscard]] std::string to_bytes(const chain::Uint256& value);

/// Empty unless `bytes` has exactly the size of an address or hash.
[[nodiscard]] std::optional<chain::Address> to_address(const std::string& bytes);
[[nodiscard]] std::optional<chain::Hash32> to_hash(const std::string& bytes);

void fill(const actors::Heads& heads, troupe::v1::Heads& out);
void fill(const chain::Account& account, troupe::v1::Account& out);
void fill(const chain::Header& header, troupe::v1::BlockHeader& out);
void fill(const chain::Log& log, std::uint32_t index, troupe::v1::Log& out);

/// The receipt of an executed transaction. @param block  empty while its block is open
void fill(const RecentTransaction& transaction, troupe::v1::Receipt& out);
void fill(const StoredTransaction& transaction, troupe::v1::Receipt& out);

/// Where a transaction is, as Transaction messages repeat it.
struct TransactionPlace {
    chain::Hash32 hash;
    chain::Address sender;
    std::uint64_t block_number = 0;
    chain::Hash32 block_hash;  ///< zero: the block is open
    std::uint32_t index = 0;
};
void fill(chain::ByteView raw, const TransactionPlace& place, troupe::v1::Transaction& out);

/// The block, or as much of it as fits `bytes_target`, from transaction `first_index` on: at least
/// one transaction. Sets complete and next_index.
/// @param content  HEADER needs only the header fields of `block`
void fill(
    const actors::SealedBlock& block, troupe::v1::BlockContent content, std::uint32_t first_index,
    std::size_t bytes_target, troupe::v1::Block& out);

[[nodiscard]] troupe::v1::TransactionStage to_proto(Stage stage) noexcept;

}  // namespace troupe::node
