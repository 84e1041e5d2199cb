#include "sequencer/jsonrpc/error.hpp"

#include "chain/base/hex.hpp"
#include "chain/execution/checks.hpp"
#include "chain/execution/intrinsic_gas.hpp"
#include "sequencer/jsonrpc/json_writer.hpp"

namespace troupe::node::jsonrpc {

using chain::Error;
using chain::to_decimal;

namespace {

constexpr std::size_t kQuotedMax = 64;        // of what a stranger wrote, in our own messages
constexpr std::uint8_t kBlobTransaction = 3;  // EIP-4844

std::string quoted(std::string_view text) {
    return std::string(text.substr(0, kQuotedMax));
}

}  // namespace

std::string json_of(const RpcError& error) {
    JsonWriter out(64 + error.message.size() + error.data.size());
    out.begin_object().key("code").raw(std::to_string(error.code));
    out.key("message").text(error.message);
    if (!error.data.empty()) out.key("data").raw(error.data);
    return out.end_object().take();
}

RpcError parse_error() {
    return {kParseError, "parse error"};
}
RpcError invalid_request() {
    return {kInvalidRequest, "invalid request"};
}
RpcError empty_batch() {
    return {kInvalidRequest, "empty batch"};
}
RpcError batch_too_large() {
    return {kInvalidRequest, "batch too large"};
}
RpcError method_not_found(std::string_view method) {
    return {kMethodNotFound, "the method " + quoted(method) + " does not exist/is not available"};
}
RpcError notifications_not_supported() {
    return {kMethodNotFound, "notifications not supported"};
}
RpcError no_such_subscription_kind(std::string_view kind) {
    return {kMethodNotFound, "no \"" + quoted(kind) + "\" subscription in eth namespace"};
}
RpcError params_not_a_list() {
    return {kInvalidParams, "non-array args"};
}
RpcError missing_argument(std::size_t index) {
    return {kInvalidParams, "missing value for required argument " + std::to_string(index)};
}
RpcError invalid_argument(std::size_t index, std::string_view why) {
    return {kInvalidParams, "invalid argument " + std::to_string(index) + ": " + std::string(why)};
}
RpcError too_many_arguments(std::size_t most) {
    return {kInvalidParams, "too many arguments, want at most " + std::to_string(most)};
}
RpcError invalid_params(std::string message) {
    return {kInvalidParams, std::move(message)};
}
RpcError timed_out() {
    return {kTimedOut, "request timed out"};
}
RpcError response_too_large() {
    return {kResponseTooLarge, "response too large"};
}
RpcError execution_timed_out() {
    return {kServerError, "execution timeout"};
}
RpcError too_many_requests() {
    return {kLimitExceeded, "too many requests wait, try again"};
}
RpcError not_ready(std::string_view why) {
    return {kLimitExceeded, std::string(why)};
}
RpcError internal_error() {
    return {kInternalError, "internal error"};
}

RpcError server_error(std::string message) {
    return {kServerError, std::move(message)};
}
RpcError header_not_found() {
    return {kServerError, "header not found"};
}
RpcError header_for_hash_not_found() {
    return {kServerError, "header for hash not found"};
}
RpcError tag_not_found(std::string_view tag) {
    return {kServerError, std::string(tag) + " block not found"};
}
RpcError state_pruned(std::uint64_t number) {
    return {kServerError, "historical state " + std::to_string(number) + " is not available"};
}
RpcError history_pruned(std::uint64_t oldest) {
    return {
        4444, "pruned history unavailable",
        JsonWriter().begin_object().key("oldestBlock").quantity(oldest).end_object().take()};
}
RpcError beyond_head(std::uint64_t requested, std::uint64_t head) {
    return {
        kServerError, "request beyond head block: requested " + std::to_string(requested) +
                          ", head " + std::to_string(head)};
}

RpcError reversed_range() {
    return {kInvalidParams, "invalid block range params"};
}
RpcError range_beyond_head() {
    return {kInvalidParams, "block range extends beyond current head block"};
}
RpcError range_too_large(std::uint64_t most) {
    return {kInvalidParams, "exceed maximum block range " + std::to_string(most)};
}
RpcError too_many_logs(std::uint64_t most, std::uint64_t first, std::uint64_t last) {
    return {
        kInvalidParams, "query returned more than " + std::to_string(most) +
                            " results. Try with this block range [" +
                            chain::to_hex_quantity(first) + ", " + chain::to_hex_quantity(last) +
                            "]."};
}
RpcError too_many_topics() {
    return {kInvalidParams, "exceed max addresses or topics per search position"};
}
RpcError pending_logs() {
    return {kInvalidParams, "pending logs are not supported"};
}
RpcError unknown_block() {
    return {kServerError, "unknown block"};
}
RpcError filter_not_found() {
    return {kServerError, "filter not found"};
}
RpcError subscription_not_found() {
    return {kServerError, "subscription not found"};
}

RpcError replacement_underpriced() {
    return {kServerError, "replacement transaction underpriced"};
}
RpcError account_limit(std::uint32_t most) {
    return {kServerError, "account limit exceeded: pooled " + std::to_string(most) + " txs"};
}
RpcError pool_full(std::uint32_t retry_after_ms) {
    JsonWriter data;
    data.begin_object().key("retryAfterMs").number(retry_after_ms).end_object();
    return {kServerError, "txpool is full", retry_after_ms == 0 ? "" : data.take()};
}
RpcError sync_timed_out(const chain::Hash32& hash, std::uint64_t waited_ms) {
    const std::string waited = waited_ms % 1'000 == 0 ? std::to_string(waited_ms / 1'000) + "s"
                                                      : std::to_string(waited_ms) + "ms";
    return {
        kSyncTimedOut,
        "The transaction was added to the transaction pool but wasn't processed in " + waited,
        json_data(hash)};
}
RpcError sync_not_ready(const chain::Hash32& hash, std::uint64_t next_nonce, std::uint64_t nonce) {
    return {
        kSyncNotReady,
        "The transaction was added to the transaction pool but is not ready: next nonce " +
            std::to_string(next_nonce) + ", tx nonce " + std::to_string(nonce),
        json_data(hash)};
}

