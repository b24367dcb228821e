#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The authors' guide cannot rot: every example of openapi/protocol-authors.md is what the schema says and compiles, every
kind of rule has one, every member of the schema is shown, the limits are those of the code, and the refusals are said
as the page says. Prints TAP."""

import os
import re
import sys
import pathlib

import jsonschema

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "helpers"))
import protocol  # noqa: E402
from tap import Tap  # noqa: E402

KINDS = [f"R{n}" for n in range(1, 54)]
SCHEMA = protocol.load_schema()
JUDGE = jsonschema.Draft202012Validator(SCHEMA)


def play(tap):
    for kind, label, document in protocol.examples():
        said = ["/" + "/".join(map(str, e.absolute_path)) + ": " + e.message[:300] for e in JUDGE.iter_errors(document)]
        taken, why = protocol.ask("compile", document)
        tap.test(f"{label} is what the schema says, and compiles", said + ([] if taken else [why]))


def check_base(tap):
    document = protocol.whole()
    taken, why = protocol.ask("compile", document)
    tap.test("the document the examples stand in is one", [e.message for e in JUDGE.iter_errors(document)] + ([] if taken else [why]))
    shown = {kind for kind, _, _ in protocol.examples()}
    tap.test("every kind from R1 to R53 has an example", [f"{k} has none" for k in KINDS if k not in shown])


def members(node):
    if isinstance(node, dict):
        for key, value in node.items():
            yield key
            yield from members(value)
    elif isinstance(node, list):
        for value in node:
            yield from members(value)


def check_members(tap):
    """By name: a member that stands nowhere on the page is one that no author finds."""
    shown = set(members(protocol.whole()))
    for _, _, document in protocol.examples():
        shown |= set(members(document))
    told = set()

    def walk(node):
        if isinstance(node, dict):
            told.update(node.get("properties", {}) if isinstance(node.get("properties"), dict) else {})
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)
    walk(SCHEMA)
    told -= {"url", "doi", "pmid", "notes", "tracks"}  # remarks
    tap.test("every member of the schema is shown", [f"{m} is not" for m in sorted(told - shown)])


def check_limits(tap):
    text = protocol.GUIDE.read_text(encoding="utf-8")
    limits = text[text.index("# Limits"):text.index("# When it is refused")]
    header = (protocol.ROOT / "include/rehab/document.h").read_text(encoding="utf-8")
    code = {name: value for name, value in re.findall(r"REHAB_MAX_(\w+) = (\d+)", header)}
    rows = {"MEASURES": "measures it uses", "LABELS": "values of one stratum", "STRATA": "strata", "TRACKS": "tracks",
            "PHASES": "phases, of all", "GATES": "gates of one", "ITEMS": "goals, prescriptions, treatments", "NODES": "nodes of one",
            "DEPTH": "its depth", "RUN": "days or observations",
            "DERIVED": "scores, tables, states", "SCORED": "items of one score", "NORMED": "rows of one table",
            "STATES": "states of one", "ZONES": "zones of one",
            "ACTIVITIES": "activities", "TRIALS": "trials of one", "OFTEN": "times or days",
            "CLEARANCES": "names of clearances", "TERMS": "terms"}
    faults = [f"REHAB_MAX_{name} has no row" for name in code.keys() - rows.keys()]
    for name, begins in rows.items():
        found = re.search(r"^\| %s.*?\| (\d+)" % re.escape(begins), limits, re.M)
        if not found or found.group(1) != code.get(name):
            faults.append(f"{begins}: the page says {found and found.group(1)}, REHAB_MAX_{name} is {code.get(name)}")
    tap.test("the limits are those of the code", faults)


def check_refusals(tap):
    text = protocol.GUIDE.read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(.+?)` \| `(.+?)` \| (.+?) \|$", text[text.index("# When it is refused"):], re.M)
    tap.test("the page shows refusals", [] if len(rows) >= 6 else ["it does not"])
    for order, place, words in rows:
        taken, why = protocol.ask("compile", protocol.edited(protocol.whole(), order))
        good = not taken and re.search(r"(?<![^ ])%s(?![/\w])" % re.escape(place), why) and words in why
        tap.test(f"refused as the page says: {order}", [] if good else [f"wanted {place} {words}", why])


def main():
    tap = Tap()
    check_base(tap)
    play(tap)
    check_members(tap)
    check_limits(tap)
    check_refusals(tap)
    return tap.end()


if __name__ == "__main__":
    os.chdir(protocol.ROOT)
    sys.exit(main())
