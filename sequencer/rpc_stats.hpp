#pragma once

#include "actors/metrics_sink.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <string_view>

/// What the gRPC edge counts, for sequencer/metrics to export. Label values are the fixed names
/// below: a caller can't make new ones.
namespace troupe::node {

/// Every method of troupe.v1. Append only.
enum class RpcMethod : std::uint8_t {
    kSubmitTransaction,
    kSubmitTransactions,
    kSubmitStream,
    kGetAccount,
    kGetTransaction,
    kGetReceipt,
    kGetBlock,
    kGetChainInfo,
    kWatchBlocks,
    kWatchAccount,
    kWatchTransaction,
    kStartSequencing,
    kStopSequencing,
    kFlush,
    kSetLogLevel,
    kGetStatus,
    kCall,
    kEstimateGas,
    kGetCode,
    kGetStorage,
    kGetLogs,
};
inline constexpr std::size_t kRpcMethods = 21;
inline constexpr std::size_t kRpcCodes = 17;  ///< grpc::StatusCode 0..16

/// "troupe.v1.SubmitService/SubmitTransaction"
[[nodiscard]] std::string_view to_string(RpcMethod method) noexcept;
/// "OK", "INVALID_ARGUMENT", ...: the canonical names, for codes 0..16.
[[nodiscard]] std::string_view rpc_code_name(std::size_t code) noexcept;

/// A copy of the counters at one moment. Counters only grow; gauges are named so.
struct RpcSnapshot {
    struct Method {
        std::array<std::uint64_t, kRpcCodes> calls{};  ///< finished calls by status code
        actors::LatencyHistogram latency;              ///< of unary calls only
        std::uint64_t open_gauge = 0;                  ///< calls and streams that are open now
    };
    std::array<Method, kRpcMethods> methods;
    std::uint64_t submitted_transactions = 0;  ///< received over gRPC, whatever came of them
    std::uint64_t credits_granted = 0;         ///< to streams
    std::uint64_t credits_exceeded = 0;        ///< transactions sent without credit, refused
    std::uint64_t watch_messages = 0;          ///< sent to subscribers
    std::uint64_t slow_readers_cut = 0;        ///< subscribers cut off for not reading
    std::uint64_t subscriptions_refused = 0;   ///< beyond a limit
    std::uint64_t queries_refused = 0;         ///< the query queue was full
};

/// Counters that many threads write and the metrics exporter reads. Never blocks for long.
class RpcStats {
  public:
    void opened(RpcMethod method) noexcept;
    /// Once per opened(). `seconds` is not recorded for streams.
    void finished(RpcMethod method, int code, double seconds, bool stream) noexcept;

    std::atomic<std::uint64_t> submitted_transactions{0};
    std::atomic<std::uint64_t> credits_granted{0};
    std::atomic<std::uint64_t> credits_exceeded{0};
    std::atomic<std::uint64_t> watch_messages{0};
    std::atomic<std::uint64_t> slow_readers_cut{0};
    std::atomic<std::uint64_t> subscriptions_refused{0};
    std::atomic<std::uint64_t> queries_refused{0};

    [[nodiscard]] RpcSnapshot snapshot() const;

  private:
    struct alignas(64) Method {
        mutable std::mutex mutex;  ///< guards the rest of this struct
        RpcSnapshot::Method data;
    };
    std::array<Method, kRpcMethods> methods_;
};

}  // namespace troupe::node
