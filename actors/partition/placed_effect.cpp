#include "actors/partition/placed_effect.hpp"

namespace troupe::actors {

using chain::state::Effect;
using chain::state::EffectKind;
using chain::state::Field;

namespace {

bool is(const Effect& effect, EffectKind kind, Field field, const chain::Address& address) {
    return effect.kind == kind && effect.field == field && effect.address == address;
}

// What every sender's account has: its nonce and whether it can pay were checked, it counted and
// paid.
bool is_payment(std::span<const Effect> effects) {
    const chain::Address& sender = effects[0].address;
    return effects.size() >= 4 && is(effects[0], EffectKind::kGuard, Field::kNonce, sender) &&
           is(effects[1], EffectKind::kWrite, Field::kNonce, sender) &&
           is(effects[2], EffectKind::kGuard, Field::kBalance, sender) &&
           is(effects[3], EffectKind::kDelta, Field::kBalance, sender) &&
           effects[1].value == effects[0].value + 1;
}

bool is_read_and_write(std::span<const Effect> effects) {
    const Effect& read = effects[0];
    return effects.size() >= 2 && read.kind == EffectKind::kRead &&
           (read.field == Field::kStorage || read.field == Field::kBalance) &&
           is(effects[1], EffectKind::kWrite, read.field, read.address) &&
           effects[1].slot == read.slot;
}

bool is_credit(std::span<const Effect> effects) {
    const Effect& read = effects[0];
    return effects.size() >= 2 && read.kind == EffectKind::kRead && read.field == Field::kCode &&
           is(effects[1], EffectKind::kDelta, Field::kBalance, read.address);
}

// The bounds of a slot that was followed, and what was added to it.
std::size_t join_range(std::span<const Effect> effects, PlacedEffect& placed) {
    const Effect& first = effects[0];
    if (first.kind != EffectKind::kGuard || first.field != Field::kStorage) return 0;
    const auto same_slot = [&](std::size_t i, EffectKind kind) {
        return i < effects.size() && is(effects[i], kind, Field::kStorage, first.address) &&
               effects[i].slot == first.slot;
    };
    const bool both = !first.at_most && same_slot(1, EffectKind::kGuard) && effects[1].at_most;
    const std::size_t delta = both ? 2 : 1;
    if (!same_slot(delta, EffectKind::kDelta)) return 0;
    placed.effect = effects[delta];
    placed.joined = PlacedEffect::Joined::kRange;
    placed.before = first.at_most ? chain::Uint256{} : first.value;
    placed.most = effects[delta - 1].at_most ? effects[delta - 1].value : ~chain::Uint256{};
    return delta + 1;
}

}  // namespace

std::size_t join_effects(std::span<const Effect> effects, PlacedEffect& placed) noexcept {
    using Joined = PlacedEffect::Joined;
    if (is_payment(effects)) {
        placed.effect = effects[3];
        placed.joined = Joined::kPayment;
        placed.nonce = effects[0].value.low_u64();
        placed.before = effects[2].value;
        return 4;
    }
    if (is_read_and_write(effects)) {
        placed.effect = effects[1];
        placed.joined = Joined::kRead;
        placed.before = effects[0].value;
        return 2;
    }
    if (is_credit(effects)) {
        placed.effect = effects[1];
        placed.joined = Joined::kCredit;
        placed.before = effects[0].value;
        return 2;
    }
    if (const std::size_t joined = join_range(effects, placed)) return joined;
    placed.effect = effects[0];
    placed.joined = Joined::kNothing;
    return 1;
}

}  // namespace troupe::actors
