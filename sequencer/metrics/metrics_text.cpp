#include "sequencer/metrics/metrics_text.hpp"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>
#include <unistd.h>

#include <cmath>
#include <fstream>
#include <limits>

namespace troupe::node {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

double to_double(const chain::Uint256& value) {
    double sum = 0;
    for (int i = 3; i >= 0; --i)
        sum = sum * 18'446'744'073'709'551'616.0 + static_cast<double>(value.limbs[i]);  // 2^64
    return sum;
}

// Collects families in the order they are shown.
class Families {
  public:
    Families& family(MetricType type, const char* name, const char* help) {
        families_.push_back({.name = name, .help = help, .type = type, .metric = {}});
        return *this;
    }
    /// One value of the newest family; `label` empty: without labels.
    template <class Number>
    Families& value(Number number, const char* label = "", const std::string& of = {}) {
        ClientMetric metric = labelled(label, of);
        if (families_.back().type == MetricType::Counter)
            metric.counter.value = static_cast<double>(number);
        else
            metric.gauge.value = static_cast<double>(number);
        families_.back().metric.push_back(std::move(metric));
        return *this;
    }
    template <class Histogram>
    Families& histogram(const Histogram& from, const char* label = "", const std::string& of = {}) {
        ClientMetric metric = labelled(label, of);
        std::uint64_t count = 0;
        for (std::size_t i = 0; i < from.counts.size(); ++i) {
            count += from.counts[i];
            const bool last = i == Histogram::kBounds.size();
            metric.histogram.bucket.push_back(
                {.cumulative_count = count,
                 .upper_bound =
                     last ? std::numeric_limits<double>::infinity() : Histogram::kBounds[i]});
        }
        metric.histogram.sample_count = count;
        metric.histogram.sample_sum = from.sum_seconds;
        families_.back().metric.push_back(std::move(metric));
        return *this;
    }
    ClientMetric& last() { return families_.back().metric.back(); }
    [[nodiscard]] const std::vector<MetricFamily>& all() const noexcept { return families_; }

    template <class Number>
    void counter(const char* name, const char* help, Number number) {
        family(MetricType::Counter, name, help).value(number);
    }
    template <class Number>
    void gauge(const char* name, const char* help, Number number) {
        family(MetricType::Gauge, name, help).value(number);
    }
    void latency(const char* name, const char* help, const actors::LatencyHistogram& from) {
        family(MetricType::Histogram, name, help).histogram(from);
    }

