#include "chain/evm/tracer.hpp"
#include "sequencer/jsonrpc/call_arguments.hpp"
#include "sequencer/jsonrpc/methods.hpp"
#include "sequencer/jsonrpc/render.hpp"
#include "sequencer/jsonrpc/setting.hpp"
#include "sequencer/jsonrpc/trace_render.hpp"

#include <algorithm>

namespace troupe::node::jsonrpc::methods {
namespace {

namespace execution = chain::execution;

// Why a call could not begin, as geth says it. Nothing where it can.
std::optional<std::string> refusal_of(
    const execution::CallRequest& request, const chain::state::StateView& view,
    const chain::Rules& rules) {
    const auto tx = execution::transaction_of(request);
    const chain::Account from = view.account(request.from).value_or(chain::Account{});
    const auto reason = execution::call_refusal(tx, rules, from);
    if (!reason) return std::nullopt;
    return call_refusal_words(*reason, tx, request.from, from.balance);
}

// What a call's answer depends on beside the state; nothing where that is too much to compare.
std::optional<std::string> question_of(const execution::CallRequest& request) {
    if (!request.access_list.empty() || !request.authorizations.empty()) return std::nullopt;
    std::string question;
    question.reserve(136 + request.data.size());
    const auto add = [&](chain::ByteView bytes) { question.append(bytes.begin(), bytes.end()); };
    question += request.to ? 't' : 'c';
    add(request.to.value_or(chain::Address()));
    add(request.from);
    add(chain::to_be32(request.value));
    add(chain::to_be32(request.gas_price));
    add(chain::to_be32(chain::Uint256(request.gas)));
    add(request.data);
    return question;
}

// A call as eth_call and eth_estimateGas take it, and what it runs in.
struct CallWanted {
    CallArguments arguments;
    Setting setting;
    StateOverrides overrides;
    bool other_block = false;  ///< the setting's block is not as it was
};

/// @param cap_of  the gas that the call may use at most, in this block
template <class CapOf>
Answer<CallWanted> read_wanted(const Call& call, CapOf cap_of) {
    TROUPE_TRY(setting, setting_of(call, 1));
    execution::BlockEnv& env = setting.env;
    TROUPE_TRY(arguments, read_call(call.params, 0, cap_of(env), env.base_fee_per_gas));
    TROUPE_TRY(overrides, read_overrides(call.params, 2));
    const bool other_block = call.params.has(3);
    if (other_block) {
        TROUPE_TRY(done, override_block(call.params.at(3), 3, env));
        static_cast<void>(done);
    }
    // As geth: who pays nothing for gas sees no base fee.
    if (arguments.request.gas_price.is_zero()) env.base_fee_per_gas = {};
    return CallWanted{std::move(arguments), std::move(setting), std::move(overrides), other_block};
}

/// Sees where a call's own code ends, within bounds.
class LastStep final : public chain::evm::Tracer {
  public:
    void on_step(const chain::evm::Step& step) override {
        ++steps_;
        if (step.depth != 1) return;
        opcode = step.opcode;
        height = static_cast<std::uint32_t>(step.stack.size());
    }
    void on_enter(const chain::evm::Enter&) override {}
    void on_exit(const chain::evm::Exit&) override {}
    [[nodiscard]] bool stopped() const override { return steps_ >= kStepsMax; }

    std::uint8_t opcode = 0;
    std::uint32_t height = 0;

