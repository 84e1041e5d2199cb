#!/usr/bin/env bash
# unit_test.sh ROOT TROUPE: systemd finds no fault with the unit, and it is well confined.
set -euo pipefail
root=$1 troupe=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
# The program is not installed here; everything else is judged as it stands.
sed "s#/usr/local/bin/troupe#$troupe#" "$root/deploy/troupe.service" >"$folder/troupe.service"
findings=$(systemd-analyze verify --man=no "$folder/troupe.service" 2>&1 | grep -F troupe.service || true)
exposure=$(systemd-analyze security --offline=true --threshold=20 "$folder/troupe.service" 2>&1) ||
    findings+=$'\nsystemd-analyze security: '$(tail -n 1 <<<"$exposure")
[ -z "$findings" ] || { printf '%s\n' "$findings"; exit 1; }
