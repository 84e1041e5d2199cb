# Shared by the checks. A check is called as `check_x.sh ROOT`, prints one line per finding
# (file:line: what is wrong) and exits 1 if there was any.
set -euo pipefail
cd "${1:?usage: $0 ROOT}"
export LC_ALL=C.UTF-8
findings=$(mktemp)
trap 'rm -f "$findings"' EXIT

readonly layers="actors bench chain l1-client prover-bridge proto sequencer tests"

# sources FOLDERS: every C++ file under them.
sources() {
    local folder
    for folder in $1; do
        if [ -d "$folder" ]; then find "$folder" \( -name '*.cpp' -o -name '*.hpp' \); fi
    done | sort
}

# Only what runs in the product: no tests, no benchmarks.
product_sources() { sources "$1" | { grep -vE '_(test|bench)\.[ch]pp$|/testing/' || true; }; }

# includes: reads file names, prints "file:line:target" for each #include, <...> or "..." kept.
includes() {
    xargs -r grep -HnoE '^[[:space:]]*#[[:space:]]*include[[:space:]]*[<"][^>"]+[>"]' /dev/null |
        sed -E 's/#[[:space:]]*include[[:space:]]*//; s/:[[:space:]]*([<"])/:\1/'
}

report() { printf '%s\n' "$1" >>"$findings"; }

# The end of every check.
finish() {
    if [ -s "$findings" ]; then
        cat "$findings"
        exit 1
    fi
}
