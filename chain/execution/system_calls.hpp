#pragma once

#include "chain/execution/transaction.hpp"

namespace troupe::chain::execution {

/// EIP-4788: roots of the beacon chain by timestamp.
inline constexpr Address kBeaconRootsAddress{{0x00, 0x0f, 0x3d, 0xf6, 0xd7, 0x32, 0x80,
                                              0x7e, 0xf1, 0x31, 0x9f, 0xb7, 0xb8, 0xbb,
                                              0x85, 0x22, 0xd0, 0xbe, 0xac, 0x02}};
/// EIP-2935: hashes of the last 8,191 blocks by number.
inline constexpr Address kHistoryAddress{{0x00, 0x00, 0xf9, 0x08, 0x27, 0xf1, 0xc5,
                                          0x3a, 0x10, 0xcb, 0x7a, 0x02, 0x33, 0x5b,
                                          0x17, 0x53, 0x20, 0x00, 0x29, 0x35}};
/// Who calls them.
inline constexpr Address kSystemAddress{{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                         0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                         0xff, 0xff, 0xff, 0xff, 0xff, 0xfe}};

/// The calls at the start of every block: the parent's hash to kHistoryAddress (from Prague on) and
/// the parent beacon block root to kBeaconRootsAddress. Their effects apply before the first
/// transaction. They cost nobody gas, and nothing happens where there is no code or it fails.
/// @spec EIP-2935, EIP-4788
[[nodiscard]] Outcome begin_block(
    evm::Machine& machine, const state::StateView& view, const BlockEnv& env);
[[nodiscard]] Outcome begin_block(const state::StateView& view, const BlockEnv& env);

}  // namespace troupe::chain::execution
