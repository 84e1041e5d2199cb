#!/usr/bin/env bash
# Who may include whom, read from the #include lines: the arrows of docs/architecture.md, the
# standard headers chain/ may use, and the one doorway of every foreign library.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# ---- arrows between our folders --------------------------------------------------------------

allowed_from() {
    case "$1" in
        chain) echo "chain" ;;
        actors) echo "chain actors" ;;
        l1-client) echo "chain proto l1-client" ;;
        prover-bridge) echo "chain proto prover-bridge" ;;
        sequencer) echo "chain actors proto l1-client prover-bridge sequencer" ;;
        bench | tests) echo "chain actors proto l1-client prover-bridge sequencer bench tests" ;;
    esac
}

while IFS=: read -r file line target; do
    from=${file%%/*}
    path=${target#\"} path=${path%\"}
    to=${path%%/*}
    case "$file:$path" in
        *:troupe/v1/* | *:google/rpc/* | *:grpc/health/*) to=proto ;;  # generated from proto/
        l1-client/*:contract_artifacts.hpp) to=l1-client ;;  # generated from l1-client/contracts/
        sequencer/commands/main.cpp:bench/bench_command.hpp) to=sequencer ;;  # `troupe bench`
        *_test.cpp:tests/support/*) to=$from ;;  # unit tests share the support of all tests
    esac
    case " $layers " in
        *" $to "*) ;;
        *)
            case "$path" in
                */*) report "$file:$line: \"$path\" does not start at a folder of the repository root" ;;
                *) report "$file:$line: \"$path\" is relative; includes start at the repository root" ;;
            esac
            continue
            ;;
    esac
    case " $(allowed_from "$from") " in
        *" $to "*) ;;
        *) report "$file:$line: $from/ may not include $to/ ($path)" ;;
    esac
done < <(sources "$layers" | includes | grep -F ':"' || true)

# ---- what chain/ may use of the standard library ---------------------------------------------
# Containers, algorithms and numbers; nothing with threads, clocks, files, locales, randomness,
# exceptions' hierarchy, floating point or an order that depends on hashes.

readonly chain_may_use=" algorithm array bit bitset cerrno charconv climits compare concepts cstdarg
 cstddef cstdint cstdio cstdlib cstring deque functional initializer_list iterator limits list map memory new
 numeric optional queue ranges set span stack string string_view tuple type_traits utility
 variant vector immintrin.h cpuid.h "

while IFS=: read -r file line target; do
    name=${target#<} name=${name%>}
    case "$name" in secp256k1*.h | gmp.h | blst.h | zstd*.h | brotli/*.h) continue ;; esac  # doorways, below
    case " ${chain_may_use//$'\n'/ } " in
        *" $name "*) ;;
        *) report "$file:$line: chain/ may not use <$name>" ;;
    esac
    case "$name:$file" in
        immintrin.h:chain/crypto/* | cpuid.h:chain/crypto/*) ;;
        immintrin.h:* | cpuid.h:*) report "$file:$line: SIMD lives in chain/crypto/ only" ;;
        cstdio:chain/base/assert.cpp) ;;  # the message of a broken invariant, before abort()
        cstdio:*) report "$file:$line: chain/ does no I/O" ;;
    esac
done < <(product_sources chain | includes | grep -F ':<' || true)

# ---- one doorway per foreign library ---------------------------------------------------------
# pattern of the header | folders whose product code may include it | how many files, at most

while IFS='|' read -r pattern folders files_max; do
    files=$(product_sources "actors chain l1-client prover-bridge sequencer" | includes |
        grep -E ":<$pattern" | cut -d: -f1 | sort -u || true)
    [ -n "$files" ] || continue
    while read -r file; do
        ok=no
        for folder in $folders; do
            case "$file" in "$folder"/*) ok=yes ;; esac
        done
        [ "$ok" = yes ] || report "$file:1: <$pattern...> belongs to $folders only"
    done <<<"$files"
    count=$(wc -l <<<"$files")
    if [ "$files_max" != any ] && [ "$count" -gt "$files_max" ]; then
        report "$(paste -sd ' ' <<<"$files"): $count files include <$pattern...>, $files_max may"
    fi
done <<'DOORWAYS'
caf/|actors|any
secp256k1|chain/crypto|1
zstd|chain/batch|1
brotli/|chain/batch|1
gmp|chain/crypto|1
blst|chain/crypto|2
leveldb/|sequencer|1
prometheus/|sequencer|1
toml\+\+|sequencer|1
systemd/|sequencer|1
CLI/|sequencer|any
spdlog/|sequencer|any
grpc|sequencer prover-bridge|any
google/|sequencer prover-bridge|any
openssl/|sequencer l1-client|any
boost/|sequencer l1-client|any
simdjson|sequencer|1
nlohmann/|sequencer l1-client|any
thread>|sequencer l1-client prover-bridge|any
mutex>|sequencer l1-client|any
condition_variable>|sequencer l1-client|any
DOORWAYS
finish
