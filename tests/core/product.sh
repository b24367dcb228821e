#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The library as others get it: headers in their languages, names that are promised and no others, sizes, and an installed
# copy that a stranger's program is built against. Prints TAP.
#
# shellcheck disable=SC2317
#
# B   where librehab.so was built; without it there is nothing to look at
set -u
root=$(cd "$(dirname "$0")/../.." && pwd)
B=$(cd "${B:-$root/build}" && pwd)
[ -e "$B/librehab.so" ] || { echo '1..0 # skip librehab.so was not built'; exit 0; }
cd "$root" || exit 2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
number=0
failed=0

try() { # try WHAT COMMAND...
    number=$((number + 1))
    what=$1
    shift
    if "$@" > "$work/log" 2>&1; then
        echo "ok $number - $what"
    else
        echo "not ok $number - $what"
        sed 's/^/  # /' "$work/log"
        failed=1
    fi
}

# ---- headers ----

header() { # header LANGUAGE STANDARD COMPILER: each header by itself, twice
    for file in include/rehab/*.h; do
        printf '#include "rehab/%s"\n#include "rehab/%s"\n' "$(basename "$file")" "$(basename "$file")" > "$work/header.c"
        "$3" -x "$1" "-std=$2" -Wall -Wextra -Wpedantic -Werror -Iinclude -fsyntax-only "$work/header.c" || return 1
    done
}

for compiler in gcc clang-14 clang-19; do
    command -v "$compiler" > /dev/null || continue
    for standard in c99 c17; do
        try "$compiler: every header by itself is $standard" header c $standard "$compiler"
    done
    [ "$compiler" = gcc ] && compiler=g++
    command -v "$compiler" > /dev/null || continue
    try "$compiler: every header by itself is c++17" header c++ c++17 "$compiler"
done

# ---- names ----

# REHAB_API functions of the headers. documented: those right under a comment, or under others that are.
declared() { # declared [documented] FILE...
    kind=$1
    [ "$kind" = documented ] && shift
    awk -v kind="$kind" '
        FNR == 1 { told = 0 }
        /^$/ { told = 0 }
        /\*\/ *$/ { told = 1 }
        /^REHAB_API/ { open = 1; all = "" }
        open { all = all " " $0 }
        open && /;/ {
            open = 0
            match(all, /rehab_[a-z_0-9]+\(/)
            if (told || kind != "documented") print substr(all, RSTART, RLENGTH - 1)
        }' "$@" | sort
}

exported() {
    nm -D --defined-only "$1" | awk '{ print $3 }' | sort
}

same() {
    diff "$1" "$2" | grep '^[<>]' | tee /dev/stderr | grep -q . && return 1
    [ -s "$1" ]
}

differs() { # what a check must be able to say
    ! same "$@"
}

declared include/rehab/*.h > "$work/declared"
declared documented include/rehab/*.h > "$work/documented"
exported "$B/librehab.so" > "$work/exported"
try 'every REHAB_API function has a comment above it' same "$work/declared" "$work/documented"
try 'librehab.so exports what the headers declare, and nothing else' same "$work/declared" "$work/exported"

{ cat include/rehab/arena.h; printf '\nREHAB_API int rehab_planted(void);\n'; } > "$work/planted.h"
declared "$work/planted.h" > "$work/planted"
declared documented "$work/planted.h" > "$work/planted.documented"
try 'a planted function is missed in the library' differs "$work/planted" "$work/exported"
try 'a planted function without a comment is found' differs "$work/planted" "$work/planted.documented"

# of the archive: names that whoever links it must not have
globals() {
    nm -g --defined-only "$1" 2> /dev/null | awk 'NF == 3 { print $3 }' | sort -u
}
globals "$B/librehab.a" > "$work/globals"
globals "$B/lib/core.a" > "$work/inside"
try 'librehab.a has no global name but what the headers declare' same "$work/declared" "$work/globals"
try 'which its parts do have' differs "$work/declared" "$work/inside"

clash() { # clash ARCHIVE COUNT: a program that asks for all that is declared, and calls so many functions as the library its own
    {
        printf '#include <rehab/rehab.h>\n'
        grep -v '^rehab_' "$work/inside" | head -n "$2" | sed 's/.*/int &(void);\nint &(void) { return 1; }/'
        printf 'static void (*const ALL[])(void) = {\n'
        sed 's/.*/    (void (*)(void))&,/' "$work/declared"
        printf '};\nint main(int count, char **words)\n{\n    return words == 0 || ALL[count] == 0;\n}\n'
    } > "$work/clash.c"
    cc -Iinclude -o "$work/clash" "$work/clash.c" "$1" && "$work/clash"
}
clashes() { # clashes ARCHIVE: and for no other reason
    ! clash "$1" 1 && grep -q 'multiple definition\|duplicate symbol' "$work/log"
}
try 'a program may call its functions as the library calls its own' clash "$B/librehab.a" 1000
try 'which it may not with the parts' clashes "$B/lib/core.a"

told_version() { # the header, the library and the package tell the same version
    version=$(sed -n 's/^#define REHAB_VERSION  *"\(.*\)"$/\1/p' include/rehab/version.h)
    echo "$version"
    [ -n "$version" ] && [ -e "$B/librehab.so.$version" ] && grep -x "Version: $version" "$B/librehab.pc"
}
try 'the header tells the version that is built' told_version

soname() {
    readelf -d "$B/librehab.so" | grep -E 'SONAME.*\[librehab\.so\.[0-9]+\]' && ! readelf -d "$B/librehab.so" | grep NEEDED
}
try 'librehab.so carries a versioned name and needs no other library' soname

