#pragma once

#include "chain/state/effect.hpp"

#include <cstdint>
#include <span>

namespace troupe::actors {

/// What one transaction of a round did to one key and what that depends on, with its place: an
/// effect, or several that are always there together, in one. What is written down on one core and
/// read on another is what a round costs, and so is looking for a record.
struct PlacedEffect {
    /// What else it says.
    enum class Joined : std::uint8_t {
        kNothing,
        kRead,     ///< `effect` is a Write of a balance or a slot, and the value read was `before`
        kPayment,  ///< `effect` is a Delta of the sender's balance, which was at least `before`;
                   ///< its nonce was `nonce`, and is the next one afterwards
        kCredit,   ///< `effect` is a Delta of a balance, and the account's code hash was `before`
        kRange,    ///< `effect` is a Delta of a slot, which was at least `before`, at most `most`
    };

    std::uint64_t hash = 0;       ///< table_hash of the effect's address; of a slot its slot_hash
    std::uint32_t tx = 0;         ///< position in the round
    std::uint16_t partition = 0;  ///< of the account or the slot
    bool delegated = false;       ///< of a code that is written: it is a delegation (EIP-7702)
    Joined joined = Joined::kNothing;
    chain::state::Effect effect;
    chain::Uint256 before;
    chain::Uint256 most = ~chain::Uint256{};
    std::uint64_t nonce = 0;
};

/// If the first of `effects` are one with what follows them, joins them into `placed`, of which it
/// fills the effect and what is joined. @return how many effects that were, at least 1
/// @pre !effects.empty()
[[nodiscard]] std::size_t join_effects(
    std::span<const chain::state::Effect> effects, PlacedEffect& placed) noexcept;

}  // namespace troupe::actors
