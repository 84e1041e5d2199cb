#pragma once

#include "sequencer/chain_reader.hpp"
#include "sequencer/grpc/backend.hpp"
#include "sequencer/grpc/cursor.hpp"
#include "sequencer/grpc/edge_loop.hpp"
#include "sequencer/grpc/event_hub.hpp"
#include "sequencer/grpc/grpc_config.hpp"
#include "sequencer/grpc/peer_limits.hpp"
#include "sequencer/grpc/status.hpp"
#include "sequencer/rpc_stats.hpp"

#include <atomic>
#include <chrono>
#include <string>

namespace troupe::node {

/// What all services of one server share. Outlives every call.
struct EdgeContext {
    EdgeContext(
        GrpcConfig the_config, ChainDescription the_chain, ChainReader& the_reader,
        EventHub& the_hub, RpcStats& the_stats, SetLogLevel the_set_log_level);

    const GrpcConfig config;
    const ChainDescription chain;
    ChainReader& reader;
    EventHub& hub;
    RpcStats& stats;
    const SetLogLevel set_log_level;
    const SteadyTime started = std::chrono::steady_clock::now();

    std::atomic<NodeBackend*> backend{nullptr};  ///< empty until the node is ready
    std::atomic<bool> draining{false};
    std::atomic<std::uint32_t> waiting_calls{0};

    PeerLimits subscriptions;
    PeerLimits submit_streams;
    WorkerPool pool;       ///< for what may block on the disk
    WorkerPool call_pool;  ///< runs code: waits for the actors, never they for it

    /// OK when calls can be served, else NOT_READY or STREAM_ENDED.
    [[nodiscard]] grpc::Status check_ready() const;
};

/// Counts one call: opened when made, finished with the status told.
class CallRecord {
  public:
    CallRecord(RpcStats& stats, RpcMethod method, bool stream) noexcept
        : stats_(&stats), method_(method), stream_(stream) {
        stats.opened(method);
    }
    CallRecord(const CallRecord&) = delete;
    CallRecord& operator=(const CallRecord&) = delete;
    ~CallRecord() { finish(grpc::StatusCode::CANCELLED); }

    /// The first call counts.
    void finish(grpc::StatusCode code) noexcept {
        if (stats_ == nullptr) return;
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin_;
        std::exchange(stats_, nullptr)->finished(method_, code, took.count(), stream_);
    }

  private:
    RpcStats* stats_;
    RpcMethod method_;
    bool stream_;
    SteadyTime begin_ = std::chrono::steady_clock::now();
};

[[nodiscard]] grpc::Status to_status(ReadError error, const std::string& what, EdgeContext& edge);

/// A stage, counting what the hub and the store know. kUnknown where neither does.
struct LocatedTransaction {
    std::optional<RecentTransaction> recent;
    std::optional<StoredTransaction> stored;
    Stage stage = Stage::kUnknown;
    std::optional<ReadError> error;  ///< neither; kNotFound mostly
    [[nodiscard]] bool found() const noexcept { return recent || stored; }
    [[nodiscard]] std::uint64_t block_number() const noexcept {
        return recent ? recent->receipt->block_number : stored ? stored->block_number : 0;
    }
};
/// May block on the disk.
[[nodiscard]] LocatedTransaction locate(EdgeContext& edge, const chain::Hash32& hash);

}  // namespace troupe::node
