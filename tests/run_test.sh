#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The runner itself: what it adds up, and that it cannot be fooled by a suite that says nothing.

here=$(cd "$(dirname "$0")" && pwd)
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
n=0

# suite NAME: the body of a suite on standard input
suite() {
    { printf '#!/bin/sh\n'; cat; } > "$dir/$1"
    chmod +x "$dir/$1"
}

# check NAME STATUS LAST-LINE SUITE...: runs the suites; the exit status and the last line must be these
check() {
    name=$1 want=$2 line=$3
    shift 3
    n=$((n + 1))
    out=$(cd "$dir" && REHAB_TEST_TIMEOUT=2 "$here/run" "$@" 2>&1)
    status=$?
    if [ $status -eq "$want" ] && [ "$(printf '%s\n' "$out" | tail -n 1)" = "$line" ]; then
        echo "ok $n - $name"
    else
        echo "not ok $n - $name"
        echo "# wanted exit $want and '$line', got exit $status and:"
        printf '%s\n' "$out" | sed 's/^/#   /'
    fi
}

# shows NAME TEXT: the last check printed this text
shows() {
    n=$((n + 1))
    if printf '%s\n' "$out" | grep -qF -- "$2"; then
        echo "ok $n - $1"
    else
        echo "not ok $n - $1"
        printf '%s\n' "$out" | sed 's/^/#   /'
    fi
}

suite good <<'X'
echo 1..2; echo 'ok 1 - one'; echo 'ok 2 - two'
X
suite groups <<'X'
echo 1..1; echo 'ok 1 - one'; echo 1..2; echo 'ok 1 - two'; echo 'ok 2 - three'
X
suite bad <<'X'
echo 1..2; echo 'ok 1 - one'; echo 'not ok 2 - planted'; echo '# because 1 is not 2'; exit 1
X
suite liar <<'X'
echo 1..1; echo 'not ok 1 - planted'
X
suite empty <<'X'
echo nothing to see
X
suite planned <<'X'
echo 1..0
X
suite early <<'X'
echo 1..3; echo 'ok 1 - one'
X
suite crash <<'X'
echo 'ok 1 - one'; echo last words; kill -SEGV $$
X
suite exits <<'X'
echo 'ok 1 - one'; echo last words >&2; exit 3
X
suite slow <<'X'
echo 'ok 1 - one'; sleep 60 & sleep 60
X
suite skips <<'X'
echo 1..2; echo 'ok 1 - one'; echo 'ok 2 # SKIP no database'
X
suite skipped <<'X'
echo '1..0 # SKIP no compiler'
X
suite leaver <<'X'
sleep 60 & echo 'ok 1 - one'
X
: > "$dir/unstartable"

echo 1..20
check "a good suite passes" 0 "2 passed, 0 failed" good
check "plans of several groups add up" 0 "3 passed, 0 failed" groups
check "suites add up" 0 "5 passed, 0 failed" good groups
check "a failure fails" 1 "3 passed, 1 failed" bad good
shows "a failure is named with its suite" "not ok  bad: planted"
shows "a failure shows its notes" "because 1 is not 2"
check "a failure counts though the suite exits 0" 1 "0 passed, 1 failed" liar
check "an empty suite fails" 1 "0 passed, 1 failed" empty
shows "an empty suite shows what it said" "nothing to see"
check "an empty plan is no test" 1 "0 passed, 1 failed" planned
check "a suite that stops early fails" 1 "1 passed, 1 failed" early
check "a suite that crashes fails" 1 "1 passed, 1 failed" crash
shows "a crash is named" "killed by signal 11"
check "an exit status without a failure fails" 1 "1 passed, 1 failed" exits
shows "the end of standard error is shown" "last words"
check "a suite that hangs fails" 1 "1 passed, 1 failed" slow
check "a skipped test is counted as such" 0 "1 passed, 0 failed, 1 skipped" skips
check "a skipped suite is counted as such" 0 "2 passed, 0 failed, 1 skipped" skipped good
check "a suite that leaves a child behind ends" 0 "1 passed, 0 failed" leaver
check "a suite that cannot be started fails" 1 "2 passed, 1 failed" unstartable good
