#!/usr/bin/env bash
# Each header compiles alone. Where its own .cpp includes it first (check_sources sees to that), the
# build has proved it; the headers without a .cpp are compiled here. Call: check_headers.sh ROOT
# [FOLDER OF GENERATED HEADERS...].
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
flags="-std=c++20 -fsyntax-only -I."
for folder in "${@:2}"; do
    flags+=" -I$folder"
done

alone() {
    local header=$1 errors
    # shellcheck disable=SC2086  # one word per flag
    errors=$("${CXX:-g++}" $flags -x c++ -include "$header" /dev/null 2>&1) ||
        printf '%s\n' "$header:1: does not compile alone: $(grep -m1 error <<<"$errors")"
}
export -f alone
export flags

while read -r header; do
    source=${header%.hpp}.cpp
    if [ -f "$source" ] && [ "$(grep -m1 '^#include' "$source")" = "#include \"$header\"" ]; then continue; fi
    printf '%s\n' "$header"
done < <(sources "$layers" | grep '\.hpp$') |
    xargs -r -P 2 -I{} bash -c 'alone {}' >>"$findings"
finish
