#pragma once

#include "l1-client/http_client.hpp"
#include "l1-client/rpc_config.hpp"

#include <nlohmann/json.hpp>

#include <condition_variable>
#include <mutex>
#include <random>
#include <string>
#include <vector>

namespace troupe::l1 {

using Json = nlohmann::json;

/// Whether a call that got no answer may be sent again.
enum class Repeat : bool {
    kNo = false,
    kYes = true,
};

struct RpcCall {
    std::string method;
    Json params = Json::array();
};

/// JSON-RPC 2.0 over one HttpClient. Blocking; used by one thread, except cancel(). Nothing is
/// thrown: answers of any shape become an Error.
class JsonRpcClient {
  public:
    JsonRpcClient(Url url, RpcConfig config);

    /// The `result` of the answer.
    /// @error those of HttpClient::post; kRpc and kReverted as the L1 says; kMalformed
    [[nodiscard]] Result<Json> call(
        const std::string& method, Json params, Repeat repeat = Repeat::kYes);

    /// All calls in as few HTTP requests as batch_calls_max allows; results in the order of
    /// `calls`.
    /// @error as call(); the first call that failed decides
    [[nodiscard]] Result<std::vector<Json>> batch(const std::vector<RpcCall>& calls);

    /// Ends the call in progress and its retries, and refuses all later ones. From any thread.
    void cancel() noexcept;

    [[nodiscard]] const RpcStats& stats() const noexcept { return stats_; }
    [[nodiscard]] const Url& url() const noexcept { return http_.url(); }

  private:
    Result<Json> exchange(const Json& request, Repeat repeat);
    Result<Json> attempt(const std::string& body);
    Result<std::vector<Json>> batch_part(const RpcCall* calls, std::size_t count);
    Result<Json> result_of(Json& answer) const;
    bool sleep_before_retry(std::uint32_t attempt);  // false: cancelled

    HttpClient http_;
    RpcConfig config_;
    RpcStats stats_;
    std::uint64_t next_id_ = 1;
    std::minstd_rand jitter_;
    std::mutex sleep_mutex_;  // guards nothing but the wait: the flag is HttpClient's
    std::condition_variable wake_;
};

}  // namespace troupe::l1
