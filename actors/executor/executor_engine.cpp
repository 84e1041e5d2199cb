#include "actors/executor/executor_engine.hpp"

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
            placed.delegated = is_delegation(view.code(chain::to_be32(effect.value)));
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

}  // namespace troupe::actors
