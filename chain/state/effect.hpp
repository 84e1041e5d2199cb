#pragma once

#include "chain/types/account.hpp"

#include <variant>
#include <vector>

namespace troupe::chain::state {

/// What a transaction did to one key of the state. Effects of a transaction, merged in block order
/// with those of the others, give the state after it; reads and guards say when that is true.
enum class EffectKind : std::uint8_t {
    kRead,   // the value seen; the transaction's result holds only while it is the same
    kGuard,  // nonce == value; a balance or slot >= value, or a slot <= value with `at_most`
    kWrite,  // the value after the transaction
    kDelta,  // added to a balance or, modulo 2^256, to a slot; commutes with other deltas
};

enum class Field : std::uint8_t {
    kNonce,
    kBalance,
    kStorage,  // of `slot`
    kCode,     // `value` is the code hash
};

struct Effect {
    EffectKind kind = EffectKind::kRead;
    Field field = Field::kBalance;
    bool negative = false;  ///< a delta that is subtracted
    bool at_most = false;   ///< a guard that is an upper bound
    Address address;
    Hash32 slot;  ///< for Field::kStorage
    Uint256 value;
    friend bool operator==(const Effect&, const Effect&) noexcept = default;
};

using Effects = std::vector<Effect>;

/// A balance or a slot after a write or a delta.
[[nodiscard]] inline Uint256 value_after(const Effect& effect, const Uint256& before) noexcept {
    if (effect.kind == EffectKind::kWrite) return effect.value;
    return effect.negative ? before - effect.value : before + effect.value;
}

/// Whether a read or a guard of a balance or a slot holds for its value.
[[nodiscard]] inline bool holds_for(const Effect& effect, const Uint256& value) noexcept {
    if (effect.kind == EffectKind::kRead) return value == effect.value;
    return effect.at_most ? !(effect.value < value) : !(value < effect.value);
}

/// Code that a transaction deployed: what its kCode effects name by hash.
struct DeployedCode {
    Hash32 hash;
    Bytes code;
    friend bool operator==(const DeployedCode&, const DeployedCode&) noexcept = default;
};

}  // namespace troupe::chain::state
