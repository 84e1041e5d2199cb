#!/usr/bin/env bash
# metrics_test.sh ROOT TROUPE PROMTOOL: starts a devnet, scrapes /metrics, lets promtool judge it, and
# checks that every metric and label that the rules and the documentation name is really there.
set -euo pipefail
root=$1 troupe=$2 promtool=$3
anvil=$root/node_modules/@foundry-rs/anvil-linux-amd64/bin/anvil
folder=$(mktemp -d)
processes=()
stop_all() {
    local pid
    for pid in "${processes[@]}"; do kill "$pid" 2>/dev/null && wait "$pid" || true; done
    rm -rf "$folder"
}
trap stop_all EXIT

fail() {
    printf '%s\n' "$*"
    tail -n 20 "$folder"/*.log 2>/dev/null || true
    exit 1
}

# await_line FILE REGEX: the first match of group 1, at most half a minute later
await_line() {
    local found
    for _ in $(seq 300); do
        found=$(sed -nE "s#.*$2.*#\1#p" "$1" 2>/dev/null | head -n 1)
        if [ -n "$found" ]; then
            printf '%s\n' "$found"
            return 0
        fi
        sleep 0.1
    done
    return 1
}

# get PORT PATH: the status line and the body of an HTTP answer
get() {
    exec 3<>"/dev/tcp/127.0.0.1/$1"
    printf 'GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' "$2" >&3
    sed -n '1p; /^\r$/,$p' <&3
    exec 3>&-
}

"$anvil" --port 0 --block-time 1 >"$folder/anvil.log" 2>&1 </dev/null &
processes+=($!)
l1=$(await_line "$folder/anvil.log" 'Listening on (127\.0\.0\.1:[0-9]+)') || fail "anvil did not start"

"$troupe" devnet --dir "$folder/devnet" --l1 "http://$l1" --grpc.listen 127.0.0.1:0 \
    --grpc.admin-listen 127.0.0.1:0 --rpc.listen 127.0.0.1:0 --metrics.listen 127.0.0.1:0 >"$folder/devnet.log" 2>&1 </dev/null &
processes+=($!)
port=$(await_line "$folder/devnet.log" 'http://127\.0\.0\.1:([0-9]+)/metrics') || fail "the devnet did not start"

for _ in $(seq 100); do
    get "$port" /metrics >"$folder/answer"
    if grep -q '^troupe_head_block{head="unsafe"} [1-9]' "$folder/answer"; then break; fi
    sleep 0.1
done
grep -q '^HTTP/1.1 200' "$folder/answer" || fail "GET /metrics: $(head -n 1 "$folder/answer")"
get "$port" /healthz | grep -q '^HTTP/1.1 200' || fail "GET /healthz is not 200"
get "$port" /readyz | grep -q '^HTTP/1.1 200' || fail "GET /readyz is not 200: $(get "$port" /readyz)"
grep -aE '^(troupe_|# )' "$folder/answer" >"$folder/metrics"
"$promtool" check metrics <"$folder/metrics" || fail "promtool finds fault with /metrics"

status=0
sed -nE 's/^([a-z0-9_]+).*/\1/p' "$folder/metrics" | sort -u >"$folder/names"
wanted() {
    {
        grep -vE '^ *(#|- alert:|summary:|- record:)' "$root/deploy/prometheus/troupe-rules.yml"
        grep -hoE '`troupe_[a-z0-9_]+' "$root/docs/operations.md"
    } | grep -oE '\btroupe_[a-z0-9_]+' | sort -u
}
for name in $(wanted); do
    if ! grep -qxE "$name(_bucket|_count)?" "$folder/names"; then
        echo "$name is named in the rules or in docs/operations.md, and /metrics does not have it"
        status=1
    fi
done
# outcome="..." and head="..." in the rules: values that exist
for label in $(grep -oE '\b(outcome|head)="[a-z_]+"' "$root/deploy/prometheus/troupe-rules.yml" | sort -u); do
    if ! grep -qF "$label" "$folder/metrics"; then
        echo "$label is named in the rules, and /metrics does not have it"
        status=1
    fi
done
exit $status
