#pragma once

#include "actors/placement.hpp"
#include "chain/types/transaction.hpp"

#include <vector>

namespace troupe::actors {

/// What a call's data lets one guess of the state that it will touch, as hashes: two calls that
/// have one in common may conflict. Guesses only: no result depends on them.
///   the first    of the contract and the selector
///   then         one per word of the arguments, kHintWordsMax at most: of an address, the
///                address's table_hash wherever it stands (so it is also the sender's); of anything
///                else that is neither zero nor small, a hash of contract, selector, position and
///                value
///   then         of longer data, one per address in the words behind those, in the words of calls
///                that are arguments, and in paths of Uniswap V3; kHintsDeepMax at most
///   last         one per slot of the access list (EIP-2930), kListedSlotsMax at most: nobody has
///                to believe it
/// Nothing for a creation, or for data without a selector.
[[nodiscard]] std::vector<std::uint64_t> hints_of(
    const chain::Transaction& tx, const TableSeed& seed);

inline constexpr std::size_t kHintWordsMax = 10;
inline constexpr std::size_t kHintsDeepMax = 24;
inline constexpr std::size_t kHintBytesMax = 16'384;  // of the data
inline constexpr std::size_t kListedSlotsMax = 16;

/// names::of_word of the arguments of a call, word by word, kArgumentsMax at most.
[[nodiscard]] std::vector<std::uint64_t> words_of(const chain::Transaction& tx);

inline constexpr std::size_t kArgumentsMax = 16;

}  // namespace troupe::actors
