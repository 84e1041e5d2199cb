#!/usr/bin/env bash
# Small habits that are cheap to check: sizes, no promises instead of code, no floating point in
# chain/, explicit source lists, owned headers first.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
readonly lines_max=700

while read -r file; do
    lines=$(wc -l <"$file")
    [ "$lines" -le $lines_max ] || report "$file:$lines: $lines lines, $lines_max at most: which second idea moved in?"
done < <({
    sources "$layers"
    find l1-client tests \( -name '*.sol' -o -name '*.mjs' -o -name '*.sh' \) -not -path '*/node_modules/*' 2>/dev/null
    [ ! -f dev ] || echo dev
})

# forbidden PATTERN WHAT: reads file names
forbidden() {
    while IFS=: read -r file line text; do
        report "$file:$line: $2: ${text#"${text%%[![:space:]]*}"}"
    done < <(xargs -r grep -HnE -- "$1" /dev/null || true)
}

all_text() {
    {
        sources "$layers"
        find actors bench chain cmake deploy docs l1-client prover-bridge proto sequencer tests .ci \
            \( -name '*.txt' -o -name '*.cmake' -o -name '*.proto' -o -name '*.sol' -o -name '*.mjs' -o -name '*.md' \
            -o -name '*.toml' -o -name '*.yml' -o -name '*.sh' -o -name '*.service' \) 2>/dev/null || true
        ls dev README.md CMakeLists.txt CHANGELOG.md 2>/dev/null || true
    } | { grep -vE '^tests/(checks|fuzz/corpus)/|node_modules/' || true; } | sort -u
}
all_text | forbidden '\b(TODO|FIXME|XXX|HACK)\b' 'a promise instead of code'
all_text | forbidden '(^|[^A-Za-z0-9_.])(/work/|/root/|/tmp/bash)' 'a path of one machine'

# Comments may speak of floats and globs; code may not use them.
while IFS=: read -r file line text; do
    code=${text%%//*}
    if grep -qE '\b(float|double|long double)\b|[0-9]\.[0-9]+f?\b' <<<"${code//\"*\"/}"; then
        report "$file:$line: no floating point in chain/: ${code#"${code%%[![:space:]]*}"}"
    fi
done < <(product_sources chain | xargs -r grep -HnE '\b(float|double)\b|[0-9]\.[0-9]' /dev/null || true)
product_sources chain | forbidden '^[^/]*\b(throw|try|catch)\b[[:space:]]*[({]|^[^/]*\bthrow\b[^/;]*;' 'chain/ has no exceptions'
product_sources chain | forbidden '^[^/]*std::unordered_|^[^/]*std::(thread|mutex|atomic|chrono|random_device)|^[^/]*thread_local' \
    'chain/ has no threads, clocks or hash order'

find . -name CMakeLists.txt -not -path './build/*' -not -path '*/node_modules/*' | sed 's,^\./,,' |
    forbidden '^[^#]*file\((GLOB|GLOB_RECURSE)\b' 'list the sources, a stray file must not change the build'

# A .cpp includes its own header first, so that the header is known to compile alone.
while read -r file; do
    stem=${file%.cpp}
    header=${stem%_test}.hpp
    [ "$header" != "$file" ] && [ -f "$header" ] || continue
    first=$(grep -m1 -E '^#include' "$file" || true)
    case "$stem" in
        *_test) ;;
        *) [ "$first" = "#include \"$header\"" ] || report "$file:1: the first #include is not \"$header\"" ;;
    esac
done < <(sources "actors chain l1-client prover-bridge sequencer")

while read -r file; do
    grep -q '^#pragma once' "$file" || report "$file:1: no #pragma once"
done < <(sources "$layers" | grep '\.hpp$' || true)
finish
