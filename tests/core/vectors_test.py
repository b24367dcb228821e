#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Plays the published vectors against this build: through librehab.so by ctypes, and through rehab.wasm in node. Prints TAP.

B   where they were built; without librehab.so there is nothing to play against
"""
import copy
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("B", ROOT / "build")).resolve()
VECTORS = ROOT / "tests/core/vectors"
LEAST = 2000
sys.path[:0] = [str(ROOT / "src/bind"), str(ROOT / "tests/core")]
sys.dont_write_bytecode = True
if not (BUILD / "librehab.so").exists():
    print("1..0 # skip librehab.so was not built")
    sys.exit()
import rehab  # noqa: E402
from _vectors import said, summary  # noqa: E402

number = failed = 0


def say(name, wrong, skip=""):
    global number, failed
    number += 1
    failed += bool(wrong)
    print(f"{'not ' if wrong else ''}ok {number} - {name}{' # skip ' + skip if skip else ''}", flush=True)
    for line in wrong[:3]:
        print(f"  # {line}")


def expected(decision, line):
    """Whether the decision is what a clinician wrote down; None: a line about something that is not in it."""
    words = line.split(" #")[0].split()
    move = decision["recommendation"]
    if words[0] in ("stay", "hold", "stop", "complete", "advance", "regress", "restart"):
        return move["move"] == words[0] and (len(words) < 3 or move.get("to") == words[2])
    if words[0] == "gate":
        return next((g["verdict"] for g in decision.get("gates", []) if g["gate"] == words[1]), None) == words[2]
    if words[0] == "flag":
        return any(f["flag"] == words[1] and f.get("raised", False) == (words[2] == "raised") for f in decision["red_flags"])
    if words[0] == "criterion":
        return any(f["criterion"] == words[1] and said(f).startswith(" ".join(words[2:])) for f in findings(decision))
    return None


def findings(decision):
    for rules in ("gates", "bands", "red_flags", "advice", "prescriptions"):
        for rule in decision.get(rules, []):
            yield from rule.get("findings", [])
            yield from rule.get("progress_findings", [])


def play(protocol, lines):
    wrong, count, written = [], 0, 0
    for line in lines:
        for step in line["steps"]:
            facts = {**line["facts"], "tracks": step.get("tracks", line["facts"].get("tracks"))}
            decision = protocol.decide(facts, step["as_of"])
            found = summary(decision, published["members"])
            count += 1
            if found != step["decision"]:
                wrong += [f"{line.get('story', '')} {step['as_of']}: {name} is {found.get(name)}, published: {step['decision'].get(name)}"
                          for name in sorted({*found, *step["decision"]}) if found.get(name) != step["decision"].get(name)][:1]
            told = {text: expected(decision, text) for text in step.get("expect", [])}
            written += sum(answer is not None for answer in told.values())
            wrong += [f"{line['story']} {step['as_of']}: a clinician expects: {text}" for text, answer in told.items() if answer is False]
    return wrong, count, written


library = rehab.Library(str(BUILD / "librehab.so"))
published = json.loads((VECTORS / "published.json").read_text())
work = pathlib.Path(tempfile.mkdtemp())
total, same = 0, []
try:
    for path in sorted(VECTORS.glob("*.jsonl")):
        name = path.stem
        block = subprocess.run([BUILD / "tests/core/case_test", "--block", name], cwd=ROOT, check=True,
                               capture_output=True).stdout
        if hashlib.sha256(block).hexdigest() != published["protocols"][name]["sha256"]:
            say(f"{name} is the block that its vectors were made with", ["it is another: make vectors"])
            continue
        (work / f"{name}.block").write_bytes(block)
        same.append(path)
        lines = [json.loads(line) for line in path.read_text().splitlines()]
        wrong, count, written = play(library.open(block), lines)
        total += count
        say(f"{name}: {count} vectors through librehab.so, {written} expectations of clinicians among them", wrong)
    if same:
        lines = [json.loads(line) for line in same[0].read_text().splitlines()]
        planted = copy.deepcopy(lines[:1])
        planted[0]["steps"][0]["decision"]["recommendation"]["move"] = "planted"
        protocol = library.open((work / f"{same[0].stem}.block").read_bytes())
        say("a planted decision is found", [] if len(play(protocol, planted)[0]) == 1 else ["it is not"])
        told = [line for line in lines if "story" in line][:1]
        told[0]["steps"][0]["expect"] = ["advance to nowhere"]
        say("a planted expectation is found", [] if len(play(protocol, told)[0]) == 1 else ["it is not"])
    say(f"at least {LEAST} vectors are published: {total}", [] if total >= LEAST else ["there are fewer"])
    seeded = {path.stem for path in (ROOT / "sql/seed/protocols").glob("*.json")}
    say("every protocol of the library has vectors", sorted(seeded - {path.stem for path in VECTORS.glob("*.jsonl")}))
    if shutil.which("node") and (BUILD / "rehab.wasm").exists() and same:
        shutil.copy(BUILD / "rehab.wasm", work)
        shutil.copy(ROOT / "src/bind/rehab.mjs", work)
        played = subprocess.run(["node", ROOT / "tests/core/_vectors.mjs", work, work, *same], capture_output=True, text=True)
        for line in played.stdout.splitlines():
            if line.startswith(("ok", "not ok")):
                say(line.split(" - ", 1)[1], ["in node"] if line.startswith("not") else [])
            elif line.startswith("  #"):
                print(line)
        if played.returncode:
            say("node plays them", played.stderr.splitlines()[-5:] or ["it fails"])
    else:
        say("through rehab.wasm", [], "there is no node or no rehab.wasm here")
finally:
    shutil.rmtree(work)
print(f"1..{number}")
sys.exit(failed > 0)
