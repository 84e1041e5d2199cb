#!/usr/bin/env bash
# One of each: hexadecimal, byte order, RLP, Keccak and uint256 are written once, in chain/base,
# chain/rlp and chain/crypto. A second one elsewhere is found by its name or by its constants.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# found_outside PATTERN HOME WHAT: PATTERN in a C++ file that is not under HOME (a regular expression)
found_outside() {
    while IFS=: read -r file line text; do
        report "$file:$line: $3: ${text#"${text%%[![:space:]]*}"}"
    done < <(sources "$layers" | { grep -vE "$2" || true; } | xargs -r grep -HnE -- "$1" /dev/null |
        { grep -vE ':[[:space:]]*(//|\*)' || true; })
}

found_outside '0123456789[aA][bB][cC][dD][eE][fF]|%0?2?[xX]"|\{:0?[0-9]*[xX]\}|std::hex\b|std::setfill' \
    '^chain/base/(hex|uint256)(_test)?\.' 'hexadecimal is chain/base/hex.hpp'
found_outside '__builtin_bswap(16|32|64)|\b(be|le)(16|32|64)toh\(|\bhto(be|le)(16|32|64)\(|std::byteswap' \
    '^chain/base/endian\.hpp$' 'byte order is chain/base/endian.hpp'
found_outside '0x0*8000000080008082|0x800000000000808a' '^chain/crypto/keccak' 'Keccak is chain/crypto/keccak.hpp'
found_outside '\b(class|struct)[[:space:]]+(U256|UInt256|Uint256|u256|BigUint)\b[^;]*$' '^chain/base/uint256\.' \
    'uint256 is chain/base/uint256.hpp'

# Definitions whose names say that they are one of these helpers. A call is preceded by something
# else than a type name, or ends in a semicolon.
readonly type='(std::[a-z_0-9:<>]+|[A-Z][A-Za-z0-9]*(<[^>]*>)?|auto|void|bool|int|u?int[0-9]+_t|char|inline|constexpr|unsigned)[[:space:]&*]+'
found_outside "^[[:space:]]*([][a-z_]+[[:space:]]+)*$type(to_hex|from_hex|hex_encode|hex_decode|encode_hex|decode_hex|bytes_to_hex|hex_to_bytes|hex_digit|hex_value|parse_hex|unhex|hexlify)\(" \
    '^chain/base/hex' 'hexadecimal is chain/base/hex.hpp'
found_outside "^[[:space:]]*([][a-z_]+[[:space:]]+)*$type(load|store|read|write|append|put|get|encode|decode)_?(be|le|big_endian|little_endian|fixed|u)(16|32|64)?(_be|_le)?\((std::)?(const[[:space:]]+)?(std::)?(uint8_t|byte|Bytes|ByteView|unsigned char)[^;]*\{" \
    '^chain/base/endian' 'byte order is chain/base/endian.hpp'

# A file that spells out both header bytes of long strings and long lists is writing RLP by hand.
while read -r file; do
    if grep -qE '\b0[xX][bB][78]\b' "$file" && grep -qE '\b0[xX][fF][78]\b' "$file"; then
        report "$file:1: RLP is chain/rlp/"
    fi
done < <(product_sources "$layers" | { grep -vE '^chain/(rlp|evm)/' || true; })

# The same long run of lines in two files is a helper that was copied instead of shared.
readonly window=14  # lines of code, comments and blank lines aside
product_sources "$layers" | xargs -r awk -v window="$window" '
    FNR == 1 { held = 0 }
    {
        text = $0
        sub(/\/\/.*/, "", text)
        gsub(/[[:space:]]+/, "", text)
        if (text == "" || text ~ /^#/ || text ~ /^[{}();]*$/) next
        for (i = 1; i < window && held >= window; i++) { line[i] = line[i + 1]; at[i] = at[i + 1] }
        if (held < window) held++
        line[held] = text; at[held] = FNR
        if (held < window) next
        key = ""
        for (i = 1; i <= window; i++) key = key "\n" line[i]
        if (!(key in seen)) { seen[key] = FILENAME ":" at[1]; owner[key] = FILENAME; next }
        if (owner[key] == FILENAME || (FILENAME, owner[key]) in told) next
        told[FILENAME, owner[key]] = 1
        print FILENAME ":" at[1] ": the same " window " lines as " seen[key]
    }' >>"$findings"
finish
