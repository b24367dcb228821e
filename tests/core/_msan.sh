#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Is anything read that nobody wrote? Documents and evidence made by chance under MemorySanitizer; the harness reads every
# member of every decision. Needs clang. Prints TAP.
#   tests/core/_msan.sh [CASES]
set -u
root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root" || exit 2
clang=$(command -v clang-19 || command -v clang-14 || command -v clang || true)
[ -n "$clang" ] || { echo '1..0 # skip there is no clang here'; exit 0; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
B=$(cd "${B:-build}" && pwd)
for document in sql/seed/protocols/*.json; do
    name=$(basename "$document" .json)
    "$B/tests/core/case_test" --block "$name" > "$work/$name.block" 2> /dev/null || rm -f "$work/$name.block"
done
[ -e "$work/hamstring-strain-staged.block" ] || rm -f "$work"/*.block

sanitized() { # sanitized PROGRAM FILE...
    program=$1
    shift
    "$clang" -std=c2x -g -O1 -fsanitize=memory -fno-sanitize-recover=memory -fsanitize-memory-track-origins=2 -fno-omit-frame-pointer \
        -DIDENTITY_MSAN -Iinclude -o "$program" "$@" > "$work/log" 2>&1
}

failed=0
sanitized "$work/identity" src/core/*.c tests/core/identity/*.c || { cat "$work/log"; exit 1; }
set -- "${1:-10000}" "$work"/*.block
[ -e "${2:-}" ] || set -- "$1"
if "$work/identity" "$@" > "$work/said" 2> "$work/log" && grep -q '^decided [1-9]' "$work/said"; then
    echo "ok 1 - nothing is read that nobody wrote: $(tail -n 1 "$work/said")"
else
    echo 'not ok 1 - nothing is read that nobody wrote'
    head -n 20 "$work/log" | sed 's/^/  # /'
    failed=1
fi

# it must be able to fail: a decision of which a member is left as it was
sed 's/digest_add(d, outcome);/struct rehab_recommendation none; digest_struct(d, "recommendation", \&none);/' \
    tests/core/identity/identity.c > "$work/planted.c"
sanitized "$work/planted" src/core/*.c "$work/planted.c" tests/core/identity/[cde]*.c -Itests/core/identity || cat "$work/log"
if [ -x "$work/planted" ] && ! "$work/planted" 100 > /dev/null 2>&1; then
    echo 'ok 2 - a planted read of what nobody wrote is found'
else
    echo 'not ok 2 - a planted read of what nobody wrote is found'
    failed=1
fi
echo 1..2
exit $failed
