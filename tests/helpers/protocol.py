# SPDX-License-Identifier: Apache-2.0
"""Protocol documents for tests: the schema, what `rehabd protocol` says of a document, the examples of the authors'
guide, and small edits."""

import copy
import json
import os
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
REHABD = os.environ.get("REHABD", "build/rehabd")
GUIDE = ROOT / "openapi/protocol-authors.md"
BLOCK = re.compile(r"^```json (\w+)\n(.*?)^```$", re.M | re.S)


def load_schema():
    return json.loads((ROOT / "openapi/protocol.schema.json").read_text(encoding="utf-8"))


def ask(verb, document):
    """Whether `rehabd protocol` lets a document pass, and what it says."""
    order = [REHABD, "protocol", verb, "-"] + (["-o", "/dev/null"] if verb == "compile" else [])
    done = subprocess.run(order, input=json.dumps(document), capture_output=True, text=True, timeout=60)
    return done.returncode == 0, (done.stdout + done.stderr).strip()


# ---- the examples of the guide ----

def whole():
    """The document all examples are tried in."""
    (found,) = [body for kind, body in BLOCK.findall(GUIDE.read_text(encoding="utf-8")) if kind == "whole"]
    return json.loads(found)


def middle(document):
    return document["tracks"][0]["phases"][1]


def put_in(document, kind, part):
    """One block of the guide, in the place it is for."""
    lists = {"gate": "gates", "prescription": "prescriptions", "advice": "advice", "band": "bands"}
    if kind == "criterion":
        middle(document).setdefault("gates", []).append({"id": "example", "move": "advance", "to": "late", "when": part})
    elif kind in lists:
        middle(document).setdefault(lists[kind], []).append(part)
    elif kind == "red_flag":
        document.setdefault("red_flags", []).append(part)
    elif kind in ("phase", "document"):
        (middle(document) if kind == "phase" else document).update(part)
    else:
        raise ValueError(f"there is no place for {kind}")


def examples():
    """(kind of rule, label, document) of every example; blocks of declarations belong to the one that follows."""
    found, declared = [], []
    for heading, text in re.findall(r"^#+ (.*?)\n(.*?)(?=^#+ |\Z)", GUIDE.read_text(encoding="utf-8"), re.M | re.S):
        kind, number = heading.split(" ")[0], 0
        for place, body in BLOCK.findall(text):
            if place == "whole":
                continue
            declared.append((place, json.loads(body)))
            if place == "document":
                continue
            number += 1
            document = whole()
            for block in declared:
                put_in(document, *block)
            label = f"{kind}.{number}" if re.match(r"R\d+$", kind) else heading
            found.append((kind, label, document))
            declared = []
    return found


# ---- edits ----

def edit(document, order):
    """`set /a/b VALUE`, `add /list VALUE`, `cut /a/b`, `rename /a/b NAME`: in place."""
    verb, pointer, value = (order.split(" ", 2) + [""])[:3]
    node, steps = document, pointer.strip("/").split("/")
    for step in steps if verb == "add" else steps[:-1]:
        node = node[int(step) if isinstance(node, list) else step]
    last = int(steps[-1]) if isinstance(node, list) and verb != "add" else steps[-1]
    if verb == "add":
        node.append(json.loads(value))
    elif verb == "set":
        node[last] = json.loads(value)
    elif verb == "cut":
        del node[last]
    elif verb == "rename":
        node[value] = node.pop(last)
    else:
        raise ValueError(f"there is no edit {verb}")


def edited(document, order):
    changed = copy.deepcopy(document)
    edit(changed, order)
    return changed
