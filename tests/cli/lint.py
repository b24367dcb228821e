#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The critic against planted faults. Every protocol that is seeded must be clean; every fault of FAULTS is planted wherever a
copy of one of them has a place for it; every line of tests/core/lint/PROTOCOL.case is a small edit of that protocol by hand,
and what `rehabd protocol lint` must say of it; each of the critic's findings is in one of them, and beside it an edit of the same place
that is none. The guide for authors explains them all. Prints TAP."""

import copy
import itertools
import json
import os
import pathlib
import re
import subprocess

REHABD = os.environ.get("REHABD", "build/rehabd")
SEEDS = sorted(pathlib.Path("sql/seed/protocols").glob("*.json"))
HANDMADE = pathlib.Path("tests/core/lint")
NUMBER = FAILED = 0


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


def say(good, title, lines=()):
    global NUMBER, FAILED
    NUMBER += 1
    FAILED += not good
    print(f"{'' if good else 'not '}ok {NUMBER} - {title}")
    for line in lines:
        print(f"#   {line}")


def check(title, document, expected):
    good, done = judge(document, expected)
    say(good, title, [] if good else (done.stdout + done.stderr).splitlines())


# ---- faults that any protocol can have ------------------------------------------------------------

AHEAD, BACK = ("advance", "complete"), ("regress", "restart")


def gates(document, moves):
    for t, track in enumerate(document["tracks"]):
        for p, phase in enumerate(track["phases"]):
            for g, gate in enumerate(phase.get("gates", [])):
                if gate["move"] in moves:
                    yield f"/tracks/{t}/phases/{p}/gates/{g}", gate


def leaf(document, **members):
    return {"id": "planted", **members, "source": next(iter(document["sources"])), "certainty": "convention"}


def leaves(tree, at):
    if "id" in tree:
        yield at, tree
    for key in ("all", "any", "of", "same_occasion"):
        for i, child in enumerate(tree.get(key, [])):
            yield from leaves(child, f"{at}/{key}/{i}")
    if "not" in tree:
        yield from leaves(tree["not"], at + "/not")


def nth(places, n):
    """The n-th of them; StopIteration: there are no more."""
    return next(itertools.islice(places, n, None))


def only_ways_out(document):
    ahead = [at.rsplit("/", 2)[0] for at, _ in gates(document, AHEAD)]
    return ((at, gate) for at, gate in gates(document, AHEAD) if ahead.count(at.rsplit("/", 2)[0]) == 1)


def later_phases(document):
    for t, track in enumerate(document["tracks"]):
        for p, phase in enumerate(track["phases"]):
            if p > 0:
                yield f"/tracks/{t}/phases/{p}", phase


def all_leaves(document, moves):
    for at, gate in gates(document, moves):
        yield from leaves(gate["when"], at + "/when")


def upper_bounds(document):
    for at, one in all_leaves(document, AHEAD):
        if "latest" in one and one.get("is") in ("<", "<=", "==") and type(one.get("value")) in (int, float) and \
                "value_by" not in one and "per" not in one:
            yield at, one


def doses(document):
    for t, track in enumerate(document["tracks"]):
        for p, phase in enumerate(track["phases"]):
            for kind in ("treatments", "prescriptions"):
                for i, one in enumerate(phase.get(kind, [])):
                    yield f"/tracks/{t}/phases/{p}/{kind}/{i}", one


def plant_never(document, n):
    """A gate ahead that asks besides for less than no time."""
    at, gate = nth(gates(document, AHEAD), n)
    gate["when"] = {"all": [gate["when"], leaf(document, elapsed="phase", **{"is": "<"}, value="P0D")]}
    return f"gate_never {at}/when"


def plant_trap(document, n):
    """The same where it is the only one: a phase that cannot be left."""
    at, gate = nth(only_ways_out(document), n)
    gate["when"] = {"all": [gate["when"], leaf(document, elapsed="phase", **{"is": "<"}, value="P0D")]}
    return f"no_way_out {at.rsplit('/', 2)[0]}"


def plant_always(document, n):
    """A gate ahead that is open to all."""
    at, gate = nth(gates(document, AHEAD), n)
    gate["when"] = {"any": [gate["when"], leaf(document, elapsed="phase", **{"is": ">="}, value="P0D")]}
    return f"gate_always {at}/when"


def plant_floor(document, n):
    """A floor with a way around it."""
    at, gate = nth(gates(document, AHEAD), n)
    floor = leaf(document, elapsed=document["day_zero"], **{"is": ">="}, value="P1D", floor=True, relaxed_by="physician")
    gate["when"] = {"any": [gate["when"], floor]}
    return f"floor_passed {at}/when"


def plant_no_screen(document, n):
    """Progress without the question for red flags, once nine days have passed."""
    at, gate = nth(gates(document, AHEAD), n)
    gate["when"] = {"any": [gate["when"], leaf(document, elapsed="phase", **{"is": ">="}, value="P9D")]}
    return f"no_screen {at}/when"


def plant_one_way(document, n):
    """A phase whose steps back are gone."""
    at, phase = nth(later_phases(document), n)
    phase["gates"] = [gate for gate in phase["gates"] if gate["move"] not in BACK]
    phase.pop("bands", None)
    return f"no_way_back {at}"


def plant_no_red_flag(document, n):
    if n > 0:
        raise StopIteration
    document["red_flags"] = []
    return "no_red_flag /red_flags"


def plant_no_source(document, n):
    """A dose of which nobody knows where it comes from."""
    at, one = nth(doses(document), n)
    del one["source"]
    return f"no_source {at}"


def plant_below_range(document, n):
    """A bound beneath anything that the measure can be."""
    at, one = nth(upper_bounds(document), n)
    one["value"] = -1000
    return f"criterion_never {at}"


FAULTS = (plant_never, plant_trap, plant_always, plant_floor, plant_no_screen, plant_one_way, plant_no_red_flag, plant_no_source,
          plant_below_range)


def planted(document, plant):
    for n in itertools.count():
        copied = copy.deepcopy(document)
        try:
            yield copied, plant(copied, n)
        except StopIteration:
            return


def hand_edits(path):
    """Each line: itself, its edits, what is expected."""
    for line in path.read_text().splitlines() if path.exists() else []:
        if not line or line.startswith("#"):
            continue
        edits, expected = re.sub(r"\$p(\d)", r"/tracks/0/phases/\1", line).split(" => ")
        yield line, edits.split(" ; "), expected


def by_hand(document, path):
    for line, edits, expected in hand_edits(path):
        copied = copy.deepcopy(document)
        for order in edits:
            edit(copied, order)
        check(f"{path.stem}: {line}", copied, expected)


# ---- every finding ---------------------------------------------------------------------------------


def is_one_place(one, other):
    """Do these edits change the same, or parts of it?"""
    a, b = ({order.split(" ")[1].strip("/") + "/" for order in edits} for edits in (one, other))
    return all(any(x.startswith(y) or y.startswith(x) for y in b) for x in a) and \
        all(any(x.startswith(y) or y.startswith(x) for y in a) for x in b)


def codes():
    """The critic's, from the core and from the command."""
    words = pathlib.Path("src/core/lint_word.c").read_text()
    found = re.findall(r"\[REHAB_LINT_\w+\] = \{REHAB_\w+, \"(\w+)\"\}", words)
    assert len(found) == len(re.findall(r"^    REHAB_LINT_\w+,", pathlib.Path("include/rehab/lint.h").read_text(), re.M))
    return found + ["old_screen", "unknown_exercise", "unknown_clearance", "unused_term", "no_english"]