  private:
    static ClientMetric labelled(const char* label, const std::string& of) {
        ClientMetric metric;
        if (*label != '\0') metric.label.push_back({.name = label, .value = of});
        return metric;
    }
    std::vector<MetricFamily> families_;
};

void add_sequencer(Families& out, const ActorStats& stats) {
    out.family(
        MetricType::Counter, "troupe_transactions_total",
        "Submitted transactions by outcome: accepted, or the reason of the refusal");
    for (std::size_t i = 0; i < actors::kReasons; ++i) {
        const auto reason = static_cast<actors::Reason>(i);
        const std::string outcome =
            reason == actors::Reason::kNone ? "accepted" : std::string(actors::to_string(reason));
        out.value(stats.sequencer.transactions[i], "outcome", outcome);
    }
    out.gauge(
        "troupe_queue_transactions", "Transactions taken and not yet ordered",
        stats.sequencer.queue_txs);
    out.gauge(
        "troupe_credits_free_transactions", "Transactions that would be taken right now",
        stats.sequencer.credits_free);
    out.counter("troupe_micro_blocks_total", "Micro-blocks ordered", stats.sequencer.micro_blocks);
    out.family(
        MetricType::Counter, "troupe_rounds_total",
        "Micro-blocks by how they were executed: transfers only (native); by one executor because "
        "there was little (small) or because most was predicted to conflict (conflicting); by "
        "several (parallel); by several with parts run again (repaired)");
    constexpr std::array<const char*, actors::kRoundModes> kModes{
        "native", "small", "conflicting", "parallel", "repaired"};
    for (std::size_t i = 0; i < kModes.size(); ++i)
        out.value(stats.sequencer.rounds[i], "mode", kModes[i]);
    out.family(
        MetricType::Counter, "troupe_executed_transactions_total",
        "Executions of transactions by who did it: the sequencer (native), an executor, an "
        "executor "
        "for a second time (again)");
    out.value(stats.sequencer.native_txs, "by", "native");
    out.value(stats.sequencer.executor_txs, "by", "executor");
    out.value(stats.sequencer.reexecuted_txs, "by", "again");
    out.family(
        MetricType::Counter, "troupe_executor_gas_total",
        "Gas of what executors ran: used, and as it was estimated before");
    out.value(stats.sequencer.executor_gas, "kind", "used");
    out.value(stats.sequencer.estimated_gas, "kind", "estimated");
    out.family(
        MetricType::Counter, "troupe_slot_predictions_total",
        "Calls that were to be shared out, by what was known of their slots: predicted by a "
        "template or unknown; and observed, to learn from");
    out.value(stats.sequencer.predicted_txs, "kind", "predicted");
    out.value(stats.sequencer.unpredicted_txs, "kind", "unknown");
    out.value(stats.sequencer.observed_txs, "kind", "observed");
    out.gauge(
        "troupe_slot_templates", "Functions of which the slots are known or being learnt",
        stats.sequencer.slot_templates);
    out.gauge(
        "troupe_forecast_seconds_per_gigagas",
        "What executors need for 10^9 gas, together, by the last rounds",
        static_cast<double>(stats.sequencer.forecast_ns_per_mgas) / 1e6);
    out.gauge(
        "troupe_forecast_micro_block_gas", "Estimated gas that one micro-block may have",
        stats.sequencer.micro_block_gas);
    out.gauge(
        "troupe_forecast_credits_transactions",
        "Transactions that may be taken and not yet answered", stats.sequencer.credits_bound);
    out.family(
        MetricType::Counter, "troupe_senders_total",
        "Transactions whose sender was looked for, by how it was found: from the signature "
        "(recovered), or because the same transaction came before (remembered)");
    out.value(stats.sequencer.senders_recovered, "by", "recovered");
    out.value(stats.sequencer.senders_remembered, "by", "remembered");
    out.counter(
        "troupe_clock_jumps_total", "Times the wall clock went back or leapt",
        stats.sequencer.clock_jumps);
    out.latency(
        "troupe_micro_block_latency_seconds", "From closing a micro-block to its commit",
        stats.sequencer.micro_block_latency);
    out.latency(
        "troupe_submit_latency_seconds",
        "From taking a transaction to its answer, which is the soft confirmation",
        stats.sequencer.submit_latency);
    out.latency(
        "troupe_order_log_sync_seconds", "Append to the order log with LevelDB sync",
        stats.log.sync_latency);
    out.counter(
        "troupe_order_log_written_bytes_total", "Bytes appended to the order log", stats.log.bytes);
}

void add_blocks(Families& out, const MetricsSnapshot& snapshot) {
    const actors::SealerStats& sealer = snapshot.actors.sealer;
    out.counter("troupe_blocks_total", "Blocks sealed", sealer.blocks);
    out.counter(
        "troupe_block_transactions_total", "Transactions in sealed blocks", sealer.transactions);
    out.counter("troupe_block_gas_total", "Gas used in sealed blocks", sealer.gas_used);
    out.latency(
        "troupe_block_seal_latency_seconds", "From closing a block to its being durable",
        sealer.seal_latency);
    out.latency(
        "troupe_block_store_seconds", "Commit of blocks to LevelDB with sync",
        sealer.store_latency);
    out.family(MetricType::Gauge, "troupe_head_block", "Number of the newest block of each kind")
        .value(snapshot.heads.unsafe, "head", "unsafe")
        .value(snapshot.heads.safe, "head", "safe")
        .value(snapshot.heads.finalized, "head", "finalized");
}

void add_partitions(Families& out, const ActorStats& stats) {
    if (stats.partitions.empty()) return;
    out.family(MetricType::Gauge, "troupe_partition_accounts", "Accounts held by a partition");
    for (const auto& [id, partition] : stats.partitions)
        out.value(partition.accounts, "partition", std::to_string(id));
    out.family(
        MetricType::Gauge, "troupe_partition_memory_bytes", "Memory held by a partition's state");
    for (const auto& [id, partition] : stats.partitions)
        out.value(partition.memory_bytes, "partition", std::to_string(id));
    out.family(
        MetricType::Gauge, "troupe_partition_mailbox_messages",
        "Messages sent to a partition and not yet handled");
    for (const auto& [id, partition] : stats.partitions)
        out.value(partition.mailbox_messages, "partition", std::to_string(id));
    actors::PartitionStats sum;
    for (const auto& [id, partition] : stats.partitions) {
        sum.account_reads += partition.account_reads;
        sum.accounts_read_ahead += partition.accounts_read_ahead;
        sum.accounts_evicted += partition.accounts_evicted;
        sum.bucket_reads += partition.bucket_reads;
        sum.buckets_evicted += partition.buckets_evicted;
        sum.slot_reads += partition.slot_reads;
        sum.slots_read_ahead += partition.slots_read_ahead;
        sum.slots_evicted += partition.slots_evicted;
        sum.storage_reads += partition.storage_reads;
        sum.storage_evicted += partition.storage_evicted;
    }
    out.family(
        MetricType::Counter, "troupe_state_cache_reads_total",
        "Read from disk because of state-cache: accounts while execution waited (account), before "
        "it needed them (ahead), slots likewise (slot, slot_ahead), buckets of the state trie "
        "(bucket) and of storage tries (storage)");
    out.value(sum.account_reads, "what", "account");
    out.value(sum.accounts_read_ahead, "what", "ahead");
    out.value(sum.bucket_reads, "what", "bucket");
    out.value(sum.slot_reads, "what", "slot");
    out.value(sum.slots_read_ahead, "what", "slot_ahead");
    out.value(sum.storage_reads, "what", "storage");
    out.family(
        MetricType::Counter, "troupe_state_cache_evictions_total",
        "Let go from memory because of state-cache: accounts, slots, buckets of the state trie and "
        "of storage tries");
    out.value(sum.accounts_evicted, "what", "account");
    out.value(sum.buckets_evicted, "what", "bucket");
    out.value(sum.slots_evicted, "what", "slot");
    out.value(sum.storage_evicted, "what", "storage");
}

void add_stages(Families& out, const ActorStats& stats) {
    out.family(
        MetricType::Histogram, "troupe_stage_seconds",
        "Stages beside those that have a family of their own. Of a round: contracts wait for the "
        "hash of the block before (parent), executors speculate, partitions validate, one executor "
        "settles; at the end of a block partitions note what it changed. Of a block: each "
        "partition's part of the state root (commitment), from its close until it is hashed "
        "(hash). Of a channel: its encoding, closed to mined (posting), mined to safe "
        "(derivation)");
    constexpr std::array<const char*, actors::kRoundStages> kRound{
        "parent", "speculate", "validate", "settle", "note"};
    for (std::size_t i = 0; i < kRound.size(); ++i)
        out.histogram(stats.sequencer.stages[i], "stage", kRound[i]);
    actors::StageHistogram commitment;
    for (const auto& [id, partition] : stats.partitions)
        commitment.add(partition.commitment);
    out.histogram(commitment, "stage", "commitment");
    out.histogram(stats.sealer.hash_latency, "stage", "hash");
    out.histogram(stats.batcher.encoding, "stage", "encoding");
    out.histogram(stats.batcher.posting, "stage", "posting");
    out.histogram(stats.batcher.derivation, "stage", "derivation");
    out.gauge(
        "troupe_blocks_in_flight", "Blocks closed and not yet durable; ordering waits at 8",
        stats.sequencer.blocks_in_flight);
}

void add_batcher(Families& out, const actors::BatcherStats& batcher) {
    out.gauge("troupe_l1_backlog_blocks", "Blocks sealed and not yet safe", batcher.backlog_blocks);
    out.gauge(
        "troupe_l1_backlog_bytes", "Estimated bytes for the L1 that are not posted yet",
        batcher.backlog_bytes);
    out.gauge(
        "troupe_l1_last_post_age_seconds", "Seconds since a channel was last mined on the L1",
        batcher.seconds_since_post);
    out.counter("troupe_l1_channels_total", "Channels closed", batcher.channels);
    out.counter(
        "troupe_l1_posted_bytes_total", "Compressed bytes mined on the L1", batcher.posted_bytes);
    out.gauge(
        "troupe_throttle_level",
        "What the backlog does: 0 nothing, 1 packs harder, 2 slows, 3 refuses", batcher.throttle);
    out.gauge(
        "troupe_diverged", "1 once the L1 derived to something else than what was sealed here",
        batcher.diverged ? 1 : 0);
}

void add_l1(Families& out, const L1Stats& l1) {
    out.gauge("troupe_l1_reachable", "1 while the L1 answers", l1.reachable ? 1 : 0);
    out.gauge("troupe_l1_head_block", "Number of the L1's newest block", l1.head_number);
    out.gauge(
        "troupe_l1_head_timestamp_seconds", "Timestamp of the L1's newest block",
        l1.head_timestamp);
    out.gauge(
        "troupe_l1_derived_block", "Last L1 block that derivation has taken", l1.derived_l1_block);
    out.counter("troupe_l1_dropped_total", "Pieces of L1 data that derivation dropped", l1.dropped);
    out.counter("troupe_l1_reorganisations_total", "L1 re-organisations seen", l1.reorganisations);
    out.counter("troupe_l1_transactions_sent_total", "Transactions handed to the L1", l1.sent);
    out.counter("troupe_l1_transactions_replaced_total", "Of those, with higher fees", l1.replaced);
    out.counter(
        "troupe_l1_transactions_failed_total", "L1 transactions that reverted or were given up",
        l1.failed);
    out.gauge("troupe_l1_transactions_in_flight", "Handed to the L1 and not mined", l1.in_flight);
    out.counter("troupe_l1_gas_total", "L1 gas used", l1.gas_used);
    out.counter("troupe_l1_fees_paid_wei_total", "L1 fees paid", to_double(l1.fees_paid));
    out.family(MetricType::Gauge, "troupe_l1_balance_wei", "Balance of the keys that pay on the L1")
        .value(to_double(l1.batcher_balance), "role", "batcher")
        .value(to_double(l1.proposer_balance), "role", "proposer");
    out.gauge(
        "troupe_l1_at_fee_cap", "1 while the L1 asks for more than the configured cap",
        l1.at_fee_cap ? 1 : 0);
    out.gauge(
        "troupe_l1_insufficient_funds", "1 while a key cannot pay for posting",
        l1.insufficient_funds ? 1 : 0);
    out.gauge(
        "troupe_l1_claims_waiting", "Output roots not yet claimed on the L1", l1.claims_waiting);
}

void add_rpc(Families& out, const RpcSnapshot& rpc) {
    const auto name = [](std::size_t i) {
        return std::string(to_string(static_cast<RpcMethod>(i)));
    };
    out.family(MetricType::Counter, "troupe_rpc_calls_total", "Finished gRPC calls");
    for (std::size_t i = 0; i < kRpcMethods; ++i) {
        for (std::size_t code = 0; code < kRpcCodes; ++code) {
            if (code != 0 && rpc.methods[i].calls[code] == 0) continue;
            out.value(rpc.methods[i].calls[code], "method", name(i));
            out.last().label.push_back({.name = "code", .value = std::string(rpc_code_name(code))});
        }
    }
    out.family(MetricType::Gauge, "troupe_rpc_open_calls", "gRPC calls and streams open now");
    for (std::size_t i = 0; i < kRpcMethods; ++i)
        out.value(rpc.methods[i].open_gauge, "method", name(i));
    out.family(MetricType::Histogram, "troupe_rpc_latency_seconds", "Duration of unary gRPC calls");
    for (std::size_t i = 0; i < kRpcMethods; ++i)
        out.histogram(rpc.methods[i].latency, "method", name(i));
    out.counter(
        "troupe_rpc_submitted_transactions_total", "Transactions received over gRPC",
        rpc.submitted_transactions);
    out.counter(
        "troupe_rpc_credits_granted_total", "Credits granted to submit streams",
        rpc.credits_granted);
    out.counter(
        "troupe_rpc_credits_exceeded_total", "Transactions sent without credit",
        rpc.credits_exceeded);
    out.counter(
        "troupe_rpc_watch_messages_total", "Messages sent to subscribers", rpc.watch_messages);
    out.counter(
        "troupe_rpc_slow_readers_cut_total", "Subscribers cut off for not reading",
        rpc.slow_readers_cut);
    out.counter(
        "troupe_rpc_subscriptions_refused_total", "Subscriptions beyond a limit",
        rpc.subscriptions_refused);
    out.counter(
        "troupe_rpc_queries_refused_total", "Queries refused because the queue was full",
        rpc.queries_refused);
}

void add_json_rpc(Families& out, const JsonRpcSnapshot& rpc) {
    out.family(MetricType::Counter, "troupe_json_rpc_calls_total", "Finished JSON-RPC calls");
    for (const auto& method : rpc.methods) {
        for (const auto& [result, count] :
             {std::pair("ok", method.answered), std::pair("error", method.refused)}) {
            out.value(count, "method", std::string(method.name));
            out.last().label.push_back({.name = "result", .value = result});
        }
    }
    out.family(
        MetricType::Histogram, "troupe_json_rpc_latency_seconds", "Duration of JSON-RPC calls");
    for (const auto& method : rpc.methods)
        out.histogram(method.latency, "method", std::string(method.name));
    out.family(MetricType::Gauge, "troupe_json_rpc_connections", "Connections open now")
        .value(rpc.http_connections_gauge, "kind", "http")
        .value(rpc.websocket_connections_gauge, "kind", "websocket");
    out.gauge("troupe_json_rpc_subscriptions", "Subscriptions open now", rpc.subscriptions_gauge);
    out.gauge("troupe_json_rpc_filters", "Filters installed now", rpc.filters_gauge);
    out.gauge(
        "troupe_json_rpc_held_transactions", "Transactions that wait beyond a nonce gap",
        rpc.held_transactions_gauge);
    out.counter(
        "troupe_json_rpc_connections_refused_total", "Connections beyond a limit",
        rpc.connections_refused);
    out.counter(
        "troupe_json_rpc_requests_refused_total",
        "HTTP requests that are no JSON-RPC, too large, too slow or not allowed",
        rpc.requests_refused);
    out.counter(
        "troupe_json_rpc_slow_readers_cut_total", "WebSockets cut off for not reading",
        rpc.slow_readers_cut);
    out.counter(
        "troupe_json_rpc_notifications_total", "Messages sent to subscribers", rpc.notifications);
    out.counter(
        "troupe_json_rpc_timed_out_total", "Requests without an answer in time", rpc.timed_out);
}

}  // namespace

