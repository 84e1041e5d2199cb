#pragma once

/// Faults that a test puts into the engines to see that the test which should find them does
/// (tests/serial_equivalence/mutants.sh). Nothing of it is in a node: there mutated() is the
/// constant false, and what depends on it is not compiled into anything.
namespace troupe::actors {

enum class Mutation : unsigned char {
    kNone,
    kSlotReadsUnchecked,
    kSlotGuardsUnchecked,
    kBalanceReadsUnchecked,
    kBalanceGuardsUnchecked,
    kNoncesUnchecked,
    kCodesUnchecked,
    kSlotsNotTakenBack,      ///< by a round that did not hold
    kBalancesNotTakenBack,   ///< the same
    kMergedByShare,          ///< validated one share after the other, not in order
    kSettledBackwards,       ///< repaired, but not in order
    kSettledUnchecked,       ///< what was speculated stays, held or not
    kConflictsIgnored,       ///< what one partition refuses is committed all the same
    kWideSlotLost,           ///< the first of each contract, on the way to another's sub-trie
    kEvictedUnwritten,       ///< accounts go, although the store has not what they became
    kOldReadAhead,           ///< what was read ahead is taken, whatever went since
    kCodeReadsKept,          ///< a code was compared before it changed, and is not again
    kTipsSummed,             ///< of a share, although somebody saw the vault in between
    kSlotsEvictedUnwritten,  ///< as accounts
    kStorageUnwritten,       ///< the same of the nodes of storage tries
    kCreditsUnchecked,       ///< the code of an account that is paid, where that is one effect
    kRangesUnchecked,        ///< the bounds of a slot that is added to, where that is one effect
    kOldSlotsAhead,          ///< slots that were read ahead are taken, whatever went since
};

#ifdef TROUPE_MUTATIONS
extern Mutation active_mutation;  ///< defined by the test
[[nodiscard]] inline bool mutated(Mutation mutation) noexcept {
    return active_mutation == mutation;
}
#else
[[nodiscard]] constexpr bool mutated(Mutation) noexcept {
    return false;
}
#endif

}  // namespace troupe::actors
