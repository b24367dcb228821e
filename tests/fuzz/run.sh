#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Fuzzes what comes from outside: documents, facts, compiled blocks, bodies. Prints TAP.
#   tests/fuzz/run.sh            a fixed number of inputs from a fixed seed, the same each time: what passes once passes again
#   tests/fuzz/run.sh SECONDS    each of them so long, side by side, going on from what was found before
#   FUZZ_SECONDS=600 make check  the same within all tests; .ci/run asks for it
# Needs clang-19 and its sanitizers. In $B/fuzz (default: build/fuzz):
#   NAME.corpus    what it begins with (the documents of sql/seed and tests/core, their blocks) and whatever took a new way since;
#                  nothing is kept in the tree, for every way can be found again from there. Remove it to begin anew
#   NAME-crash-*, NAME-timeout-*, NAME-oom-*   a report: play it again with $B/fuzz/NAME FILE from the top of the tree, mend, and
#                  leave a test of its own where the mistake was
# One input may take a minute (a busy machine, ten times slower for its sanitizers) and 2 GB; more is a report, too.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
build=${B:-$root/build}
case $build in /*) ;; *) build=$root/$build ;; esac
seconds=${1:-${FUZZ_SECONDS:-}}
cd "$root"

clang=$(command -v clang-19 || true)
if [ -z "$clang" ]; then
    echo 'ok 1 - fuzzing # SKIP there is no clang-19 here (docker/packages.sh test)'
    echo 1..1
    exit 0
fi

work=$build/fuzz
mkdir -p "$work"
sanitize='-g -O1 -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined'
compile() { # compile FILE...: beside one another, each into its own object, unless it is there and newer than all sources
    mkdir -p "$work/obj"
    newest=$(find include src tests/fuzz -name '*.[ch]' -printf '%T@ %p\n' | sort -n | tail -n 1 | cut -d' ' -f2)
    for file in "$@"; do
        object=$work/obj/$(echo "$file" | tr / -).o
        [ -n "$(find "$object" -newer "$newest" 2> /dev/null)" ] || echo "$file $object"
    done | xargs -r -P 2 -n 2 sh -c "$clang -std=gnu2x -D_GNU_SOURCE -w $sanitize -Iinclude -Isrc -Itests -I$build/gen -c \$0 -o \$1"
}

rooms="$(echo src/wire/*.c src/core/*.c) src/base/call.c src/base/result.c src/base/text.c src/base/time.c src/base/uuid.c src/base/zone.c src/base/digest.c"
# shellcheck disable=SC2086 # a list of files
compile $rooms tests/fuzz/*.c
link() { # link NAME FILE...
    name=$1
    shift
    # shellcheck disable=SC2046,SC2086 # lists of files
    "$clang" -fsanitize=fuzzer,address,undefined $(for file in "$@" $rooms; do echo "$work/obj/$(echo "$file" | tr / -).o"; done) \
        -ljansson -lcrypto -o "$work/$name"
}

[ -n "$seconds" ] || rm -rf "$work"/*.corpus
for name in document facts block; do
    link "$name" "tests/fuzz/${name}_fuzz.c" tests/fuzz/fuzz.c
    mkdir -p "$work/$name.corpus"
done
link wire tests/fuzz/wire_fuzz.c
mkdir -p "$work/wire.corpus" "$work/block.seeds"
"$work/block" -seeds="$work/block.seeds"
cp tests/core/protocols/*.json sql/seed/protocols/*.json "$work/document.corpus/"
cp "$work/block.seeds/"* "$work/block.corpus/"

# the words of the language, as its readers spell them
grep -hoE '"[a-z_]{2,20}"' src/wire/*.c | sort -u | cat tests/fuzz/wire.dict - > "$work/words.dict"

start() { # start NAME RUNS [OPTION...]
    name=$1
    much="-runs=$2 -seed=1"
    [ -z "$seconds" ] || much="-max_total_time=$seconds"
    shift 2
    # shellcheck disable=SC2086 # options
    "$work/$name" $much -print_final_stats=1 -timeout=60 -rss_limit_mb=2048 -artifact_prefix="$work/$name-" \
        "$@" "$work/$name.corpus" > "$work/$name.log" 2>&1 &
    echo $! > "$work/$name.pid"
}
start document 1500 -dict="$work/words.dict" -max_len=200000
start facts 15000 -max_len=4096
start block 20000 -max_len=300000
start wire 40000 -dict="$work/words.dict" -max_len=4096

number=0
failed=0
for name in document facts block wire; do
    number=$((number + 1))
    status=0
    wait "$(cat "$work/$name.pid")" || status=$?
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$work/$name.log")
    if [ "$status" -eq 0 ]; then
        echo "ok $number - $name: $runs inputs${seconds:+ in $seconds s}, no report"
    else
        echo "not ok $number - $name"
        tail -n 40 "$work/$name.log" | sed 's/^/# /'
        failed=1
    fi
done
echo "1..$number"
exit $failed
