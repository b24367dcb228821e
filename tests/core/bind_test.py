#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What is wrong in the facts of an episode is refused by rehab.py and by rehab.mjs alike, with the same sentence, which tells
nothing of a patient (bind.json: what both take and refuse); and they say alike what turns a gate, which it does. Prints TAP.

B   where librehab.so, rehab.wasm and tests/core/case_test were built
"""
import copy
import datetime
import decimal
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("B", ROOT / "build")).resolve()
sys.path[:0] = [str(ROOT / "src/bind")]
sys.dont_write_bytecode = True
if not (BUILD / "librehab.so").exists():
    print("1..0 # skip librehab.so was not built")
    sys.exit()
import rehab  # noqa: E402

TABLE = json.loads((ROOT / "tests/core/bind.json").read_text())
AS_OF, FACTS = TABLE["as_of"], TABLE["facts"]
GONE, NAME = object(), "Erika Muster"
OPEN = {  # what some observations would turn
    **FACTS, "red_flag_clearances": [], "assessments": [{
        "occurred_at": "2026-03-01T18:00+01:00", "assessor": "pt-1", "qualifiers": {"analgesic_24h": False}, "observations": [
            {"measure": "pain_worst_24h", "side": "left", "value": 6}, {"measure": "pain_exercise", "side": "left", "value": 3}]}],
}
NODE = """
import { readFileSync } from 'node:fs'
const [module, wasm, block, calls] = process.argv.slice(1)
const { load } = await import(module)
const library = await load(readFileSync(wasm))
const protocol = library.open(readFileSync(block))
const said = ask => { try { return ask() } catch (e) { return e instanceof RangeError ? e.message : `${e.name}: ${e.message}` } }
const { facts, as_of, asked } = JSON.parse(readFileSync(calls))
const changed = change => { const made = structuredClone(facts); change(made); return () => protocol.decide(made, as_of) }
const OWN = OWN_CALLS
console.log(JSON.stringify({
  table: asked.map(([facts, asOf, options]) => said(() => protocol.decide(facts, asOf, options))),
  own: OWN.map(([ask, wanted]) => [said(ask), wanted, String(ask)]),
}))
"""
PATIENT = "facts: an object was expected, not a text"
TIME = "a time with its offset (as 2026-03-05T19:00:00+01:00) was expected"
DATE = f"a date (as 2026-03-05) or {TIME}"
MILLION = "a multiple of 1 within a million was expected"
BYTES = "block: a block of bytes was expected"
DAMAGED = "block: not one of librehab, or a damaged one"
ONLY = "an object with no members but language, flips was expected"
OWN_CALLS = f"""[
  [() => protocol.decide(JSON.stringify(facts), as_of), '{PATIENT}'],
  [changed(f => {{ f.onset = new Date(0) }}), '/onset: {DATE}, not Date'],
  [changed(f => {{ f.strata = new Map() }}), '/strata: an object was expected, not Map'],
  [changed(f => {{ f.assessments[0].observations[2].value = 1n }}), '/assessments/0/observations/2/value: {MILLION}, not BigInt'],
  [changed(f => {{ f.assessments[0].observations[2].value = NaN }}), '/assessments/0/observations/2/value: {MILLION}, not another number'],
  [changed(f => {{ f.assessments[0].assessor = Symbol('{NAME}') }}), '/assessments/0/assessor: a text was expected, not Symbol'],
  [() => changed(f => {{ f.surgery = f.assessments[0].session.ended_at = undefined }})().recommendation.move, 'stop'],
  [() => protocol.decide(facts, new Date(0)), 'as_of: {TIME}, not Date'],
  [() => protocol.decide(facts), 'as_of: {TIME}, not nothing'],
  [() => protocol.decide(facts, as_of, {{ lang: 'es' }}), 'options: {ONLY}, not another object'],
  [() => protocol.decide(facts, as_of, null), 'options: an object was expected, not null'],
  [() => protocol.decide(facts, as_of, 'es'), 'options: an object was expected, not a text'],
  [() => library.open(null), '{BYTES}, not null'],
  [() => library.open(), '{BYTES}, not nothing'],
  [() => library.open('abc'), '{BYTES}, not a text'],
  [() => library.open(9), '{BYTES}, not a number'],
  [() => library.open([1]), '{BYTES}, not a list'],
  [() => library.open(new Uint8Array(7)), '{DAMAGED}'],
  [() => library.open(new ArrayBuffer(0)), '{DAMAGED}'],
  [() => typeof library.open(new DataView(Uint8Array.from(readFileSync(block)).buffer)).decide(facts, as_of), 'object'],
]"""


def put(facts, case):
    """The facts with what the case puts at a place of theirs, or without what is there."""
    if case.get("at", "") == "":
        return case.get("put", facts)
    facts = copy.deepcopy(facts)
    *way, last = [int(p) if p.isdigit() else p for p in case["at"][1:].split("/")]
    at = facts
    for step in way:
        at = at[step]
    if "put" in case:
        at[last] = case["put"]
    else:
        del at[last]
    return facts


def said(ask):
    try:
        return ask()
    except ValueError as e:
        return str(e)
    except Exception as e:  # what a caller must not see
        return f"{type(e).__name__}: {e}"


def places(value, at=""):
    yield at
    if isinstance(value, (dict, list)):
        for name, part in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(part, f"{at}/{name}")


def asked():
    """What both languages are asked: the table; any two of it at once; and somebody's name at every place of the facts."""
    cases = TABLE["cases"]
    for case in cases:
        yield [put(FACTS, case), case.get("as_of", AS_OF), case.get("options", {})]
    chance, wrong = random.Random(1), [c for c in cases if "at" in c and c["at"]]
    for _ in range(400):
        try:
            yield [put(put(FACTS, chance.choice(wrong)), chance.choice(wrong)), AS_OF, {}]
        except (KeyError, IndexError, TypeError):
            pass  # the one has taken away where the other belongs
    for at in places(FACTS):
        yield [put(FACTS, {"at": at, "put": NAME}) if at else NAME, AS_OF, {}]
        yield [put(FACTS, {"at": at, "put": {NAME: NAME}}) if at else {NAME: NAME}, AS_OF, {}]
        yield [put(FACTS, {"at": at, "put": [NAME]}) if at else [NAME], AS_OF, {}]
    yield [FACTS, NAME, {}]


