#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Branches of src/core that its own C tests never take, and the figure; fails below 100 %. Needs gcc, gcov and cmocka:
#   tests/core/_coverage.sh [FOLDER]    a folder for what is built (default: a temporary one)
# `make coverage` says the same with the cases played besides.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
work=${1:-$(mktemp -d)}
[ $# -gt 0 ] || trap 'rm -rf "$work"' EXIT
mkdir -p "$work" && cd "$work"
rm -f ./*.gcda ./*.gcno
for file in "$root"/src/core/*.c; do
    ${CC:-gcc} -std=c2x -ffreestanding -O0 -g --coverage -I"$root/include" -c "$file"
done
for file in "$root"/tests/core/*_test.c; do
    name=$(basename "$file" .c)
    [ "$name" != case_test ] || continue # reads documents: needs the rooms above
    ${CC:-gcc} -std=gnu2x -D_GNU_SOURCE -O0 -g -I"$root/include" -o "$name" "$file" "$root/tests/core/chance.c" "$root/tests/core/sample.c" ./*.o \
        --coverage -lcmocka
    ./"$name" > log 2>&1 || { cat log; exit 1; }
done
rm -f ./*_test-*.gc??
gcov -b -c -t ./*.gcda | awk -F: '
    $1 ~ /^ *-$/ && $3 == "Source" { file = $4 }
    $1 !~ /^branch/ && NF > 2 { line = $2 + 0; text = $0 }
    /^branch .*(taken 0|never executed)/ { missed++; if (line != last) print file ":" line ": " text; last = line }
    /^branch/ { all++ }
    END { printf "%d of %d branches taken\n", all - missed, all; exit missed > 0 || all == 0 }'
