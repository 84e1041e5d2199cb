#!/usr/bin/env bash
# Puts faults into the engine, one after the other, and sees the fuzzer find each of them: first by
# the kept seeds, then by new ones. Call: mutants.sh PROGRAM [SECONDS each]
set -uo pipefail
program=$1
seconds=${2:-60}
missed=0
# In the order of actors/mutation.hpp, kNone first.
names=(none slot_reads_unchecked slot_guards_unchecked balance_reads_unchecked
    balance_guards_unchecked nonces_unchecked codes_unchecked slots_not_taken_back
    balances_not_taken_back merged_by_share settled_backwards settled_unchecked conflicts_ignored
    wide_slot_lost evicted_unwritten old_read_ahead code_reads_kept tips_summed
    slots_evicted_unwritten storage_unwritten credits_unchecked ranges_unchecked
    old_slots_ahead)
for i in "${!names[@]}"; do
    limit=$seconds
    [ "$i" != 0 ] || limit=5 # nothing is wrong: the kept seeds, and some new ones
    output=$(TROUPE_MUTATION=$i timeout $((limit + 60)) "$program" --color_output=no \
        --run_test='*/random_runs*' -- "$limit" 2>&1)
    status=$?
    if [ "$i" = 0 ] && [ "$status" != 0 ]; then
        printf '%s\n' "$output" "without a fault: it fails"
        exit 1
    elif [ "$i" != 0 ] && [ "$status" = 0 ]; then
        printf '%s\n' "${names[$i]}: NOT FOUND in $limit s"
        missed=$((missed + 1))
    elif [ "$i" != 0 ]; then
        printf '%s: found, %s\n' "${names[$i]}" \
            "$(grep -m1 -o 'seed [0-9]*\|broken invariant.*' <<<"$output" || echo "status $status")"
    fi
done
exit "$((missed > 0))"
