#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The form of protocol documents, said three times, must be one: openapi/protocol.schema.json, the field tables of
src/wire, and what `rehabd protocol compile` takes.

The tables are compared with the schema member by member. Then documents are changed in one place at a time (a member
taken out, one put in that nobody knows, a value of another kind) and given to both: what the schema refuses must be
refused by the program; what only the program refuses must be the compiler's business, which sees more than form (ids
that lead nowhere, values that do not fit a measure). Prints TAP."""

import collections
import concurrent.futures
import copy
import json
import os
import pathlib
import re
import sys

import jsonschema

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "helpers"))
import protocol  # noqa: E402
from tap import Tap  # noqa: E402

ROOT = protocol.ROOT
SCHEMA = protocol.load_schema()
JUDGE = jsonschema.Draft202012Validator(SCHEMA)

# which table of src/wire says the same as which part of the schema
TABLES = {
    "document": "", "condition": "condition", "code": "coding", "stratum": "stratum", "source": "source",
    "red_flag": "red_flag", "track": "track", "phase": "phase", "gate": "gate", "deadline": "deadline", "advice": "advice",
    "treatment": "treatment", "dosage": "treatment/properties/dosage", "prescription": "prescription",
    "schedule": "prescription/properties/schedule", "tempo": "prescription/properties/tempo", "limit": "limit",
    "progress": "prescription/properties/progress", "raise": "prescription/properties/progress/properties/raise",
    "expectation": "expectation", "note": "remark", "leaf": "leaf", "for": "leaf/properties/for", "all": "all", "any": "any",
    "not": "not", "at_least": "at_least", "same_occasion": "same_occasion", "score": "score", "item": "score_item",
    "points": "score_band", "norm": "table", "automaton": "automaton", "step": "step", "reading": "band", "zone": "zone",
    "activity": "activity", "with": "session_symptom", "retest": "leaf/properties/retest",
}
# what the compiler alone can see: its faults, by the sentence they begin with
COMPILER = "The protocol document breaks the rules of its language"


def part(name):
    node = SCHEMA["$defs"] if name else SCHEMA
    for step in name.split("/") if name else []:
        node = node[step]
    return node


def tables():
    """{table: {member: required}} as src/wire has them, macros of fields put in."""
    macros, found, texts = {}, {}, {}
    for path in sorted((ROOT / "src/wire").glob("*.[ch]")):
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".h" or '#include "rules.h"' in text:
            texts[path.name] = text
    for text in texts.values():
        macros.update(re.findall(r"#define (\w+_FIELDS)(?:\(.*?\))?\s((?:.*\\\n)*.*)", text))
    for name, text in texts.items():
        if name in ("rules.c", "rules.h", "json_in.h"):
            continue  # measures, which have a contract of their own
        for table, body in re.findall(r"static const struct field (\w+)_fields\[\] = \{(.*?)\};", text, re.S):
            body = re.sub(r"(\w+_FIELDS)(?:\(([^()]*)\))?", lambda m: fill(macros[m[1]], m[2]), body)
            members = {m: need == "REQUIRED" for m, need in re.findall(r'"(\w+)",\s*(?:WIRE_\w+,\s*)?(REQUIRED|OPTIONAL)', body)}
            found[table] = {**{m: False for m in re.findall(r'FIELD_ANY\("(\w+)"\)', body)}, **members}
    return found


def fill(macro, arguments):
    """What a macro of fields stands for; of its arguments only the last matters, whether they are required."""
    return re.sub(r"\bneed\b", arguments.split(",")[-1].strip(), macro) if arguments else macro


def compare_tables(tap):
    known = tables()
    tap.test("every field table has its part of the schema", [f"{name}_fields has none" for name in known.keys() - TABLES.keys()]
             + [f"there is no {name}_fields" for name in TABLES.keys() - known.keys()])
    unread = {name for name, node in SCHEMA["$defs"].items() if "properties" in node} - set(TABLES.values()) - {"expression", "comparison"}
    tap.test("every part of the schema has its field table", [f"{n} has none" for n in unread])
    for table, name in TABLES.items():
        if table not in known:
            continue
        schema = part(name)
        said, read = set(schema["properties"]), set(known[table])
        if table == "leaf":
            read -= {"all", "any", "not", "at_least", "same_occasion"}  # known there only to be suggested
        faults = [f"{m} is read and not in the schema" for m in read - said]
        faults += [f"{m} is in the schema and not read" for m in said - read]
        required = {m for m, need in known[table].items() if need}
        faults += [f"{m} is required by one of the two" for m in required ^ set(schema.get("required", []))]
        tap.test(f"{table}_fields and the schema have the same members", faults)


def check_schema(tap):
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    faults = []

    def described(node):
        return "description" in node or ("$ref" in node and "description" in SCHEMA["$defs"][node["$ref"].split("/")[-1]])

    def walk(node, place):
        if isinstance(node, dict):
            for member, value in node.get("properties", {}).items() if node.get("type") == "object" else ():
                if not described(value):
                    faults.append(f"{place}/properties/{member} is not described")
            if node.get("type") == "object" and "properties" in node and "additionalProperties" not in node:
                faults.append(f"{place} takes any member")
            for key, value in node.items():
                walk(value, f"{place}/{key}")
        elif isinstance(node, list):
            for i, value in enumerate(node):
                walk(value, f"{place}/{i}")
    walk(SCHEMA, "")
    faults += [f"{name} is not described" for name, node in SCHEMA["$defs"].items() if "description" not in node]
    used = set(re.findall(r'"#/\$defs/(\w+)"', json.dumps(SCHEMA)))
    faults += [f"nothing uses {name}" for name in SCHEMA["$defs"].keys() - used]
    tap.test("the schema is one, closed, and says of every member what it is", faults)


def say(error):
    return "/" + "/".join(str(step) for step in error.absolute_path) + ": " + error.message[:200]


# ---- one change at a time ----

STRANGERS = (None, True, 17, -1, 0.5, "zz!", "P1D", [], {}, 10**9)


def places(node, where=(), shape=()):
    """Every object and list of a document, with its place and a shape in which alike places are one."""
    if isinstance(node, dict):
        expression = next((e for e in SCHEMA["$defs"]["leaf"]["properties"] if e in node and "id" in node), "")
        yield node, where, shape + (expression,)
        for key, value in node.items():
            yield from places(value, where + (key,), shape + (key,))
    elif isinstance(node, list):
        yield node, where, shape
        for i, value in enumerate(node):
            yield from places(value, where + (i,), shape + ("*",))


def simplify(shape):
    """Criteria are alike wherever they stand."""
    for i, step in enumerate(shape):
        if step in ("when", "give", "withdraw", "gate"):
            inner = [s for s in shape[i + 1:] if s not in ("all", "any", "not", "of", "same_occasion", "*")]
            return ("criterion", *inner)
    return shape


def changes(document, seen):
    for node, where, shape in places(document):
        shape = simplify(shape)
        keys = list(node) if isinstance(node, dict) else range(min(len(node), 1))
        orders = [("without", key, None) for key in keys]
        if isinstance(node, dict):
            orders.append(("with", "zz", 1))
        orders += [("other", key, value) for key in keys for value in STRANGERS]
        for verb, key, value in orders:
            mark = (shape, verb, key, repr(value))
            if mark in seen:
                continue
            seen.add(mark)
            yield verb, where, key, value


def change(document, verb, where, key, value):
    changed = copy.deepcopy(document)
    node = changed
    for step in where:
        node = node[step]
    if verb == "without":
        del node[key]
    else:
        node[key] = value
    return changed


def mutate(label, document, seen, only):
    """The faults: places where one of the two is wrong."""
    faults, orders = [], list(changes(document, seen))
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        answers = list(pool.map(lambda order: protocol.ask("compile", change(document, *order)), orders))
    for (verb, where, key, value), (taken, why) in zip(orders, answers):
        changed = change(document, verb, where, key, value)
        said = JUDGE.is_valid(changed)
        place = f"{label} {verb} {'/'.join(map(str, where + (key,)))} {json.dumps(value)}"
        if taken and not said:
            faults.append(f"{place}: only the schema refuses it: {say(next(JUDGE.iter_errors(changed)))}")
        if not taken and said:
            if COMPILER in why:
                only[re.sub(r".*? (?=[a-z])", "", why.split(COMPILER)[1], count=1).split(" (")[0].split(";")[0]] += 1
            else:
                faults.append(f"{place}: only the reader refuses it: {why}")
    return faults, len(orders)


def check_documents(tap):
    for path in sorted(ROOT.glob("sql/seed/protocols/*.json")) + sorted(ROOT.glob("tests/core/protocols/*.json")):
        document = json.loads(path.read_text(encoding="utf-8"))
        taken, why = protocol.ask("compile", document)
        tap.test(f"{path.name} is what the schema says, and compiles",
                 [say(e) for e in JUDGE.iter_errors(document)] + ([] if taken else [why]))


def main():
    tap, seen, only = Tap(), set(), collections.Counter()
    check_schema(tap)
    compare_tables(tap)
    check_documents(tap)
    faults, count = [], 0
    for label, document in [("whole", protocol.whole())] + [e[1:] for e in protocol.examples()]:
        found, tried = mutate(label, document, seen, only)
        faults, count = faults + found, count + tried
    tap.test(f"{count} documents with one change each are refused by both or by neither", faults)
    for sentence, times in only.most_common():
        print(f"# only the compiler: {times} x {sentence}")
    return tap.end()


if __name__ == "__main__":
    os.chdir(ROOT)
    sys.exit(main())