std::string metrics_text(const MetricsSnapshot& snapshot) {
    Families out;
    out.family(MetricType::Gauge, "troupe_build_info", "Always 1; says what runs")
        .value(1, "version", snapshot.version);
    out.gauge("troupe_ready", "1 while /readyz answers 200", snapshot.ready ? 1 : 0);
    out.gauge(
        "troupe_start_time_seconds", "Unix time at which the process started",
        snapshot.start_time_seconds);
    out.gauge(
        "troupe_resident_memory_bytes", "Resident memory of the process",
        snapshot.resident_memory_bytes);
    add_sequencer(out, snapshot.actors);
    add_blocks(out, snapshot);
    add_partitions(out, snapshot.actors);
    add_stages(out, snapshot.actors);
    out.family(
        MetricType::Histogram, "troupe_state_cache_read_seconds",
        "Reads of accounts and slots from the disk or its caches, because of state-cache");
    out.histogram(snapshot.account_reads);
    add_batcher(out, snapshot.actors.batcher);
    add_l1(out, snapshot.l1);
    add_rpc(out, snapshot.rpc);
    add_json_rpc(out, snapshot.json_rpc);
    return prometheus::TextSerializer().Serialize(out.all());
}

std::uint64_t resident_memory_bytes() {
    std::ifstream in("/proc/self/statm");
    std::uint64_t total = 0;
    std::uint64_t resident = 0;
    if (!(in >> total >> resident)) return 0;
    return resident * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

}  // namespace troupe::node
