#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The house rules can fail: in a copy of the tree each is broken once, and must be seen to be.

here=$(cd "$(dirname "$0")/.." && pwd)
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
n=0

# A fresh copy of the tree, with an archive of its own to spoil.
copy()
{
    rm -rf "$dir/tree"
    cp -r "$dir/clean" "$dir/tree"
    printf 'int rehab_nothing(int a);\nint rehab_nothing(int a)\n{\n    return a;\n}\n' > "$dir/clean.c"
    archive "$dir/clean.c"
}

archive()
{
    rm -f "$dir/tree/build/librehab.a"
    cc -c -ffreestanding -o "$dir/planted.o" "$1" && ar rcs "$dir/tree/build/librehab.a" "$dir/planted.o"
}

# broken NAME NUMBER WORDS: the rule of this number must fail and say these words
broken()
{
    n=$((n + 1))
    out=$(RULE="$2" HOUSE="$dir/tree" B="$dir/tree/build" sh "$here/tests/house.sh")
    status=$?
    if [ $status -ne 0 ] && printf '%s\n' "$out" | grep -A9 "^not ok $2 " | grep -qF -- "$3"; then
        echo "ok $n - seen: $1"
    else
        echo "not ok $n - seen: $1"
        printf '%s\n' "$out" | grep -A9 '^not ok' | sed 's/^/#   /'
    fi
    copy
}

# plant FILE: standard input at the end of the file
plant()
{
    mkdir -p "$(dirname "$dir/tree/$1")"
    [ -e "$dir/tree/$1" ] || printf '/* SPDX-License-Identifier: Apache-2.0 */\n' > "$dir/tree/$1"
    cat >> "$dir/tree/$1"
}

echo 1..25
mkdir -p "$dir/clean/build"
for part in src include sql openapi tests docker Makefile; do
    [ ! -e "$here/$part" ] || cp -r "$here/$part" "$dir/clean/"
done
copy
out=$(HOUSE="$dir/tree" B="$dir/tree/build" sh "$here/tests/house.sh" | grep '^not ok' | grep -v '^not ok 4 ')
n=1
if [ -z "$out" ]; then echo "ok 1 - a copy of the tree is in order"; else echo "not ok 1 - a copy of the tree is in order"; printf '%s\n' "$out" | sed 's/^/#   /'; fi

echo '#include "../store/store.h"' | plant src/api/episode.c
broken "api opens the store" 1 "api may not open store/store.h"
echo '#include "../wire/wire.h"' | plant src/store/lane.c
broken "store opens wire" 1 "store may not open wire/wire.h"
echo '#include "../service/service.h"' | plant src/http/router.c
broken "http opens the service outside auth.c" 1 "http may not open service/service.h"
echo '#include "../base/model.h"' | plant src/core/gate.c
broken "the core opens base" 1 "core may not open base/model.h"
echo '#include "store/store.h"' | plant src/service/trust.c
broken "a door is opened by a side path" 1 "write ../ROOM"
echo '#include <jansson.h>' | plant src/service/trust.c
broken "JSON reaches the service" 2 "<jansson.h> lives in"
echo '#include <libpq-fe.h>' | plant src/wire/trust.c
broken "PostgreSQL reaches wire" 2 "<libpq-fe.h> lives in"
echo '#include <curl/curl.h>' | plant src/service/trust.c
broken "a library without a home" 2 "has no home"
echo '#include <stdio.h>' | plant src/core/gate.c
broken "the core includes libc" 3 "stdio.h"
printf 'void *malloc(unsigned long n);\nvoid *take(void);\nvoid *take(void)\n{\n    return malloc(1);\n}\n' > "$dir/planted.c"
archive "$dir/planted.c"
broken "the core allocates" 4 "needs malloc"
printf 'int counter;\nint next(void);\nint next(void)\n{\n    return ++counter;\n}\n' > "$dir/planted.c"
archive "$dir/planted.c"
broken "the core keeps state" 4 "counter is writable"
rm "$dir/tree/build/librehab.a"
broken "the core was not built" 4 "there is no librehab.a"
echo 'static bool even(long lsi) { return lsi >= 90; }' | plant src/core/gate.c
broken "a threshold in the core" 5 "90"
echo 'static const char *const lead = "pain_walk";' | plant src/service/trust.c
broken "a measure named in C" 6 '"pain_walk" is content'
echo 'static const char *home(void) { return getenv("HOME"); }' | plant src/service/trust.c
broken "the environment read elsewhere" 7 "src/service/trust.c"
for room in service store; do
    echo 'static long now(void) { return (long)time(NULL); }' | plant src/$room/planted.c
done
broken "more clocks" 8 "src/service/planted.c reads a clock"
echo 'static void jump(void) { longjmp(buf, 1); }' | plant src/store/planted.c
broken "a stack switched elsewhere" 9 "longjmp"
echo 'static const char *const q = "SELECT 1 FROM care.patient";' | plant src/store/planted.c
broken "SQL in C" 10 "SELECT 1 FROM"
{ echo 'static void long_one(void)'; echo '{'; yes '    (void)0;' | head -n 61; echo '}'; } | plant src/store/planted.c
broken "a function of 61 lines" 11 "61 lines"
echo 'int x;' > "$dir/tree/src/base/planted.c"
broken "a file without its licence" 12 "src/base/planted.c has no licence line"
mkdir "$dir/tree/misc"
broken "a folder at the top" 13 "misc does not belong at the top"
sed -i '0,/"source": "msd2023"/s//"source": "hearsay"/' "$dir/tree/sql/seed/protocols/hamstring-strain-staged.json"
broken "a source nobody lists" 14 "source hearsay is not listed"
sed -i '/"source": "ankle_go_items", "certainty"/s/"certainty": "verified"/"note": "hearsay"/' "$dir/tree/sql/seed/protocols/ankle-sprain-lateral.json"
broken "a band nobody cites" 14 "ankle-sprain-lateral.json : a bound without source or certainty"
chmod -x "$dir/tree/tests/run_test.sh"
broken "a suite without its mode" 15 "run_test.sh cannot be started"
