#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the sentences of the core name has words in every language that the core speaks: the measures of sql/seed, and all
that has a title in its protocols. A name fits into a sentence uncut, and no two measures share one. Prints TAP."""
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


def faults_of(words, place):
    """What is wrong with {"en": ..., "es": ...}."""
    for language in LANGUAGES:
        text = words.get(language, "")
        if not text:
            yield f"{place} is not said in {language}"
        if text != text.strip() or "  " in text:
            yield f"{place} has a blank too many in {language}"
        if len(text.encode()) > LONGEST:
            yield f"{place} is cut in {language}: {len(text.encode())} bytes of {LONGEST}"


def titles(node, place=""):
    """Every title of a document with its JSON Pointer."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "title" and isinstance(value, dict):
                yield f"{place}/title", value
            yield from titles(value, f"{place}/{key}")
    elif isinstance(node, list):
        for i, value in enumerate(node):
            yield from titles(value, f"{place}/{i}")


def main():
    tap = Tap()
    tap.test("the core speaks several languages, English first", [] if len(LANGUAGES) > 1 and LANGUAGES[0] == "en" else str(LANGUAGES))
    measures = json.loads((ROOT / "sql/seed/measures.json").read_text())
    tap.test("every measure has a name in each", [f for m in measures for f in faults_of(m["name"], m["code"])])
    for language in LANGUAGES:
        count = collections.Counter(m["name"].get(language) for m in measures)
        tap.test(f"no two measures share a name in {language}", [name for name, n in count.items() if name and n > 1])
    for path in sorted((ROOT / "sql/seed/protocols").glob("*.json")):
        found = list(titles(json.loads(path.read_text())))
        faults = [f for place, words in found for f in faults_of(words, place)]
        tap.test(f"every title of {path.stem} is said in each", faults if found else "it has none")
    return tap.end()


sys.exit(main())
