#pragma once

#include "actors/records.hpp"
#include "chain/base/result.hpp"
#include "chain/types/transaction.hpp"

#include <cstdint>
#include <string>
#include <string_view>

/// Every error that the door can answer, worded and numbered as geth does it, because clients read
/// both: viem and ethers look for these texts. A refusal that would come again is never
/// kInternalError, which viem retries.
namespace troupe::node::jsonrpc {

// JSON-RPC 2.0, section 5.1, and EIP-1474.
inline constexpr int kParseError = -32700;
inline constexpr int kInvalidRequest = -32600;
inline constexpr int kMethodNotFound = -32601;
inline constexpr int kInvalidParams = -32602;
inline constexpr int kInternalError = -32603;
inline constexpr int kServerError = -32000;  ///< geth's for every error without a code
inline constexpr int kTimedOut = -32002;
inline constexpr int kResponseTooLarge = -32003;
inline constexpr int kLimitExceeded = -32005;  ///< may be tried again: viem does
inline constexpr int kReverted = 3;
inline constexpr int kSyncTimedOut = 4;  ///< EIP-7966
inline constexpr int kSyncNotReady = 5;  ///< EIP-7966

// eth_simulateV1's (execution-apis).
inline constexpr int kSimulatedRevert = -32000;
inline constexpr int kSimulatedHalt = -32015;
inline constexpr int kSimulatedNonceTooLow = -38010;
inline constexpr int kSimulatedNonceTooHigh = -38011;
inline constexpr int kSimulatedFeeCap = -38012;
inline constexpr int kSimulatedIntrinsicGas = -38013;
inline constexpr int kSimulatedFunds = -38014;
inline constexpr int kSimulatedBlockGas = -38015;
inline constexpr int kSimulatedBlockNumber = -38020;
inline constexpr int kSimulatedTimestamp = -38021;
inline constexpr int kSimulatedInitCode = -38025;
inline constexpr int kSimulatedLimit = -38026;

struct RpcError {
    int code = kServerError;
    std::string message;
    std::string data = {};  ///< JSON; empty: none
};
template <class T>
using Answer = chain::Result<T, RpcError>;

/// {"code":…,"message":…,"data":…}
[[nodiscard]] std::string json_of(const RpcError& error);

// ---- requests
[[nodiscard]] RpcError parse_error();
[[nodiscard]] RpcError invalid_request();
[[nodiscard]] RpcError empty_batch();
[[nodiscard]] RpcError batch_too_large();
[[nodiscard]] RpcError method_not_found(std::string_view method);
[[nodiscard]] RpcError notifications_not_supported();
[[nodiscard]] RpcError no_such_subscription_kind(std::string_view kind);
[[nodiscard]] RpcError params_not_a_list();
[[nodiscard]] RpcError missing_argument(std::size_t index);
[[nodiscard]] RpcError invalid_argument(std::size_t index, std::string_view why);
[[nodiscard]] RpcError too_many_arguments(std::size_t most);
[[nodiscard]] RpcError invalid_params(std::string message);
[[nodiscard]] RpcError timed_out();
[[nodiscard]] RpcError response_too_large();
[[nodiscard]] RpcError execution_timed_out();  ///< of a trace
[[nodiscard]] RpcError too_many_requests();
[[nodiscard]] RpcError not_ready(std::string_view why);
[[nodiscard]] RpcError internal_error();

// ---- blocks and state
[[nodiscard]] RpcError server_error(std::string message);
[[nodiscard]] RpcError header_not_found();
[[nodiscard]] RpcError header_for_hash_not_found();
[[nodiscard]] RpcError tag_not_found(std::string_view tag);  ///< "safe block not found"
[[nodiscard]] RpcError state_pruned(std::uint64_t number);
[[nodiscard]] RpcError history_pruned(std::uint64_t oldest);
[[nodiscard]] RpcError beyond_head(std::uint64_t requested, std::uint64_t head);

// ---- logs and filters
[[nodiscard]] RpcError reversed_range();
[[nodiscard]] RpcError range_beyond_head();
[[nodiscard]] RpcError range_too_large(std::uint64_t most);
[[nodiscard]] RpcError too_many_logs(std::uint64_t most, std::uint64_t first, std::uint64_t last);
[[nodiscard]] RpcError too_many_topics();
[[nodiscard]] RpcError pending_logs();
[[nodiscard]] RpcError unknown_block();
[[nodiscard]] RpcError filter_not_found();
[[nodiscard]] RpcError subscription_not_found();

// ---- submitting
[[nodiscard]] RpcError replacement_underpriced();
[[nodiscard]] RpcError account_limit(std::uint32_t most);
[[nodiscard]] RpcError pool_full(std::uint32_t retry_after_ms);
[[nodiscard]] RpcError sync_timed_out(const chain::Hash32& hash, std::uint64_t waited_ms);
[[nodiscard]] RpcError sync_not_ready(
    const chain::Hash32& hash, std::uint64_t next_nonce, std::uint64_t nonce);

/// What the words of a refusal need to know beside the transaction.
struct RefusalFacts {
    std::uint64_t chain_id = 0;
    std::uint64_t block_gas_limit = 0;
    chain::Uint256 base_fee;
    chain::Address sender;
    std::uint64_t next_nonce = 0;
    chain::Uint256 balance;
    chain::Hash32 code_hash;
};
/// Why the node did not take `raw`.
[[nodiscard]] RpcError refusal(
    const actors::SubmitOutcome& outcome, chain::ByteView raw, const RefusalFacts& facts);

}  // namespace troupe::node::jsonrpc
