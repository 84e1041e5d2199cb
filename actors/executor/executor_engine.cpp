#include "actors/executor/executor_engine.hpp"

#include "actors/mutation.hpp"
#include "actors/sequencer/native.hpp"
#include "chain/base/prefetch.hpp"
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

constexpr std::size_t kPrefetchAhead = 2;     // transactions: a microsecond or more
constexpr std::size_t kPrefetchBytes = 256;   // of a raw one
constexpr std::size_t kPrefetchEffects = 24;  // of a transaction: of most, all

bool is_delegation(const TablesView& view, const Effect& effect) {
    return effect.field == Field::kCode && effect.kind == EffectKind::kWrite &&
           chain::evm::delegate_of(view.code(chain::to_be32(effect.value))).has_value();
}

bool is_credit(const Effect& effect, const chain::Address& address) {
    return effect.kind == EffectKind::kDelta && effect.field == Field::kBalance &&
           !effect.negative && effect.address == address;
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
    places_.begin(admitted.sender, admitted.sender_place, admitted.to, admitted.to_place);
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

// Admission and the sequencer wrote these on another core, or long ago: what is soon to run, and
// what runs next. So did whoever had the results before. @param soon, next  past the round's end:
// nothing
void ExecutorEngine::prefetch(const Round& round, std::size_t soon, std::size_t next) const {
    if (soon < round.txs.size()) {
        NativeTransfers::prefetch_tx(*round.txs[soon]);
        chain::prefetch(&round.record->transactions[soon]);
        chain::prefetch_lines(&round.results[soon], sizeof(TxResult));
    }
    if (next >= round.txs.size()) return;
    chain::prefetch(round.results[next].logs.data());  // given back when it runs
    const AdmittedTx& admitted = *round.txs[next];
    const chain::Bytes& raw = round.record->transactions[next];
    chain::prefetch_lines(raw.data(), std::min(raw.size(), kPrefetchBytes));
    for (const Place& place : {admitted.sender_place, admitted.to_place})
        owner_of(views_, place.sub_trie).accounts.prefetch(place.hash);
}

// What settle() compares and applies of what others speculated: their core wrote it, and other
// cores what it is compared with.
void ExecutorEngine::prefetch_effects(const Origin& soon, const Origin& next) const {
    const auto first_of = [](const Origin& origin) {
        const auto effects = origin.speculation->effects_of(origin.position);
        return effects.first(std::min(effects.size(), kPrefetchEffects));
    };
    if (soon.speculation != nullptr) {
        const auto effects = first_of(soon);
        chain::prefetch_lines(effects.data(), effects.size_bytes());
    }
    if (next.speculation == nullptr) return;
    for (const PlacedEffect& placed : first_of(next))
        loans_[placed.partition]->prefetch(placed.hash, placed.effect);
}

void ExecutorEngine::speculate(Round& round, std::uint32_t share) {
    speculate_one(round, share);
    while (const auto rest = round.take_rest())
        speculate_one(round, *rest);
}

void ExecutorEngine::speculate_one(Round& round, std::uint32_t share) {
    Speculation& speculation = round.speculations[share];
    SpeculativeView view{views_, *round.hashes, places_, overlay_, round.contended.get()};
    speculation.vault = view.place_of_account(round.env.coinbase);
    code_reads_.fill(kNoRead);
    const std::vector<std::uint32_t>& txs = speculation.txs;
    const auto at = [&](std::size_t i) { return i < txs.size() ? txs[i] : round.txs.size(); };
    for (std::size_t i = 0; i < txs.size(); ++i) {
        const std::uint32_t tx = txs[i];
        prefetch(round, at(i + 2 * kPrefetchAhead), at(i + kPrefetchAhead));
        TxResult& result = round.results[tx];
        result = TxResult{};
        if (auto outcome = observe(view, round, tx, speculation.observed)) {
            record(round, speculation, tx, view, *outcome);
            keep(result, *outcome);
            machine_.journal().recycle(std::move(outcome->effects));
        } else {
            result.refusal = outcome.error();
            Outcome nothing;
            nothing.effects = reads_of_sender(view, round.txs[tx]->sender);
            record(round, speculation, tx, view, nothing);
        }
    }
}

// Writes down what a transaction did. What nearly every one does to the same keys is written down
// once: its tip, and reads of the code that it calls (see Speculation).
void ExecutorEngine::record(
    Round& round, Speculation& speculation, std::uint32_t tx, SpeculativeView& view,
    const Outcome& outcome) {
    if (!outcome.codes.empty()) speculation.deployers.push_back(tx);
    for (const chain::execution::DeployedCode& code : outcome.codes)
        view.add_code(code.hash, code.code);
    std::span<const Effect> left{outcome.effects};
    const Effect* const tip =
        !left.empty() && is_credit(left.back(), round.env.coinbase) ? &left.back() : nullptr;
    speculation.tips.push_back(tip != nullptr ? tip->value : chain::Uint256{});
    if (tip != nullptr) left = left.first(left.size() - 1);
    while (!left.empty()) {
        const KeyPlace place = view.place_of(left.front());
        PlacedEffect& placed = speculation.effects.emplace_back();
        const std::size_t joined = join_effects(left, placed);
        if (joined == 1 && is_repeated(speculation, place, left.front())) {
            speculation.effects.pop_back();
            left = left.subspan(1);
            continue;
        }
        placed.hash = place.hash;
        placed.tx = tx;
        placed.partition = static_cast<std::uint16_t>(place.partition);
        placed.delegated = is_delegation(view, placed.effect);
        view.apply(placed);
        note(speculation, placed, round.env.coinbase);
        left = left.subspan(joined);
    }
    if (tip != nullptr) {
        view.credit(speculation.vault, tip->address, tip->value);
        speculation.tips_sum += tip->value;
    }
    speculation.ends.push_back(static_cast<std::uint32_t>(speculation.effects.size()));
    speculation.repeat_ends.push_back(static_cast<std::uint32_t>(speculation.repeats.size()));
}

// Whether the share has the same read of a code among its effects; then it is noted.
bool ExecutorEngine::is_repeated(
    Speculation& speculation, const KeyPlace& place, const Effect& effect) const {
    if (effect.kind != EffectKind::kRead || effect.field != Field::kCode) return false;
    const std::uint32_t read = code_reads_[place.hash % kCodeReads];
    if (read == kNoRead || speculation.effects[read].effect != effect) return false;
    speculation.repeats.push_back(read);
    return true;
}

// Takes the effect that was written down last into the share's lists.
void ExecutorEngine::note(
    Speculation& speculation, const PlacedEffect& placed, const chain::Address& vault) {
    const Effect& effect = placed.effect;
    const auto position = static_cast<std::uint32_t>(speculation.effects.size() - 1);
    speculation.by_partition[placed.partition].push_back(position);
    if (effect.field == Field::kCode) {
        if (effect.kind == EffectKind::kRead)
            code_reads_[placed.hash % kCodeReads] = position;
        else
            speculation.codes_written = true;
    } else if (effect.field == Field::kBalance && effect.address == vault) {
        const bool commutes =
            effect.kind == EffectKind::kDelta && placed.joined != PlacedEffect::Joined::kPayment;
        speculation.vault_seen = speculation.vault_seen || !commutes;
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
    const Round& round, const Speculation& speculation, std::size_t position,
    const TxResult& result) {
    const auto differs = [this](const PlacedEffect& placed) -> std::optional<std::uint64_t> {
        const auto field = loans_[placed.partition]->differs(placed);
        if (!field || mutated(Mutation::kSettledUnchecked)) return std::nullopt;
        return key_of(placed.hash, *field);
    };
    for (const std::uint32_t repeat : speculation.repeats_of(position))
        if (const auto key = differs(speculation.effects[repeat])) return key;
    const std::span<const PlacedEffect> effects = speculation.effects_of(position);
    for (const PlacedEffect& placed : effects)
        if (const auto key = differs(placed)) return key;
    add_codes(result.codes);
    for (const PlacedEffect& placed : effects) {
        loans_[placed.partition]->reserve(1);
        loans_[placed.partition]->apply(placed);
    }
    const chain::Uint256& amount = speculation.tips[position];
    if (!amount.is_zero()) {
        Effect tip;
        tip.kind = EffectKind::kDelta;
        tip.address = round.env.coinbase;
        tip.value = amount;
        OpenState& state = *loans_[speculation.vault.partition];
        state.reserve(1);
        state.apply(speculation.vault.hash, tip, false);
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
    // Behind the last, none.
    std::vector<Origin> origins(round.txs.size() + 2 * kPrefetchAhead);
    for (const Speculation& speculation : round.speculations)
        for (std::size_t i = 0; i < speculation.txs.size(); ++i)
            origins[speculation.txs[i]] = {&speculation, i};

    std::uint64_t gas_left = round.gas_left;
    for (std::size_t next = round.native; next < round.txs.size(); ++next) {
        const std::size_t tx = mutated(Mutation::kSettledBackwards)
                                   ? round.native + round.txs.size() - 1 - next
                                   : next;
        prefetch(round, next + 2 * kPrefetchAhead, next + kPrefetchAhead);
        prefetch_effects(origins[next + 2 * kPrefetchAhead], origins[next + kPrefetchAhead]);
        const auto [speculation, position] = origins[tx];
        std::optional<std::uint64_t> conflict;
        if (speculation != nullptr)
            conflict = apply_if_it_holds(round, *speculation, position, round.results[tx]);
        if (conflict) round.conflicts.push_back(*conflict);
        if (speculation == nullptr || conflict) run_in_place(round, tx, view, gas_left);
        gas_left -= round.results[tx].gas_used;  // none if it was refused
    }
}

}  // namespace troupe::actors