  private:
    static constexpr std::size_t kStepsMax = 100'000;  // then the words do without
    std::size_t steps_ = 0;
};

// core/vm tells the instruction that it could not run. The EVM knows the block of instructions: so
// the call runs again, step by step.
RpcError call_halted(
    const CallView& view, const execution::BlockEnv& env, const execution::CallRequest& request,
    const execution::CallResult& result) {
    using enum chain::evm::HaltReason;
    if (result.reason != kInvalidOpcode && result.reason != kStackUnderflow &&
        result.reason != kStackOverflow)
        return call_failed(result);
    LastStep last;
    const auto again = execution::call(machine_of_this_thread(), view, env, request, &last);
    if (last.stopped() || again.success || view.failure()) return call_failed(result);
    return server_error(vm_error(again.reason, last.opcode, last.height));
}

Answer<std::string> run_call(const Call& call, SteadyTime until) {
    const auto most = [&](const execution::BlockEnv&) { return call.door.config.call_gas_max; };
    TROUPE_TRY(wanted, read_wanted(call, most));
    auto& [arguments, setting, overrides, other_block] = wanted;
    const execution::BlockEnv& env = setting.env;
    std::optional<std::string> question;
    const std::uint64_t block = setting.state.number;
    if (setting.state.kind == BlockRef::Kind::kNumber && overrides.empty() && !other_block &&
        block == call.door.head())
        question = question_of(arguments.request);
    if (question)
        if (auto known = call.door.answers.find(block, *question)) return std::move(*known);
    const CallView view(call.door, setting.state, std::move(overrides), until);
    const auto refused = refusal_of(arguments.request, view, env.rules);
    if (view.failure()) return *view.failure();
    if (refused)
        return server_error(
            "err: " + *refused + " (supplied gas " + std::to_string(arguments.request.gas) + ")");
    const auto result = node::run_call(view, env, arguments.request);
    if (view.failure()) return *view.failure();
    if (!result.success) return call_halted(view, env, arguments.request, result);
    std::string answer = json_data(result.output);
    if (question) call.door.answers.keep(block, std::move(*question), answer);
    return answer;
}

Answer<std::string> run_estimate(const Call& call, SteadyTime until) {
    std::uint64_t cap = 0;
    const auto most = [&](const execution::BlockEnv& of) {
        return cap = std::min(call.door.config.call_gas_max, of.gas_limit);
    };
    TROUPE_TRY(wanted, read_wanted(call, most));
    auto& [arguments, setting, overrides, other_block] = wanted;
    const execution::BlockEnv& env = setting.env;
    const std::uint64_t allowance = arguments.request.gas;
    if (!arguments.has_gas) arguments.request.gas = 0;
    const CallView view(call.door, setting.state, std::move(overrides), until);
    const auto estimate = run_estimate(view, env, arguments.request, cap, until);
    if (view.failure()) return *view.failure();
    if (estimate && !*estimate) return timed_out();
    if (estimate) return json_quantity(**estimate);
    const auto& failed = estimate.error();
    if (failed.reason == chain::evm::HaltReason::kBalanceTooLow) {
        // Nobody is asked to pay for gas that is only a limit: the words speak of what is missing.
        arguments.request.gas = allowance;
        const auto refused = refusal_of(arguments.request, view, env.rules);
        if (refused)
            return server_error("failed with " + std::to_string(allowance) + " gas: " + *refused);
    }
    if (failed.reason == chain::evm::HaltReason::kOutOfGas)
        return server_error("gas required exceeds allowance (" + std::to_string(allowance) + ")");
    arguments.request.gas = allowance;
    return call_halted(view, env, arguments.request, failed);
}

// An unsigned transaction as core/types marshals one.
std::string filled_json(const chain::Transaction& tx) {
    const chain::Bytes raw = chain::encode_transaction(tx);
    JsonWriter out(768);
    out.begin_object().key("raw").data(raw).key("tx").begin_object();
    out.key("type").quantity(static_cast<std::uint64_t>(tx.type));
    out.key("chainId").quantity(*tx.chain_id).key("nonce").quantity(tx.nonce).key("to");
    if (tx.to)
        out.data(*tx.to);
    else
        out.null();
    out.key("gas").quantity(tx.gas_limit);
    const bool dynamic = tx.type >= chain::TxType::kDynamicFee;
    out.key("gasPrice");
    if (dynamic) {
        out.null().key("maxPriorityFeePerGas").quantity(tx.max_priority_fee_per_gas);
        out.key("maxFeePerGas").quantity(tx.max_fee_per_gas);
    } else {
        out.quantity(tx.max_fee_per_gas);
    }
    out.key("value").quantity(tx.value).key("input").data(tx.data);
    if (dynamic) write_access_list(out, tx.access_list);
    if (tx.type == chain::TxType::kSetCode) write_authorizations(out, tx.authorizations);
    out.key("v").quantity(0).key("r").quantity(0).key("s").quantity(0);
    if (dynamic) out.key("yParity").quantity(0);
    out.key("hash").data(chain::transaction_hash(raw));
    return out.end_object().end_object().take();
}

// Fees as the caller wants them, or geth's default: twice the base fee and the suggested tip.
Answer<bool> fill_fees(const Call& call, chain::Transaction& tx, const chain::Uint256& base_fee) {
    const JsonValue object = call.params.at(0);
    const auto fee = [&](const char* key) -> Answer<std::optional<chain::Uint256>> {
        const auto value = object.find(key);
        if (!value || value->is(JsonValue::Kind::kNull)) return std::optional<chain::Uint256>();
        const auto read = read_u256(*value);
        if (!read) return invalid_argument(0, read.error().text);
        return std::optional(*read);
    };
    TROUPE_TRY(gas_price, fee("gasPrice"));
    TROUPE_TRY(cap, fee("maxFeePerGas"));
    TROUPE_TRY(tip, fee("maxPriorityFeePerGas"));
    tx.type = gas_price ? chain::TxType::kLegacy : chain::TxType::kDynamicFee;
    tx.max_priority_fee_per_gas =
        gas_price ? *gas_price : tip.value_or(call.door.config.priority_fee_wei);
    tx.max_fee_per_gas =
        gas_price ? *gas_price : cap.value_or(base_fee + base_fee + tx.max_priority_fee_per_gas);
    if (tx.max_priority_fee_per_gas > tx.max_fee_per_gas)
        return server_error(
            "maxFeePerGas (" + chain::to_decimal(tx.max_fee_per_gas) +
            ") < maxPriorityFeePerGas (" + chain::to_decimal(tx.max_priority_fee_per_gas) + ")");
    return true;
}

Answer<std::string> run_fill(const Call& call, SteadyTime until) {
    Door& door = call.door;
    execution::BlockEnv env = door.backend().open_block();
    const std::uint64_t cap = std::min(door.config.call_gas_max, env.gas_limit);
    // The fees are filled in, so what the caller says of them does not bound the estimate.
    TROUPE_TRY(arguments, read_call(call.params, 0, cap, {}));
    chain::Transaction tx;
    TROUPE_TRY(fees, fill_fees(call, tx, env.base_fee_per_gas));
    static_cast<void>(fees);
    env.base_fee_per_gas = {};
    arguments.request.gas_price = {};
    const CallView view(door, {BlockRef::Kind::kPending, 0, {}}, {}, until);
    const JsonValue object = call.params.at(0);
    const auto nonce = object.find("nonce");
    if (nonce && !nonce->is(JsonValue::Kind::kNull)) {
        const auto read = read_u64(*nonce);
        if (!read) return invalid_argument(0, read.error().text);
        tx.nonce = *read;
    } else {
        const auto account = view.account(arguments.request.from);
        tx.nonce = door.held.next_after(arguments.request.from, account ? account->nonce : 0);
    }
    tx.gas_limit = arguments.request.gas;
    if (!arguments.has_gas) {
        arguments.request.gas = 0;
        const auto estimate = run_estimate(view, env, arguments.request, cap, until);
        if (view.failure()) return *view.failure();
        arguments.request.gas = cap;
        if (!estimate) return call_halted(view, env, arguments.request, estimate.error());
        if (!*estimate) return timed_out();
        tx.gas_limit = **estimate;
    }
    if (view.failure()) return *view.failure();
    tx.chain_id = door.chain.config.chain_id;
    tx.to = arguments.request.to;
    tx.value = arguments.request.value;
    tx.data = std::move(arguments.request.data);
    tx.access_list = std::move(arguments.request.access_list);
    tx.authorizations = std::move(arguments.request.authorizations);
    // As core/types: a list of authorizations makes it type 4, whatever the fees.
    if (!tx.authorizations.empty()) tx.type = chain::TxType::kSetCode;
    return filled_json(tx);
}

}  // namespace

void fill_transaction(const std::shared_ptr<Call>& call, Reply reply) {
    on_call_thread(call, reply, run_fill);
}

void eth_call(const std::shared_ptr<Call>& call, Reply reply) {
    on_call_thread(call, reply, run_call);
}

void estimate_gas(const std::shared_ptr<Call>& call, Reply reply) {
    on_call_thread(call, reply, run_estimate);
}

}  // namespace troupe::node::jsonrpc::methods
