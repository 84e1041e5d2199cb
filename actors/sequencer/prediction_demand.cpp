#include "actors/sequencer/prediction_demand.hpp"

#include <algorithm>
#include <utility>

namespace troupe::actors {

void PredictionDemand::begin_round() {
    if (++rounds_ % kWindow != 0) return;
    for (auto& [name, function] : functions_)
        if (function.awake) decide(function);
    std::erase_if(functions_, [this](const auto& one) {
        return !one.second.awake && one.second.alone_until + kAloneMax < rounds_;
    });
}

void PredictionDemand::decide(Function& function) {
    const bool helps = function.helped > 0 && function.helped * kRoundsPerHelp >= function.compared;
    function.helped = function.compared = 0;
    if (helps) function.alone = kAloneMin;
    if (helps || rounds_ - function.since < kWindow) return;  // it may still be learning
    function.awake = false;
    --awake_;
    function.alone_until = rounds_ + function.alone;
    function.alone = std::min(2 * function.alone, kAloneMax);
}

void PredictionDemand::judge(const Round& round, const std::vector<bool>& helped) {
    for (std::uint32_t i = 0; i < helped.size(); ++i) {
        if (!round.prediction.has(i, Prediction::kKnown)) continue;
        const auto found = functions_.find(round.txs[round.native + i]->hints[0]);
        if (found == functions_.end()) continue;
        Function& function = found->second;
        if (std::exchange(function.judged, rounds_) != rounds_) ++function.compared;
        function.helped += helped[i] ? 1 : 0;
    }
}

void PredictionDemand::wake(const Round& round, std::uint32_t tx) {
    const auto& hints = round.txs[tx]->hints;
    if (hints.empty()) return;
    const auto found = functions_.find(hints[0]);
    if (found == functions_.end() && functions_.size() >= kFunctionsMax) return;
    Function& function = found != functions_.end() ? found->second : functions_[hints[0]];
    if (function.awake || rounds_ < function.alone_until) return;
    function.awake = true;
    function.since = rounds_;
    ++awake_;
}

// Whoever changed what another one's reads did not find as they had been.
void PredictionDemand::wake_writers(const Round& round) {
    ContendedKeys keys;
    for (std::size_t i = 0; i < std::min(round.conflicts.size(), ContendedKeys::kKeysMax); ++i)
        keys.add(round.conflicts[i]);
    for (const Speculation& speculation : round.speculations)
        for (std::size_t i = 0; i < speculation.txs.size(); ++i) {
            const auto effects = speculation.effects_of(i);
            if (std::any_of(effects.begin(), effects.end(), [&](const PlacedEffect& placed) {
                    return placed.effect.field == chain::state::Field::kStorage &&
                           keys.contains(placed.hash);
                }))
                wake(round, speculation.txs[i]);
        }
}

void PredictionDemand::learn(const Round& round) {
    if (!round.conflicts.empty()) wake_writers(round);
    if (round.mode != RoundMode::kConflicting || rounds_ % kCompareRounds != 0) return;
    for (std::uint32_t tx = round.native; tx < round.txs.size(); ++tx)
        wake(round, tx);
}

}  // namespace troupe::actors