def check_codes():
    """Each has a fault that it finds, and beside it, at the same place, an edit that is none."""
    planted = [one for path in sorted(HANDMADE.glob("*.case")) for one in [list(hand_edits(path))]]
    for code in codes():
        found = any(is_one_place(fault, harmless) for lines in planted for _, fault, expected in lines if expected.split(" ")[0] == code
                    for _, harmless, clean in lines if clean == "clean")
        say(found, f"{code}: an edit that it finds, and one at the same place that is clean")


def check_guide():
    """A row for each finding, in the order of the core, with how bad it is."""
    guide = pathlib.Path("openapi/protocol-authors.md").read_text()
    rows = re.findall(r"^\| `(\w+)` \| (error|warning|note) \| .{20,} \|$", guide, re.M)
    bad = {name: severity.lower() for severity, name in
           re.findall(r"\{REHAB_(\w+), \"(\w+)\"\}", pathlib.Path("src/core/lint_word.c").read_text())} | dict.fromkeys(("old_screen", "unused_term", "no_english"), "warning")
    expected = [(code, bad.get(code, "error")) for code in codes()]
    named = re.findall(r"`(sql/seed/protocols/[^`]+)`", guide)
    say(named and all(pathlib.Path(path) in SEEDS for path in named), "the guide names a document to begin with")
    say(rows == expected, "the guide explains every finding", [str(row) for row in set(rows) ^ set(expected)])


def ours(node, at=""):
    """Where something that is not tagged as a convention holds a number that no source gives: a window, a run of observations, or one
    of which the note says so."""
    if isinstance(node, list):
        return [found for i, part in enumerate(node) for found in ours(part, f"{at}/{i}")]
    if not isinstance(node, dict):
        return []
    said = node.get("note", "")
    number = node.keys() & {"within", "within_pair"} or "observations" in node.get("for", {})
    own = number and " watched for " not in said or re.search(r"\bours\b|\bconvention\b", said)
    here = [at] if own and node.get("certainty", "convention") != "convention" else []
    return here + [found for key, part in node.items() for found in ours(part, f"{at}/{key}")]


def clearances(node):
    for value in node.values() if isinstance(node, dict) else node if isinstance(node, list) else []:
        yield from clearances(value)
    if isinstance(node, dict) and isinstance(node.get("cleared"), str):
        yield node["cleared"]


def check_clearances(path, document, measures):
    """A clearance is given by recording the measure of its name."""
    lost = sorted(set(clearances(document["tracks"])) - {m["code"] for m in measures if m["kind"] == "boolean"})
    say(not lost, f"{path.stem}: every clearance can be given", lost)


def check_tags(path, document):
    found = ours(document)
    say(not found, f"{path.stem}: what is tagged as read holds no number of our own", found)


def main():
    measures = json.loads(pathlib.Path("sql/seed/measures.json").read_text())
    for path in SEEDS:
        document = json.loads(path.read_text())
        check_tags(path, document)
        check_clearances(path, document, measures)
        check(f"{path.stem} as it is seeded", document, "clean")
        for plant in FAULTS:
            for copied, expected in planted(document, plant):
                check(f"{path.stem}: {expected}", copied, expected)
        by_hand(document, HANDMADE / f"{path.stem}.case")
    strays = {path.stem for path in HANDMADE.glob("*.case")} - {path.stem for path in SEEDS}
    say(not strays, "faults are planted in protocols that are seeded", sorted(strays))
    check_codes()
    check_guide()
    print(f"1..{NUMBER}")
    raise SystemExit(FAILED > 0)


main()
