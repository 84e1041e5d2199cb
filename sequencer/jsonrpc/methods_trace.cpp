#include "sequencer/jsonrpc/block_replay.hpp"
#include "sequencer/jsonrpc/call_arguments.hpp"
#include "sequencer/jsonrpc/fields.hpp"
#include "sequencer/jsonrpc/methods.hpp"
#include "sequencer/jsonrpc/setting.hpp"
#include "sequencer/jsonrpc/trace.hpp"

#include <algorithm>

namespace troupe::node::jsonrpc::methods {
namespace {

namespace evm = chain::evm;
namespace execution = chain::execution;
using actors::SealedBlockPtr;

// What bounds a trace from here on.
struct Bounds {
    Bounds(const TraceOptions& options, const JsonRpcConfig& config)
        : until(std::chrono::steady_clock::now() + options.timeout),
          budget(
              config.trace_bytes_max, [this] { return std::chrono::steady_clock::now() > until; }) {
    }
    Bounds(const Bounds&) = delete;
    Bounds& operator=(const Bounds&) = delete;
    const SteadyTime until;
    evm::TraceBudget budget;
};

// geth's words for a trace that took too long, wherever that was noticed.
RpcError in_time(const RpcError& error) {
    return error.code == kTimedOut ? execution_timed_out() : error;
}

// A transaction of a replay, which stands before it; the replay goes on after it.
Answer<bool> trace_next(
    BlockReplay& replay, const TraceOptions& options, Bounds& bounds, JsonWriter& out) {
    TROUPE_TRY(what, replay.next());
    const auto trace = Trace::make(
        options, {what.tx, what.sender, replay.env(), replay.state(), replay.logs_before()},
        bounds.budget);
    const auto outcome = replay.execute(what, &trace->tracer());
    if (!outcome) return in_time(outcome.error());
    if (trace->tracer().stopped()) return budget_spent(bounds.budget);
    trace->write(out, *outcome);
    replay.keep(*outcome);
    return true;
}

Answer<std::string> trace_one(const Call& call) {
    TROUPE_TRY(hash, call.params.need(0, read_hash));
    TROUPE_TRY(options, read_trace_options(call.params, 1, call.door.config));
    Door& door = call.door;
    const auto stored = door.reader.transaction(hash);
    if (!stored && stored.error() == ReadError::kStorage) return internal_error();
    if (!stored && stored.error() == ReadError::kPruned)
        return history_pruned(door.reader.oldest_block());
    if (!stored) return server_error("transaction not found");
    TROUPE_TRY(block, door.block_at(stored->block_number));
    if (block == nullptr) return server_error("transaction not found");
    Bounds bounds(options, door.config);
    BlockReplay replay(door, block, bounds.until);
    if (const auto begun = replay.begin(); !begun) return in_time(begun.error());
    if (const auto there = replay.skip_to(stored->index); !there) return in_time(there.error());
    JsonWriter out;
    TROUPE_TRY(traced, trace_next(replay, options, bounds, out));
    static_cast<void>(traced);
    return out.take();
}

Answer<std::string> trace_all(const Call& call, const SealedBlockPtr& block) {
    TROUPE_TRY(options, read_trace_options(call.params, 1, call.door.config));
    if (block->block.header.number == 0) return server_error("genesis is not traceable");
    Bounds bounds(options, call.door.config);
    BlockReplay replay(call.door, block, bounds.until);
    if (const auto begun = replay.begin(); !begun) return in_time(begun.error());
    JsonWriter out;
    out.begin_array();
    while (replay.next_index() < block->block.transactions.size()) {
        out.begin_object().key("txHash").data(block->transaction_hashes[replay.next_index()]);
        out.key("result");
        TROUPE_TRY(traced, trace_next(replay, options, bounds, out));
        static_cast<void>(traced);
        out.end_object();
    }
    return out.end_array().take();
}

Answer<std::string> trace_by_ref(const Call& call, const BlockRef& ref, const std::string& name) {
    TROUPE_TRY(number, call.door.number_of(ref));
    if (!number) return server_error("block " + name + " not found");
    TROUPE_TRY(block, call.door.block_at(*number));
    if (block == nullptr) return server_error("block " + name + " not found");
    return trace_all(call, block);
}

Answer<std::string> trace_by_number(const Call& call) {
    TROUPE_TRY(ref, call.params.need(0, read_block_number));
    if (ref.kind == BlockRef::Kind::kPending)
        return server_error("tracing on top of pending is not supported");
    return trace_by_ref(call, ref, "#" + std::to_string(ref.number));
}

Answer<std::string> trace_by_hash(const Call& call) {
    TROUPE_TRY(hash, call.params.need(0, read_hash));
    return trace_by_ref(call, {BlockRef::Kind::kHash, 0, hash}, chain::to_hex(hash));
}

// The call as a transaction that runs on `view`. @error what geth's checks before a call say
Answer<chain::Transaction> as_transaction(
    const execution::CallRequest& request, const chain::Rules& rules,
    const chain::state::StateView& view) {
    chain::Transaction tx = execution::transaction_of(request);
    const chain::Account from = view.account(request.from).value_or(chain::Account{});
    tx.nonce = from.nonce;
    if (const auto refused = execution::call_refusal(tx, rules, from))
        return server_error(
            "tracing failed: " + call_refusal_words(*refused, tx, request.from, from.balance));
    return tx;
}

Answer<std::string> trace_on(
    const TraceOptions& options, const execution::CallRequest& request,
    const execution::BlockEnv& env, const chain::state::StateView& view, evm::Machine& machine,
    Bounds& bounds) {
    TROUPE_TRY(tx, as_transaction(request, env.rules, view));
    const auto trace = Trace::make(options, {tx, request.from, env, view, 0}, bounds.budget);
    const auto outcome =
        execution::execute_unchecked(machine, view, env, tx, request.from, &trace->tracer());
    if (trace->tracer().stopped()) return budget_spent(bounds.budget);
    JsonWriter out;
    trace->write(out, outcome);
    return out.take();
}

// What debug_traceCall's third argument has beside the trace's options.
struct CallOverrides {
    StateOverrides state;
    std::optional<std::uint64_t> index;  ///< of the transaction before which it runs
    std::optional<JsonValue> block;
};

Answer<CallOverrides> read_call_overrides(const Params& params, std::size_t index) {
    CallOverrides wanted;
    if (!params.has(index)) return wanted;
    const Fields fields(params.at(index), index);
    if (const auto state = fields.find("stateOverrides")) {
        TROUPE_TRY(read, read_overrides(*state, index));
        wanted.state = std::move(read);
    }
    TROUPE_TRY(at, fields.take("txIndex", read_u64));
    wanted.index = at;
    wanted.block = fields.find("blockOverrides");
    return wanted;
}

Answer<std::string> trace_call_now(const Call& call) {
    Door& door = call.door;
    TROUPE_TRY(options, read_trace_options(call.params, 2, door.config));
    TROUPE_TRY(wanted, read_call_overrides(call.params, 2));
    TROUPE_TRY(setting, setting_of(call, 1));
    execution::BlockEnv env = setting.env;
    TROUPE_TRY(
        arguments, read_call(call.params, 0, door.config.call_gas_max, env.base_fee_per_gas));
    if (wanted.block) {
        TROUPE_TRY(changed, override_block(*wanted.block, 2, env));
        static_cast<void>(changed);
    }
    if (arguments.request.gas_price.is_zero()) env.base_fee_per_gas = {};
    Bounds bounds(options, door.config);
    if (!wanted.index) {
        const CallView view(door, setting.state, std::move(wanted.state), bounds.until);
        evm::Machine machine;
        auto traced = trace_on(options, arguments.request, env, view, machine, bounds);
        if (view.failure()) return in_time(*view.failure());
        return traced;
    }
    // In the middle of a block: after the transactions before that one.
    if (setting.state.kind == BlockRef::Kind::kPending || setting.state.number == 0)
        return server_error("genesis is not traceable");
    TROUPE_TRY(block, door.block_at(setting.state.number));
    if (block == nullptr) return header_not_found();
    if (*wanted.index > block->block.transactions.size())
        return server_error(
            "transaction index " + std::to_string(*wanted.index) + " out of range for block " +
            chain::to_hex(block->hash));
    BlockReplay replay(door, block, bounds.until);
    if (const auto begun = replay.begin(); !begun) return in_time(begun.error());
    if (const auto there = replay.skip_to(*wanted.index); !there) return in_time(there.error());
    apply_overrides(wanted.state, replay.state());
    return trace_on(options, arguments.request, env, replay.state(), replay.machine(), bounds);
}

void on_trace_thread(
    const std::shared_ptr<Call>& call, const Reply& reply,
    Answer<std::string> (*run)(const Call&)) {
    if (!call->door.trace_pool.try_post(
            [call, reply, run] { reply(run(*call)); }, call->caller.peer))
        reply(too_many_requests());
}

}  // namespace

void trace_transaction(const std::shared_ptr<Call>& call, Reply reply) {
    on_trace_thread(call, reply, trace_one);
}
void trace_block_by_number(const std::shared_ptr<Call>& call, Reply reply) {
    on_trace_thread(call, reply, trace_by_number);
}
void trace_block_by_hash(const std::shared_ptr<Call>& call, Reply reply) {
    on_trace_thread(call, reply, trace_by_hash);
}
void trace_call(const std::shared_ptr<Call>& call, Reply reply) {
    on_trace_thread(call, reply, trace_call_now);
}

}  // namespace troupe::node::jsonrpc::methods
