#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every limit of protocol documents, at it and one over: the one compiles, the other is refused, and the answer says so.
(How many measures a protocol may use and labels a scale may have is tried in tests/core/compile_test.c: no catalogue
has so many.) Prints TAP."""

import copy
import os
import pathlib
import re
import sys

import jsonschema

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "helpers"))
import protocol  # noqa: E402
from tap import Tap  # noqa: E402

JUDGE = jsonschema.Draft202012Validator(protocol.load_schema())
CITED = {"source": "msd", "certainty": "verified"}
WORDS = {"en": "x"}
TRIALS = 20
MANY = "there are more than a protocol may have"


def leaf(i=0, **more):
    return {"id": f"leaf-{i}", "latest": "pain_walk", "is": "==", "value": 0, **CITED, **more}


def when(document, criterion):
    protocol.put_in(document, "criterion", criterion)


def named(member, value):
    def fill(document, n):
        have = document.setdefault(member, {})
        for i in range(n - len(have)):
            have[f"x{i}"] = copy.deepcopy(value)
    return fill


def listed(member, make):
    def fill(document, n):
        protocol.middle(document)[member] = [make(i) for i in range(n)]
    return fill


def phases(document, n):
    more = n - 6
    document["tracks"] += [{"id": f"t{k}", "phases": [{"id": f"p{i}", "title": WORDS} for i in range(k, more, 4)]} for k in range(4)]


def tracks(document, n):
    document["tracks"] += [{"id": f"t{k}", "phases": [{"id": "p", "title": WORDS}]} for k in range(n - 2)]


def nodes(document, n):
    inner = {"any": [leaf(i) for i in range(30)]}
    when(document, {"all": [inner] + [leaf(100 + i) for i in range(n - 32)]})


def depth(document, n):
    tree = leaf()
    for _ in range(n):
        tree = {"all": [tree]}
    when(document, tree)


def clearances(document, n):
    when(document, {"all": [{"id": f"c{i}", "cleared": f"name{i}", "by": ["clinician"], **CITED} for i in range(n)]})


def label(document, n):
    document["tracks"][0]["phases"][1]["restrictions"] = ["x" * n]


def schedule(document, n):
    protocol.middle(document)["prescriptions"] = [{"id": "p", "exercise": "bridging", "schedule": {"per_week": n}}]


def zones(document, n):
    protocol.middle(document)["bands"] = [{"id": "b", "latest": "slr_passive", **CITED, "zones": [
        {"id": f"z{i}", "is": "==", "value": i, "move": "stay"} for i in range(n)]}]


# Members whose names are an author's own, and what one may be.
NAMED = {
    "strata": {"values": ["a", "b"]},
    "activities": {"title": WORDS},
    "terms": WORDS,
    "sources": {"citation": "x"},
    "scores": {"title": WORDS, "items": [{"latest": "faam_adl", "bands": [{"is": ">=", "value": 95, "points": 2}], **CITED}]},
    "tables": {"measure": "ikdc", "rows": [[0, 0]], **CITED},
    "states": {"of": "effusion", "start": "a", "steps": [{"is": ">=", "value": "2+", "to": "b"}], **CITED},
    "title": "x",
}


def name_of(member):
    """Of so many letters; of a title the name is the tag of a language."""
    def letters(n):
        return ("en" + "-abcdefgh" * n)[:n] if member == "title" else "x" * n
    return lambda d, n: d.setdefault(member, {}).update({letters(n): copy.deepcopy(NAMED[member])})


LIMITS = [
    ("values of a stratum", 64, lambda d, n: d["strata"].update(s={"values": [f"v{i}" for i in range(n)]}), MANY),
    ("strata", 16, named("strata", NAMED["strata"]), MANY),
    ("tracks", 8, tracks, MANY),
    ("phases", 256, phases, MANY),
    ("gates", 32, listed("gates", lambda i: {"id": f"g{i}", "move": "hold", "when": leaf(i)}), MANY),
    ("prescriptions", 128, listed("prescriptions", lambda i: {"id": f"p{i}", "exercise": "bridging"}), MANY),
    ("treatments", 128, listed("treatments", lambda i: {"id": f"t{i}", "title": WORDS}), MANY),
    ("advice", 128, listed("advice", lambda i: {"id": f"a{i}", "text": WORDS, "give": leaf(i)}), MANY),
    ("goals", 128, listed("goals", lambda i: WORDS), MANY),
    ("restrictions", 128, listed("restrictions", lambda i: f"r{i}"), MANY),
    ("red flags", 128, lambda d, n: d.update(red_flags=[{"id": f"f{i}", "level": "hold", "cleared_by": "clinician", "message": WORDS,
                                                         "when": leaf(i)} for i in range(n)]), MANY),
    ("sources", 128, named("sources", NAMED["sources"]), MANY),
    ("terms", 128, named("terms", NAMED["terms"]), MANY),
    ("activities", 64, named("activities", NAMED["activities"]), MANY),
    ("nodes of a tree", 64, nodes, MANY),
    ("depth of a tree", 16, depth, "nested deeper than 16"),
    ("days of a run", 60, lambda d, n: when(d, leaf(**{"for": {"days": n}})), "from 1 to 60"),
    ("observations of a run", 60, lambda d, n: when(d, leaf(**{"for": {"observations": n}})), "from 1 to 60"),
    ("trials", TRIALS, lambda d, n: when(d, leaf(trials=n, take="best")), f"from 1 to {TRIALS}"),
    ("times of a schedule", 100, schedule, "from 1 to 100"),
    ("names of clearances", 32, clearances, MANY),
    ("letters of an id", 64, lambda d, n: when(d, leaf() | {"id": "x" * n}), "1 to 64 bytes"),
    ("letters of a name", 64, label, "1 to 64 bytes"),
    ("letters of a text", 4000, lambda d, n: d.update(title={"en": "x" * n}), "1 to 4000 bytes"),
    ("days of a duration", 36500, lambda d, n: d["freshness"].update(pain=f"P{n}D"), "must be a duration"),
    ("size of a number", 1000000, lambda d, n: when(d, leaf() | {"value": n}), "within a million"),
    ("scores", 32, named("scores", NAMED["scores"]), MANY),
    ("tables", 32, named("tables", NAMED["tables"]), MANY),
    ("automata", 32, named("states", NAMED["states"]), MANY),
    ("items of a score", 64, lambda d, n: d.update(scores={"s": {"title": WORDS, "items": [
        {"latest": "faam_adl", "bands": [{"is": ">=", "value": 95, "points": 2}], **CITED} for _ in range(n)]}}), MANY),
    ("bands of an item", 64, lambda d, n: d.update(scores={"s": {"title": WORDS, "items": [
        {"latest": "faam_adl", "bands": [{"is": "==", "value": i, "points": 2} for i in range(n)], **CITED}]}}), MANY),
    ("rows of a table", 256, lambda d, n: d.update(tables={"t": {"measure": "ikdc", "rows": [[i / 10, 0] for i in range(n)], **CITED}}), MANY),
    ("steps of an automaton", 64, lambda d, n: d.update(states={"s": {"of": "effusion", "start": "a", "steps": [
        {"is": ">=", "value": "2+", "to": "b"} for _ in range(n)], **CITED}}), MANY),
    ("states of an automaton", 16, lambda d, n: d.update(states={"s": {"of": "effusion", "start": "s0", "steps": [
        {"in": [f"s{i - 1}"], "is": ">=", "value": "2+", "to": f"s{i}"} for i in range(1, n)], **CITED}}), MANY),
    ("zones of a band", 16, zones, MANY),
    *((f"letters of a name in {member}", 64, name_of(member), "1 to 64 bytes") for member in NAMED),
]
UNCLEAN = {"empty": "", "with a line end": "a\nb", "with a direction": "a\u202eb"}


def trials():
    """How many trials there may be is said where they are judged, sent and kept: the last word of each."""
    for path, pattern in [("include/rehab/document.h", r"REHAB_MAX_TRIALS = (\d+)"),
                          ("openapi/rehabd.yaml", r"\n    Trial:\n(?:      .*\n)*?      maximum: (\d+)"),
                          ("sql/migrate", r"\btrial BETWEEN 0 AND (\d+)")]:
        files = sorted(pathlib.Path(path).glob("*.sql")) or [pathlib.Path(path)]
        found = [int(n) for f in files for n in re.findall(pattern, f.read_text(encoding="utf-8"))]
        if found[-1:] != [TRIALS]:
            yield f"{path}: {found[-1:] or 'none'}"


def main():
    tap = Tap()
    tap.test(f"{TRIALS} trials, whoever says so", list(trials()))
    for name, limit, fill, words in LIMITS:
        at, over = protocol.whole(), protocol.whole()
        fill(at, limit)
        fill(over, limit + 1)
        taken, why = protocol.ask("compile", at)
        tap.test(f"{limit}: {name}", [e.message[:200] for e in JUDGE.iter_errors(at)] + ([] if taken else [why]))
        taken, why = protocol.ask("compile", over)
        tap.test(f"{limit + 1}: {name}, one more than may be", [] if not taken and words in why else [why or "it is taken"])
    for member, value in NAMED.items():
        for what, name in UNCLEAN.items():
            document = protocol.whole()
            document.setdefault(member, {})[name] = value
            taken, why = protocol.ask("compile", document)
            faults = [why or "it is taken"] if taken or f"/{member}" not in why else []
            tap.test(f"{member}: a name {what} is refused", faults + ["the schema takes it"] * JUDGE.is_valid(document))
    return tap.end()


if __name__ == "__main__":
    os.chdir(protocol.ROOT)
    sys.exit(main())
