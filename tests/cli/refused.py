#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What an author reads when `rehabd protocol` refuses a document: about the document and not about a request, with the labels that
there are where one does not exist, whole words, and the file's name once. Prints TAP."""

import copy
import json
import os
import pty
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "helpers"))
import protocol  # noqa: E402
from tap import Tap  # noqa: E402

CITED = {"source": "msd", "certainty": "verified"}
GAIT, GRADES, STATES, EFFUSION = "normal antalgic aided unable", "1 2 3", "calm held", "0 trace 1+ 2+ 3+"
STEPS = [{"in": ["calm"], "is": ">=", "value": "2+", "to": "held"}, {"in": ["held"], "is": "<", "value": "1+", "to": "calm"}]


def leaf(**members):
    return {"id": "x", **members, **CITED}


def criterion(**members):
    return lambda d: protocol.put_in(d, "criterion", leaf(**members))


def of_phase(member, value):
    return lambda d: protocol.middle(d).update({member: value})


def automaton(steps):
    return {"of": "effusion", "start": "calm", "steps": steps, **CITED}


def asks_state(d):
    d["states"] = {"s/t": automaton(STEPS)}
    protocol.put_in(d, "criterion", leaf(state="s/t", **{"is": "==", "value": "clam-like"}))


def wrong_step(d):
    d["states"] = {"s/t": automaton([{**STEPS[0], "value": "much"}, STEPS[1]])}


WRONG = {"is": "==", "value": "limping"}
LABELS = [
    ("a leaf", criterion(latest="gait", **WRONG), GAIT),
    ("a set", criterion(worst="gait", **{"in": ["normal", "limping"]}), GAIT),
    ("a stratum", criterion(stratum="grade", **{"is": "==", "value": "severe"}), GRADES),
    ("a bound by stratum", criterion(latest="pain_walk", **{"is": "<", "value": 3, "value_by": {"grade": {"severe": 4}}}), GRADES),
    ("an expectation by stratum", of_phase("expect", {"typical": ["P1D", "P2D"], "by": {"grade": {"severe": ["P1D", "P3D"]}}, **CITED}), GRADES),
    ("a state", asks_state, STATES),
    ("a step between states", wrong_step, EFFUSION),
    ("a band of a score", lambda d: d.update(scores={"s": {"title": {"en": "S"}, "items": [
        {"latest": "gait", "bands": [{**WRONG, "points": 1}], **CITED}]}}), GAIT),
    ("a zone", of_phase("bands", [{"id": "b", "latest": "gait", **CITED, "zones": [{"id": "z", **WRONG, "move": "stay"}]}]), GAIT),
    ("what a session showed", criterion(sessions="any", **{"is": ">=", "value": 1, "with": {"measure": "gait", **WRONG}}), GAIT),
    ("a limit", of_phase("prescriptions", [{"id": "p", "exercise": "bridging", "limit": {"during": "gait", **WRONG, "else": "stop", **CITED}}]), GAIT),
]


