#include "sequencer/jsonrpc/simulation.hpp"

#include "chain/crypto/keccak.hpp"
#include "chain/evm/tracers/transfer_tracer.hpp"
#include "chain/execution/seal.hpp"
#include "chain/execution/system_calls.hpp"
#include "sequencer/jsonrpc/call_arguments.hpp"
#include "sequencer/jsonrpc/fields.hpp"
#include "sequencer/jsonrpc/render.hpp"
#include "sequencer/jsonrpc/setting.hpp"

#include <algorithm>

namespace troupe::node::jsonrpc {
namespace {

namespace execution = chain::execution;
using chain::to_decimal;

constexpr std::uint64_t kSecondsBetween = 12;  // blocks that do not say when they are; as geth
constexpr std::size_t kDecodedCodeBytes = std::size_t{8} << 20;

// A call's own error, beside which the others stand.
std::string call_error(int code, const std::string& message, chain::ByteView data) {
    JsonWriter out;
    out.begin_object().key("code").raw(std::to_string(code)).key("message").text(message);
    if (!data.empty()) out.key("data").data(data);
    return out.end_object().take();
}

// What was used before the refund came off. @param refund  what there was to give back, of which at
//                                                         most a fifth was (EIP-3529)
std::uint64_t gas_before_refund(std::uint64_t gas_used, std::uint64_t refund) {
    return gas_used + (refund <= (gas_used + refund) / 5 ? refund : gas_used / 4);
}

std::string result_head(const execution::Outcome& outcome, std::int64_t refund) {
    JsonWriter out;
    out.begin_object().key("returnData").data(outcome.output);
    out.key("gasUsed").quantity(outcome.gas_used);
    out.key("maxUsedGas")
        .quantity(gas_before_refund(
            outcome.gas_used, static_cast<std::uint64_t>(std::max<std::int64_t>(refund, 0))));
    out.key("status").quantity(outcome.success ? 1 : 0);
    if (!outcome.success && outcome.reason == chain::evm::HaltReason::kRevert) {
        const auto words = revert_words(outcome.output);
        out.key("error").raw(call_error(
            kSimulatedRevert, words ? "execution reverted: " + *words : "execution reverted",
            outcome.output));
    } else if (!outcome.success) {
        out.key("error").raw(call_error(kSimulatedHalt, halt_words(outcome.reason), {}));
    }
    return out.take();  // left open: the logs follow
}

std::string at(const chain::Address& sender) {
    return "address " + checksum_hex(sender);
}

RpcError nonce_error(
    bool too_low, const chain::Address& sender, std::uint64_t tx, std::uint64_t state) {
    return {
        too_low ? kSimulatedNonceTooLow : kSimulatedNonceTooHigh,
        std::string(too_low ? "nonce too low: " : "nonce too high: ") + at(sender) +
            ", tx: " + std::to_string(tx) + " state: " + std::to_string(state)};
}

RpcError refusal_error(
    chain::evm::HaltReason reason, const chain::Transaction& tx, const chain::Address& sender,
    const chain::Uint256& balance) {
    using enum chain::evm::HaltReason;
    const int code = reason == kBalanceTooLow ? kSimulatedFunds
                     : reason == kOutOfGas    ? kSimulatedIntrinsicGas
                                              : kSimulatedInitCode;
    return {code, call_refusal_words(reason, tx, sender, balance)};
}

}  // namespace

Simulation::Simulation(
    Door& door, const execution::BlockEnv& base, const chain::Hash32& hash,
    const chain::Header* header, const chain::state::StateView& state, SimulationOptions options,
    SteadyTime until)
    : door_(door),
      options_(options),
      until_(until),
      base_(base),
      parent_hash_(hash),
      state_(state),
      machine_(kDecodedCodeBytes),
      gas_left_(door.config.call_gas_max),
      bytes_left_(door.config.response_bytes_max) {
    if (header != nullptr) parent_ = *header;
}

Answer<std::string> Simulation::run(const std::vector<JsonValue>& calls) {
    if (calls.empty()) return invalid_params("empty input");
    if (calls.size() > kBlocksMax) return RpcError{kSimulatedLimit, "too many blocks"};
    TROUPE_TRY(planned, plan(calls));
    JsonWriter out;
    out.begin_array();
    for (Planned& block : planned) {
        TROUPE_TRY(json, run_block(block));
        if (json.size() > bytes_left_) return response_too_large();
        bytes_left_ -= json.size();
        out.raw(json);
    }
    return out.end_array().take();
}

Answer<std::vector<Simulation::Planned>> Simulation::plan(
    const std::vector<JsonValue>& calls) const {
    std::vector<Planned> all;
    execution::BlockEnv last = base_;
    last.prev_randao = {};
    for (const JsonValue& wanted : calls) {
        const Fields fields(wanted, 0);
        Planned block;
        block.env = last;
        block.env.number = last.number + 1;
        block.env.timestamp = last.timestamp + kSecondsBetween;
        bool has_time = false;
        if (const auto overrides = fields.find("blockOverrides")) {
            TROUPE_TRY(done, override_block(*overrides, 0, block.env));
            static_cast<void>(done);
            const Fields given(*overrides, 0);
            block.has_base_fee = given.find("baseFeePerGas").has_value();
            has_time = given.find("time").has_value();
        }
        if (block.env.number <= last.number)
            return RpcError{
                kSimulatedBlockNumber,
                "block numbers must be in order: " + std::to_string(block.env.number) +
                    " <= " + std::to_string(last.number)};
        if (block.env.number - base_.number > kBlocksMax)
            return RpcError{kSimulatedLimit, "too many blocks"};
        // A gap is filled with empty blocks.
        while (last.number + 1 < block.env.number) {
            Planned& empty = all.emplace_back();
            empty.env = last;
            last.timestamp += kSecondsBetween;
            empty.env.number = ++last.number;
            empty.env.timestamp = last.timestamp;
        }
        if (!has_time) block.env.timestamp = last.timestamp + kSecondsBetween;
        if (block.env.timestamp <= last.timestamp)
            return RpcError{
                kSimulatedTimestamp,
                "block timestamps must be in order: " + std::to_string(block.env.timestamp) +
                    " <= " + std::to_string(last.timestamp)};
        block.overrides = fields.find("stateOverrides");
        if (const auto list = fields.find("calls")) block.calls = list->elements();
        last.number = block.env.number;
        last.timestamp = block.env.timestamp;
        last.gas_limit = block.env.gas_limit;
        last.coinbase = block.env.coinbase;
        all.push_back(std::move(block));
    }
    return all;
}

Answer<std::string> Simulation::run_block(Planned& planned) {
    execution::BlockEnv& env = planned.env;
    env.parent_hash = parent_hash_;
    if (!planned.has_base_fee) {
        env.base_fee_per_gas = {};
        if (options_.validation && parent_)
            env.base_fee_per_gas = execution::next_base_fee(*parent_, door_.chain.config);
        else if (options_.validation)
            env.base_fee_per_gas = base_.base_fee_per_gas;
    }
    if (planned.overrides) {
        TROUPE_TRY(overrides, read_overrides(*planned.overrides, 0));
        apply_overrides(overrides, state_);
    }
    state_.apply(execution::begin_block(machine_, state_, env));
    Ran ran;
    for (const JsonValue& call : planned.calls) {
        TROUPE_TRY(done, run_one(call, env, ran));
        static_cast<void>(done);
    }
    return finish(env, ran);
}

Answer<chain::Transaction> Simulation::transaction_of(
    const JsonValue& call, const execution::BlockEnv& env, std::uint64_t gas_used,
    chain::Address& sender) const {
    const std::uint64_t remaining = env.gas_limit - gas_used;
    TROUPE_TRY(arguments, read_call(call, 0, std::numeric_limits<std::uint64_t>::max(), {}));
    execution::CallRequest& request = arguments.request;
    if (!arguments.has_gas) request.gas = remaining;
    if (request.gas > remaining)
        return RpcError{
            kSimulatedBlockGas, "block gas limit reached: " + std::to_string(gas_used) +
                                    " >= " + std::to_string(env.gas_limit)};
    request.gas = std::min(request.gas, gas_left_);
    sender = request.from;
    const chain::Account from = state_.account(sender).value_or(chain::Account{});
    chain::Transaction tx = execution::transaction_of(request);
    tx.chain_id = env.chain_id;
    tx.nonce = arguments.nonce.value_or(from.nonce);
    if (arguments.gas_price) tx.type = chain::TxType::kLegacy;
    tx.max_fee_per_gas = arguments.gas_price.value_or(arguments.fee_cap.value_or(chain::Uint256()));
    tx.max_priority_fee_per_gas =
        arguments.gas_price.value_or(arguments.tip.value_or(chain::Uint256()));
    if (tx.max_priority_fee_per_gas > tx.max_fee_per_gas)
        return invalid_params(
            "max priority fee per gas higher than max fee per gas: " + at(sender) +
            ", maxPriorityFeePerGas: " + to_decimal(tx.max_priority_fee_per_gas) +
            ", maxFeePerGas: " + to_decimal(tx.max_fee_per_gas));
    if (options_.validation && tx.nonce != from.nonce)
        return nonce_error(tx.nonce < from.nonce, sender, tx.nonce, from.nonce);
    const bool pays = options_.validation || !tx.max_fee_per_gas.is_zero();
    if (pays && tx.max_fee_per_gas < env.base_fee_per_gas)
        return RpcError{
            kSimulatedFeeCap, "max fee per gas less than block base fee: " + at(sender) +
                                  ", maxFeePerGas: " + to_decimal(tx.max_fee_per_gas) +
                                  ", baseFee: " + to_decimal(env.base_fee_per_gas)};
    if (const auto reason = execution::call_refusal(tx, env.rules, from))
        return refusal_error(*reason, tx, sender, from.balance);
    return tx;
}

Answer<bool> Simulation::run_one(
    const JsonValue& call, const execution::BlockEnv& block_env, Ran& ran) {
    if (std::chrono::steady_clock::now() > until_) return execution_timed_out();
    const std::uint64_t gas_used =
        ran.block.receipts.empty() ? 0 : ran.block.receipts.back().cumulative_gas_used;
    chain::Address sender;
    TROUPE_TRY(tx, transaction_of(call, block_env, gas_used, sender));
    execution::BlockEnv env = block_env;
    // Who pays nothing sees no base fee.
    if (!options_.validation && tx.max_fee_per_gas.is_zero()) env.base_fee_per_gas = {};
    chain::evm::TraceBudget budget(
        bytes_left_, [this] { return std::chrono::steady_clock::now() > until_; });
    chain::evm::TransferTracer tracer(budget);
    const auto outcome = execution::execute_unchecked(
        machine_, state_, env, tx, sender, options_.trace_transfers ? &tracer : nullptr);
    if (tracer.stopped())
        return budget.spent() == chain::evm::TraceBudget::Spent::kTime ? execution_timed_out()
                                                                       : response_too_large();
    state_.apply(outcome);
    gas_left_ -= std::min(gas_left_, outcome.gas_used);
    const chain::Bytes raw = chain::encode_transaction(tx);
    ran.block.block.transactions.push_back(raw);
    ran.block.block.senders.push_back(sender);
    ran.block.transaction_hashes.push_back(chain::transaction_hash(raw));
    ran.block.receipts.push_back(
        {tx.type, outcome.success, gas_used + outcome.gas_used, outcome.logs});
    ran.results.push_back(result_head(outcome, machine_.journal().refund));
    ran.logs.push_back(options_.trace_transfers ? tracer.logs() : outcome.logs);
    ran.transactions.push_back(std::move(tx));
    return true;
}

std::string Simulation::finish(const execution::BlockEnv& env, Ran& ran) {
    ran.block.block.header = execution::seal_header(
        env, chain::Hash32(), ran.block.block.transactions, ran.block.receipts);
    ran.block.hash = chain::crypto::keccak256(chain::encode_header(ran.block.block.header));
    parent_ = ran.block.block.header;
    parent_hash_ = ran.block.hash;
    state_.set_block_hash(env.number, ran.block.hash);
    JsonWriter calls;
    std::vector<std::string> transactions;
    calls.begin_array();
    std::uint32_t log_index = 0;
    for (std::uint32_t i = 0; i < ran.transactions.size(); ++i) {
        const TransactionPlace place = place_in(ran.block, i);
        JsonWriter logs;
        logs.begin_array();
        for (const chain::Log& log : ran.logs[i])
            write_log(logs, log, place, log_index++);
        logs.end_array();
        calls.raw(ran.results[i] + ",\"logs\":" + logs.take() + "}");
        JsonWriter transaction;
        if (options_.full_transactions)
            write_transaction(transaction, ran.transactions[i], place, env.base_fee_per_gas, false);
        else
            transaction.data(ran.block.transaction_hashes[i]);
        transactions.push_back(transaction.take());
    }
    calls.end_array();
    JsonWriter out;
    write_simulated_block(out, ran.block, transactions, calls.take());
    return out.take();
}

}  // namespace troupe::node::jsonrpc
