#!/usr/bin/env bash
# fuzz_for.sh PROGRAM SECONDS FOUND KEPT: runs a libFuzzer program (build preset `fuzz`) on any core
# for that long, from the corpora FOUND (which grows) and KEPT (of the repository). What it crashes on
# joins KEPT, where every later build replays it. 77 (skipped): the program is not built.
set -euo pipefail
program=$1 seconds=$2 found=$3 kept=$4
target=$(basename "$program")

if [ ! -x "$program" ]; then
    echo "$target is not built ($program): ./dev test and ./dev fuzz build it"
    exit 77
fi
crashes=$(mktemp -d)
trap 'rm -rf "$crashes"' EXIT
mkdir -p "$found" "$kept"
if "$program" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
    -artifact_prefix="$crashes/" "$found" "$kept" >"$crashes/log" 2>&1 </dev/null; then
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$crashes/log")
    if [ "${runs:-0}" = 0 ]; then
        cat "$crashes/log"
        echo "$target: FAILED, it ran nothing"
        exit 1
    fi
    echo "$target: clean, $runs runs in $seconds s"
    exit 0
fi
grep -v -e '^INFO' -e '^ *#[0-9]' "$crashes/log" | tail -n 40
find "$crashes" -type f ! -name log -exec cp -t "$kept" {} +
echo "$target: FAILED; what it failed on:"
find "$crashes" -type f ! -name log -exec basename {} \; | while read -r input; do
    echo "    $kept/$input (again: $program $kept/$input)"
done
exit 1
