#pragma once

#include "chain/execution/block_env.hpp"
#include "chain/execution/body_roots.hpp"

#include <span>

namespace troupe::chain::execution {

/// Builds the header of a finished block: transaction and receipt roots, bloom, gas used.
/// @param transactions  raw, in block order
/// @param receipts      one per transaction, cumulative gas filled in
[[nodiscard]] Header seal_header(
    const BlockEnv& env, const Hash32& state_root, std::span<const Bytes> transactions,
    std::span<const Receipt> receipts);

/// The same of a body that was taken piece by piece, which is used up.
[[nodiscard]] Header seal_header(const BlockEnv& env, const Hash32& state_root, BodyRoots& body);

/// Block 0. @param state_root  of the genesis alloc
[[nodiscard]] Header genesis_header(
    const Genesis& genesis, const Hash32& state_root, const L1Origin& l1_origin);

/// The account that an entry of the alloc makes: its code hashed, its storage in a trie (slots of
/// value zero are absent). An entry that is_empty() is not in the state (EIP-161).
[[nodiscard]] Account genesis_account(const GenesisAccount& entry);

}  // namespace troupe::chain::execution
