#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The house rules that a compiler does not know: which room may open which door, which foreign library lives where, that the
# core is pure, that no clinical content stands in C. Prints TAP. tests/house_test.sh plants a violation of each.
#
# shellcheck disable=SC2046,SC2317
#
# HOUSE   the tree to look at (the one this file is in)
# RULE    only the rule of this number
# B       where librehab.a was built (build); without it the purity of the core fails

here=$(cd "$(dirname "$0")/.." && pwd)
built=$(cd "${B:-$here/build}" 2> /dev/null && pwd)
cd "${HOUSE:-$here}" || exit 2
count=0
bad=0

# rule NAME FUNCTION: what the function prints are violations
rule()
{
    count=$((count + 1))
    [ "${RULE:-$count}" = "$count" ] || return 0
    found=$("$2")
    if [ -z "$found" ]; then
        echo "ok $count - $1"
    else
        bad=$((bad + 1))
        echo "not ok $count - $1"
        printf '%s\n' "$found" | head -n 40 | sed 's/^/# /'
    fi
}

sources()
{
    find src include -name '*.[ch]' | sort
}

# C without comments, texts and numbers of lines kept: FILE:LINE:CODE
code()
{
    awk '
    FNR == 1 { inside = 0 }
    {
        line = $0; out = ""
        while (line != "") {
            if (inside) {
                end = index(line, "*/")
                if (!end) break
                line = substr(line, end + 2); inside = 0
            } else if (match(line, /\/\*|\/\/|"([^"\\]|\\.)*"/)) {
                out = out substr(line, 1, RSTART - 1)
                token = substr(line, RSTART, RLENGTH); line = substr(line, RSTART + RLENGTH)
                if (token == "//") break
                if (token == "/*") inside = 1
                else out = out "\"\""
            } else { out = out line; break }
        }
        print FILENAME ":" FNR ":" out
    }' "$@"
}

# ---- doors ----

# The table of doors. A door is room/room.h; the rows below name what else may be opened, and by whom.
doors()
{
    # base has many small headers; the core is reached through include/rehab
    cat << 'X'
base base
base rehab
store base
store rehab
wire base
wire rehab
service base
service rehab
service store/store.h
api base
api wire/wire.h
api service/service.h
http base
http api/api.h
http api/route.def
cli base
cli rehab
cli store/store.h
cli store/lane.h
cli store/migrate.h
cli wire/wire.h
cli service/service.h
cli api/api.h
cli http/http.h
main cli/cli.h
main base
http/auth.c service/service.h
http/loop.c store/lane.h
X
}

