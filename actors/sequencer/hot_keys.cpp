#include "actors/sequencer/hot_keys.hpp"

#include <utility>

namespace troupe::actors {

std::uint64_t HotKeys::predict(std::uint64_t hint) const noexcept {
    const Hint& known = hints_[place(hint)];
    const bool tells = known.hint == hint && known.hits >= 2 && known.hits * 2 > known.seen;
    return tells && keys_.contains(known.key) ? known.key : 0;
}

void HotKeys::learn(const Round& round) {
    for (const std::uint64_t key : round.conflicts)
        if (keys_.size() < kKeysMax || keys_.contains(key)) keys_[key].ages = kFresh;
    if (keys_.empty()) return;
    ++rounds_;
    count_speculated(round);
    if (rounds_ % kAgeRounds == 0) age();
}

void HotKeys::count_speculated(const Round& round) {
    for (const Speculation& speculation : round.speculations) {
        std::size_t next = 0;
        for (std::size_t i = 0; i < speculation.txs.size(); ++i) {
            // Of several the smallest: the same one for all that write the same keys.
            std::uint64_t hot = 0;
            for (; next < speculation.ends[i]; ++next) {
                const PlacedEffect& placed = speculation.effects[next];
                if (placed.effect.kind != chain::state::EffectKind::kWrite ||
                    placed.effect.field == chain::state::Field::kNonce)
                    continue;
                const std::uint64_t key = key_of(placed.hash, placed.effect);
                const auto found = keys_.find(key);
                if (found == keys_.end()) continue;
                if (std::exchange(found->second.round, rounds_) == rounds_)
                    found->second.ages = kFresh;
                if (hot == 0 || key < hot) hot = key;
            }
            count(*round.txs[speculation.txs[i]], hot);
        }
    }
}

void HotKeys::count(const AdmittedTx& tx, std::uint64_t key) {
    for (const std::uint64_t hint : tx.hints) {
        Hint& known = hints_[place(hint)];
        if (known.hint != hint) {
            if (known.seen > 0 && key == 0) {  // somebody else's place: it must be worth it
                --known.seen;
                continue;
            }
            known = {hint, key, 0, 0};
        }
        if (++known.seen > kSeenMax) {
            known.seen /= 2;
            known.hits /= 2;
        }
        if (key == 0) continue;
        if (known.key == key || known.hits == 0) {
            known.key = key;
            ++known.hits;
        } else {
            --known.hits;
        }
    }
}

void HotKeys::age() {
    for (auto at = keys_.begin(); at != keys_.end();)
        at = --at->second.ages == 0 ? keys_.erase(at) : std::next(at);
}

}  // namespace troupe::actors
