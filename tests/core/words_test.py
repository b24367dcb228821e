#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What is said to a patient or a clinician is said in every language that the core speaks: the names of measures and
exercises, the titles, goals, messages and texts of the protocols, and terms for all keys that sentences tell, all of
sql/seed (notes, descriptions and purposes are for authors). A name fits into a sentence uncut, and no two measures or
exercises share one. Prints TAP."""
import collections
import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/helpers"))
from tap import Tap  # noqa: E402

LANGUAGES = re.findall(r'"(\w+)"', re.search(r"LANGUAGE\[.*\{(.*)\};", (ROOT / "src/core/phrase.c").read_text())[1])
LONGEST = int(re.search(r"const uint32_t most = (\d+);", (ROOT / "src/core/sentence.c").read_text())[1])

ANY = 1000  # bytes of a text that stands by itself
SAID = {"title": LONGEST, "message": ANY, "text": ANY}


def faults_of(words, place, most=LONGEST):
    """What is wrong with {"en": ..., "es": ...}."""
    for language in LANGUAGES:
        text = words.get(language, "")
        if not text:
            yield f"{place} is not said in {language}"
        if text != text.strip() or "  " in text:
            yield f"{place} has a blank too many in {language}"
        if len(text.encode()) > most:
            yield f"{place} is cut in {language}: {len(text.encode())} bytes of {most}"


def said(node, place=""):
    """Every member of a document that is said to somebody, with its JSON Pointer and how long it may be."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key in SAID and isinstance(value, dict):
                yield f"{place}/{key}", value, SAID[key]
            elif key == "goals":
                yield from ((f"{place}/goals/{i}", words, ANY) for i, words in enumerate(value))
            elif key != "notes":
                yield from said(value, f"{place}/{key}")
    elif isinstance(node, list):
        for i, value in enumerate(node):
            yield from said(value, f"{place}/{i}")


def spelt(node):
    """Every member's name and every text."""
    if isinstance(node, dict):
        yield from node
    for value in node.values() if isinstance(node, dict) else node if isinstance(node, list) else []:
        yield from spelt(value)
    if isinstance(node, str):
        yield node


def cleared(node):
    for value in node.values() if isinstance(node, dict) else node if isinstance(node, list) else []:
        yield from cleared(value)
    if isinstance(node, dict) and "cleared" in node:
        yield node["cleared"]


def keys(document, measures):
    """What a sentence about the document may tell by its key."""
    for name, stratum in document.get("strata", {}).items():
        yield from [name, *stratum["values"]]
    for state in document.get("states", {}).values():
        yield from [state["start"], *(step["to"] for step in state["steps"])]
    yield from cleared(document["tracks"])
    if len(document["tracks"]) > 1:
        yield from (track["id"] for track in document["tracks"])
    used = set(spelt(document))
    for measure in measures:
        yield from measure.get("labels", []) if measure["code"] in used else []


def term_faults(document, measures):
    terms, told = document.get("terms", {}), {k for k in keys(document, measures) if re.search("[a-z]", k)}
    yield from (f"{key} has no term" for key in sorted(told - terms.keys()))
    yield from (f"the term {key} is never told" for key in sorted(terms.keys() - told))
    for key, words in terms.items():
        yield from faults_of(words, f"/terms/{key}")
        yield from (f"/terms/{key} is told as it is spelt in the document" for text in words.values() if "_" in text)


def main():
    tap = Tap()
    measures = json.loads((ROOT / "sql/seed/measures.json").read_text())
    tap.test("the core speaks several languages, English first", [] if len(LANGUAGES) > 1 and LANGUAGES[0] == "en" else str(LANGUAGES))
    for file, id_member, member in (("measures", "code", "name"), ("exercises", "id", "title")):
        items = json.loads((ROOT / f"sql/seed/{file}.json").read_text())
        tap.test(f"all {file} have a {member} in each", [f for i in items for f in faults_of(i[member], i[id_member])])
        for language in LANGUAGES:
            count = collections.Counter(i[member].get(language) for i in items)
            tap.test(f"no two {file} share a {member} in {language}", [name for name, n in count.items() if name and n > 1])
    for path in sorted((ROOT / "sql/seed/protocols").glob("*.json")):
        document = json.loads(path.read_text())
        found = list(said(document))
        faults = [f for place, words, most in found for f in faults_of(words, place, most)]
        tap.test(f"all that {path.stem} says is said in each", faults if found else "it says nothing")
        tap.test(f"every key that {path.stem} tells has a term", list(term_faults(document, measures)))
    return tap.end()


sys.exit(main())
