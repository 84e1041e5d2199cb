#!/usr/bin/env bash
# compare.sh BUILD_ROOT PRESET...: the output of troupe_determinism must be the same from every build.
# `./dev test` makes the builds; a build that is not there is named, and 77 (skipped) is returned when
# there is nothing to compare with.
set -euo pipefail
root=$1
shift
outputs=$(mktemp -d)
trap 'rm -rf "$outputs"' EXIT

reference=
compared=0
status=0
for preset in "$@"; do
    program=$root/$preset/tests/determinism/troupe_determinism
    if [ ! -x "$program" ]; then
        echo "no build of preset $preset ($program): ./dev test makes it"
        continue
    fi
    if ! "$program" >"$outputs/$preset"; then
        echo "$preset: not every block equals the serial loop's:"
        grep -v ' hash ' "$outputs/$preset" | head -n 20
        status=1
    fi
    if [ -z "$reference" ]; then
        reference=$preset
        echo "$preset: $(wc -l <"$outputs/$preset") lines, the last: $(tail -n 1 "$outputs/$preset")"
        continue
    fi
    compared=$((compared + 1))
    if diff "$outputs/$reference" "$outputs/$preset" >"$outputs/difference"; then
        echo "$preset: the same"
    else
        echo "$preset differs from $reference:"
        head -n 10 "$outputs/difference"
        status=1
    fi
done
[ "$status" != 0 ] || [ "$compared" -gt 0 ] || exit 77
exit "$status"