namespace {

// Refusals that the transaction alone explains, in core/txpool/validation.go's words.
RpcError worded(
    const chain::execution::Refusal& refused, const chain::Transaction& tx,
    const RefusalFacts& facts) {
    const std::string have = to_decimal(refused.have);
    const std::string want = to_decimal(refused.want);
    switch (refused.error) {
        case Error::kTxChainIdMissing:
            return server_error("only replay-protected (EIP-155) transactions allowed over RPC");
        case Error::kTxChainIdWrong:
            return server_error(
                "invalid sender: invalid chain id for signer: have " + have + " want " + want);
        case Error::kIntrinsicGasTooLow:
            return server_error("intrinsic gas too low: gas " + have + ", minimum needed " + want);
        case Error::kFloorGasTooLow:
            return server_error(
                "insufficient gas for floor data gas cost: gas " + have + ", minimum needed " +
                want);
        case Error::kGasLimitAboveBlock:
            return server_error("exceeds block gas limit");
        case Error::kTxTypeUnsupported:
            return server_error("transaction type not supported");
        case Error::kTxInitCodeTooLarge:
            return server_error(
                "max initcode size exceeded: code size " + std::to_string(tx.data.size()) +
                ", limit " + std::to_string(chain::kInitCodeBytesMax));
        case Error::kTxTipAboveFeeCap:
            return server_error("max priority fee per gas higher than max fee per gas");
        case Error::kFeeCapBelowBaseFee:
            return server_error(
                "max fee per gas less than block base fee: address " + checksum_hex(facts.sender) +
                ", maxFeePerGas: " + to_decimal(tx.max_fee_per_gas) +
                ", baseFee: " + to_decimal(facts.base_fee));
        case Error::kTxGasOverflow:
            return server_error("insufficient funds for gas * price + value");
        case Error::kTxNonceTooLarge:
            return server_error("nonce has max value");
        default:
            return server_error(
                "invalid transaction: " + std::string(chain::to_string(refused.error)));
    }
}

// What the decoder refused, in core/types' words where clients could look for them.
RpcError undecodable(Error error, chain::ByteView raw) {
    switch (error) {
        case Error::kTxEmpty:
            return server_error("typed transaction too short");
        case Error::kTxTypeUnknown:
            return server_error("transaction type not supported");
        case Error::kTxTooLarge:
            if (!raw.empty() && raw[0] == kBlobTransaction)  // long is what they are
                return server_error("transaction type not supported");
            return server_error(
                "oversized data: transaction size " + std::to_string(raw.size()) + ", limit " +
                std::to_string(chain::kTransactionBytesMax));
        case Error::kTxSignatureInvalid:
        case Error::kTxYParityInvalid:
            return server_error("invalid sender: invalid transaction v, r, s values");
        case Error::kTxTipAboveFeeCap:
            return server_error("max priority fee per gas higher than max fee per gas");
        case Error::kTxNonceTooLarge:
            return server_error("nonce has max value");
        case Error::kTxInitCodeTooLarge:
            return server_error(
                "max initcode size exceeded: limit " + std::to_string(chain::kInitCodeBytesMax));
        case Error::kTxAuthorizationInvalid:
            return server_error("set code transaction must not be a create transaction");
        default:
            return server_error("rlp: " + std::string(chain::to_string(error)));
    }
}

RpcError insufficient_funds(const chain::Transaction& tx, const RefusalFacts& facts) {
    const chain::Uint256 cost = chain::execution::max_cost(tx);
    const chain::Uint256 overshot = cost > facts.balance ? cost - facts.balance : chain::Uint256();
    return server_error(
        "insufficient funds for gas * price + value: balance " + to_decimal(facts.balance) +
        ", tx cost " + to_decimal(cost) + ", overshot " + to_decimal(overshot));
}

}  // namespace

