#include "actors/executor/executor_engine.hpp"

#include "actors/mutation.hpp"
#include "chain/evm/delegation.hpp"
#include "chain/execution/system_calls.hpp"

#include <algorithm>
#include <iterator>

namespace troupe::actors {

using chain::execution::Outcome;
using chain::execution::Refusal;
using chain::state::Effect;
using chain::state::EffectKind;
using chain::state::Field;

namespace {

bool is_delegation(const TablesView& view, const Effect& effect) {
    return effect.field == Field::kCode && effect.kind == EffectKind::kWrite &&
           chain::evm::delegate_of(view.code(chain::to_be32(effect.value))).has_value();
}

/// What a refusal depends on: the sender's account as it was seen.
chain::state::Effects reads_of_sender(const TablesView& view, const chain::Address& sender) {
    const chain::Account account = view.account(sender).value_or(chain::Account{});
    chain::state::Effects effects(3);
    for (Effect& effect : effects)
        effect.address = sender;
    effects[0].field = Field::kNonce;
    effects[0].value = account.nonce;
    effects[1].field = Field::kBalance;
    effects[1].value = account.balance;
    effects[2].field = Field::kCode;
    effects[2].value = chain::uint256_from_be(account.code_hash);
    return effects;
}

/// Moves what is not effects into the result, which is empty.
void keep(TxResult& result, Outcome& outcome) {
    result.valid = true;
    result.gas_used = outcome.gas_used;
    result.success = outcome.success;
    result.logs = std::move(outcome.logs);
    result.created = outcome.created;
    result.output = outcome.success ? chain::Bytes{} : std::move(outcome.output);
    result.codes = std::move(outcome.codes);
}

}  // namespace

ExecutorEngine::ExecutorEngine(Loans loans, TableSeed seed)
    : loans_(std::move(loans)), views_(views_of(loans_)), places_(seed) {}

chain::Result<Outcome, Refusal> ExecutorEngine::execute(
    const TablesView& view, const Round& round, std::size_t tx) {
    const AdmittedTx& admitted = *round.txs[tx];
    places_.add(admitted.sender, admitted.sender_place);
    places_.add(admitted.to, admitted.to_place);
    const auto decoded = chain::decode_transaction(round.record->transactions[tx]);
    TROUPE_ASSERT(decoded.ok());  // admission read the same bytes
    return chain::execution::execute_transaction(
        machine_, view, round.env, *decoded, admitted.sender);
}

// The same; of a transaction that Prediction asks for, writes down what it did.
chain::Result<Outcome, Refusal> ExecutorEngine::observe(
    const TablesView& view, const Round& round, std::size_t tx,
    std::vector<Observation>& observed) {
    if (!round.prediction.has(tx - round.native, Prediction::kObserve))
        return execute(view, round, tx);
    hashes_.clear();
    machine_.record_hashes(&hashes_);
    auto outcome = execute(view, round, tx);
    machine_.record_hashes(nullptr);
    if (!outcome) return outcome;
    Observation& seen = observed.emplace_back();
    seen.tx = static_cast<std::uint32_t>(tx);
    std::copy_if(
        outcome->effects.begin(), outcome->effects.end(), std::back_inserter(seen.effects),
        [](const Effect& effect) { return effect.field == Field::kStorage; });
    seen.hashes = hashes_.entries();
    return outcome;
}

void ExecutorEngine::speculate(Round& round, std::uint32_t share) {
    Speculation& speculation = round.speculations[share];
    SpeculativeView view{views_, *round.hashes, places_, overlay_, round.contended.get()};
    for (const std::uint32_t tx : speculation.txs) {
        TxResult& result = round.results[tx];
        result = TxResult{};
        if (auto outcome = observe(view, round, tx, speculation.observed)) {
            record(speculation, tx, view, *outcome);
            keep(result, *outcome);
            machine_.journal().recycle(std::move(outcome->effects));
        } else {
            result.refusal = outcome.error();
            Outcome nothing;
            nothing.effects = reads_of_sender(view, round.txs[tx]->sender);
            record(speculation, tx, view, nothing);
        }
        speculation.ends.push_back(static_cast<std::uint32_t>(speculation.effects.size()));
    }
}

void ExecutorEngine::record(
    Speculation& speculation, std::uint32_t tx, SpeculativeView& view,
    const Outcome& outcome) const {
    if (!outcome.codes.empty()) speculation.deployers.push_back(tx);
    for (const chain::execution::DeployedCode& code : outcome.codes)
        view.add_code(code.hash, code.code);
    for (const Effect& effect : outcome.effects) {
        const KeyPlace place = view.place_of(effect);
        view.apply(place, effect);
        speculation.by_partition[place.partition].push_back(
            static_cast<std::uint32_t>(speculation.effects.size()));
        speculation.effects.push_back(
            {place.hash, tx, static_cast<std::uint16_t>(place.partition),
             is_delegation(view, effect), effect});
    }
}

void ExecutorEngine::add_codes(const std::vector<chain::execution::DeployedCode>& codes) {
    for (const chain::execution::DeployedCode& code : codes)
        owner_of(loans_, code.hash[0]).add_code(code);
}

void ExecutorEngine::apply(const TablesView& view, const Outcome& outcome) {
    add_codes(outcome.codes);
    for (const Effect& effect : outcome.effects) {
        const KeyPlace place = view.place_of(effect);
        OpenState& state = *loans_[place.partition];
        state.reserve(1);
        state.apply(place.hash, effect, is_delegation(view, effect));
    }
}

// What was speculated of one transaction, if it holds. @return the key of what does not
std::optional<std::uint64_t> ExecutorEngine::apply_if_it_holds(
    std::span<const PlacedEffect> effects, const TxResult& result) {
    for (const PlacedEffect& placed : effects)
        if (!loans_[placed.partition]->holds(placed.hash, placed.effect) &&
            !mutated(Mutation::kSettledUnchecked))
            return key_of(placed.hash, placed.effect);
    add_codes(result.codes);
    for (const PlacedEffect& placed : effects) {
        loans_[placed.partition]->reserve(1);
        loans_[placed.partition]->apply(placed.hash, placed.effect, placed.delegated);
    }
    return std::nullopt;
}

void ExecutorEngine::run_in_place(
    Round& round, std::size_t tx, const TablesView& view, std::uint64_t gas_left) {
    TxResult& result = round.results[tx];
    result = TxResult{};
    if (round.txs[tx]->gas_limit > gas_left) {
        result.refusal = {chain::Error::kBlockGasExceeded, round.txs[tx]->gas_limit, gas_left};
    } else if (auto outcome = observe(view, round, tx, round.observed)) {
        apply(view, *outcome);
        keep(result, *outcome);
        machine_.journal().recycle(std::move(outcome->effects));
    } else {
        result.refusal = outcome.error();
    }
}

void ExecutorEngine::settle(Round& round) {
    for (OpenState* state : loans_)
        state->roll_back();
    const TablesView view{views_, *round.hashes, places_};
    if (round.begin_block) apply(view, chain::execution::begin_block(machine_, view, round.env));
    // Of each transaction that was speculated: by whom, and which of theirs it was.
    struct Origin {
        const Speculation* speculation = nullptr;
        std::size_t position = 0;
    };
    std::vector<Origin> origins(round.txs.size());
    for (const Speculation& speculation : round.speculations)
        for (std::size_t i = 0; i < speculation.txs.size(); ++i)
            origins[speculation.txs[i]] = {&speculation, i};

    std::uint64_t gas_left = round.gas_left;
    for (std::size_t next = round.native; next < round.txs.size(); ++next) {
        const std::size_t tx = mutated(Mutation::kSettledBackwards)
                                   ? round.native + round.txs.size() - 1 - next
                                   : next;
        const auto [speculation, position] = origins[tx];
        std::optional<std::uint64_t> conflict;
        if (speculation != nullptr)
            conflict = apply_if_it_holds(speculation->effects_of(position), round.results[tx]);
        if (conflict) round.conflicts.push_back(*conflict);
        if (speculation == nullptr || conflict) run_in_place(round, tx, view, gas_left);
        gas_left -= round.results[tx].gas_used;  // none if it was refused
    }
}

}  // namespace troupe::actors
