#include "l1-client/eth_client.hpp"

#include "chain/base/hex.hpp"
#include "l1-client/eth_json.hpp"
#include "l1-client/json_rpc_client.hpp"

namespace troupe::l1 {

using chain::Address;
using chain::Bytes;
using chain::Hash32;
using chain::Uint256;

namespace {

Error unreadable(const JsonRpcClient& rpc, const std::string& method, chain::Error reason) {
    return {
        ErrorKind::kMalformed,
        0,
        "L1 at " + rpc.url().origin() + ": the answer to " + method + " is not as specified (" +
            std::string(chain::to_string(reason)) + ")",
        {}};
}

/// Calls `method` and reads the result.
template <class T>
Result<T> ask(
    JsonRpcClient& rpc, const std::string& method, Json params,
    chain::Result<T> (*read)(const Json&), Repeat repeat = Repeat::kYes) {
    TROUPE_TRY(answer, rpc.call(method, std::move(params), repeat));
    auto value = read(answer);
    if (!value) return unreadable(rpc, method, value.error());
    return std::move(*value);
}

/// As ask(), where null means that there is none.
template <class T>
chain::Result<std::optional<T>> read_if_any(
    const Json& json, chain::Result<T> (*read)(const Json&)) {
    if (json.is_null()) return std::optional<T>{};
    TROUPE_TRY(value, read(json));
    return std::optional<T>{std::move(value)};
}

template <class T>
Result<std::vector<std::optional<T>>> ask_each(
    JsonRpcClient& rpc, const std::string& method, const std::vector<Hash32>& hashes,
    chain::Result<T> (*read)(const Json&)) {
    std::vector<RpcCall> calls;
    calls.reserve(hashes.size());
    for (const Hash32& hash : hashes)
        calls.push_back({method, Json::array({chain::to_hex(hash)})});
    TROUPE_TRY(answers, rpc.batch(calls));
    std::vector<std::optional<T>> values;
    values.reserve(answers.size());
    for (const Json& answer : answers) {
        auto value = read_if_any(answer, read);
        if (!value) return unreadable(rpc, method, value.error());
        values.push_back(std::move(*value));
    }
    return values;
}

Result<std::optional<L1Header>> ask_header(JsonRpcClient& rpc, const std::string& which) {
    static constexpr auto kMethod = "eth_getBlockByNumber";
    TROUPE_TRY(answer, rpc.call(kMethod, Json::array({which, false})));
    auto value = read_if_any(answer, json::read_header);
    if (!value) return unreadable(rpc, kMethod, value.error());
    return *value;
}

}  // namespace

EthClient::EthClient(std::unique_ptr<JsonRpcClient> rpc) : rpc_(std::move(rpc)) {}
EthClient::~EthClient() = default;

Result<std::unique_ptr<EthClient>> EthClient::open(std::string_view url, const RpcConfig& config) {
    TROUPE_TRY(parsed, parse_url(url));
    return std::unique_ptr<EthClient>(
        new EthClient(std::make_unique<JsonRpcClient>(std::move(parsed), config)));
}

Result<std::uint64_t> EthClient::chain_id() {
    return ask(*rpc_, "eth_chainId", Json::array(), json::read_u64);
}

Result<std::uint64_t> EthClient::block_number() {
    return ask(*rpc_, "eth_blockNumber", Json::array(), json::read_u64);
}

Result<std::optional<L1Header>> EthClient::header(BlockTag tag) {
    return ask_header(*rpc_, json::write_tag(tag));
}

Result<std::optional<L1Header>> EthClient::header(std::uint64_t number) {
    return ask_header(*rpc_, chain::to_hex_quantity(number));
}

Result<std::vector<L1Header>> EthClient::headers(std::uint64_t first, std::size_t count) {
    static constexpr auto kMethod = "eth_getBlockByNumber";
    std::vector<RpcCall> calls;
    calls.reserve(count);
    for (std::size_t i = 0; i < count; ++i)
        calls.push_back({kMethod, Json::array({chain::to_hex_quantity(first + i), false})});
    TROUPE_TRY(answers, rpc_->batch(calls));
    std::vector<L1Header> headers;
    headers.reserve(count);
    for (const Json& answer : answers) {
        if (answer.is_null()) break;
        auto header = json::read_header(answer);
        if (!header) return unreadable(*rpc_, kMethod, header.error());
        if (header->number != first + headers.size()) {
            return unreadable(*rpc_, kMethod, chain::Error::kBlockNumberMismatch);
        }
        headers.push_back(*header);
    }
    return headers;
}

Result<std::vector<L1Log>> EthClient::logs(const LogFilter& filter) {
    static constexpr auto kMethod = "eth_getLogs";
    TROUPE_TRY(answer, rpc_->call(kMethod, Json::array({json::write_filter(filter)})));
    if (!answer.is_array()) return unreadable(*rpc_, kMethod, chain::Error::kNumberInvalid);
    std::vector<L1Log> logs;
    logs.reserve(answer.size());
    for (const Json& each : answer) {
        auto log = json::read_log(each);
        if (!log) return unreadable(*rpc_, kMethod, log.error());
        logs.push_back(std::move(*log));
    }
    std::sort(logs.begin(), logs.end(), [](const L1Log& a, const L1Log& b) {
        return std::pair(a.block_number, a.log_index) < std::pair(b.block_number, b.log_index);
    });
    return logs;
}

Result<std::vector<std::optional<L1Transaction>>> EthClient::transactions(
    const std::vector<Hash32>& hashes) {
    return ask_each(*rpc_, "eth_getTransactionByHash", hashes, json::read_transaction);
}

Result<std::vector<std::optional<L1Receipt>>> EthClient::receipts(
    const std::vector<Hash32>& hashes) {
    return ask_each(*rpc_, "eth_getTransactionReceipt", hashes, json::read_receipt);
}

Result<std::uint64_t> EthClient::nonce(const Address& account, BlockTag tag) {
    return ask(
        *rpc_, "eth_getTransactionCount",
        Json::array({chain::to_hex(account), json::write_tag(tag)}), json::read_u64);
}

Result<Uint256> EthClient::balance(const Address& account) {
    return ask(
        *rpc_, "eth_getBalance", Json::array({chain::to_hex(account), "latest"}), json::read_u256);
}

Result<Bytes> EthClient::code(const Address& account) {
    return ask(
        *rpc_, "eth_getCode", Json::array({chain::to_hex(account), "latest"}), json::read_bytes);
}

Result<Uint256> EthClient::max_priority_fee() {
    return ask(*rpc_, "eth_maxPriorityFeePerGas", Json::array(), json::read_u256);
}

Result<std::uint64_t> EthClient::estimate_gas(const L1Call& call) {
    return ask(*rpc_, "eth_estimateGas", Json::array({json::write_call(call)}), json::read_u64);
}

Result<Bytes> EthClient::call(const L1Call& call) {
    return ask(
        *rpc_, "eth_call", Json::array({json::write_call(call), "latest"}), json::read_bytes);
}

Result<Hash32> EthClient::send_raw(chain::ByteView raw) {
    return ask(
        *rpc_, "eth_sendRawTransaction", Json::array({chain::to_hex(raw)}), json::read_hash,
        Repeat::kNo);
}

Result<std::string> EthClient::request(const std::string& method, const std::string& params_json) {
    Json params = Json::parse(params_json, nullptr, false);
    if (params.is_discarded()) {
        return Error{ErrorKind::kMalformed, 0, method + ": the parameters are not JSON", {}};
    }
    TROUPE_TRY(answer, rpc_->call(method, std::move(params), Repeat::kNo));
    return answer.dump();
}

void EthClient::cancel() noexcept {
    rpc_->cancel();
}

const RpcStats& EthClient::stats() const noexcept {
    return rpc_->stats();
}

std::string EthClient::origin() const {
    return rpc_->url().origin();
}

}  // namespace troupe::l1
