#!/usr/bin/env bash
# devnet_test.sh TROUPE: what `troupe devnet --l1 none` promises, and `troupe status` against it.
set -euo pipefail
troupe=$1
folder=$(mktemp -d)
pid=
stop() {
    if [ -n "$pid" ]; then kill "$pid" 2>/dev/null && wait "$pid" || true; fi
    rm -rf "$folder"
}
trap stop EXIT
fail() {
    printf '%s\n' "$*"
    cat "$folder/log" 2>/dev/null || true
    exit 1
}
cd "$folder"

# Nobody listens on port 1 of loopback.
status=0
said=$("$troupe" status --rpc http://127.0.0.1:1 2>&1) || status=$?
[ "$status" = 1 ] || fail "status without a node: exit status $status"
grep -q 'no node answers at http://127.0.0.1:1; .*troupe devnet.*--rpc' <<<"$said" || fail "status without a node: $said"

"$troupe" devnet --l1 none --block-time 200ms --port 0 --grpc-port 0 --admin-port 0 --metrics-port 0 >log 2>&1 </dev/null &
pid=$!
for _ in $(seq 200); do
    if grep -q 'Ready' log; then break; fi
    kill -0 "$pid" 2>/dev/null || fail "the devnet ended"
    sleep 0.05
done
rpc=$(sed -nE 's/^  JSON-RPC +(http:\S+)$/\1/p' log)
[ -n "$rpc" ] || fail "the banner has no JSON-RPC address"

# The banner: anvil's accounts, addresses, lines to copy.
for line in '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266' '0xa0Ee7A142d267C1f36714E4a8F75612F20a79720' \
    '0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80' \
    'test test test test test test test test test test test junk' "page           $rpc/" \
    "WebSocket      ws://${rpc#http://}" 'block time     200 ms' "ETH_RPC_URL=$rpc" 'cast send' 'defineChain' 'MetaMask' \
    '/metrics, /healthz, /readyz' 'chain id       42069' 'rules          Prague'; do
    grep -qF -- "$line" log || fail "the banner has not: $line"
done

# It seals without an L1, at the pace that was asked for.
"$troupe" status --rpc "$rpc" --json >first.json
value() { sed -nE "s/^ *\"$2\": ([0-9.]+|\"[^\"]*\"),?$/\1/p" "$1" | head -n 1; }
[ "$(value first.json blockTimeMs)" = 200 ] || fail "status --json: $(cat first.json)"
head=$(value first.json unsafe)
for _ in $(seq 100); do
    "$troupe" status --rpc "$rpc" --json >second.json
    if [ "$(value second.json unsafe)" -gt "$((head + 3))" ]; then break; fi
    sleep 0.1
done
[ "$(value second.json unsafe)" -gt "$((head + 3))" ] || fail "no blocks were sealed"
table=$("$troupe" status --rpc "$rpc")
for line in "at $rpc, chain 42069" 'state         ready' 'block time    200 ms' 'L1            none'; do
    grep -qF -- "$line" <<<"$table" || fail "the table has not: $line in $table"
done

# What an address is that answers, and is no node.
metrics=$(sed -nE 's#^  metrics +(http://[0-9.:]+)/.*#\1#p' log)
status=0
"$troupe" status --rpc "$metrics" >/dev/null 2>&1 || status=$?
[ "$status" = 1 ] || fail "status of what is no node: exit status $status"

# A directory where a devnet runs is not emptied by another one.
status=0
said=$("$troupe" devnet --l1 none --port 0 --grpc-port 0 --admin-port 0 --metrics-port 0 2>&1 </dev/null) || status=$?
[ "$status" = 2 ] && [ -d troupe-devnet/data/blocks ] || fail "a second devnet: exit status $status"
grep -q "in use by another troupe process (pid $pid).*--dir" <<<"$said" || fail "a second devnet: $said"

# An L1 that would not be its own.
status=0
said=$("$troupe" devnet --dir taken --l1-port "${rpc##*:}" --port 0 --grpc-port 0 --admin-port 0 --metrics-port 0 2>&1 </dev/null) || status=$?
[ "$status" = 1 ] && grep -q 'is taken: .*--l1-port' <<<"$said" || fail "a taken L1 port: $said"

kill -TERM "$pid"
status=0
wait "$pid" || status=$?
pid=
[ "$status" = 0 ] || fail "the devnet ended with $status"
# What is no devnet's directory is not emptied.
mkdir precious && touch precious/file
status=0
"$troupe" devnet --l1 none --dir precious --port 0 >log 2>&1 </dev/null || status=$?
[ "$status" = 2 ] && [ -e precious/file ] || fail "a foreign directory: exit status $status"
# What a devnet decides itself is refused as a flag, and said not to be used where it stands for a node.
status=0
said=$("$troupe" devnet --l1 none --data-dir elsewhere 2>&1 </dev/null) || status=$?
[ "$status" = 2 ] && grep -q 'no option --data-dir of troupe devnet' <<<"$said" || fail "--data-dir: $said"
status=0
said=$(TROUPE_DATA_DIR=elsewhere "$troupe" devnet --l1 none --chain-id x 2>&1 </dev/null) || status=$?
grep -q 'data-dir (environment TROUPE_DATA_DIR) is not used' <<<"$said" || fail "TROUPE_DATA_DIR: $said"
for wrong in '--block-time 5ms' '--block-time soon' '--chain-id x' '--port 70000'; do
    status=0
    # shellcheck disable=SC2086
    "$troupe" devnet --l1 none $wrong >log 2>&1 </dev/null || status=$?
    [ "$status" = 2 ] || fail "$wrong: exit status $status"
done
echo "the devnet keeps its promises"
