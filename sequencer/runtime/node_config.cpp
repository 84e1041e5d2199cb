#include "sequencer/runtime/node_config.hpp"

namespace troupe::node {
namespace {

void apply_engine(const Settings& settings, actors::EngineConfig& engine) {
    engine.worker_threads = settings.number32("workers");
    engine.partitions = settings.number32("partitions");
    engine.executors = settings.number32("executors");
    engine.queue_txs_max = settings.number32("queue-txs");
    engine.admission_hold_us = settings.number32("admission-hold-us");
    engine.micro_block_txs_max = settings.number32("micro-block-txs");
    engine.micro_block_gas_max = settings.number("micro-block-gas");
    engine.parallel_gas_min = settings.number("parallel-gas-min");
    engine.estimate_costs = settings.on("cost-estimates");
    engine.learn_slots = settings.on("slot-templates");
    engine.forecast = settings.on("congestion-forecast");
    engine.micro_block_ms_max = settings.number32("micro-block-ms");
    engine.queue_ms_max = settings.number32("queue-ms");
    engine.state_cache_bytes = settings.bytes("state-cache");
    engine.block_time_ms = settings.number32("block-time-ms");
    engine.channel_age_max_ms = settings.number32("batcher.channel-age-ms");
    engine.channel_bytes_target = settings.number("batcher.channel-bytes");
    engine.backlog_blocks_compress = settings.number("batcher.backlog-compress");
    engine.backlog_blocks_slow = settings.number("batcher.backlog-slow");
    engine.backlog_blocks_refuse = settings.number("batcher.backlog-refuse");
}

void apply_grpc(const Settings& settings, GrpcConfig& grpc) {
    grpc.listen = settings.text("grpc.listen");
    grpc.admin_listen = settings.text("grpc.admin-listen");
    grpc.tls.certificate_file = settings.text("grpc.tls-certificate");
    grpc.tls.key_file = settings.text("grpc.tls-key");
    grpc.tls.client_ca_file = settings.text("grpc.tls-client-ca");
    grpc.reflection = settings.on("grpc.reflection");
    grpc.stream_credits_max = settings.number32("grpc.stream-credits");
    grpc.subscriptions_max = settings.number32("grpc.subscriptions");
    grpc.peer_subscriptions_max = settings.number32("grpc.peer-subscriptions");
    grpc.query_threads = settings.number32("grpc.query-threads");
    grpc.call_threads = settings.number32("grpc.call-threads");
    grpc.calls_waiting_max = settings.number32("grpc.calls-waiting");
    grpc.call_gas_max = settings.number("grpc.call-gas");
    grpc.call_ms_max = settings.number32("grpc.call-ms");
}

void apply_json_rpc(const Settings& settings, JsonRpcConfig& rpc) {
    rpc.listen = settings.text("rpc.listen");
    rpc.hosts = split_list(settings.text("rpc.hosts"));
    rpc.origins = split_list(settings.text("rpc.origins"));
    rpc.page = settings.on("rpc.page");
    rpc.threads = settings.number32("rpc.threads");
    rpc.query_threads = settings.number32("rpc.query-threads");
    rpc.call_threads = settings.number32("rpc.call-threads");
    rpc.call_gas_max = settings.number("rpc.call-gas");
    rpc.call_ms_max = settings.number32("rpc.call-ms");
    rpc.call_queue_max = settings.number32("rpc.calls-waiting");
    rpc.trace_threads = settings.number32("rpc.trace-threads");
    rpc.trace_ms = settings.number32("rpc.trace-ms");
    rpc.body_bytes_max = settings.number32("rpc.body-bytes");
    rpc.response_bytes_max = settings.number32("rpc.response-bytes");
    rpc.batch_calls_max = settings.number32("rpc.batch-calls");
    rpc.connections_max = settings.number32("rpc.connections");
    rpc.peer_connections_max = settings.number32("rpc.peer-connections");
    rpc.subscriptions_max = settings.number32("rpc.subscriptions");
    rpc.filters_max = settings.number32("rpc.filters");
    rpc.logs_blocks_max = settings.number("rpc.logs-blocks");
    rpc.logs_results_max = settings.number32("rpc.logs-results");
    rpc.sync_timeout_ms = settings.number32("rpc.sync-timeout-ms");
    rpc.priority_fee_wei = settings.number("rpc.priority-fee-wei");
    rpc.held_timeout_ms = settings.number32("rpc.held-ms");
}

}  // namespace

std::string apply_settings(const Settings& settings, NodeConfig& config) {
    config.data_directory = settings.text("data-dir");
    config.metrics_listen = settings.text("metrics.listen");
    config.drain_ms = settings.number32("drain-ms");
    config.l1.enabled = settings.on("l1.enabled");
    config.l1.url = settings.text("l1.url");
    config.l1.poll_ms = settings.number32("l1.poll-ms");
    config.l1.confirmations = settings.number("l1.confirmations");
    config.l1.max_fee_gwei = settings.number("batcher.max-fee-gwei");
    apply_engine(settings, config.engine);
    apply_grpc(settings, config.grpc);
    apply_json_rpc(settings, config.json_rpc);
    if (const auto broken = config.engine.validate(); !broken.empty()) return broken.front();
    if (const auto broken = config.grpc.validate(); !broken.empty()) return broken.front();
    if (const auto broken = config.json_rpc.validate(); !broken.empty()) return broken.front();
    return {};
}

std::string apply_log_settings(const Settings& settings) {
    const LogFormat format =
        settings.text("log.format") == "json" ? LogFormat::kJson : LogFormat::kText;
    if (std::string wrong = configure_logging(format, settings.text("log.level")); !wrong.empty())
        return settings.origin("log.level") + ": log.level: " + wrong;
    return {};
}

}  // namespace troupe::node