def own_calls(library, protocol, block):
    """What only Python has."""
    value = {"at": "/assessments/0/observations/2/value"}
    decide = lambda case: lambda: protocol.decide(put(FACTS, case), AS_OF)  # noqa: E731
    at = value["at"]
    return [
        (lambda: protocol.decide(json.dumps(FACTS), AS_OF), PATIENT),
        (decide({"at": "/onset", "put": datetime.date(2026, 3, 1)}), f"/onset: {DATE}, not datetime.date"),
        (decide({"at": "/started_at", "put": datetime.datetime(2026, 3, 1)}), f"/started_at: {TIME}, not datetime.datetime"),
        (decide({**value, "put": decimal.Decimal(1)}), f"{at}: {MILLION}, not decimal.Decimal"),
        (decide({**value, "put": float("nan")}), f"{at}: {MILLION}, not another number"),
        (decide({**value, "put": 10**5000}), f"{at}: {MILLION}, not another number"),
        (decide({"at": "/assessments", "put": ()}), "/assessments: a list was expected, not tuple"),
        (lambda: protocol.decide(FACTS, datetime.datetime(2026, 3, 3)), f"as_of: {TIME}, not datetime.datetime"),
        (lambda: library.open(None), f"{BYTES}, not null"),
        (lambda: library.open("abc"), f"{BYTES}, not a text"),
        (lambda: library.open(9), f"{BYTES}, not a number"),
        (lambda: library.open([1]), f"{BYTES}, not a list"),
        (lambda: library.open(bytes(7)), DAMAGED),
        (lambda: library.open(b""), DAMAGED),
        (lambda: type(library.open(memoryview(bytearray(block))).decide(FACTS, AS_OF)).__name__, "dict"),
    ]


FLIPS = """
import { readFileSync } from 'node:fs'
const [module, wasm, block, facts, asOf] = process.argv.slice(1)
const { load } = await import(module)
const protocol = (await load(readFileSync(wasm))).open(readFileSync(block))
console.log(JSON.stringify(protocol.decide(JSON.parse(readFileSync(facts)), asOf, { flips: true })))
"""


def observed(facts, flip):
    """The facts, and what turns the gate."""
    facts = copy.deepcopy(facts)
    facts["assessments"].append({"occurred_at": AS_OF, "observations": [
        {"measure": p["measure"], "value": p["value"], **({"side": facts["side"]} if "side" in p else {}),
         "qualifiers": {name: name in p.get("held", []) for name in ("analgesic_24h", "was_pain_free", "warmed_up", "poor_quality")}}
        for p in flip["proposals"]]})
    return facts


def turned(protocol, facts):
    """What is said of the gates that observations alone turn, and how they are judged with those."""
    flips = protocol.decide(facts, AS_OF, flips=True)["flips"]
    for flip in (f for f in flips if f["state"] == "now"):
        gates = {g["gate"]: g["verdict"] for g in protocol.decide(observed(facts, flip), AS_OF)["gates"]}
        yield f"{flip['gate']} is {gates[flip['gate']]}", f"{flip['gate']} is {flip['to']}"


def compiled(name):
    return subprocess.run([BUILD / "tests/core/case_test", "--block", name], cwd=ROOT, check=True, capture_output=True).stdout


