#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# From an author's file into a service's database: what the critic calls an error is not published, what is published never changes.
set -u

n=0
rehabd=${REHABD:-build/rehabd}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
seed=sql/seed/protocols/hamstring-strain-staged.json

check() # check TITLE PATTERN STATUS COMMAND...: the command ends with the status and says what the pattern means
{
    n=$((n + 1))
    title=$1
    pattern=$2
    wanted=$3
    shift 3
    "$@" >"$work/said" 2>&1
    status=$?
    if [ "$status" = "$wanted" ] && grep -q "$pattern" "$work/said"; then
        echo "ok $n - $title"
    else
        echo "not ok $n - $title (ended with $status)"
        sed 's/^/# /' "$work/said"
    fi
}

edit() { python3 -c 'import json, sys; d = json.load(open(sys.argv[1])); exec(sys.argv[2]); json.dump(d, sys.stdout)' "$seed" "$1"; }
sql() { psql -X -At -v ON_ERROR_STOP=1 "$REHABD_DATABASE_URL" -c "$1"; }
versions() { sql "select string_agg(version::text, ' ' order by version) from catalogue.protocol_version where protocol = 'ours'"; }

if [ "${1:-}" != inside ]; then
    exec "$rehabd" sandbox "$0" inside
fi

edit 'd["id"] = "ours"' >"$work/ours.json"
edit 'd["id"] = "ours"; d["title"]["en"] = "Another"' >"$work/changed.json"
edit 'd["id"] = "ours"; d["version"] = 2; d["title"]["en"] = "Another"' >"$work/second.json"
edit 'd["id"] = "ours"; d["version"] = 3; d["tracks"][0]["phases"][1]["gates"][0]["when"]["all"][0]["value"] = -1' >"$work/trap.json"
edit 'd["id"] = "ours"; d["version"] = 3; d["red_flgs"] = []' >"$work/misspelt.json"

block=$("$rehabd" protocol compile "$work/ours.json" | sha256sum | cut -d' ' -f1)
check 'the digest that is told is that of the block' "bytes, SHA-256 $block\$" 0 "$rehabd" protocol lint "$work/ours.json"
check 'a document is published' 'ours.json: published$' 0 "$rehabd" protocol import "$work/ours.json"
check 'a second time nothing happens' 'is published already' 0 "$rehabd" protocol import "$work/ours.json"
check 'a published version does not change' 'never changes: give the new one a higher number' 1 "$rehabd" protocol import "$work/changed.json"
check 'and is named once' "^rehabd: $work/changed.json: version 1 of ours" 1 "$rehabd" protocol import "$work/changed.json"
check 'its next version is published' 'published$' 0 "$rehabd" protocol import - <"$work/second.json"
check 'what could trap a patient is not' 'error .* gate_never' 1 "$rehabd" protocol import "$work/trap.json"
check 'nor what does not compile' '/red_flgs' 1 "$rehabd" protocol import "$work/misspelt.json"
check 'only the two are there' '^1 2$' 0 versions
check 'a file that is not there is told' 'cannot be read' 1 "$rehabd" protocol import "$work/none.json"
check 'a verb that is not known is told' 'lint, compile or import' 1 "$rehabd" protocol print "$work/ours.json"

sql "update catalogue.protocol_version set compiled = '\\x00' where protocol = 'ours'" >/dev/null
check 'blocks of another release are made again by seeding' ' 2 of them new or changed' 0 "$rehabd" seed
check 'once' ' 0 of them new or changed' 0 "$rehabd" seed
sql "update catalogue.protocol_version set compiled = '\\x00', document = '{\"id\":\"ours\",\"version\":2,\"title\":{\"en\":\"x\"}}' where protocol = 'ours' and version = 2" >/dev/null
check 'what no longer compiles is told, and stops nobody' 'a published protocol: ' 0 "$rehabd" seed
echo "1..$n"
