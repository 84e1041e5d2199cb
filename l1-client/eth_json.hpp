#pragma once

#include "l1-client/eth_types.hpp"

#include <nlohmann/json.hpp>

/// JSON of the Ethereum JSON-RPC to values and back. Total: any JSON is read or refused.
namespace troupe::l1::json {

using Json = nlohmann::json;

[[nodiscard]] chain::Result<std::uint64_t> read_u64(const Json& value);
[[nodiscard]] chain::Result<chain::Uint256> read_u256(const Json& value);
[[nodiscard]] chain::Result<chain::Bytes> read_bytes(const Json& value);
[[nodiscard]] chain::Result<chain::Hash32> read_hash(const Json& value);
[[nodiscard]] chain::Result<L1Header> read_header(const Json& value);
[[nodiscard]] chain::Result<L1Log> read_log(const Json& value);
[[nodiscard]] chain::Result<L1Transaction> read_transaction(const Json& value);
[[nodiscard]] chain::Result<L1Receipt> read_receipt(const Json& value);

[[nodiscard]] Json write_filter(const LogFilter& filter);
[[nodiscard]] Json write_call(const L1Call& call);
[[nodiscard]] const char* write_tag(BlockTag tag) noexcept;

}  // namespace troupe::l1::json
