#include "actors/sequencer/hot_keys.hpp"

#include <algorithm>
#include <utility>

namespace troupe::actors {

using chain::state::EffectKind;
using chain::state::Field;

std::uint64_t HotKeys::predict(std::uint64_t hint) const noexcept {
    const Hint& known = hints_[place(hint)];
    if (known.hint != hint || known.hits < 2 || known.hits * 2 <= known.seen) return 0;
    const auto found = keys_.find(known.key);
    return found != keys_.end() && found->second.ordered_until > rounds_ ? known.key : 0;
}

void HotKeys::learn(const Round& round) {
    for (const std::uint64_t key : round.conflicts) {
        const auto found = keys_.find(key);
        if (found == keys_.end() && keys_.size() == kKeysMax) continue;
        Heat& heat = found != keys_.end() ? found->second : keys_[key];
        changed_ = changed_ || found == keys_.end();
        heat.ages = kFresh;
        ++heat.conflicts;
    }
    if (keys_.empty()) return;
    ++rounds_;
    const bool doubtful = std::any_of(
        keys_.begin(), keys_.end(), [](const auto& one) { return one.second.misses > 0; });
    if (round.conflicts.empty() && !doubtful && rounds_ % kCountRounds != 0) return;
    if (changed_) list();
    count_speculated(round);
    judge(round);
    if (rounds_ % kAgeRounds == 0) age();
    if (changed_) list();
}

/// @return the hot key that they write; of several the smallest: the same one for all that write
/// the
///         same keys
std::uint64_t HotKeys::count_effects(std::span<const PlacedEffect> effects) {
    std::uint64_t hot = 0;
    for (const PlacedEffect& placed : effects) {
        const chain::state::Effect& effect = placed.effect;
        const bool slot = effect.field == Field::kStorage;
        const bool writes = effect.kind == EffectKind::kWrite;
        if (!slot && (!writes || effect.field == Field::kNonce)) continue;
        const std::uint64_t key = key_of(placed.hash, effect);
        if (!hot_.contains(key)) continue;
        Heat& heat = keys_.find(key)->second;
        if (!slot)
            heat.ordered_until = rounds_ + kOrderedRounds;
        else if (writes || effect.kind == EffectKind::kRead)
            heat.plain += placed.joined == PlacedEffect::Joined::kRead ? 2 : 1;
        else  // a joined one is at least a Guard and a Delta
            heat.commuting += placed.joined == PlacedEffect::Joined::kRange ? 3 : 1;
        const bool changes = writes || effect.kind == EffectKind::kDelta;
        if (!changes) continue;
        if (std::exchange(heat.round, rounds_) == rounds_) heat.ages = kFresh;
        if (writes && (hot == 0 || key < hot)) hot = key;
    }
    return hot;
}

void HotKeys::count_speculated(const Round& round) {
    for (const Speculation& speculation : round.speculations)
        for (std::size_t i = 0; i < speculation.txs.size(); ++i) {
            const std::uint64_t key = count_effects(speculation.effects_of(i));
            const std::uint32_t tx = speculation.txs[i];
            for_each_hint(round, tx, [&](std::uint64_t hint) { count(hint, key); });
            // Slots may not be predicted for long (PredictionDemand).
            if (round.prediction.has(tx - round.native, Prediction::kKnown))
                for (const std::uint64_t hint : round.txs[tx]->hints)
                    count(hint, key);
        }
}

// Which of the slots that were followed commute: those that few looked at, and that were not found
// out of their ranges over and over.
void HotKeys::judge(const Round& round) {
    for (auto& [key, heat] : keys_) {
        const std::uint32_t plain = std::exchange(heat.plain, 0);
        const std::uint32_t commuting = std::exchange(heat.commuting, 0);
        const std::uint32_t conflicts = std::exchange(heat.conflicts, 0);
        if (plain + commuting == 0 || round.contended == nullptr || !round.contended->contains(key))
            continue;
        const bool vain = plain * 4 > commuting;
        if (!vain && conflicts == 0)
            heat.misses = 0;
        else if (vain || ++heat.misses == kMissesMax)
            heat.ordered_until = rounds_ + kOrderedRounds;
        changed_ = changed_ || heat.ordered_until > rounds_;
    }
}

void HotKeys::list() {
    changed_ = false;
    hot_ = {};
    auto listed = std::make_shared<ContendedKeys>();
    bool any = false;
    for (const auto& [key, heat] : keys_) {
        hot_.add(key);
        if (heat.ordered_until > rounds_) continue;
        listed->add(key);
        any = true;
    }
    contended_ = any ? std::move(listed) : nullptr;
}

void HotKeys::count(std::uint64_t hint, std::uint64_t key) {
    Hint& known = hints_[place(hint)];
    if (known.hint != hint) {
        if (known.seen > 0 && key == 0) {  // somebody else's place: it must be worth it
            --known.seen;
            return;
        }
        known = {hint, key, 0, 0};
    }
    if (++known.seen > kSeenMax) {
        known.seen /= 2;
        known.hits /= 2;
    }
    if (key == 0) return;
    if (known.key == key || known.hits == 0) {
        known.key = key;
        ++known.hits;
    } else {
        --known.hits;
    }
}

void HotKeys::age() {
    changed_ = true;
    for (auto at = keys_.begin(); at != keys_.end();)
        at = --at->second.ages == 0 ? keys_.erase(at) : std::next(at);
}

}  // namespace troupe::actors
