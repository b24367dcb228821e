#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The critic against planted faults: every line of tests/core/lint/*.faults is a small edit of a seeded protocol and what
`rehabd protocol lint` must say of it; the protocols as they are seeded must be clean. Prints TAP."""

import copy
import json
import os
import pathlib
import re
import subprocess

REHABD = os.environ.get("REHABD", "build/rehabd")
SEED = pathlib.Path("sql/seed/protocols/hamstring-strain-staged.json")
NUMBER = 0


def lint(document):
    done = subprocess.run([REHABD, "protocol", "lint", "-"], input=json.dumps(document), capture_output=True, text=True, timeout=60)
    found = [line.split(" ")[:3] for line in done.stdout.splitlines() if re.match(r"(error|warning|note) /", line)]
    return done.returncode, {(code.rstrip(":"), at) for _, at, code in found}, {severity for severity, _, _ in found}, done


def edit(document, order):
    verb, pointer, value = (order.split(" ", 2) + [""])[:3]
    at, steps = document, pointer.strip("/").split("/")
    for step in steps if verb == "add" else steps[:-1]:
        at = at[int(step) if isinstance(at, list) else step]
    last = int(steps[-1]) if isinstance(at, list) and verb != "add" else steps[-1]
    if verb == "add":
        at.append(json.loads(value))
    elif verb == "set":
        at[last] = json.loads(value)
    elif verb == "cut":
        del at[last]
    else:
        raise ValueError(f"there is no edit {verb}")


def judge(document, expected):
    status, found, severities, done = lint(document)
    if expected == "refused":
        return status == 1 and not found and "compiles" not in done.stdout, done
    if status != (1 if "error" in severities else 0):
        return False, done
    if expected == "clean":
        return not found and "no error" in done.stdout, done
    return tuple(expected.split(" ")) in found, done


def check(title, document, expected):
    global NUMBER
    NUMBER += 1
    good, done = judge(document, expected)
    print(f"{'' if good else 'not '}ok {NUMBER} - {title}")
    if not good:
        print("".join(f"  # {line}\n" for line in (done.stdout + done.stderr).splitlines()), end="")
    return good


def main():
    document = json.loads(SEED.read_text())
    good = check("as it is seeded", document, "clean")
    for line in pathlib.Path("tests/core/lint/hamstring.faults").read_text().splitlines():
        if not line or line.startswith("#"):
            continue
        edits, expected = re.sub(r"\$p(\d)", r"/tracks/0/phases/\1", line).split(" => ")
        copied = copy.deepcopy(document)
        for order in edits.split(" ; "):
            edit(copied, order)
        good = check(line, copied, expected) and good
    print(f"1..{NUMBER}")
    raise SystemExit(0 if good else 1)


main()
