#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every protocol that is seeded has at least five stories in tests/core/cases: a way ahead and to the end, a refusal, a step back
or a hold, a red flag, and a bound on its two sides. Prints TAP."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
KINDS = {
    "a way ahead": r"^expect advance to ",
    "an end": r"^expect complete$",
    "a refusal": r"^expect (stay|blocker|criterion \S+ not_met)",
    "a step back or a hold": r"^expect (regress to |restart$|hold$)",
    "a red flag": r"^expect flag \S+ raised$|^expect stop$",
}


def has_bound(stories):
    """One criterion or limit is met at one look and not at another."""
    looks = set(re.findall(r"(?m)^expect ((?:criterion|limit|exercise) .+?) (met|not_met)\b", "".join(stories)))
    return any((what, "not_met") in looks for what, verdict in looks if verdict == "met")


def missing(stories):
    found = [kind for kind, words in KINDS.items() if not any(re.search(words, s, re.M) for s in stories)]
    if not has_bound(stories):
        found.append("a bound on its two sides")
    if len(stories) < 5:
        found.append(f"five stories, it has {len(stories)}")
    return found


def main():
    told = {}
    for path in sorted((ROOT / "tests/core/cases").glob("*.case")):
        for story in re.split(r"(?m)^(?=case: )", path.read_text())[1:]:
            for name in re.findall(r"(?m)^protocol (\S+)", story):
                told.setdefault(name, []).append(story)
    failed = 0
    names = sorted(p.stem for p in (ROOT / "sql/seed/protocols").glob("*.json"))
    for i, name in enumerate(names, 1):
        lacks = missing(told.get(name, []))
        failed += bool(lacks)
        print(f"{'not ' if lacks else ''}ok {i} - {name} has its stories")
        for kind in lacks:
            print(f"#   it lacks {kind}")
    print(f"1..{len(names)}")
    sys.exit(failed > 0)


main()
