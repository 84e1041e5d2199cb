#include "sequencer/jsonrpc/door.hpp"
#include "sequencer/jsonrpc/json_writer.hpp"
#include "sequencer/jsonrpc/methods.hpp"

namespace troupe::node::jsonrpc::methods {
namespace {

void write_counts(
    JsonWriter& out, std::string_view name, const actors::LatencyHistogram& histogram) {
    out.key(name).begin_array();
    for (const std::uint64_t count : histogram.counts)
        out.number(count);
    out.end_array();
}

void write_chain(JsonWriter& out, Door& door) {
    const ChainMarks marks = door.hub.marks();
    out.key("heads").begin_object().key("unsafe").number(marks.heads.unsafe);
    out.key("batched").number(marks.batched).key("posted").number(marks.posted);
    out.key("safe").number(marks.heads.safe);
    out.key("finalized").number(marks.heads.finalized).end_object();
    const chain::execution::BlockEnv open = door.backend().open_block();
    out.key("gasLimit").number(open.gas_limit);
    out.key("fees").begin_object().key("baseFeePerGas").quantity(open.base_fee_per_gas);
    out.key("priorityFeePerGas").quantity(door.config.priority_fee_wei).end_object();
}

void write_figures(JsonWriter& out, Door& door, const NodeFigures& figures) {
    out.key("ready").begin_object().key("word").text(figures.ready_word);
    out.key("sentence").text(figures.ready_sentence).end_object();
    out.key("uptimeSeconds").number(figures.uptime_s);
    out.key("memoryBytes").number(figures.memory_bytes);
    out.key("transactions").begin_object().key("accepted").number(figures.accepted);
    out.key("refused").number(figures.refused).key("sealed").number(figures.sealed).end_object();
    out.key("queue").begin_object().key("transactions").number(figures.queue_txs);
    out.key("free").number(door.backend().free_credits());
    out.key("held").number(door.stats.held_transactions.load(std::memory_order_relaxed));
    out.end_object();
    out.key("l1").begin_object().key("enabled").flag(figures.l1_enabled);
    out.key("chainId").number(door.chain.config.l1_chain_id);
    out.key("reachable").flag(figures.l1_reachable).key("head").number(figures.l1_head);
    out.key("backlogBlocks").number(figures.backlog_blocks);
    out.key("backlogBytes").number(figures.backlog_bytes);
    out.key("throttle").number(figures.throttle);
    out.key("secondsSincePost").number(figures.seconds_since_post).end_object();
    out.key("latency").begin_object().key("boundsSeconds").begin_array();
    for (const double bound : actors::LatencyHistogram::kBounds)
        out.fraction(bound);
    out.end_array();
    write_counts(out, "submit", figures.submit_latency);
    write_counts(out, "sync", figures.sync_latency);
    write_counts(out, "seal", figures.seal_latency);
    out.end_object();
}

}  // namespace

Answer<std::string> node_status(const Call& call) {
    Door& door = call.door;
    JsonWriter out(2'048);
    out.begin_object().key("version").text(door.chain.version);
    out.key("chainId").number(door.chain.config.chain_id);
    out.key("blockTimeMs").number(door.chain.block_time_ms);
    write_chain(out, door);
    if (door.read_figures) write_figures(out, door, door.read_figures());
    return out.end_object().take();
}

}  // namespace troupe::node::jsonrpc::methods
