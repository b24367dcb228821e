#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The same bytes in, the same bytes out, whatever compiled the core and wherever it runs: documents and evidence made by
# chance (identity/), compiled and decided by every build, and boiled down to numbers that must be the same. Prints TAP.
#
#   tests/core/identity.sh         4,000 cases, three builds
#   tests/core/identity.sh all     100,000 cases (CASES=...), every build this machine can make or emulate
#
# B   where the library and case_test were built, which gives its protocols' blocks
set -u
root=$(cd "$(dirname "$0")/../.." && pwd)
B=$(cd "${B:-$root/build}" && pwd)
cd "$root" || exit 2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
all=${1:-}
cases=${CASES:-$([ -n "$all" ] && echo 100000 || echo 4000)}
if [ ! -x "$B/tests/core/case_test" ] || [ ! -e "$B/librehab.so" ]; then
    echo '1..0 # skip the library was not built here'
    exit 0
fi
number=0
failed=0
reference=

for document in sql/seed/protocols/*.json tests/core/protocols/*.json; do
    name=$(basename "$document" .json)
    "$B/tests/core/case_test" --block "$name" > "$work/$name.block" || exit 1
done

# compare NAME COMMAND...: what it prints is what the first printed
compare() {
    name=$1
    shift
    number=$((number + 1))
    if ! "$@" "$cases" "$work"/*.block > "$work/$number.said" 2> "$work/log" || ! grep -q '^decided [1-9]' "$work/$number.said"; then
        echo "not ok $number - $name runs"
        sed 's/^/  # /' "$work/log"
        failed=1
    elif [ -z "$reference" ]; then
        reference=$work/$number.said
        echo "ok $number - $name: $(tail -n 1 "$reference")"
    elif cmp -s "$reference" "$work/$number.said"; then
        echo "ok $number - $name: the same, byte for byte"
    else
        echo "not ok $number - $name: the same, byte for byte"
        diff "$reference" "$work/$number.said" | head -n 6 | sed 's/^/  # /'
        failed=1
    fi
}

# build NAME COMPILER FLAG...: core and harness into $work/NAME
build() {
    name=$1
    shift
    mkdir -p "$work/$name.o"
    # shellcheck disable=SC2016 # the inner shell's
    for file in src/core/*.c tests/core/identity/*.c; do
        printf '%s\n' "$file"
    done | xargs -P 2 -I '{}' sh -c '
        folder=$0; file=$1; shift
        "$@" -std=c2x -Iinclude -c "$file" -o "$folder/$(basename "$file" .c).o"' "$work/$name.o" '{}' "$@" 2> "$work/log" &&
        "$@" -o "$work/$name" "$work/$name.o"/*.o 2>> "$work/log"
}

skip() {
    number=$((number + 1))
    echo "ok $number - $1 # skip $2"
}

native() { # native COMPILER FLAG...
    label=$(echo "$*" | tr -d ' ')
    if ! command -v "$1" > /dev/null; then
        skip "$*" "there is no $1 here"
    elif build "$label" "$@"; then
        compare "$*" "$work/$label"
    else
        number=$((number + 1)) failed=1
        echo "not ok $number - $* compiles"
        sed 's/^/  # /' "$work/log"
    fi
}

native gcc -O0
[ -z "$all" ] || native gcc -O3
[ -z "$all" ] || native clang-14 -O0
native clang-14 -O3
[ -z "$all" ] || native clang-19 -O3

if ! src/bind/wasm.sh "$work/identity.wasm" tests/core/identity/*.c > "$work/log" 2>&1; then
    number=$((number + 1)) failed=1
    echo "not ok $number - wasm32 compiles"
    sed 's/^/  # /' "$work/log"
elif [ -e "$work/identity.wasm" ] && command -v node > /dev/null; then
    compare 'wasm32 in node' node tests/core/identity/identity.mjs "$work/identity.wasm"
else
    skip 'wasm32 in node' "there is no node or no clang with its wasm-ld here"
fi

if [ -n "$all" ]; then
    emulator=$(command -v qemu-aarch64 || command -v qemu-aarch64-static || true)
    if [ -n "$emulator" ] && command -v aarch64-linux-gnu-gcc > /dev/null; then
        build aarch64 aarch64-linux-gnu-gcc -O2 -static
        compare 'aarch64, emulated' "$emulator" "$work/aarch64"
    else
        skip 'aarch64, emulated' 'there is no aarch64-linux-gnu-gcc or no qemu-aarch64 here'
    fi
fi

# the comparison itself must be able to fail: a core that gives one reason for another
mkdir -p "$work/tree/tests"
cp -r src include "$work/tree/"
cp -r tests/core "$work/tree/tests/"
sed -i 's/REHAB_REASON_STALE/REHAB_REASON_MISSING/' "$work"/tree/src/core/[a-m]*.c "$work/tree/src/core/plain.h"
number=$((number + 1))
if (cd "$work/tree" && build planted gcc -O0) && "$work/planted" "$cases" "$work"/*.block > "$work/planted.said" &&
    ! cmp -s "$reference" "$work/planted.said"; then
    echo "ok $number - a planted difference is found"
else
    echo "not ok $number - a planted difference is found"
    failed=1
fi
echo "1..$number"
exit $failed
