#include "actors/executor/executor_engine.hpp"

#include "chain/evm/delegation.hpp"
#include "chain/execution/call.hpp"
#include "chain/execution/system_calls.hpp"

namespace troupe::actors {
namespace {

using chain::execution::Outcome;

/// Puts what a transaction did in front of the view, and on the board for the partitions.
void take_effects(Outcome& outcome, TablesView& view, Round& round) {
    using chain::state::EffectKind;
    for (chain::execution::DeployedCode& code : outcome.codes) {
        view.add_code(code.hash, code.code);
        round.codes[view.partition(code.hash[0])].push_back(std::move(code));
    }
    for (chain::state::Effect& effect : outcome.effects) {
        if (effect.kind != EffectKind::kWrite && effect.kind != EffectKind::kDelta) continue;
        view.apply(effect);
        const Place place = view.place(effect.address);
        PlacedEffect placed;
        placed.hash = place.hash;
        if (effect.field == chain::state::Field::kCode)
            placed.delegated =
                chain::evm::delegate_of(view.code(chain::to_be32(effect.value))).has_value();
        placed.effect = std::move(effect);
        round.effects[view.partition(place.sub_trie)].push_back(std::move(placed));
    }
}

}  // namespace

void ExecutorEngine::run(Round& round) {
    TablesView view{views_, *round.hashes, places_};
    round.serial.assign(round.txs.size(), {});
    round.effects.assign(views_.size(), {});
    round.codes.assign(views_.size(), {});
    if (round.begin_block) {
        Outcome begun = chain::execution::begin_block(machine_, view, round.env);
        take_effects(begun, view, round);
    }
    std::uint64_t gas_left = round.gas_left;
    for (std::size_t i = 0; i < round.txs.size(); ++i) {
        SerialResult& result = round.serial[i];
        const auto tx = chain::decode_transaction(round.record->transactions[i]);
        TROUPE_ASSERT(tx.ok());  // admission read the same bytes
        if (tx->gas_limit > gas_left) {
            result.refusal = {chain::Error::kBlockGasExceeded, tx->gas_limit, gas_left};
            continue;
        }
        auto outcome = chain::execution::execute_transaction(
            machine_, view, round.env, *tx, round.record->senders[i]);
        if (!outcome) {
            result.refusal = outcome.error();
            continue;
        }
        gas_left -= outcome->gas_used;
        take_effects(*outcome, view, round);
        result.valid = true;
        result.gas_used = outcome->gas_used;
        result.success = outcome->success;
        result.logs = std::move(outcome->logs);
        result.created = outcome->created;
        if (!outcome->success) result.output = std::move(outcome->output);
    }
}

CallAnswer ExecutorEngine::call(const Call& call) {
    const TablesView view{views_, *call.hashes, places_};
    const chain::execution::CallRequest request{
        call.query.from, call.query.to,        call.query.value,      call.query.data,
        call.query.gas,  call.query.gas_price, call.query.access_list};
    CallAnswer answer;
    answer.block_number = call.env.number;
    chain::execution::CallResult result;
    if (call.query.estimate) {
        auto limit =
            chain::execution::estimate_gas(machine_, view, call.env, request, call.query.gas);
        if (limit) {
            answer.success = true;
            answer.gas_used = *limit;
            return answer;
        }
        result = limit.error();
    } else {
        result = chain::execution::call(machine_, view, call.env, request);
    }
    answer.success = result.success;
    answer.gas_used = result.gas_used;
    answer.output = std::move(result.output);
    if (!result.success) answer.failure = chain::evm::to_string(result.reason);
    answer.logs = std::move(result.logs);
    return answer;
}

}  // namespace troupe::actors
