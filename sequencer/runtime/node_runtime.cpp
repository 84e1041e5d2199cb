#include "sequencer/runtime/node_runtime.hpp"

#include "chain/base/hex.hpp"
#include "sequencer/grpc/engine_backend.hpp"
#include "sequencer/grpc/event_hub.hpp"
#include "sequencer/grpc/grpc_server.hpp"
#include "sequencer/jsonrpc/json_rpc_server.hpp"
#include "sequencer/l1/l1_poster.hpp"
#include "sequencer/l1/l1_watcher.hpp"
#include "sequencer/metrics/metrics_text.hpp"
#include "sequencer/metrics/node_metrics.hpp"
#include "sequencer/metrics/operator_server.hpp"
#include "sequencer/runtime/l1_meeting.hpp"
#include "sequencer/runtime/node_events.hpp"
#include "sequencer/storage/chain_store.hpp"
#include "sequencer/storage/data_directory.hpp"
#include "sequencer/storage/genesis_state.hpp"
#include "sequencer/storage/order_log.hpp"
#include "sequencer/version.hpp"

#include <atomic>
#include <ctime>
#include <numeric>
#include <vector>

namespace troupe::node {

// Members are in the order they start in; they end in the opposite order.
struct NodeRuntime::Impl {
    NodeConfig config;
    std::unique_ptr<DataDirectory> directory;
    std::unique_ptr<SegmentedOrderLog> order_log;
    std::unique_ptr<ChainStore> store;
    std::unique_ptr<L1Meeting> meeting;  // null: there is no L1
    NodeMetrics metrics;
    RpcStats rpc_stats;
    L1StatsBoard l1_stats;
    std::unique_ptr<EventHub> hub;
    std::unique_ptr<NodeEvents> events;
    std::unique_ptr<GrpcServer> server;
    JsonRpcStats json_rpc_stats{json_rpc_method_names()};
    std::unique_ptr<JsonRpcServer> json_rpc;
    DryPort dry_port;
    std::unique_ptr<L1Poster> poster;
    std::unique_ptr<actors::Engine> engine;
    std::unique_ptr<EngineBackend> backend;
    std::unique_ptr<L1Watcher> watcher;
    std::atomic<bool> serving{false};
    std::atomic<bool> draining{false};
    bool drained = false;
    const std::time_t started_at = std::time(nullptr);
    std::unique_ptr<OperatorServer> operator_server;  // last: it reads all of the above

