#!/usr/bin/env bash
# Every shell script parses, and the ones people run have their run bit.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
while read -r file; do
    [ -f "$file" ] || continue
    bash -n "$file" 2>>"$findings" || report "$file:1: does not parse"
done < <({
    printf '%s\n' dev .ci/run
    find tests deploy l1-client -name '*.sh' -not -path '*/node_modules/*' 2>/dev/null
} | sort)
for file in dev .ci/run; do
    [ -x "$file" ] || report "$file:1: has no run bit"
done
finish
