#include "l1-client/json_rpc_client.hpp"

#include "chain/base/hex.hpp"
#include "l1-client/abi.hpp"

#include <algorithm>

namespace troupe::l1 {

namespace {

Error malformed(const Url& url, const std::string& what) {
    return {ErrorKind::kMalformed, 0, "L1 at " + url.origin() + ": " + what, {}};
}

/// The revert data of an error object: geth and anvil give a hex string, some nodes nest it.
chain::Bytes revert_data(const Json& error) {
    const Json* data = error.contains("data") ? &error["data"] : nullptr;
    if (data != nullptr && data->is_object() && data->contains("data")) data = &(*data)["data"];
    if (data == nullptr || !data->is_string()) return {};
    auto bytes = chain::from_hex(data->get_ref<const std::string&>());
    return bytes ? *bytes : chain::Bytes{};
}

}  // namespace

JsonRpcClient::JsonRpcClient(Url url, RpcConfig config)
    : http_(std::move(url)), config_(config), jitter_(std::random_device{}()) {}

Result<Json> JsonRpcClient::call(const std::string& method, Json params, Repeat repeat) {
    const std::uint64_t id = next_id_++;
    auto answer = exchange(
        {{"jsonrpc", "2.0"}, {"id", id}, {"method", method}, {"params", std::move(params)}},
        repeat);
    if (answer) {
        if (!answer->is_object() || answer->value("id", Json()) != id) {
            answer = malformed(url(), method + ": the answer is not to this call");
        } else {
            answer = result_of(*answer);
        }
    }
    if (answer) return answer;
    ++stats_.failures;
    Error error = answer.error();
    error.text = method + ": " + error.text;
    return error;
}

Result<std::vector<Json>> JsonRpcClient::batch(const std::vector<RpcCall>& calls) {
    std::vector<Json> results;
    results.reserve(calls.size());
    for (std::size_t at = 0; at < calls.size(); at += config_.batch_calls_max) {
        const std::size_t count = std::min(config_.batch_calls_max, calls.size() - at);
        auto part = batch_part(calls.data() + at, count);
        if (!part) {
            ++stats_.failures;
            Error error = part.error();
            error.text = calls[at].method + ": " + error.text;
            return error;
        }
        std::move(part->begin(), part->end(), std::back_inserter(results));
    }
    return results;
}

Result<std::vector<Json>> JsonRpcClient::batch_part(const RpcCall* calls, std::size_t count) {
    Json request = Json::array();
    const std::uint64_t first_id = next_id_;
    next_id_ += count;
    for (std::size_t i = 0; i < count; ++i) {
        request.push_back(
            {{"jsonrpc", "2.0"},
             {"id", first_id + i},
             {"method", calls[i].method},
             {"params", calls[i].params}});
    }
    TROUPE_TRY(answers, exchange(request, Repeat::kYes));
    if (answers.is_object()) return result_of(answers).error();  // one error for the whole batch
    if (!answers.is_array() || answers.size() != count) {
        return malformed(url(), "a batch of " + std::to_string(count) + " calls got other answers");
    }
    // Answers may come in any order.
    std::vector<Json> results(count);
    std::vector<bool> seen(count, false);
    for (Json& answer : answers) {
        const Json id = answer.is_object() ? answer.value("id", Json()) : Json();
        const std::uint64_t index =
            id.is_number_unsigned() ? id.get<std::uint64_t>() - first_id : count;
        if (index >= count || seen[index])
            return malformed(url(), "answer to no call of the batch");
        seen[index] = true;
        TROUPE_TRY(result, result_of(answer));
        results[index] = std::move(result);
    }
    return results;
}

Result<Json> JsonRpcClient::exchange(const Json& request, Repeat repeat) {
    const std::string body = request.dump(-1, ' ', false, Json::error_handler_t::replace);
    const std::uint32_t attempts = repeat == Repeat::kYes ? config_.attempts_max : 1;
    for (std::uint32_t i = 1;; ++i) {
        Result<Json> answer = attempt(body);
        if (answer || i >= attempts || !answer.error().is_transient()) return answer;
        if (!sleep_before_retry(i)) return answer;
        ++stats_.retries;
    }
}

Result<Json> JsonRpcClient::attempt(const std::string& body) {
    ++stats_.requests;
    TROUPE_TRY(text, http_.post(body, config_.timeout));
    Json answer = Json::parse(text, nullptr, false);
    if (answer.is_discarded()) return malformed(url(), "the answer is not JSON");
    // A refusal that a later attempt may not meet is worth that attempt.
    if (answer.is_object() && answer.contains("error")) {
        const Error error = result_of(answer).error();
        if (error.is_transient()) return error;
    }
    return answer;
}

Result<Json> JsonRpcClient::result_of(Json& answer) const {
    if (!answer.is_object()) return malformed(url(), "the answer is not an object");
    if (const auto found = answer.find("error"); found != answer.end() && !found->is_null()) {
        if (!found->is_object()) return malformed(url(), "the error is not an object");
        Error error{ErrorKind::kRpc, 0, "no message", revert_data(*found)};
        if (const auto code = found->find("code");
            code != found->end() && code->is_number_integer())
            error.code = code->get<std::int64_t>();
        if (const auto text = found->find("message"); text != found->end() && text->is_string())
            error.text = text->get<std::string>();
        // EIP-1474 code 3: execution reverted. Some nodes say so in the message alone.
        if (error.code == 3 || error.text.find("revert") != std::string::npos) {
            error.kind = ErrorKind::kReverted;
            if (!error.data.empty()) error.text = "reverted: " + describe_revert(error.data);
        }
        return error;
    }
    const auto result = answer.find("result");
    if (result == answer.end()) return malformed(url(), "neither result nor error");
    return std::move(*result);
}

bool JsonRpcClient::sleep_before_retry(std::uint32_t attempt) {
    const auto doubled = config_.retry_delay_min * (1u << std::min(attempt - 1, 16u));
    const auto delay = std::min<std::chrono::milliseconds>(doubled, config_.retry_delay_max);
    std::uniform_int_distribution<std::int64_t> part(delay.count() / 2, delay.count());
    std::unique_lock lock(sleep_mutex_);
    return !wake_.wait_for(
        lock, std::chrono::milliseconds(part(jitter_)), [this] { return http_.cancelled(); });
}

void JsonRpcClient::cancel() noexcept {
    http_.cancel();
    {
        const std::lock_guard lock(sleep_mutex_);  // or the wake-up falls between check and wait
    }
    wake_.notify_all();
}

}  // namespace troupe::l1
