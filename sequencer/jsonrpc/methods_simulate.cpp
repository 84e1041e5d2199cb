#include "chain/evm/tracers/access_list_tracer.hpp"
#include "chain/execution/authorization.hpp"
#include "sequencer/jsonrpc/call_arguments.hpp"
#include "sequencer/jsonrpc/fields.hpp"
#include "sequencer/jsonrpc/methods.hpp"
#include "sequencer/jsonrpc/render.hpp"
#include "sequencer/jsonrpc/setting.hpp"
#include "sequencer/jsonrpc/simulation.hpp"
#include "sequencer/jsonrpc/trace.hpp"

#include <algorithm>

namespace troupe::node::jsonrpc::methods {
namespace {

namespace evm = chain::evm;
namespace execution = chain::execution;

constexpr int kAccessListRoundsMax = 8;  // each round finds more or is the last; two are usual

Answer<SimulationOptions> read_options(const Fields& fields) {
    TROUPE_TRY(validation, fields.take("validation", read_flag));
    TROUPE_TRY(transfers, fields.take("traceTransfers", read_flag));
    TROUPE_TRY(full, fields.take("returnFullTransactions", read_flag));
    return SimulationOptions{
        validation.value_or(false), transfers.value_or(false), full.value_or(false)};
}

Answer<std::string> run_simulation(const Call& call, SteadyTime until) {
    if (!call.params.has(0)) return missing_argument(0);
    Door& door = call.door;
    const Fields fields(call.params.at(0), 0);
    TROUPE_TRY(options, read_options(fields));
    TROUPE_TRY(setting, setting_of(call, 1));
    chain::Hash32 hash;
    std::optional<chain::Header> header;
    if (setting.state.kind == BlockRef::Kind::kNumber) {
        TROUPE_TRY(block, door.header_at(setting.state.number));
        if (block == nullptr) return header_not_found();
        hash = block->hash;
        header = block->block.header;
    }
    const CallView view(door, setting.state, {}, until);
    Simulation simulation(
        door, setting.env, hash, header ? &*header : nullptr, view, options, until);
    const auto list = fields.find("blockStateCalls");
    auto answer = simulation.run(list ? list->elements() : std::vector<JsonValue>());
    if (view.failure()) return *view.failure();
    return answer;
}

// What a transaction need not name: it is warm from its start.
std::set<chain::Address> warm_from_start(const chain::Transaction& tx, const chain::Address& from) {
    std::set<chain::Address> warm{from, tx.to ? *tx.to : chain::contract_address(from, tx.nonce)};
    for (const chain::Authorization& authorization : tx.authorizations)
        if (const auto signer = execution::authority_of(authorization)) warm.insert(*signer);
    return warm;
}

std::string access_list_json(const chain::Transaction& tx, const execution::Outcome& outcome) {
    JsonWriter out;
    out.begin_object();
    write_access_list(out, tx.access_list);
    if (!outcome.success) {
        const bool reverted = outcome.reason == evm::HaltReason::kRevert;
        out.key("error").text(reverted ? "execution reverted" : halt_words(outcome.reason));
    }
    return out.key("gasUsed").quantity(outcome.gas_used).end_object().take();
}

Answer<std::string> run_access_list(const Call& call, SteadyTime until) {
    Door& door = call.door;
    TROUPE_TRY(setting, setting_of(call, 1));
    execution::BlockEnv env = setting.env;
    TROUPE_TRY(
        arguments, read_call(call.params, 0, door.config.call_gas_max, env.base_fee_per_gas));
    TROUPE_TRY(overrides, read_overrides(call.params, 2));
    if (arguments.request.gas_price.is_zero()) env.base_fee_per_gas = {};
    const CallView view(door, setting.state, std::move(overrides), until);
    const chain::Address& from = arguments.request.from;
    chain::Transaction tx = execution::transaction_of(arguments.request);
    const chain::Account sender = view.account(from).value_or(chain::Account{});
    tx.nonce = arguments.nonce.value_or(sender.nonce);
    const auto warm = warm_from_start(tx, from);
    evm::TraceBudget budget(
        door.config.trace_bytes_max, [until] { return std::chrono::steady_clock::now() > until; });
    evm::Machine machine;
    for (int round = 0; round < kAccessListRoundsMax; ++round) {
        if (const auto reason = execution::call_refusal(tx, env.rules, sender)) {
            if (view.failure()) return *view.failure();
            return server_error(
                "failed to apply transaction: " +
                chain::to_hex(chain::transaction_hash(chain::encode_transaction(tx))) +
                " err: " + call_refusal_words(*reason, tx, from, sender.balance));
        }
        evm::AccessListTracer tracer(env.rules, warm, budget);
        const auto outcome = execution::execute_unchecked(machine, view, env, tx, from, &tracer);
        if (view.failure()) return *view.failure();
        if (tracer.stopped()) return budget_spent(budget);
        auto found = tracer.list(tx.access_list);
        if (found == tx.access_list) return access_list_json(tx, outcome);
        tx.access_list = std::move(found);
    }
    return server_error("the access list does not settle");
}

Answer<std::string> run_storage_values(const Call& call, SteadyTime until) {
    if (!call.params.has(0)) return missing_argument(0);
    const auto members = call.params.at(0).members();
    if (members.empty()) return invalid_params("empty request");
    TROUPE_TRY(setting, setting_of(call, 1));
    const CallView view(call.door, setting.state, {}, until);
    JsonWriter out;
    out.begin_object();
    std::size_t count = 0;
    for (const auto& [key, slots] : members) {
        const auto address = chain::fixed_from_hex<chain::Address>(key);
        if (!address) return invalid_argument(0, "an address was expected");
        out.key(chain::to_hex(*address)).begin_array();
        for (const JsonValue& slot : slots.elements()) {
            if (++count > actors::kQuerySlotsMax)
                return invalid_params(
                    "too many slots (max " + std::to_string(actors::kQuerySlotsMax) + ")");
            const auto text = slot.text();
            const auto name = text ? read_slot(*text) : Read<chain::Hash32>(Fault{"no text"});
            if (!name) return invalid_params(name.error().text);
            out.data(chain::to_be32(view.storage(*address, *name)));
        }
        out.end_array();
    }
    if (view.failure()) return *view.failure();
    return out.end_object().take();
}

}  // namespace

void simulate(const std::shared_ptr<Call>& call, Reply reply) {
    on_call_thread(call, reply, run_simulation);
}
void create_access_list(const std::shared_ptr<Call>& call, Reply reply) {
    on_call_thread(call, reply, run_access_list);
}
void get_storage_values(const std::shared_ptr<Call>& call, Reply reply) {
    on_call_thread(call, reply, run_storage_values);
}

}  // namespace troupe::node::jsonrpc::methods
