#pragma once

#include "sequencer/chain_reader.hpp"
#include "sequencer/grpc/backend.hpp"
#include "sequencer/grpc/cursor.hpp"
#include "sequencer/grpc/edge_loop.hpp"
#include "sequencer/grpc/event_hub.hpp"
#include "sequencer/grpc/grpc_config.hpp"
#include "sequencer/grpc/status.hpp"
#include "sequencer/rpc_stats.hpp"

#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace troupe::node {

/// Counts what is open against a limit for all and a limit for one client address.
class PeerLimits {
  public:
    PeerLimits(std::uint32_t total_max, std::uint32_t peer_max) noexcept
        : total_max_(total_max), peer_max_(peer_max) {}

    /// One place taken; given back when the ticket goes.
    class Ticket {
      public:
        Ticket() = default;
        Ticket(PeerLimits* limits, std::string peer) noexcept
            : limits_(limits), peer_(std::move(peer)) {}
        Ticket(Ticket&& other) noexcept
            : limits_(std::exchange(other.limits_, nullptr)), peer_(std::move(other.peer_)) {}
        Ticket& operator=(Ticket&& other) noexcept {
            std::swap(limits_, other.limits_);
            std::swap(peer_, other.peer_);
            return *this;
        }
        ~Ticket() {
            if (limits_ != nullptr) limits_->give_back(peer_);
        }
        [[nodiscard]] explicit operator bool() const noexcept { return limits_ != nullptr; }

      private:
        PeerLimits* limits_ = nullptr;
        std::string peer_;
    };

    /// @param peer  as grpc::ServerContextBase::peer() says: "ipv4:127.0.0.1:4711"
    /// @return a false ticket when a limit is reached
    [[nodiscard]] Ticket take(const std::string& peer);
    [[nodiscard]] std::uint32_t total() const;

  private:
    void give_back(const std::string& peer);

    const std::uint32_t total_max_;
    const std::uint32_t peer_max_;
    mutable std::mutex mutex_;  ///< guards what follows
    std::uint32_t total_ = 0;
    std::map<std::string, std::uint32_t> by_peer_;
};

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
    WorkerPool pool;  ///< for what may block on the disk

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
