#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# No condition of the rules that never decides by itself: _mcdc.sh as a suite, where there is a compiler that counts it.
set -u
here=$(cd "$(dirname "$0")" && pwd)
for tool in clang-19 llvm-profdata-19 llvm-cov-19; do
    if ! command -v "$tool" > /dev/null; then
        echo "1..0 # skip there is no $tool here"
        exit 0
    fi
done
if [ ! -e "${B:-$here/../../build}/librehab.so" ]; then
    echo '1..0 # skip this build is not the one whose archives it links (a sanitizer in them)'
    exit 0
fi
out=$(mktemp)
trap 'rm -f "$out"' EXIT
if "$here/_mcdc.sh" > "$out" 2>&1; then
    echo "ok 1 - $(tail -n 1 "$out")"
else
    echo 'not ok 1 - every condition of the core is seen to decide by itself'
    sed 's/^/# /' "$out"
fi
echo 1..1
