#include "sequencer/jsonrpc/json_rpc_config.hpp"

#include "chain/types/transaction.hpp"
#include "sequencer/config/at_least.hpp"

namespace troupe::node {

std::vector<std::string> JsonRpcConfig::validate() const {
    std::vector<std::string> broken;
    const AtLeast at_least("rpc: ", broken);
    at_least("threads", threads, 1);
    at_least("query_threads", query_threads, 1);
    at_least("query_queue_max", query_queue_max, 1);
    at_least("header_bytes_max", header_bytes_max, 1'024);
    // A transaction of the greatest size in hexadecimal, and the call around it.
    at_least("body_bytes_max", body_bytes_max, 2 * chain::kTransactionBytesMax + 1'024);
    at_least("response_bytes_max", response_bytes_max, 65'536);
    at_least("batch_calls_max", batch_calls_max, 1);
    at_least("depth_max", depth_max, 8);
    at_least("connections_max", connections_max, 1);
    at_least("peer_connections_max", peer_connections_max, 1);
    at_least("in_flight_max", in_flight_max, 1);
    at_least("queue_bytes_max", queue_bytes_max, 65'536);
    at_least("header_timeout_ms", header_timeout_ms, 10);
    at_least("body_timeout_ms", body_timeout_ms, 10);
    at_least("write_timeout_ms", write_timeout_ms, 10);
    at_least("idle_timeout_ms", idle_timeout_ms, 10);
    at_least("request_timeout_ms", request_timeout_ms, 10);
    at_least("call_threads", call_threads, 1);
    at_least("call_queue_max", call_queue_max, 1);
    at_least("trace_threads", trace_threads, 1);
    at_least("trace_queue_max", trace_queue_max, 1);
    at_least("trace_bytes_max", trace_bytes_max, 65'536);
    if (trace_ms_max >= request_timeout_ms || trace_ms > trace_ms_max)
        broken.emplace_back(
            "rpc: trace_ms must not be more than trace_ms_max, and that less than "
            "request_timeout_ms");
    at_least("logs_blocks_max", logs_blocks_max, 1);
    at_least("logs_results_max", logs_results_max, 1);
    if (sync_timeout_max_ms >= request_timeout_ms)
        broken.emplace_back("rpc: request_timeout_ms must be more than sync_timeout_max_ms");
    if (sync_timeout_ms > sync_timeout_max_ms)
        broken.emplace_back("rpc: sync_timeout_ms is more than sync_timeout_max_ms");
    return broken;
}

std::vector<std::string> split_list(const std::string& text) {
    std::vector<std::string> items;
    std::string item;
    for (const char c : text + ",") {
        if (c != ',') {
            if (c != ' ') item += c;
            continue;
        }
        if (!item.empty()) items.push_back(std::move(item));
        item.clear();
    }
    return items;
}

}  // namespace troupe::node