    [[nodiscard]] bool open_storage(std::string& failure);
    [[nodiscard]] bool meet_l1(const NodeKeys& keys, std::string& failure);
    [[nodiscard]] bool open_operator_port(std::string& failure);
    [[nodiscard]] bool open_edge(std::string& failure);
    [[nodiscard]] Readiness readiness() const;
    [[nodiscard]] MetricsSnapshot metrics_snapshot() const;
    [[nodiscard]] NodeFigures figures() const;
    [[nodiscard]] bool start_engine(std::string& failure);
};

namespace {

Severity to_severity(LogLevel level) {
    return static_cast<Severity>(static_cast<int>(level) - static_cast<int>(LogLevel::kTrace));
}

bool set_level(std::string_view component, LogLevel level) {
    return set_log_level(component, kSeverities[static_cast<std::size_t>(to_severity(level))])
        .empty();
}

std::unique_ptr<l1::EthClient> open_client(const L1Config& config, std::string& failure) {
    auto client = l1::EthClient::open(config.url);
    if (!client) {
        failure = "l1.url: " + client.error().text;
        return nullptr;
    }
    return std::move(*client);
}

}  // namespace

namespace {

// A part of the state cache is LevelDB's, and what is not written yet is less where accounts wait
// for being written before they can be let go. The rest is the engine's.
StateOptions state_options(std::uint64_t& state_cache_bytes) {
    StateOptions options;
    if (state_cache_bytes == 0) return options;
    options.cache_bytes = state_cache_bytes / 4;
    // What is read at random is written at random, too: the fewer and larger LevelDB's files are
    // when they are new, the less it merges. Measured in docs/benchmarks.md, like the readers.
    options.write_buffer_bytes = 64 * 1024 * 1024;
    options.readers = 8;
    options.dirty_max = 50'000;
    options.dirty_blocks_max = 4;
    options.waiting_max = 4;
    state_cache_bytes -= options.cache_bytes;
    return options;
}

}  // namespace

bool NodeRuntime::Impl::open_storage(std::string& failure) {
    directory = DataDirectory::open(config.data_directory, failure);
    if (!directory) return false;
    order_log = SegmentedOrderLog::open(directory->path(), failure);
    if (!order_log) return false;
    store = ChainStore::open(
        directory->path(), failure, state_options(config.engine.state_cache_bytes));
    if (!store) return false;
    if (store->empty()) {
        log_info(Component::kStorage, "new chain in {}", directory->path().string());
        const RollupFile& rollup = config.rollup;
        const GenesisState state = make_genesis_state(rollup.genesis, rollup.chain, rollup.funded);
        if (state.block.hash != rollup.genesis_hash) {
            failure = "block 0 of the rollup config has the hash " +
                      chain::to_hex(state.block.hash) + ", but its genesis_hash is " +
                      chain::to_hex(rollup.genesis_hash);
            return false;
        }
        if (Failure wrong = store->initialise(state)) {
            failure = *wrong;
            return false;
        }
    }
    if (store->genesis_hash() != config.rollup.genesis_hash) {
        failure = "data directory " + directory->path().string() +
                  " holds the chain with genesis " + chain::to_hex(store->genesis_hash()) +
                  ", the rollup config names " + chain::to_hex(config.rollup.genesis_hash) +
                  ": name the right one with --data-dir or --rollup";
        return false;
    }
    return true;
}

bool NodeRuntime::Impl::meet_l1(const NodeKeys& keys, std::string& failure) {
    meeting = L1Meeting::open(config, keys, *store, failure);
    if (!meeting) return false;
    if (Failure wrong = meeting->recover(*order_log)) {
        failure = *wrong;
        return false;
    }
    return true;
}

MetricsSnapshot NodeRuntime::Impl::metrics_snapshot() const {
    MetricsSnapshot snapshot;
    snapshot.actors = metrics.snapshot();
    snapshot.rpc = rpc_stats.snapshot();
    snapshot.json_rpc = json_rpc_stats.snapshot();
    snapshot.l1 = l1_stats.snapshot();
    snapshot.heads = store->heads();
    snapshot.account_reads = store->account_read_times();
    snapshot.ready = readiness().ready;
    snapshot.version = kVersion;
    snapshot.start_time_seconds = static_cast<std::uint64_t>(started_at);
    snapshot.resident_memory_bytes = resident_memory_bytes();
    return snapshot;
}

NodeFigures NodeRuntime::Impl::figures() const {
    const ActorStats actors = metrics.snapshot();
    const L1Stats l1 = l1_stats.snapshot();
    const Readiness now = readiness();
    NodeFigures figures;
    figures.ready_word = now.word;
    figures.ready_sentence = now.sentence;
    figures.uptime_s = static_cast<std::uint64_t>(std::time(nullptr) - started_at);
    figures.memory_bytes = resident_memory_bytes();
    const auto& outcomes = actors.sequencer.transactions;
    figures.accepted = outcomes[0];
    figures.refused = std::accumulate(outcomes.begin() + 1, outcomes.end(), std::uint64_t{0});
    figures.sealed = actors.sealer.transactions;
    figures.queue_txs = actors.sequencer.queue_txs;
    figures.l1_enabled = config.l1.enabled;
    figures.l1_reachable = l1.reachable;
    figures.l1_head = l1.head_number;
    figures.backlog_blocks = actors.batcher.backlog_blocks;
    figures.backlog_bytes = actors.batcher.backlog_bytes;
    figures.throttle = actors.batcher.throttle;
    figures.seconds_since_post = actors.batcher.seconds_since_post;
    figures.submit_latency = actors.sequencer.submit_latency;
    figures.sync_latency = actors.log.sync_latency;
    figures.seal_latency = actors.sealer.seal_latency;
    return figures;
}

bool NodeRuntime::Impl::open_operator_port(std::string& failure) {
    if (config.metrics_listen.empty()) return true;
    operator_server = OperatorServer::start(
        config.metrics_listen,
        {.metrics = [this] { return metrics_text(metrics_snapshot()); },
         .ready =
             [this] {
                 const Readiness now = readiness();
                 return OperatorServer::Answer{
                     now.ready ? 200 : 503, now.word + ": " + now.sentence + "\n"};
             }},
        failure);
    return operator_server != nullptr;
}

bool NodeRuntime::Impl::open_edge(std::string& failure) {
    EventHubConfig hub_config;
    hub_config.recent_blocks_max = config.grpc.recent_blocks_max;
    hub_config.recent_transactions_max = config.grpc.recent_transactions_max;
    hub = std::make_unique<EventHub>(hub_config, store->heads());
    events = std::make_unique<NodeEvents>(*hub, *store);
    ChainDescription description;
    description.config = config.rollup.chain;
    description.genesis_hash = config.rollup.genesis_hash;
    description.block_time_ms = config.engine.block_time_ms;
    description.version = std::string("troupe/") + kVersion;
    route_grpc_log([](std::string_view message) { log_debug(Component::kRpc, "{}", message); });
    server =
        GrpcServer::start(config.grpc, description, *store, *hub, rpc_stats, set_level, failure);
    if (server == nullptr) return false;
    if (config.json_rpc.listen.empty()) return true;
    json_rpc =
        JsonRpcServer::start(config.json_rpc, description, *store, *hub, json_rpc_stats, failure);
    if (json_rpc == nullptr) return false;
    json_rpc->tell_figures([this] { return figures(); });
    return true;
}

bool NodeRuntime::Impl::start_engine(std::string& failure) {
    const HeaderRecord head = store->head();
    actors::EngineStart start;
    start.chain = config.rollup.chain;
    if (!config.l1.enabled) start.chain.sequencer_drift_max_s = UINT32_MAX;
    start.head = head.header;
    start.head_hash = head.hash;
    start.head_origin = head.l1_origin;
    start.origin = head.l1_origin;
    start.origin_timestamp = start.chain.l1_start_timestamp;
    if (meeting) {
        if (Failure wrong = meeting->head_origin_timestamp(start.origin_timestamp)) {
            failure = *wrong;
            return false;
        }
    }
    SegmentedOrderLog::Tail tail;
    if (Failure wrong = order_log->read_tail(head.last_sequence + 1, tail)) {
        failure = *wrong;
        return false;
    }
    start.next_sequence = tail.next_sequence;
    start.safe_number = store->heads().safe;
    std::string damage;
    if (Failure wrong = store->flush()) {
        failure = *wrong;
        return false;
    }
    start.accounts = &store->accounts();
    start.slots = &store->slots();
    start.load_accounts = [&](const auto& visit) {
        if (Failure wrong = store->load_accounts(visit)) damage = *wrong;
    };
    start.load_slots = [&](const auto& visit) {
        if (Failure wrong = store->load_slots(visit)) damage = *wrong;
    };
    start.load_codes = [&](const auto& visit) {
        if (Failure wrong = store->load_codes(visit)) damage = *wrong;
    };
    if (Failure wrong = store->newest_hashes(chain::execution::kBlockHashes, start.block_hashes)) {
        failure = *wrong;
        return false;
    }
    if (!tail.micro_blocks.empty())
        log_info(
            Component::kEngine, "replaying {} micro-blocks after block {}",
            tail.micro_blocks.size(), head.header.number);
    start.micro_blocks = std::move(tail.micro_blocks);
    start.seals = std::move(tail.seals);
    actors::L1Port& port = poster ? static_cast<actors::L1Port&>(*poster) : dry_port;
    engine = actors::Engine::start(
        config.engine, std::move(start), *order_log, *store, *events, metrics, port, failure);
    if (engine && !damage.empty()) failure = damage;
    return engine != nullptr && damage.empty();
}

NodeRuntime::NodeRuntime(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
NodeRuntime::~NodeRuntime() {
    shut_down();
}

std::unique_ptr<NodeRuntime> NodeRuntime::start(
    NodeConfig config, const NodeKeys& keys, std::string& failure) {
    auto impl = std::make_unique<Impl>();
    impl->config = std::move(config);
    const NodeConfig& settings = impl->config;
    // From here on the destructor ends whatever has started, in order.
    std::unique_ptr<NodeRuntime> node(new NodeRuntime(std::move(impl)));
    Impl& parts = *node->impl_;
    if (!parts.open_storage(failure)) return nullptr;
    if (!parts.open_operator_port(failure)) return nullptr;
    if (settings.l1.enabled) {
        if (!parts.meet_l1(keys, failure)) return nullptr;
        auto client = open_client(settings.l1, failure);
        if (!client) return nullptr;
        parts.poster = std::make_unique<L1Poster>(
            std::move(client), settings.rollup.chain,
            L1PosterConfig{
                .poll_ms = settings.l1.poll_ms, .max_fee_gwei = settings.l1.max_fee_gwei},
            *keys.batcher, keys.proposer ? &*keys.proposer : nullptr, parts.l1_stats);
    }
    if (!parts.open_edge(failure)) return nullptr;
    if (!parts.start_engine(failure)) return nullptr;
    if (settings.l1.enabled) {
        auto client = open_client(settings.l1, failure);
        if (!client) return nullptr;
        parts.watcher = std::make_unique<L1Watcher>(
            std::move(client), settings.rollup,
            L1WatcherConfig{
                .poll_ms = settings.l1.poll_ms,
                .confirmations = settings.l1.confirmations,
                .check = parts.meeting->check_left()},
            *parts.store, *parts.engine, parts.l1_stats, parts.store->head().l1_origin);
        parts.poster->start(
            *parts.engine, [watcher = parts.watcher.get()] { return watcher->derived_l1(); });
    } else {
        parts.dry_port.start(*parts.engine);
    }
    parts.backend = std::make_unique<EngineBackend>(*parts.engine);
    parts.server->serve(*parts.backend);
    if (parts.json_rpc) parts.json_rpc->serve(*parts.backend);
    parts.serving = true;
    return node;
}

int NodeRuntime::grpc_port() const noexcept {
    return impl_->server->port();
}
int NodeRuntime::admin_port() const noexcept {
    return impl_->server->admin_port();
}
int NodeRuntime::rpc_port() const noexcept {
    return impl_->json_rpc ? impl_->json_rpc->port() : 0;
}
int NodeRuntime::metrics_port() const noexcept {
    return impl_->operator_server ? impl_->operator_server->port() : 0;
}

std::string NodeRuntime::fatal() const {
    return impl_->events ? impl_->events->fatal() : std::string();
}

Readiness NodeRuntime::readiness() const {
    return impl_->readiness();
}

// Called from the operator port's thread: touches the other parts only once they all stand.
Readiness NodeRuntime::Impl::readiness() const {
    if (draining) return {false, "draining", "the node is shutting down"};
    if (!serving) return {false, "starting", "the node is reading its data and replaying"};
    if (std::string cause = events->fatal(); !cause.empty()) return {false, "fatal", cause};
    const L1Stats l1 = l1_stats.snapshot();
    if (l1.diverged)
        return {false, "diverged", "what the L1 derives to differs from what was sealed here"};
    if (!l1.trouble.empty()) return {false, "l1", l1.trouble};
    if (l1.insufficient_funds)
        return {false, "funds", "an L1 account cannot pay for posting; send it ether"};
    if (metrics.snapshot().batcher.throttle >= 3)
        return {false, "backlog", "too many blocks wait for the L1: nothing new is taken"};
    if (!engine->sequencing()) return {false, "stopped", "sequencing was stopped by an operator"};
    return {true, "ok", "transactions are taken"};
}

bool NodeRuntime::shut_down() {
    Impl& parts = *impl_;
    if (parts.draining.exchange(true)) return parts.drained;
    parts.drained = true;
    if (parts.server) parts.server->drain();
    if (parts.json_rpc) parts.json_rpc->drain();
    if (parts.engine) {
        parts.drained = parts.engine->shut_down(parts.config.drain_ms);
        if (!parts.drained)
            log_warn(
                Component::kNode, "not everything was drained within {} ms; the order log has it",
                parts.config.drain_ms);
    }
    if (parts.poster) parts.poster->stop();
    parts.dry_port.stop();
    parts.watcher.reset();
    if (parts.json_rpc) parts.json_rpc->shut_down();
    if (parts.server) parts.server->shut_down(std::chrono::milliseconds(500));
    return parts.drained;
}

}  // namespace troupe::node
