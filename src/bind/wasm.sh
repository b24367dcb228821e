#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The core as WebAssembly:  src/bind/wasm.sh OUTPUT [FILE.c ...]
#
# Exports what the headers call REHAB_API, the memory, and where free memory begins. Neither the compiler of documents with the
# sentences of its faults nor the critic is among it: they are for whoever publishes a protocol, and a page gets blocks that are published; nor is the review of
# moves, which is for whoever keeps the record, nor the judge of populations: a page has one patient; nor the version,
# which whoever serves the file knows. More files (a test's) are
# linked to it and keep what they call.
# Without a clang and its wasm-ld nothing is made, without a wasm-opt nothing smaller; a line says so.
set -eu
cd "$(dirname "$0")/../.."
output=$1
shift

compiler=
for version in -14 -15 -16 -19 ''; do
    if command -v "clang$version" > /dev/null && command -v "wasm-ld$version" > /dev/null; then
        compiler=clang$version linker=wasm-ld$version
        break
    fi
done
[ -n "$compiler" ] || { echo "  left out $output: there is no clang with its wasm-ld here"; exit 0; }

exported=$(cat include/rehab/*.h | tr '\n' ' ' | grep -oE 'REHAB_API [^;(]*\(' | grep -oE 'rehab_[a-z_]+\($' | tr -d '(' |
    grep -vxE 'rehab_compile|rehab_fault_sentence|rehab_lint.*|rehab_severity_name|rehab_review_move|rehab_plan_.*|rehab_judge_population|rehab_version' | sed 's/^/--export=/')
objects=$output.o.d
rm -rf "$objects"
mkdir -p "$objects"
for file in src/core/*.c src/bind/memory.c "$@"; do
    whole=-flto # one program, the smaller for it; but the linker must find what the compiler calls by itself
    [ "$file" != src/bind/memory.c ] || whole=
    # shellcheck disable=SC2086 # or nothing
    "$compiler" $whole --target=wasm32 -std=c2x -ffreestanding -nostdlib -Oz -mbulk-memory -fno-builtin -fvisibility=hidden \
        -ffunction-sections -fdata-sections -ffile-prefix-map="$PWD"=. -Iinclude -c "$file" -o "$objects/$(basename "$file" .c).o"
done
# shellcheck disable=SC2086 # a list of options
"$linker" --no-entry $exported --export=__heap_base --gc-sections --strip-all --lto-O2 -z stack-size=262144 \
    -o "$output.new" "$objects"/*.o
rm -rf "$objects"
if command -v wasm-opt > /dev/null; then
    wasm-opt -Oz --enable-bulk-memory "$output.new" -o "$output.new"
else
    echo "  $output is larger than it need be: there is no wasm-opt here"
fi
mv "$output.new" "$output"
