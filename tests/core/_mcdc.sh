#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# MC/DC of src/core by its own C tests and the cases: which condition never decided a decision by itself? Needs clang-19 and its llvm.
#   B=FOLDER tests/core/_mcdc.sh [FOLDER]    after `make check-core`; a folder for what is built (default: a temporary one)
# Prints each condition that is not covered, then the figure; fails below 100 %.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
build=${B:-$root/build}
case $build in /*) ;; *) build=$root/$build ;; esac
work=${1:-$(mktemp -d)}
[ $# -gt 0 ] || trap 'rm -rf "$work"' EXIT
mkdir -p "$work"
cd "$work"
rm -f ./*.profraw
for file in "$root"/src/core/*.c; do
    echo "$file"
done | xargs -P 2 -I FILE sh -c "clang-19 -std=c2x -ffreestanding -O0 -g -w -fprofile-instr-generate -fcoverage-mapping -fcoverage-mcdc \
    -I'$root/include' -c FILE -o \$(basename FILE .c).o" 2> warnings
cat warnings >&2
if grep -q 'MC/DC' warnings; then exit 1; fi # what is not looked at must not pass
rm -f core.a && ar rcs core.a ./*.o
for file in "$root"/tests/core/*_test.c; do
    name=$(basename "$file" .c)
    helpers=$(find "$root/tests/core" -maxdepth 1 -name '*.c' ! -name '*_test.c')
    above="-Wl,--start-group $build/lib/wire.a $build/lib/base.a -Wl,--end-group -ljansson -lcrypto -linih -ldeflate"
    # shellcheck disable=SC2086 # lists
    clang-19 -std=gnu2x -D_GNU_SOURCE -O0 -g -w -fprofile-instr-generate -I"$root/include" -I"$root/src" -I"$root/tests" -o "$name" \
        "$file" $helpers -Wl,--whole-archive core.a -Wl,--no-whole-archive $above -lcmocka -pthread
    (cd "$root" && LLVM_PROFILE_FILE="$work/$name.profraw" "$work/$name") > log 2>&1 || { cat log; exit 1; }
done
llvm-profdata-19 merge -o all.profdata ./*.profraw
objects=$(for file in "$root"/tests/core/*_test.c; do echo "-object $(basename "$file" .c)"; done)
# shellcheck disable=SC2086 # a list
llvm-cov-19 export -format=text -instr-profile all.profdata $objects -sources "$root"/src/core/*.c > all.json
python3 - all.json "$root" << 'END'
import json, os, sys
every = covered = 0
lines = {}
for f in json.load(open(sys.argv[1]))["data"][0]["files"]:
    for line, column, _, _, *rest in f.get("mcdc_records", []):
        conditions = next(r for r in rest if isinstance(r, list))
        key = (f["filename"], line, column)
        lines[key] = [a or b for a, b in zip(conditions, lines.get(key, [False] * len(conditions)))]
for (name, line, column), conditions in sorted(lines.items()):
    every += len(conditions)
    covered += sum(conditions)
    for i, seen in enumerate(conditions, 1):
        if not seen:
            print(f"{os.path.relpath(name, sys.argv[2])}:{line}:{column}: condition {i} of {len(conditions)}")
print(f"{covered} of {every} conditions shown to decide by themselves")
sys.exit(covered < every or every == 0)
END
