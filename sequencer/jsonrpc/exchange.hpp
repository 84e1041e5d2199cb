#pragma once

#include "sequencer/grpc/edge_loop.hpp"
#include "sequencer/jsonrpc/method.hpp"

#include <functional>
#include <mutex>
#include <string>
#include <vector>

namespace troupe::node::jsonrpc {

/// One body over HTTP or one message over a WebSocket: a call or a batch, and its answers as they
/// come. JSON-RPC 2.0, sections 4 to 6.
class Exchange final : public std::enable_shared_from_this<Exchange> {
  public:
    /// @param done  called once with the whole answer, empty where nothing is to be answered; any
    ///              thread, perhaps before run() returns
    Exchange(
        Door& door, std::shared_ptr<Connection> connection, std::function<void(std::string)> done,
        Caller caller);

    void run(std::string body);
    /// Answers what has no answer yet with an error.
    void give_up(const RpcError& error);
    [[nodiscard]] bool finished() const;

  private:
    struct Slot {
        std::string id;        // as JSON; empty: a notification
        std::string response;  // once answered
        std::size_t method = SIZE_MAX;
        bool answered = false;
        bool ok = false;
    };

    void run_batch(std::vector<JsonValue> items);
    void begin(std::size_t index, const JsonValue& item);
    void call(std::size_t index, const Method& method, Params params);
    void run_pooled();
    void run_calls();
    void answer(std::size_t index, Answer<std::string> answer);
    void store(Slot& slot, Answer<std::string> answer);
    [[nodiscard]] std::string body();

    Door& door_;
    const std::shared_ptr<Connection> connection_;
    Caller caller_;
    const SteadyTime begin_ = std::chrono::steady_clock::now();
    std::shared_ptr<const JsonDocument> document_;
    bool batch_ = false;
    using Pooled = std::vector<std::pair<std::size_t, std::shared_ptr<Call>>>;
    Pooled pooled_;  // until run_pooled
    using Steps = std::vector<std::function<void()>>;
    void run_slices(FairPool& pool, std::shared_ptr<Steps> steps, std::size_t next);
    Steps calls_;                            // of a batch, until run_calls
    std::vector<std::size_t> call_indices_;  // whose they are
    SubmissionGroup* group_ = nullptr;       // while a batch's calls begin

    mutable std::mutex mutex_;  ///< guards what follows
    std::function<void(std::string)> done_;
    std::vector<Slot> slots_;
    std::size_t remaining_ = 0;
    std::size_t response_bytes_ = 0;
};

}  // namespace troupe::node::jsonrpc
