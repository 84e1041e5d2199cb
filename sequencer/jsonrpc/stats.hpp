#pragma once

#include "actors/metrics_sink.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

namespace troupe::node {

/// What the JSON-RPC door has counted, at one moment. Gauges are named so; the rest only grows.
struct JsonRpcSnapshot {
    struct Method {
        std::string_view name;  ///< of the method table, or "unknown": a caller can't make new ones
        std::uint64_t answered = 0;
        std::uint64_t refused = 0;  ///< answered with an error
        actors::LatencyHistogram latency;
    };
    std::vector<Method> methods;
    std::uint64_t http_connections_gauge = 0;
    std::uint64_t websocket_connections_gauge = 0;
    std::uint64_t subscriptions_gauge = 0;
    std::uint64_t filters_gauge = 0;
    std::uint64_t held_transactions_gauge = 0;
    std::uint64_t connections_refused = 0;  ///< beyond a limit, or of a foreign page or host
    std::uint64_t requests_refused = 0;     ///< HTTP requests that are no JSON-RPC, or too large
    std::uint64_t slow_readers_cut = 0;     ///< WebSockets whose queue was full
    std::uint64_t notifications = 0;        ///< sent to subscribers
    std::uint64_t timed_out = 0;            ///< calls without an answer in time
};

/// Counters that many threads write and the metrics exporter reads.
class JsonRpcStats {
  public:
    /// @param names  of the methods, in the table's order; one more counts what is unknown
    explicit JsonRpcStats(std::vector<std::string_view> names);

    /// @param method  index in the table, or anything beyond for an unknown one
    void finished(std::size_t method, bool ok, double seconds) noexcept;
    [[nodiscard]] JsonRpcSnapshot snapshot() const;

    std::atomic<std::uint64_t> http_connections{0};
    std::atomic<std::uint64_t> websocket_connections{0};
    std::atomic<std::uint64_t> subscriptions{0};
    std::atomic<std::uint64_t> filters{0};
    std::atomic<std::uint64_t> held_transactions{0};
    std::atomic<std::uint64_t> connections_refused{0};
    std::atomic<std::uint64_t> requests_refused{0};
    std::atomic<std::uint64_t> slow_readers_cut{0};
    std::atomic<std::uint64_t> notifications{0};
    std::atomic<std::uint64_t> timed_out{0};

  private:
    struct alignas(64) Method {
        mutable std::mutex mutex;  ///< guards data
        JsonRpcSnapshot::Method data;
    };
    std::size_t count_;
    std::unique_ptr<Method[]> methods_;
};

}  // namespace troupe::node