closed_doors()
{
    doors > "$tmp/doors"
    grep -HnoE '^[[:space:]]*#[[:space:]]*include[[:space:]]*"[^"]+"' $(sources) |
        awk -F: -v table="$tmp/doors" '
        BEGIN { while ((getline row < table) > 0) { split(row, w, " "); open[w[1] " " w[2]] = 1 } }
        {
            file = $1; sub(/^src\//, "", file)
            room = file; sub(/\/.*/, "", room); sub(/\.c$/, "", room)
            if ($1 ~ /^include\//) room = "rehab"
            match($0, /"[^"]+"/); door = substr($0, RSTART + 1, RLENGTH - 2)
            if (door !~ /\//) next                     # of the same folder, or generated
            if (door !~ /^\.\.\// && door !~ /^rehab\// && room != "main") { print $1 ":" $2 ": " door " (write ../ROOM/...)"; next }
            sub(/^\.\.\//, "", door)
            target = door; sub(/\/.*/, "", target)
            if (room == target) next
            if (room == "core" && target == "rehab") next
            if (open[room " " target] || open[room " " door] || open[file " " door]) next
            print $1 ":" $2 ": " room " may not open " door
        }'
}

# ---- foreign libraries, each in its room ----

homes()
{
    cat << 'X'
microhttpd.h ^src/http/
sys/epoll.h ^src/(http/|store/(lane|connection)\.c$)
libpq-fe.h ^src/store/
jansson.h ^src/wire/
libdeflate.h ^src/base/gzip\.c$
ini.h ^src/base/config\.c$
openssl/ ^src/base/digest\.c$
ucontext.h ^src/base/fiber\.c$
malloc.h ^src/base/arena\.c$
sanitizer/ ^src/base/
pthread.h ^src/(base|http|cli)/
argp.h ^src/cli/
X
}

# What libc and the kernel give; anything else needs a row above.
libc='assert|ctype|endian|errno|fcntl|fnmatch|getopt|glob|grp|inttypes|limits|locale|math|netdb|netinet/in|netinet/tcp|poll|pwd|sched|signal|spawn|stdalign|stdarg|stdatomic|stdbool|stddef|stdint|stdio|stdlib|string|strings|sys/[a-z]+|termios|time|unistd|arpa/inet'

foreign_headers()
{
    homes > "$tmp/homes"
    grep -HnoE '^[[:space:]]*#[[:space:]]*include[[:space:]]*<[^>]+>' $(sources) |
        awk -F: -v homes="$tmp/homes" -v libc="^(src|include)/.*<($libc)\\.h>" '
        BEGIN { while ((getline row < homes) > 0) { split(row, w, " "); home[w[1]] = w[2] } }
        {
            match($0, /<[^>]+>/); header = substr($0, RSTART + 1, RLENGTH - 2)
            for (h in home) if (index(header, h) == 1) {
                if ($1 !~ home[h]) print $1 ":" $2 ": <" header "> lives in " home[h]
                next
            }
            if ($1 ":<" header ">" !~ libc) print $1 ":" $2 ": <" header "> has no home"
        }'
}

# ---- the core ----

core_headers()
{
    grep -HnE '^[[:space:]]*#[[:space:]]*include[[:space:]]*<' $(find src/core include -name '*.[ch]') |
        grep -vE '<(stddef|stdint|stdbool|limits)\.h>'
}

core_is_pure()
{
    [ -f "$built/librehab.a" ] || { echo "there is no librehab.a in ${B:-build}: run make core"; return; }
    ld -r -o "$tmp/core.o" --whole-archive "$built/librehab.a" || { echo "librehab.a cannot be linked"; return; }
    nm -u "$tmp/core.o" | awk '{ print $NF }' | grep -vxE 'memcpy|memmove|memset|memcmp|_GLOBAL_OFFSET_TABLE_' | sed 's/^/needs /'
    size -A "$tmp/core.o" | awk '$1 ~ /^(\.data|\.bss|\.tdata|\.tbss|COMMON)$/ && $2 > 0 { print $1 " holds " $2 " bytes" }'
    nm "$tmp/core.o" | awk '$2 ~ /^[CcBbDd]$/ && $3 !~ /^\.L/ { print $3 " is writable" }' | while read -r name rest; do
        # constants with pointers lie in .data.rel.ro, which nm shows as data
        objdump -t "$tmp/core.o" | grep -qE "\.data\.rel\.ro[^ ]*[[:space:]].* $name\$" || echo "$name $rest"
    done
}

# Sizes, calendars, powers. A number that is none of these is a clinical one, and those stand in documents.
plain='^(0[xX][0-9a-fA-F]+|[0-9]|1[0-9]|24|29|30|31|32|60|63|64|96|128|216|256|365|366|400|1461|146097|719468|36500|3600|86400|10+)$'

numbers_in_core()
{
    code $(find src/core -name '*.[ch]') | sed "s/'//g" |
        awk -v plain="$plain" '{
            at = index($0, ":"); place = substr($0, 1, at - 1); rest = substr($0, at + 1)
            at = index(rest, ":"); place = place ":" substr(rest, 1, at - 1); text = substr(rest, at + 1)
            gsub(/[A-Z_]+_(MAX|SIZE)[A-Z_]* = [0-9]+/, "", text) # the name says that it is a size
            while (match(text, /(^|[^A-Za-z0-9_.])[0-9][0-9a-zA-Z.]*/)) {
                word = substr(text, RSTART, RLENGTH); text = substr(text, RSTART + RLENGTH)
                sub(/^[^0-9]/, "", word); number = word; if (number !~ /^0[xX]/) sub(/[uUlL]+$/, "", number)
                if (number !~ plain) print place ": " word
            }
        }'
}

clinical_words()
{
    # names of measures, exercises and red flags, as texts in C; one of them is a qualifier of every value as well
    grep -hoE '"(code|id)": "[a-z0-9_]*_[a-z0-9_]*"' sql/seed/*.json sql/seed/protocols/*.json | cut -d'"' -f4 | sort -u > "$tmp/words"
    grep -HnoE '"[a-z0-9_]+"' $(find src -name '*.[ch]') | awk -F: -v words="$tmp/words" '
        BEGIN { while ((getline w < words) > 0) known["\"" w "\""] = 1 }
        known[$3] && $3 != "\"analgesic_24h\"" { print $1 ":" $2 ": " $3 " is content" }'
}

# ---- who may ask the world ----

environment()
{
    code $(find src -name '*.c') | grep -E '[^a-z_](secure_)?getenv *\(' | grep -v '^src/base/config\.c:'
}

clocks()
{
    files=$(code $(find src -name '*.[ch]') | grep -E '[^a-z_](clock_gettime|gettimeofday|time|clock) *\( *(NULL|&|CLOCK|\))' | cut -d: -f1 | sort -u)
    [ "$(printf '%s\n' "$files" | grep -c .)" -le 2 ] || printf '%s\n' "$files" | sed 's/$/ reads a clock; two files may/'
}

stacks()
{
    code $(find src -name '*.[ch]') | grep -E '[^a-z_](swapcontext|makecontext|setjmp|longjmp|alloca) *\(' | grep -v '^src/base/fiber\.c:'
}

sql_in_c()
{
    grep -HnE '"[^"]*(SELECT [^"]+ FROM|INSERT INTO|UPDATE [a-z_.]+ SET|DELETE FROM|CREATE (TABLE|ROLE|SCHEMA))' $(find src -name '*.[ch]')
}

# ---- form ----

long_functions()
{
    awk '/^\{/ { start = FNR } /^\}/ { if (start && FNR - start > 61) print FILENAME ":" start ": " FNR - start - 1 " lines"; start = 0 }' \
        $(find src -name '*.c')
}

licence_lines()
{
    find . \( -name .git -o -name node_modules -o -name __pycache__ -o -path "${built:-./build}" -o -path ./build \) -prune -o \
        -type f \( -name '*.[chS]' -o -name '*.def' -o -name '*.awk' -o -name '*.sql' -o -name '*.sh' -o -name '*.py' -o -name '*.yaml' \
        -o -name '*.yml' -o -name '*.http' -o -name '*.case' -o -name '*.mjs' -o -name '*.lua' -o -name '*.conf' -o -name '*.tmpl' \
        -o -name Makefile -o -name Dockerfile -o -path './tests/run' -o -path './tests/*/run' -o -path './.ci/run' \) -print |
        while read -r file; do
            head -n 2 "$file" | grep -q 'SPDX-License-Identifier: Apache-2.0' || echo "$file has no licence line"
        done
}

top_level()
{
    find . -mindepth 1 -maxdepth 1 ! -name '.*' | sed 's|^\./||' |
        grep -vxE 'src|include|sql|openapi|tests|docker|Makefile|README\.md|LICENSE|CHANGELOG\.md|build' | sed 's/$/ does not belong at the top/'
}

# A suite that lost its mode would be left out without a word.
unstartable()
{
    find tests -name '*_test.sh' -o -name '*_test.py' -o -name run | while read -r file; do
        [ -x "$file" ] || echo "$file cannot be started"
    done
}

# ---- content ----

cited_sources()
{
    python3 - << 'X'
import glob, json

def cited(node):
    if isinstance(node, dict):
        if isinstance(node.get("source"), str):
            yield node["source"]
        for part in node.values():
            yield from cited(part)
    elif isinstance(node, list):
        for part in node:
            yield from cited(part)

def bounds(node, place, cited=False):
    """Every number that decides has a source and says how sure it is, or stands in something that does."""
    if isinstance(node, dict):
        own = {"source", "certainty"} <= node.keys()
        if "between" in node or "is" in node and ("value" in node or node["is"] in (True, False)):
            if not own and not cited:
                yield f"{place} {node.get('id', '')}: a bound without source or certainty"
        for key, part in node.items():
            yield from bounds(part, place, own and key in ("bands", "steps", "with", "zones"))
    elif isinstance(node, list):
        for part in node:
            yield from bounds(part, place, cited)

catalogue = {}
for path in ("sql/seed/measures.json", "sql/seed/exercises.json"):
    for item in json.load(open(path)):
        listed = item.get("sources", {})
        catalogue.update(listed)
for path in ("sql/seed/measures.json", "sql/seed/exercises.json"):
    for item in json.load(open(path)):
        name = item.get("code", item.get("id"))
        for source in sorted(set(cited(item)) - set(item.get("sources", {})) - {"convention", "recalled"}):
            print(f"{path} {name}: source {source} is not listed")
for path in sorted(glob.glob("sql/seed/protocols/*.json")):
    document = json.load(open(path))
    listed, used = set(document.get("sources", {})), set(cited(document))
    for source in sorted(used - listed):
        print(f"{path}: source {source} is not listed")
    for source in sorted(listed - used):
        if source not in open(path).read().replace(f'"{source}":', "", 1):
            print(f"{path}: source {source} is listed and never used")
    for fault in bounds(document, path):
        print(fault)
X
}

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

echo 1..15
rule "rooms open only the doors the plan shows" closed_doors
rule "each foreign library lives in its room" foreign_headers
rule "the core includes freestanding headers only" core_headers
rule "the core needs nothing and keeps nothing" core_is_pure
rule "no clinical number stands in the core" numbers_in_core
rule "no measure, exercise or red flag is named in C" clinical_words
rule "the environment is read in one file" environment
rule "clocks are read in two files at most" clocks
rule "stacks are switched in one file" stacks
rule "SQL is written in sql/" sql_in_c
rule "no function is longer than 60 lines" long_functions
rule "every source file names its licence" licence_lines
rule "the top level is as planned" top_level
rule "every number cites a source that is listed" cited_sources
rule "every suite can be started" unstartable
exit $((bad > 0))
