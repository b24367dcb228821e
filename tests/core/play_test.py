#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Stories of somebody's own, with a protocol beside them: they are played, and a name that does not exist ends the run. Prints TAP.

B   where tests/core/case_test was built
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("B", "build"))
STORY = """case: a run of one's own
protocol own
side left
onset 2026-03-01
2026-03-03T18:00 by pt-1
  session double_leg_bridge until 2026-03-03T18:30
  pain_run 1
  pain_squeeze_5s 2
as-of 2026-03-03T19:00
expect stay
"""
MISSPELT = {
    "pain_run": "there is no such measure",
    "session double_leg_bridge": "the protocol has no such activity",
    "protocol own": "there is no such protocol",
}


def play(folder, story):
    (folder / "own.case").write_text(story)
    ran = subprocess.run([BUILD.absolute() / "tests/core/case_test", folder / "own.case"], cwd=ROOT, capture_output=True, text=True)
    return ran.returncode, ran.stdout


def main():
    document = json.loads((ROOT / "sql/seed/protocols/hickey-pain-threshold.json").read_text())
    results = []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "own.json").write_text(json.dumps({**document, "id": "own"}))
        code, said = play(folder, STORY)
        results.append(("a protocol beside its stories is played", code == 0 and said.endswith("1..1\n"), said))
        for word, answer in MISSPELT.items():
            code, said = play(folder, STORY.replace(word, word + "n"))
            results.append((f"{word}n ends the run", code != 0 and answer in said, said))
    for i, (what, fine, said) in enumerate(results, 1):
        print(f"{'' if fine else 'not '}ok {i} - {what}")
        if not fine:
            print("#", said.replace("\n", "\n# "))
    print(f"1..{len(results)}")
    sys.exit(not all(fine for _, fine, _ in results))


main()
