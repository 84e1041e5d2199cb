#include "actors/sequencer/slot_templates.hpp"

#include "actors/sequencer/slot_reader.hpp"
#include "chain/types/transaction.hpp"

#include <algorithm>
#include <utility>

namespace troupe::actors {

namespace {

constexpr std::size_t kSelector = 4;
/// Told of a function: each may be a read from disk, of calls that are refused as well.
constexpr std::size_t kFormulasMax = 8;

CallNames names_of(const AdmittedTx& tx) noexcept {
    return {names::of_address(tx.sender), tx.words};
}

}  // namespace

SlotTemplates::Template* SlotTemplates::find(std::uint64_t function) {
    if (const auto found = templates_.find(function); found != templates_.end())
        return &found->second;
    if (templates_.size() >= kTemplatesMax) return nullptr;
    return &templates_[function];
}

bool SlotTemplates::wants(Template& known, bool doubtful) const noexcept {
    if (known.watched == rounds_ && known.watching >= kObservedOfOneMax) return false;
    if (known.seen < kSettled) return true;
    if (!known.known()) return known.calls >= kRestOfHopeless;
    return doubtful || known.calls >= kRest;
}

void SlotTemplates::predict(
    Template& known, const AdmittedTx& tx, bool demanded, Prediction& prediction) {
    bool doubtful = false;  // a rule asks for what is not remembered
    known.round = rounds_;
    ++known.calls;
    const bool useful = demanded && known.known();
    if (useful) {
        const CallNames call = names_of(tx);
        for (const Rule& rule : known.rules) {
            if (!rule.good()) continue;
            if (const std::uint64_t name = evaluate(rule.formula, call, memory_); name != 0)
                prediction.keys.push_back({fold(name ^ seed_.a, seed_.b | 1), rule.writes});
            else
                doubtful = true;
        }
    }
    std::uint8_t& flags = prediction.flags.back();
    if (useful && !doubtful) flags |= Prediction::kKnown;
    if (watching_ < kObservedMax && wants(known, doubtful)) {
        flags |= Prediction::kObserve;
        known.watching = known.watched == rounds_ ? known.watching + 1 : 1;
        known.watched = rounds_;
        known.calls = 0;
        ++watching_;
    }
}

void SlotTemplates::predict(Round& round, const PredictionDemand* demand) {
    Prediction& prediction = round.prediction;
    watching_ = 0;
    ++rounds_;
    if (rounds_ % kAgeRounds == 0) age();
    for (std::size_t i = round.native; i < round.txs.size(); ++i) {
        const AdmittedTx& tx = *round.txs[i];
        prediction.flags.push_back(0);
        const bool demanded =
            !tx.hints.empty() && (demand == nullptr || demand->wants(tx.hints[0]));
        if (demanded || (known_slots_ && !tx.hints.empty()))
            if (Template* const known = find(tx.hints[0]))
                predict(*known, tx, demanded, prediction);
        if (demanded) {
            const bool is_known = (prediction.flags.back() & Prediction::kKnown) != 0;
            ++(is_known ? stats_.known : stats_.unknown);
        }
        prediction.ends.push_back(static_cast<std::uint32_t>(prediction.keys.size()));
    }
}

void SlotTemplates::learn(
    Template& known, const AdmittedTx& tx, const Round& round, const Observation& seen) {
    const auto decoded = chain::decode_transaction(round.record->transactions[seen.tx]);
    if (!decoded || decoded->data.size() < kSelector) return;
    const CallWords words = words_of_call(tx.sender, tx.to, decoded->data);
    std::vector<SlotReader::Slot> slots = SlotReader{words, seen, memory_}.read();

    ++stats_.observed;
    ++known.seen;
    const CallNames call = names_of(tx);
    std::vector<bool> foretold(slots.size());
    std::vector<bool> explained(slots.size());  // by a rule that is not good yet, too
    for (Rule& rule : known.rules) {
        const bool good = rule.good();
        const std::uint64_t name = evaluate(rule.formula, call, memory_);
        const auto slot = std::find_if(
            slots.begin(), slots.end(), [name](const auto& one) { return one.name == name; });
        ++rule.seen;
        if (slot == slots.end()) continue;
        ++rule.hits;
        rule.writes = rule.writes || slot->written;
        const auto number = static_cast<std::size_t>(slot - slots.begin());
        explained[number] = true;
        foretold[number] = foretold[number] || good;
    }
    bool covered = true;
    for (std::size_t i = 0; i < slots.size(); ++i) {
        covered = covered && (foretold[i] || !slots[i].written);
        if (!explained[i] && known.rules.size() < kRulesMax)
            known.rules.push_back({std::move(slots[i].formula), slots[i].written, 1, 1});
    }
    if (covered) ++known.covered;
    std::erase_if(
        known.rules, [](const Rule& rule) { return rule.seen >= 4 && rule.hits * 4 < rule.seen; });
    if (known_slots_) note_formulas(known, words);
    if (known.seen < kSeenMax) return;
    known.seen /= 2;
    known.covered /= 2;
    for (Rule& rule : known.rules) {
        rule.seen = (rule.seen + 1) / 2;
        rule.hits = (rule.hits + 1) / 2;
    }
}

void SlotTemplates::learn(const Round& round) {
    const auto learn_from = [&](const std::vector<Observation>& all) {
        for (const Observation& seen : all) {
            const AdmittedTx& tx = *round.txs[seen.tx];
            const auto found = templates_.find(tx.hints[0]);
            if (found != templates_.end()) learn(found->second, tx, round, seen);
        }
    };
    for (const Speculation& speculation : round.speculations)
        learn_from(speculation.observed);
    learn_from(round.observed);
    if (!std::exchange(outdated_, false)) return;
    KnownSlots::ByFunction functions;
    for (const auto& [function, known] : templates_)
        if (known.formulas) functions.emplace(function, known.formulas);
    known_slots_->set(std::move(functions));
}

// Those that give slots, of the good ones.
void SlotTemplates::note_formulas(Template& known, const CallWords& call) {
    KnownSlots::Formulas formulas;
    for (const Rule& rule : known.rules)
        if (formulas.size() < kFormulasMax && rule.good() && find_slot(rule.formula, call))
            formulas.push_back(rule.formula);
    if (known.formulas && *known.formulas == formulas) return;
    known.formulas = std::make_shared<const KnownSlots::Formulas>(std::move(formulas));
    outdated_ = true;
}

void SlotTemplates::age() {
    const std::size_t forgotten = std::erase_if(
        templates_, [this](const auto& one) { return one.second.round + kAgeRounds < rounds_; });
    outdated_ = known_slots_ && (outdated_ || forgotten != 0);
}

SlotTemplates::Stats SlotTemplates::stats() const noexcept {
    Stats stats = stats_;
    stats.templates = templates_.size();
    return stats;
}

}  // namespace troupe::actors
