#include "sequencer/grpc/grpc_config.hpp"

#include "chain/types/transaction.hpp"
#include "sequencer/config/at_least.hpp"

#include <string_view>

namespace troupe::node {

bool is_loopback(const std::string& address) {
    const std::string_view text = address;
    return text.starts_with("127.") || text.starts_with("[::1]:") ||
           text.starts_with("localhost:") || text.starts_with("unix:");
}

namespace {

void check_tls(const TlsFiles& tls, const std::string& name, std::vector<std::string>& broken) {
    if (tls.certificate_file.empty() != tls.key_file.empty())
        broken.push_back(name + ": a certificate file and a key file go together");
    if (!tls.client_ca_file.empty() && !tls.enabled())
        broken.push_back(name + ": a client CA file needs a certificate and a key too");
}

}  // namespace

std::vector<std::string> GrpcConfig::validate() const {
    std::vector<std::string> broken;
    const AtLeast at_least("", broken);
    if (listen.empty())
        broken.emplace_back("listen: an address is needed, such as 127.0.0.1:50051");
    check_tls(tls, "tls", broken);
    check_tls(admin_tls, "admin_tls", broken);
    if (!admin_listen.empty() && !is_loopback(admin_listen) && admin_tls.client_ca_file.empty())
        broken.push_back(
            "admin_listen: " + admin_listen +
            " can be reached from other machines; use 127.0.0.1 or give admin_tls a client CA");
    at_least("message_bytes_max", message_bytes_max, chain::kTransactionBytesMax + 1'024);
    at_least("response_bytes_target", response_bytes_target, 65'536);
    at_least("batch_transactions_max", batch_transactions_max, 1);
    at_least("stream_credits_max", stream_credits_max, 1);
    at_least("stream_batches_max", stream_batches_max, 1);
    at_least("submit_streams_max", submit_streams_max, 1);
    at_least("connection_streams_max", connection_streams_max, 1);
    at_least("subscriptions_max", subscriptions_max, 1);
    at_least("peer_subscriptions_max", peer_subscriptions_max, 1);
    at_least("query_queue_max", query_queue_max, 1);
    at_least("query_threads", query_threads, 1);
    at_least("call_gas_max", call_gas_max, 100'000);
    at_least("call_threads", call_threads, 1);
    at_least("calls_waiting_max", calls_waiting_max, 1);
    at_least("call_ms_max", call_ms_max, 1);
    at_least("logs_blocks_max", logs_blocks_max, 1);
    at_least("logs_max", logs_max, 1);
    at_least("memory_bytes_max", memory_bytes_max, 16'777'216);
    at_least("heartbeat_ms", heartbeat_ms, 10);
    at_least("write_timeout_ms", write_timeout_ms, 10);
    at_least("keepalive_time_ms", keepalive_time_ms, 1'000);
    at_least("recent_blocks_max", recent_blocks_max, 2);
    at_least("recent_transactions_max", recent_transactions_max, 1);
    if (heartbeat_ms > 10'000)
        broken.push_back(
            "heartbeat_ms is " + std::to_string(heartbeat_ms) + ", clients are promised 10000");
    return broken;
}

}  // namespace troupe::node
