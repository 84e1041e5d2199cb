#pragma once

#include "chain/types/account.hpp"

#include <variant>
#include <vector>

namespace troupe::chain::state {

/// What a transaction did to one key of the state. Effects of a transaction, merged in block order
/// with those of the others, give the state after it; reads and guards say when that is true.
enum class EffectKind : std::uint8_t {
    kRead,   // the value seen; the transaction's result holds only while it is the same
    kGuard,  // balance >= value, or nonce == value; holds for a range of states
    kWrite,  // the value after the transaction
    kDelta,  // added to the balance; commutes with other deltas
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
    Address address;
    Hash32 slot;  ///< for Field::kStorage
    Uint256 value;
    friend bool operator==(const Effect&, const Effect&) noexcept = default;
};

using Effects = std::vector<Effect>;

/// Code that a transaction deployed: what its kCode effects name by hash.
struct DeployedCode {
    Hash32 hash;
    Bytes code;
    friend bool operator==(const DeployedCode&, const DeployedCode&) noexcept = default;
};

}  // namespace troupe::chain::state