def orders():
    """What to measure next: the most asked for first, or what turns the nearest gate first (changes over a week take time)."""
    protocol = rehab.Library(str(BUILD / "librehab.so")).open(compiled("achilles-tendinopathy"))
    facts = {"side": "left", "started_at": "2026-03-01T12:00+01:00"}
    order = ["calf_raise_reps", "pain_worst_24h", "stiffness_morning", "red_flag_screen"]
    for flips in (False, True):
        yield [need["measure"] for need in protocol.decide(facts, AS_OF, flips=flips)["needs"]], order
        order = [order[0], order[3], *order[1:3]]


REFUSED = """
import { readFile } from 'node:fs/promises'
const [module, wasm, block] = process.argv.slice(1)
const library = await (await import(module)).load(await readFile(wasm))
const bytes = new Uint8Array(await readFile(block))
bytes[bytes.length - 1] ^= 1
const before = library.free
for (let i = 0; i < 100; i++) try { library.open(bytes) } catch {}
console.log(library.free - before)
"""


def shown(answer):
    """The sentence, or the move."""
    return answer if isinstance(answer, str) else answer["recommendation"]["move"]


def node(script, at, *arguments):
    """What the script prints, of rehab.mjs, rehab.wasm and these."""
    return json.loads(subprocess.run(
        ["node", "--input-type=module", "-e", script, "--", ROOT / "src/bind/rehab.mjs", BUILD / "rehab.wasm", at / "block",
         *arguments], check=True, capture_output=True).stdout)


def in_node(block, calls):
    """What rehab.mjs says; None: there is no node here."""
    if not shutil.which("node") or not (BUILD / "rehab.wasm").exists():
        return None
    with tempfile.TemporaryDirectory() as work:
        at = pathlib.Path(work)
        (at / "block").write_bytes(block)
        (at / "calls").write_text(json.dumps({"facts": FACTS, "as_of": AS_OF, "asked": calls}))
        (at / "open").write_text(json.dumps(OPEN))
        return {**node(NODE.replace("OWN_CALLS", OWN_CALLS), at, at / "calls"), "flips": node(FLIPS, at, at / "open", AS_OF),
                "kept": node(REFUSED, at)}


def results():
    """What is looked at, what was found, what is right."""
    block = compiled("hamstring-strain-staged")
    library = rehab.Library(str(BUILD / "librehab.so"))
    protocol = library.open(block)
    calls, cases = list(asked()), TABLE["cases"]
    answers = [said(lambda: protocol.decide(facts, as_of, **options)) for facts, as_of, options in calls]
    script = in_node(block, calls)
    for case, answer, other in zip(cases, answers, script["table"] if script else answers):
        name = json.dumps({k: v for k, v in case.items() if k != "says"})
        yield f"python: {name}", shown(answer), case["says"]
        yield f"javascript: {name}", shown(other), case["says"]
    yield "a case is taken, another refused", {c["says"].isalpha() for c in cases}, {True, False}
    told = [a for a in answers if isinstance(a, str)]
    yield "no refusal tells somebody's name", [a for a in told if NAME in a or "Erika" in a], []
    yield "and there are many", len(told) > 200, True
    for ask, wanted in own_calls(library, protocol, block):
        yield f"python: {wanted}", said(ask), wanted
    decided = protocol.decide(OPEN, AS_OF, flips=True)
    yield from (("what turns a gate: " + str(wanted)[:60], found, wanted) for found, wanted in [*turned(protocol, OPEN), *orders()])
    advice = protocol.decide(FACTS, AS_OF, language="en")["advice"]
    gait = next(f for a in advice for f in a["findings"] if f["criterion"] == "protect-gait-antalgic")
    yield "a finding tells a label as such", (gait["value"], gait["bound"]), ("normal", "antalgic")
    yield "what turns a gate is said when asked", "flips" in protocol.decide(OPEN, AS_OF), False
    if script:
        apart = [(a, b) for a, b in zip(answers, script["table"]) if json.loads(json.dumps(a)) != b]
        yield "both languages answer the same, decisions and sentences", apart[:1], []
        for found, wanted, ask in script["own"]:
            yield f"javascript: {ask}", found, wanted
        yield "both languages say alike what turns a gate", script["flips"], json.loads(json.dumps(decided))
        yield "bytes kept of a hundred blocks that were refused", script["kept"], 0


def main():
    number = failed = 0
    for name, found, wanted in results():
        number += 1
        failed += found != wanted
        print(f"{'ok' if found == wanted else 'not ok'} {number} - {name[:160]}")
        if found != wanted:
            print(f"  # {str(found)[:300]}, not: {str(wanted)[:300]}")
    print(f"1..{number}")
    return failed > 0


sys.exit(main())
