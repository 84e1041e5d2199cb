#pragma once

#include "sequencer/storage/key.hpp"

#include <cstdint>
#include <string_view>

/// What the keys of `state/` begin with: docs/formats/storage.md has the table.
namespace troupe::node {

inline constexpr std::uint8_t kAccountsByAddress = 'a';  ///< accounts until format 2
inline constexpr std::uint8_t kAccounts = 'b';           ///< by the hash of their address
inline constexpr std::uint8_t kCheckpoints = 'd';        ///< by L1 block
inline constexpr std::uint8_t kCode = 'k';               ///< by code hash
inline constexpr std::uint8_t kMeta = 'm';               ///< by name
inline constexpr std::uint8_t kNumbers = 'n';            ///< by block hash
inline constexpr std::uint8_t kOrigins = 'o';            ///< by L1 block
inline constexpr std::uint8_t kPlaces = 'p';             ///< by transaction hash
inline constexpr std::uint8_t kSlotsByNumber = 's';  ///< slots until format 3: by address and slot
inline constexpr std::uint8_t kSlots = 't';          ///< by address and the hash of the slot

[[nodiscard]] inline Key key_of(std::uint8_t prefix) {
    return Key().byte(prefix);
}
[[nodiscard]] inline Key meta_key(std::string_view name) {
    return key_of(kMeta).text(name);
}

}  // namespace troupe::node
