#include "sequencer/jsonrpc/stats.hpp"

#include <algorithm>

namespace troupe::node {

JsonRpcStats::JsonRpcStats(std::vector<std::string_view> names)
    : count_(names.size() + 1), methods_(std::make_unique<Method[]>(count_)) {
    names.push_back("unknown");
    for (std::size_t i = 0; i < count_; ++i)
        methods_[i].data.name = names[i];
}

void JsonRpcStats::finished(std::size_t method, bool ok, double seconds) noexcept {
    Method& entry = methods_[std::min(method, count_ - 1)];
    const std::lock_guard lock(entry.mutex);
    ++(ok ? entry.data.answered : entry.data.refused);
    entry.data.latency.observe(seconds);
}

JsonRpcSnapshot JsonRpcStats::snapshot() const {
    JsonRpcSnapshot copy;
    for (std::size_t i = 0; i < count_; ++i) {
        const std::lock_guard lock(methods_[i].mutex);
        copy.methods.push_back(methods_[i].data);
    }
    const auto read = [](const std::atomic<std::uint64_t>& counter) {
        return counter.load(std::memory_order_relaxed);
    };
    copy.http_connections_gauge = read(http_connections);
    copy.websocket_connections_gauge = read(websocket_connections);
    copy.subscriptions_gauge = read(subscriptions);
    copy.filters_gauge = read(filters);
    copy.held_transactions_gauge = read(held_transactions);
    copy.connections_refused = read(connections_refused);
    copy.requests_refused = read(requests_refused);
    copy.slow_readers_cut = read(slow_readers_cut);
    copy.notifications = read(notifications);
    copy.timed_out = read(timed_out);
    return copy;
}

}  // namespace troupe::node
