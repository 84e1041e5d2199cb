#!/usr/bin/env bash
# trace_test.sh TROUPE FOLDER: a trace has a line per instruction and ends with the state root that
# the test file says; an ambiguous choice is refused.
set -euo pipefail
troupe=$1 file=$2/add11.json
lines=$("$troupe" trace "$file" --index 0)
expect() { grep -qF -- "$2" <<<"$1" || { echo "not in the trace: $2"; exit 1; }; }
# 1 + 1 in PUSH1 PUSH1 ADD PUSH1 SSTORE STOP: SSTORE of a cold zero slot takes 22,100 (EIP-2929).
[ "$(grep -c '"opName"' <<<"$lines")" = 6 ] || { echo "not six instructions"; exit 1; }
expect "$lines" '"pc":4,"op":1,"gas":"0x5c872","gasCost":"0x3","memSize":0,"stack":["0x1","0x1"],"depth":1'
expect "$lines" '"gasCost":"0x5654","memSize":0,"stack":["0x2","0x0"],"depth":1,"refund":0,"opName":"SSTORE"'
root=$(grep -o '"hash" *: *"0x[0-9a-f]*"' "$file" | head -n 1 | grep -o '0x[0-9a-f]*')
expect "$(tail -n 1 <<<"$lines")" "{\"stateRoot\":\"$root\",\"output\":\"0x\",\"gasUsed\":\"0xa868\",\"pass\":true"
if "$troupe" trace "$2" 2>/dev/null; then echo "a folder was accepted"; exit 1; fi
