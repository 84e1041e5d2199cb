#pragma once

#include "sequencer/client/client_types.hpp"

#include "troupe/v1/query.pb.h"
#include "troupe/v1/types.pb.h"
#include "troupe/v1/watch.pb.h"

/// Messages of troupe.v1 into the client's values. Fields of a wrong size become zero: the client
/// believes its server, and does not crash on a broken one.
namespace troupe::node::client {

[[nodiscard]] chain::Hash32 hash_from(const std::string& bytes);
[[nodiscard]] chain::Address address_from(const std::string& bytes);
[[nodiscard]] chain::Uint256 uint256_from(const std::string& bytes);
[[nodiscard]] chain::Account account_from(const troupe::v1::Account& in);
[[nodiscard]] chain::Log log_from(const troupe::v1::Log& in);
[[nodiscard]] Receipt receipt_from(const troupe::v1::Receipt& in, Stage stage);
[[nodiscard]] Heads heads_from(const troupe::v1::Heads& in);
[[nodiscard]] chain::Header header_from(const troupe::v1::BlockHeader& in);
[[nodiscard]] BlockInfo block_from(const troupe::v1::Block& in);
[[nodiscard]] ChainInfo chain_info_from(const troupe::v1::GetChainInfoResponse& in);
[[nodiscard]] TransactionEvent transaction_event_from(
    const troupe::v1::WatchTransactionResponse& in);

}  // namespace troupe::node::client