RpcError refusal(
    const actors::SubmitOutcome& outcome, chain::ByteView raw, const RefusalFacts& facts) {
    using enum actors::Reason;
    const auto decoded = chain::decode_transaction(raw);
    if (outcome.reason == kOverCapacity) return pool_full(outcome.retry_after_ms);
    if (outcome.reason == kShuttingDown) return not_ready("the node takes no transactions now");
    if (outcome.reason == kStorageFailure) return internal_error();
    if (outcome.reason == kAlreadyKnown) return server_error("already known");
    if (!decoded) return undecodable(decoded.error(), raw);
    const chain::Transaction& tx = *decoded;
    const std::string nonces =
        "next nonce " + std::to_string(facts.next_nonce) + ", tx nonce " + std::to_string(tx.nonce);
    switch (outcome.reason) {
        case kNonceTooLow:
            return server_error("nonce too low: " + nonces);
        case kNonceTooHigh:
            return server_error("nonce too high: " + nonces);
        case kInsufficientFunds:
            return insufficient_funds(tx, facts);
        case kBadSignature:
            return server_error("invalid sender: invalid transaction v, r, s values");
        case kFeeTooLow:
            return worded({Error::kFeeCapBelowBaseFee, {}, {}}, tx, facts);
        default:
            break;
    }
    const auto form = chain::execution::check_form(tx, facts.chain_id, facts.block_gas_limit);
    if (!form && form.error().error != Error::kUnsupported) return worded(form.error(), tx, facts);
    if (outcome.reason == kUnsupported && facts.code_hash != chain::Hash32() &&
        facts.code_hash != chain::kEmptyCodeHash)
        return server_error(
            "sender not an eoa: address " + checksum_hex(facts.sender) +
            ", codehash: " + chain::to_hex(facts.code_hash));
    return server_error("invalid transaction: " + outcome.message);
}

}  // namespace troupe::node::jsonrpc
