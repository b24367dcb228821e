#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The core is arithmetic: it asks nothing of the world but the four functions a compiler may call by itself, keeps no state,
# and compiles as it is for WebAssembly. Prints TAP.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
number=0
failed=0

say() { # say STATUS WHAT [WHY]
    number=$((number + 1))
    if [ "$1" -eq 0 ]; then echo "ok $number - $2"; else
        echo "not ok $number - $2"
        printf '%s\n' "${3:-}" | sed 's/^/  # /'
        failed=1
    fi
}

build() { # build FOLDER COMPILER [FLAG...]: every file of the core into one object
    folder=$work/$1
    shift
    mkdir -p "$folder"
    for file in "$root"/src/core/*.c; do
        "$@" -std=c2x -ffreestanding -O2 -I"$root/include" -c "$file" -o "$folder/$(basename "$file" .c).o" || return 1
    done
}

needs() { # needs FOLDER: what its objects ask for and do not have themselves
    ${NM:-nm} "$work/$1"/*.o 2> /dev/null | awk '
        NF == 3 { have[$3] = 1 }
        NF == 2 && $1 == "U" { want[$2] = 1 }
        END { for (name in want) if (!(name in have)) print name }' |
        grep -vxE 'memcpy|memmove|memset|memcmp|_GLOBAL_OFFSET_TABLE_|__stack_pointer|__linear_memory|__indirect_function_table' || true
}

for compiler in gcc clang-14; do
    command -v "$compiler" > /dev/null || continue
    if ! build "$compiler" "$compiler" -fPIC 2> "$work/log"; then
        say 1 "$compiler compiles the core" "$(cat "$work/log")"
        continue
    fi
    foreign=$(needs "$compiler")
    [ -z "$foreign" ] && status=0 || status=1
    say "$status" "compiled by $compiler, the core asks for nothing but mem* functions" "$foreign"
    state=$(size -A "$work/$compiler"/*.o | awk '$1 ~ /^\.(data|bss|tdata|tbss)$/ && $2 > 0 { print $1, $2 }')
    [ -z "$state" ] && status=0 || status=1
    say "$status" "compiled by $compiler, the core keeps no state" "$state"
done

for compiler in clang-19 clang-14; do
    command -v "$compiler" > /dev/null || continue
    tool=llvm-nm-${compiler#clang-}
    command -v "$tool" > /dev/null || continue
    if ! build "wasm-$compiler" "$compiler" --target=wasm32 -nostdlib 2> "$work/log"; then
        say 1 "$compiler compiles the core for wasm32" "$(cat "$work/log")"
        continue
    fi
    foreign=$(NM=$tool needs "wasm-$compiler")
    [ -z "$foreign" ] && status=0 || status=1
    say "$status" "compiled by $compiler for wasm32, it asks for nothing else either" "$foreign"
    break # one is enough
done

# the check itself must be able to fail
mkdir -p "$work/planted"
printf 'int time_now(void); int kept; int rehab_planted(void) { return ++kept + time_now(); }\n' > "$work/planted.c"
gcc -O2 -c "$work/planted.c" -o "$work/planted/planted.o"
[ "$(needs planted)" = time_now ] && status=0 || status=1
say "$status" "a planted call is found" "$(needs planted)"

echo "1..$number"
exit $failed
