#!/usr/bin/env bash
# completion_test.sh TROUPE: completions in the shells that are here, the manual page, and what is said
# about words that do not exist.
set -euo pipefail
troupe=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

fail() {
    printf '%s\n' "$*"
    exit 1
}
# has WORD TEXT...: WORD is one of the words of TEXT
has() {
    local word=$1
    shift
    grep -qxF -- "$word" <(tr ' \t' '\n\n' <<<"$*") || fail "no $word in: $*"
}

# ---- bash: the words that a Tab would offer
"$troupe" completion bash >"$folder/troupe.bash"
# shellcheck source=/dev/null
source "$folder/troupe.bash"
offer() {
    COMP_WORDS=("$@")
    COMP_CWORD=$(($# - 1))
    COMPREPLY=()
    _troupe
    printf '%s ' "${COMPREPLY[@]}"
}
has devnet "$(offer troupe dev)"
has wallet "$(offer troupe '')"
has send "$(offer troupe wallet '')"
has --rpc.listen "$(offer troupe node --rpc.l)"
has json "$(offer troupe node --log.format '')"
has dump "$(offer troupe config '')"
has fish "$(offer troupe completion '')"
cmp -s <("$troupe" completions bash) "$folder/troupe.bash" || fail "completions is not completion"
# The value of an option is not taken for a command.
has --dev-account "$(offer troupe wallet send --to wallet --dev)"
cd "$folder"
touch node.toml
has node.toml "$(offer troupe node --config no)"
[ -z "$(offer troupe node --workers '' | tr -d ' ')" ] || fail "a number was offered words"

# ---- zsh and fish, where they are
"$troupe" completion zsh >troupe.zsh
"$troupe" completion fish >troupe.fish
if command -v zsh >/dev/null; then zsh -n troupe.zsh || fail "zsh does not read its completion"; fi
if command -v fish >/dev/null; then
    ask() { HOME=$folder fish --no-config -c "source troupe.fish; complete -C '$1'" | cut -f1; }
    has devnet "$(ask 'troupe dev')"
    has send "$(ask 'troupe wallet se')"
    has --rpc.listen "$(ask 'troupe node --rpc.l')"
    has json "$(ask 'troupe node --log.format ')"
    has node.toml "$(ask 'troupe node --config no')"
    has zsh "$(ask 'troupe completion ')"
fi

# ---- the manual page has every command and option that --help has
"$troupe" man >troupe.1
for words in 'troupe wallet send' 'troupe config dump' 'troupe devnet'; do
    # shellcheck disable=SC2086
    "$troupe" ${words#troupe } --help | grep -oE '^  (-[a-z],)?--[a-z0-9.-]+' | sed -E 's/^ *(-.,)?//' | while read -r option; do
        [ "$option" = --help ] || grep -qF -- "\\fB${option//-/\\-}" troupe.1 || fail "$option of $words is not in the manual page"
    done
    grep -qxF ".SS $words" troupe.1 || fail "$words is not in the manual page"
done
if command -v groff >/dev/null; then
    complaints=$(groff -ww -man -Tutf8 troupe.1 2>&1 >/dev/null)
    [ -z "$complaints" ] || fail "the manual page is no good roff: $complaints"
fi

# ---- words that do not exist
# refused MESSAGE WORD...
refused() {
    local wanted=$1 said status=0
    shift
    said=$("$troupe" "$@" 2>&1) || status=$?
    [ "$status" = 2 ] || fail "$*: exit status $status"
    [ "$said" = "troupe: $wanted" ] || fail "$*: $said"
}
refused 'there is no command troupe devnt; did you mean devnet?' devnt
refused 'there is no option --log.fromat of troupe node; did you mean --log.format?' node --log.fromat text
refused 'there is no command troupe config dmup; did you mean dump?' config dmup
printf '[rpc]\nlisten = "127.0.0.1:1"\npge = false\n' >wrong.toml
refused 'file wrong.toml, line 3: unknown key "rpc.pge"; did you mean "rpc.page"?' config dump --config wrong.toml

# ---- where every value comes from
printf '[rpc]\npage = false\n' >right.toml
dump=$(TROUPE_LOG_LEVEL=debug "$troupe" config dump --config right.toml --block-time-ms 250)
for line in 'block-time-ms = 250  # flag --block-time-ms' 'level = "debug"  # environment TROUPE_LOG_LEVEL' \
    'page = false  # file right.toml, line 2' 'drain-ms = 8000  # default'; do
    grep -qxF -- "$line" <<<"$dump" || fail "config dump has not: $line"
done
echo "completions, manual page, suggestions and origins are right"