def say(text):
    done = subprocess.run([protocol.REHABD, "protocol", "lint", "-"], input=text, capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout + done.stderr


def faults_of(said, *parts):
    yield from (f"{part} is not in: {said}" for part in parts if part not in said)
    yield from (f"{word} is in: {said}" for word in ("the body", "The body", "this operation") if word in said)


def test_labels(tap):
    for name, fill, labels in LABELS:
        document = protocol.whole()
        fill(document)
        _, said = say(json.dumps(document))
        tap.test(f"which labels there are: {name}", list(faults_of(said, f"; there are: {labels}\n")))
    many = protocol.whole()
    many["strata"]["club"] = {"values": [f"the-club-of-town-{i}" for i in range(64)]}
    protocol.put_in(many, "criterion", leaf(stratum="club", **{"is": "==", "value": "zzz"}))
    _, said = say(json.dumps(many))
    last = said.strip().split("; there are: ")[-1].split(" ")
    whole = set(last[:-3]) <= set(many["strata"]["club"]["values"]) and last[-3] == "and" and last[-1] == "more"
    tap.test("of many labels the first, and how many more", [] if whole and int(last[-2]) + len(last) - 3 == 64 else said)
    near = protocol.whole()
    protocol.put_in(near, "criterion", leaf(latest="gait", **{"is": "==", "value": "antalgc"}))
    _, said = say(json.dumps(near))
    tap.test("of a label that is near only that", list(faults_of(said, "did you mean antalgic?\n")))


def test_words(tap):
    document = protocol.whole()
    protocol.put_in(document, "criterion", {**leaf(latest="gait", **{"is": "==", "value": "normal"}), "zzzzzzzzzzzz": 1})
    _, said = say(json.dumps(document))
    tap.test("a leaf's members are listed to the last", list(faults_of(said, "The document holds a member that is not known here",
             "known here: all any ", " is value ", " source ", " value_by\n")))
    for title, text, words in (("nothing", "", "The document is empty"), ("half of one", "{", "the document ends too early"),
                               ("a list", "[]", "the document must be an object"), ("one with a byte order mark", "\ufeff{}", "At line 1, column 1: a byte order mark"), ("one too deep", "[" * 60, "The document is nested too deep"),
                               ("two faults", '{"format": "x", "qqqqqq": 1}', "The document breaks rules of its members")):
        _, said = say(text)
        tap.test(f"{title} is a document, not a body", list(faults_of(said, words)))
    trap = copy.deepcopy(protocol.whole())
    trap["tracks"][0]["phases"][0]["gates"][0]["when"] = leaf(elapsed="phase", **{"is": "<", "value": "P0D"})
    status, said = say(json.dumps(trap))
    count = said.count("\nerror ") + said.startswith("error ")
    tap.test("errors are counted as they are", [] if status == 1 and f"{count} error{'s' * (count != 1)} in " in said else said)


def test_exercise(tap):
    document = json.loads((protocol.ROOT / "sql/seed/protocols/hamstring-strain-staged.json").read_text())
    for word, near in (("heel_rise_one_lgg", "did you mean heel_rise_one_leg?"), ("zzzzzzzzzzzzzzz", "(zzzzzzzzzzzzzzz)")):
        document["tracks"][0]["phases"][1]["prescriptions"][0]["exercise"] = word
        _, said = say(json.dumps(document))
        tap.test(f"the exercise that is near {word}", list(faults_of(said, near + "\n")))


def test_languages(tap):
    for tag in ("es", "es-MX", "spa", "zh-Hant-TW"):
        document = protocol.whole()
        document["title"][tag] = "Un ejemplo"
        taken, why = protocol.ask("compile", document)
        tap.test(f"{tag} is a language", [] if taken else why)
    for tag in ("es_MX", "spanish", "e", "es-", "es-mexicanos", "e5", "es-M X"):
        document = protocol.whole()
        document["title"][tag] = "Un ejemplo"
        _, said = say(json.dumps(document))
        tap.test(f"{tag} is none", list(faults_of(said, f"/title/{tag} the language must be a tag, as en, es or es-MX\n")))


def test_help(tap):
    for order, status, words in ((["help", "protocol"], 0, "lint FILE"), (["help", "frob"], 2, "there is no command frob"),
                                 (["help"], 0, "Usage: rehabd COMMAND"), (["protocol", "mine.json"], 2, "it takes lint, compile or import, and a FILE")):
        done = subprocess.run([protocol.REHABD, *order], capture_output=True, text=True, timeout=60)
        said = done.stdout + done.stderr
        tap.test("rehabd " + " ".join(order), [] if done.returncode == status and words in said else f"{done.returncode}: {said}")


def test_terminal(tap):
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(protocol.whole(), file)
        file.flush()
        order = [protocol.REHABD, "protocol", "compile", file.name]
        ours, theirs = pty.openpty()
        done = subprocess.run(order, stdout=theirs, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, timeout=60)
        os.close(theirs)
        os.close(ours)
        said = done.stderr.decode()
        tap.test("a block is not written to a terminal", [] if done.returncode == 1 and "-o FILE" in said else said or "it is")
        done = subprocess.run(order, capture_output=True, timeout=60)
        tap.test("but into a pipe", [] if done.stdout[:4] == b"RHB1" else done.stderr.decode() or "it is not")


def main():
    tap = Tap()
    test_labels(tap)
    test_words(tap)
    test_exercise(tap)
    test_languages(tap)
    test_help(tap)
    test_terminal(tap)
    return tap.end()


if __name__ == "__main__":
    os.chdir(protocol.ROOT)
    sys.exit(main())
