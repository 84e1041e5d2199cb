#!/usr/bin/env bash
# Proves that each check fails on a bad sample, says where, and passes on a good one.
set -euo pipefail
checks=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
failures=0

fail() {
    printf '%s\n' "$1"
    failures=$((failures + 1))
}

fresh() {
    rm -rf "${tree:?}"/*
    mkdir -p "$tree/chain/rlp" "$tree/.ci"
    printf '#pragma once\n#include <vector>\n' >"$tree/chain/rlp/good.hpp"
    printf '#include "chain/rlp/good.hpp"\n\n#include <array>\n' >"$tree/chain/rlp/good.cpp"
    printf '#!/usr/bin/env bash\n' >"$tree/dev"
    cp "$tree/dev" "$tree/.ci/run"
    chmod +x "$tree/dev" "$tree/.ci/run"
}

# good CHECK
good() {
    local output
    output=$(bash "$checks/$1" "$tree") || fail "$1 refuses a good tree: $output"
}

# bad CHECK FILE EXPECTED: the sample is standard input; EXPECTED is part of the finding
bad() {
    local output
    fresh
    mkdir -p "$tree/$(dirname "$2")"
    cat >"$tree/$2"
    if output=$(bash "$checks/$1" "$tree" 2>&1); then
        fail "$1 accepts $2, which should give: $3"
    elif [[ "$output" != *"$2"*"$3"* ]]; then
        fail "$1 on $2 does not say \"$3\" but: $output"
    fi
}

fresh
for check in check_layers.sh check_duplicate_helpers.sh check_sources.sh check_shell.sh check_headers.sh; do
    good "$check"
done

bad check_layers.sh chain/x.cpp 'chain/ may not include actors/' <<<'#include "actors/topology.hpp"'
bad check_layers.sh actors/x.cpp 'actors/ may not include sequencer/' <<<'#include "sequencer/config.hpp"'
bad check_layers.sh l1-client/x.cpp 'l1-client/ may not include prover-bridge/' <<<'#include "prover-bridge/verifier.hpp"'
bad check_layers.sh actors/x.hpp 'actors/ may not include proto/' <<<'#include "troupe/v1/block.pb.h"'
bad check_layers.sh sequencer/x.cpp 'sequencer/ may not include tests/' <<<'#  include "tests/support.hpp"'
bad check_layers.sh chain/x.cpp 'is relative' <<<'#include "bytes.hpp"'
bad check_layers.sh chain/x.cpp 'does not start at a folder' <<<'#include "base/bytes.hpp"'
for header in thread mutex chrono iostream fstream random unordered_map cmath locale atomic; do
    bad check_layers.sh chain/x.cpp "chain/ may not use <$header>" <<<"#include <$header>"
done
bad check_layers.sh chain/trie/x.cpp 'SIMD lives in chain/crypto/' <<<'#include <immintrin.h>'
bad check_layers.sh chain/trie/x.cpp 'no I/O' <<<'#include <cstdio>'
bad check_layers.sh sequencer/x.cpp '<caf/...> belongs to actors' <<<'#include <caf/all.hpp>'
bad check_layers.sh actors/x.cpp '<leveldb/...> belongs to sequencer' <<<'#include <leveldb/db.h>'
bad check_layers.sh actors/x.cpp 'belongs to sequencer l1-client only' <<<'#include <mutex>'
fresh
mkdir -p "$tree/sequencer/storage"
tee "$tree/sequencer/storage/a.cpp" >"$tree/sequencer/storage/b.cpp" <<<'#include <leveldb/db.h>'
output=$(bash "$checks/check_layers.sh" "$tree") && fail "two doorways of LevelDB are accepted"
[[ "$output" == *"2 files include <leveldb/"* ]] || fail "two doorways of LevelDB: $output"

bad check_duplicate_helpers.sh sequencer/x.cpp 'hexadecimal is' <<<'const char* digits = "0123456789abcdef";'
bad check_duplicate_helpers.sh sequencer/x.cpp 'hexadecimal is' <<<'out << std::hex << value;'
bad check_duplicate_helpers.sh sequencer/x.cpp 'hexadecimal is' <<<'std::string to_hex(const Bytes& bytes) {'
bad check_duplicate_helpers.sh bench/x.cpp 'hexadecimal is' <<<'    std::snprintf(text, 3, "%02x", byte);'
bad check_duplicate_helpers.sh actors/x.cpp 'byte order is' <<<'return __builtin_bswap64(value);'
bad check_duplicate_helpers.sh actors/x.cpp 'byte order is' <<<'static uint64_t load_be64(const std::uint8_t* from) {'
bad check_duplicate_helpers.sh sequencer/x.cpp 'byte order is' <<<'const auto size = be64toh(raw);'
bad check_duplicate_helpers.sh l1-client/x.cpp 'Keccak is' <<<'constexpr std::uint64_t kRound = 0x8000000080008082;'
bad check_duplicate_helpers.sh prover-bridge/x.hpp 'uint256 is' <<<'struct U256 {'
bad check_duplicate_helpers.sh l1-client/x.cpp 'RLP is' <<'SAMPLE'
out.push_back(0xb7 + length);
out.push_back(0xf7 + length);
SAMPLE
fresh
mkdir -p "$tree/actors" "$tree/sequencer"
for i in $(seq 1 16); do echo "    total_$i += weight($i) * value;"; done |
    tee "$tree/actors/a.cpp" >"$tree/sequencer/b.cpp"
output=$(bash "$checks/check_duplicate_helpers.sh" "$tree") && fail "copied lines are accepted"
[[ "$output" == *"sequencer/b.cpp:1: the same 14 lines as actors/a.cpp:1"* ]] || fail "copied lines: $output"

bad check_sources.sh chain/x.cpp '701 lines' < <(yes '// line' | head -n 701)
bad check_sources.sh actors/x.cpp 'a promise instead of code' <<<'// TODO: write this'
bad check_sources.sh docs/x.md 'a promise instead of code' <<<'FIXME'
bad check_sources.sh docs/x.md 'a path of one machine' <<<'see /root/notes'
bad check_sources.sh chain/x.cpp 'no floating point' <<<'double ratio = value;'
bad check_sources.sh chain/x.cpp 'no floating point' <<<'const auto half = value * 0.5;'
bad check_sources.sh chain/x.cpp 'no exceptions' <<<'if (bad) throw Failure{};'
bad check_sources.sh chain/x.cpp 'hash order' <<<'std::unordered_map<int, int> seen;'
bad check_sources.sh chain/CMakeLists.txt 'list the sources' <<<'file(GLOB sources *.cpp)'
bad check_sources.sh chain/rlp/good.cpp 'the first #include is not' <<<'#include <array>'
bad check_sources.sh chain/x.hpp 'no #pragma once' <<<'int x();'

bad check_headers.sh chain/x.hpp 'does not compile alone' <<'SAMPLE'
#pragma once
inline std::vector<int> numbers() { return {}; }
SAMPLE

bad check_shell.sh dev 'does not parse' <<<'if true; then'
fresh
chmod -x "$tree/dev"
bash "$checks/check_shell.sh" "$tree" >/dev/null && fail "a ./dev without run bit is accepted"

[ "$failures" = 0 ]