if command -v node > /dev/null && [ -e "$B/rehab.wasm" ]; then
    node -e 'WebAssembly.compile(require("fs").readFileSync(process.argv[1])).then(m => {
        for (const i of WebAssembly.Module.imports(m)) console.log("imports " + i.name)
        for (const e of WebAssembly.Module.exports(m)) console.log(e.name) })' "$B/rehab.wasm" |
        grep -vxE 'memory|__heap_base' | sort > "$work/wasm"
    grep -vxE 'rehab_compile|rehab_fault_sentence|rehab_lint.*|rehab_severity_name|rehab_review_move|rehab_plan_.*|rehab_judge_population|rehab_version' "$work/declared" > "$work/declared.wasm"
    try 'rehab.wasm exports the same but for what a page does not need, and imports nothing' same "$work/declared.wasm" "$work/wasm"
fi

# ---- sizes ----

smaller() { # smaller FILE BYTES
    size=$(stat -Lc %s "$1")
    echo "$1 has $size bytes"
    [ "$size" -lt "$2" ]
}

try "librehab.so is under 200 kB ($(stat -Lc %s "$B/librehab.so"))" smaller "$B/librehab.so" 200000
[ ! -e "$B/rehab.wasm" ] ||
    try "rehab.wasm is under 80 kB ($(stat -c %s "$B/rehab.wasm"))" smaller "$B/rehab.wasm" 80000

# ---- an installed copy ----

installed=$work/installed
prefix=$installed/opt/rehab
home=$prefix/share/rehab
put() {
    env -u MAKEFLAGS -u MAKELEVEL make B="$B" DESTDIR="$installed" PREFIX=/opt/rehab install-library
}
# the folder it is installed under, the one it believes to be in
package() {
    PKG_CONFIG_SYSROOT_DIR=$installed PKG_CONFIG_PATH=$installed/opt/rehab/lib/pkgconfig pkg-config "$@" librehab
}
shared() {
    # shellcheck disable=SC2046 # options
    cc -o "$work/shared" "$home/examples/decide.c" $(package --cflags --libs) &&
        LD_LIBRARY_PATH=$installed/opt/rehab/lib ldd "$work/shared" | grep "$installed/opt/rehab/lib/librehab.so.0"
}
static() {
    # shellcheck disable=SC2046 # options
    cc -static -o "$work/static" "$home/examples/decide.c" $(package --static --cflags --libs)
}
example() { # example PROGRAM...: what it prints is what the example in C prints, linked statically
    LD_LIBRARY_PATH=$installed/opt/rehab/lib "$@" "$work/block" > "$work/printed" && diff "$work/first" "$work/printed"
}
first() {
    "$work/static" "$work/block" > "$work/first" && grep -x 'advance to stretch' "$work/first"
}

brought() { # whoever has no copy of the source still has these
    cmp LICENSE "$prefix/share/doc/rehab/LICENSE" && cmp openapi/protocol.schema.json "$home/protocol.schema.json" &&
        cmp sql/seed/measures.json "$home/measures.json" && diff -r sql/seed/protocols "$home/protocols" &&
        diff -r -x README.md -x protocols tests/core/vectors "$home/vectors" && diff -r tests/core/protocols "$home/vectors/protocols" &&
        grep -q LOINC "$prefix/share/doc/rehab/NOTICE" && grep -q '^# Writing a protocol' "$home/protocol-authors.md" &&
        grep -q '^# librehab' "$home/README.md" && grep -q '^# Published vectors' "$home/vectors/README.md"
}
spoken() { # spoken PAGE: the paths that it speaks of, by themselves or behind the prefix
    grep -oE '(^|[^A-Za-z0-9_/.])(\.\./)*(src|tests|sql|openapi|docker|include|examples|protocols|vectors|rehab)(/[A-Za-z0-9_.*-]+)+' "$1" |
        sed 's/^[^A-Za-z.]*//; s/[.]*$//' | grep -v '^rehab/'
    grep -oE '\]\([^):#]+\)' "$1" | sed 's/^..//; s/.$//'
    grep -oE '/(usr|opt)/[A-Za-z0-9_./-]+' "$1"
}
lost() { # lost FOLDER: what its pages speak of and is not there
    find "$1" -name '*.md' -o -name NOTICE -o -name 'decide.*' | while read -r page; do
        spoken "$page" | while read -r path; do
            [ -e "$(dirname "$page")/$path" ] || [ -e "$prefix/$path" ] || { [ "${path#/}" != "$path" ] && [ -e "$installed$path" ]; } ||
                echo "$page: $path"
        done
    done
}
found() { # found FOLDER: all that its pages speak of
    [ -n "$(find "$1" -name '*.md')" ] && ! lost "$1" | grep .
}
planted() { # a page that was copied as it is
    mkdir "$work/pages" && cp src/bind/README.md "$work/pages" && lost "$work/pages" | grep -F tests/core/examples
}
helped() { # what installs is told
    env -u MAKEFLAGS -u MAKELEVEL make help | grep 'make install-library '
}

"$B/tests/core/case_test" --block hamstring-strain-staged > "$work/block" || : > "$work/block"
try 'it is installed' put
try 'with licence, schema, guide, protocols, measures, examples and vectors' brought
try 'no page that is installed speaks of a path that is not' found "$prefix/share"
try 'a page of the source that does is found' planted
try 'make help tells how' helped
try 'an example in C is linked with what was installed, statically' static
try 'and decides' first
try 'an example in C is linked with what was installed, shared' shared
try 'and says the same' example "$work/shared"
try 'an example in Python says the same' example env REHAB_HOME="$home" python3 "$home/examples/decide.py"
if command -v node > /dev/null && [ -e "$B/rehab.wasm" ]; then
    try 'an example in JavaScript says the same' example env REHAB_HOME="$home" node "$home/examples/decide.mjs"
fi
echo "1..$number"
exit $failed
