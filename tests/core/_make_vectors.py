# SPDX-License-Identifier: Apache-2.0
"""Makes the published vectors anew: B=build tests/core/_make_vectors.py (`make vectors`).

From the cases that clinicians wrote, with what they expect, and from a generator with a fixed seed: courses made by
chance, with values on and beside the bounds that the protocol names, at times on and beside its windows.
"""
import collections
import datetime
import hashlib
import json
import math
import os
import pathlib
import random
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("B", ROOT / "build")).resolve()
sys.path[:0] = [str(ROOT / "src/bind"), str(ROOT / "tests/core")]
import rehab  # noqa: E402
from _vectors import summary  # noqa: E402

OUT = ROOT / "tests/core/vectors"
TOTAL = 2400  # at least, over all protocols
LEAST = 40  # made by chance, of each
STEPS = 4  # instants that one course is judged at
SEED = "librehab vectors 1"
MEASURES = {m["code"]: m for m in json.loads((ROOT / "sql/seed/measures.json").read_text())}


def run(*arguments):
    return subprocess.run([BUILD / "tests/core/case_test", *arguments], cwd=ROOT, check=True, capture_output=True).stdout


def walk(node):
    if isinstance(node, dict):
        yield node
    for part in node.values() if isinstance(node, dict) else node if isinstance(node, list) else []:
        yield from walk(part)


def compact(facts):
    """What is true of all observations of an assessment is said once."""
    for a in facts.get("assessments", []):
        told = [o.get("qualifiers", {}) for o in a.get("observations", [])]
        if told and told[0] and all(t == told[0] for t in told):
            a["qualifiers"] = told[0]
            for o in a["observations"]:
                del o["qualifiers"]
    return facts


# ---- by chance ----


def at(day, minutes):
    """A moment of a clinic in central Europe; day 0 is 1 March 2026."""
    when = datetime.datetime(2026, 3, 1) + datetime.timedelta(days=day, minutes=minutes)
    summer = datetime.datetime(2026, 3, 29, 2) <= when < datetime.datetime(2026, 10, 25, 3)
    return when.strftime("%Y-%m-%dT%H:%M") + ("+02:00" if summer else "+01:00")


class Course:
    """One episode, made up. A fair one holds what the gates ahead ask for, mostly; a rough one does not care."""

    def __init__(self, document, chance):
        self.document, self.chance = document, chance
        self.track = chance.choice(document["tracks"])
        self.phase = chance.choice(self.track["phases"])
        self.text = json.dumps(document)
        self.fair = chance.random() < 0.6
        self.bounds, self.windows = collections.defaultdict(list), [36 * 60, 48 * 60]
        for node in walk(document):
            self.note(node)
        self.asked = collections.defaultdict(list)
        for gate in self.phase.get("gates", []):
            if gate["move"] in ("advance", "complete"):
                self.ask(gate["when"])
        self.near = self.used([g["when"] for g in self.phase.get("gates", []) if "when" in g])
        self.flags = set(self.used(document.get("red_flags", [])))
        self.side = chance.choice(["left", "left", "right", "right", "both"])
        self.other = {"left": "right", "right": "left", "both": "both"}[self.side]
        self.day = chance.randrange(0, 60)

    @staticmethod
    def used(part):
        return sorted({v for node in walk(part) for v in node.values() if isinstance(v, str) and v in MEASURES})

    def note(self, node):
        for key, value in node.items():
            if isinstance(value, str) and value in MEASURES and key != "over":
                self.bounds[value] += [(key, node[v]) for v in ("value", "lower", "upper") if v in node]
                self.bounds[value] += [(key, b) for b in node.get("between", [])]
            if key in ("within", "value", "window") and isinstance(value, str) and value.startswith("P"):
                digits = "".join(c for c in value if c.isdigit())
                self.windows.append(int(digits or 1) * (60 if "T" in value else 1440))

    def ask(self, gate):
        """What would meet a comparison of a value."""
        for node in walk(gate):
            for key in ("latest", "worst", "best"):
                code = node.get(key)
                if code in MEASURES and "is" in node:
                    is_, value = node["is"], node.get("value")
                    self.asked[code].append(("==", is_) if isinstance(is_, bool) else (is_, value))

    def good(self, code):
        """A value that holds what is asked, or what raises no flag; None: no idea."""
        m = MEASURES[code]
        if code in self.asked:
            is_, value = self.chance.choice(self.asked[code])
            step = m.get("step", 1) if m["kind"] == "number" else 0
            if is_ in ("<=", ">=", "==", "<", ">") and (step == 0 or isinstance(value, (int, float))):
                shift = {"<": -step, ">": step}.get(is_, self.chance.choice([0, 0, step]) * {"<=": -1, ">=": 1}.get(is_, 0))
                return value if step == 0 else self.inside(m, value + shift)
        if m["kind"] == "boolean":
            return m.get("direction") == "higher"
        if m["kind"] == "ordinal":
            return m["labels"][-1 if m.get("direction") == "higher" else 0]
        return None

    def inside(self, m, number):
        return self.plain(min(max(number, m["low"]), m["high"]))

    def value(self, code):
        m = MEASURES[code]
        if self.chance.random() < (0.96 if code in self.flags - set(self.asked) else 0.92 if self.fair else 0.3):
            value = self.good(code)
            if value is not None:
                return value
        if m["kind"] == "boolean":
            return self.chance.random() < 0.5
        if m["kind"] == "ordinal":
            return self.chance.choice(m["labels"])
        step = m.get("step", 1)
        near = [v for key, v in self.bounds[code] if isinstance(v, (int, float)) and not isinstance(v, bool) and
                key not in ("symmetry", "difference", "asymmetry", "change", "rise")]
        if near and self.chance.random() < 0.7:
            return self.inside(m, self.chance.choice(near) + self.chance.choice([-1, 0, 0, 1]) * step)
        if self.chance.random() < 0.03:
            return self.plain(m["high"] + 1)  # cannot be: it does not count
        return self.plain(m["low"] + step * self.chance.randrange(0, int((m["high"] - m["low"]) / step) + 1))

    @staticmethod
    def plain(number):
        number = round(number, 6)
        return int(number) if number == int(number) else number

    def snap(self, code, value):
        """Between steps there are no values."""
        step = MEASURES[code].get("step")
        return self.plain(round(value / step) * step) if step and MEASURES[code]["kind"] == "number" else value

    def pair(self, code):
        """Both sides, so that the ratio lies on or beside a bound."""
        ratios = [v for key, v in self.bounds[code] if key == "symmetry" and isinstance(v, (int, float))]
        m = MEASURES[code]
        if m["kind"] != "number" or not ratios:
            return self.value(code), self.value(code)
        sound = self.plain(m["low"] + (m["high"] - m["low"]) * self.chance.choice([0.5, 0.4, 0.25]))
        ratio = self.chance.choice(ratios) + (self.chance.choice([0, 0, 0.5, 5]) if self.fair else
                                                self.chance.choice([-8, -0.5, 0, 0.5]))
        return self.plain(sound * ratio / 100), sound

    def observations(self):
        found, pool = [], set(self.near) | set(self.chance.sample(sorted(self.bounds), min(1, len(self.bounds))))
        some = len(pool) if self.fair and self.chance.random() < 0.5 else self.chance.randrange(1, 6)
        for code in self.chance.sample(sorted(pool), min(len(pool), some)):
            qualifiers = {q: self.chance.random() < (0.15 if self.fair else 0.4) for q in ("analgesic_24h", "was_pain_free", "warmed_up", "poor_quality")
                          if self.chance.random() < (0.6 if q == "analgesic_24h" else 0.15)}
            if MEASURES[code].get("sided"):
                both = self.chance.random() < 0.4
                own, sound = self.pair(code) if both else (self.value(code), None)
                sides = [(self.side, own)] + ([(self.other, sound)] if both else [])
            else:
                sides = [(None, self.value(code))]
            trials = 3 if "trials" in self.text and self.chance.random() < 0.3 else 0
            for side, value in sides:
                for trial in range(1, trials + 1) if trials else [0]:
                    o = {"measure": code, "side": side, "value": self.snap(code, value if trial < 2 else self.value(code)), "trial": trial,
                         "qualifiers": qualifiers}
                    found.append({k: v for k, v in o.items() if v not in (None, {}) and (k, v) != ("trial", 0)})
        return found

    def later(self, day, minutes, begun):
        """Up to an hour and a half on, by the clock it began by: a session does not end before it began when clocks change."""
        return at(day, minutes + self.chance.randrange(0, 90))[:-6] + begun[-6:]

    def assessment(self, day):
        minutes = self.chance.choice([7 * 60, 12 * 60, 18 * 60, self.chance.randrange(0, 1440)])
        made = {"occurred_at": at(day, minutes), "assessor": self.chance.choice(["pt-1", "pt-1", "pt-2"]),
                "observations": self.observations()}
        activities = sorted(self.document.get("activities", {}))
        if activities and self.chance.random() < 0.6:
            made["session"] = {"activity": self.chance.choice(activities), "completed": self.chance.random() < 0.8,
                               "prescribed": self.chance.random() < 0.8, "ended_at": self.later(day, minutes, made["occurred_at"])}
        return made

    def clearances(self):
        names = sorted({node["cleared"] for node in walk(self.document) if isinstance(node.get("cleared"), str)})
        flags = [f["id"] for f in self.document.get("red_flags", [])]
        role = lambda: self.chance.choice(["clinician", "physician"])  # noqa: E731
        some = [{"name": n, "role": role(), "given": self.chance.random() < 0.8, "at": at(self.day + self.chance.randrange(-3, 8), 600)}
                for n in names if self.chance.random() < 0.5]
        others = [{"red_flag": f, "role": role(), "at": at(self.day + self.chance.randrange(-3, 8), 600)}
                  for f in flags if self.chance.random() < 0.1]
        return some, others

    def facts(self):
        days = sorted(self.day + self.chance.randrange(-4, 9) for _ in range(self.chance.randrange(1, 5)))
        assessments = [self.assessment(day) for day in days]
        assessments.sort(key=lambda a: rehab.instant(a["occurred_at"])["utc_us"])
        cleared, flags = self.clearances()
        zero = "surgery" if self.document.get("day_zero") == "surgery" else "onset"
        facts = {"side": self.side, "started_at": at(0, 600), zero: "2026-03-01", "birth": self.chance.choice(
            ["1998-04-12", "2011-03-05", "1959-10-30"]),
            "strata": {name: self.chance.choice(s["values"]) for name, s in self.document.get("strata", {}).items()
                       if self.chance.random() < 0.8},
            "tracks": {t["id"]: self.standing(t) for t in self.document["tracks"]},
            "assessments": assessments, "clearances": cleared, "red_flag_clearances": flags}
        return compact({name: value for name, value in facts.items() if value not in ({}, [])})

    def standing(self, track):
        if track is not self.track and self.chance.random() < 0.2:
            return {"phase": None, "entered_at": at(self.day, 660)}
        phase = self.phase if track is self.track else self.chance.choice(track["phases"])
        made = {"phase": phase["id"], "entered_at": at(self.day, 660)}
        if self.chance.random() < 0.2:
            made["moved_at"] = at(self.day + 2, 660)
        return made

    def instants(self, facts):
        """On and beside the end of a window after an assessment."""
        for _ in range(STEPS):
            last = self.chance.choice(facts["assessments"])["occurred_at"]
            when = datetime.datetime.fromisoformat(last[:16]) - datetime.datetime(2026, 3, 1)
            later = self.chance.choice([0, 30, 30, 1440, self.chance.choice(self.windows) + self.chance.choice([-1, 0, 1])])
            yield at(0, int(when.total_seconds() / 60) + later)


# ---- files ----


def stories():
    """protocol -> lines; the steps of one story share its last facts, where that changes nothing."""
    found = collections.defaultdict(list)
    told = [json.loads(line) for line in run("--facts").splitlines()]
    for i, step in enumerate(told):
        facts = compact(step["facts"])
        made = {"as_of": step["as_of"], "tracks": facts.pop("tracks"), "expect": step["expect"]}
        lines = found[step["protocol"]]
        if i > 0 and told[i - 1]["story"] == step["story"] and told[i - 1]["protocol"] == step["protocol"] and holds(
                lines[-1], facts):
            lines[-1]["facts"] = facts
            lines[-1]["steps"].append(made)
        else:
            lines.append({"story": step["story"], "facts": facts, "steps": [made]})
    return found


def holds(line, facts):
    """The later facts contain the earlier ones, and nothing new is dated before what was decided."""
    def told(f):
        return {json.dumps(a, sort_keys=True): a.get("occurred_at", a.get("at")) for name in
                ("assessments", "clearances", "red_flag_clearances") for a in f.get(name, [])}
    before, after, last = told(line["facts"]), told(facts), line["steps"][-1]["as_of"]
    same = all(line["facts"].get(n) == facts.get(n) for n in set(facts) | set(line["facts"])
               if n not in ("assessments", "clearances", "red_flag_clearances"))
    late = any(rehab.instant(after[a])["utc_us"] <= rehab.instant(last)["utc_us"] for a in set(after) - set(before))
    return same and set(before) <= set(after) and not late


def by_chance(name, document, count):
    chance = random.Random(f"{SEED} {name}")
    for _ in range(math.ceil(count / STEPS)):
        course = Course(document, chance)
        facts = course.facts()
        yield {"facts": facts, "steps": [{"as_of": when} for when in sorted(course.instants(facts))]}


def main():
    library = rehab.Library(str(BUILD / "librehab.so"))
    documents = {}
    for path in sorted([*ROOT.glob("sql/seed/protocols/*.json"), *ROOT.glob("tests/core/protocols/*.json")]):
        documents[path.stem] = json.loads(path.read_text())
    told = stories()
    count = sum(len(line["steps"]) for lines in told.values() for line in lines)
    each = max(LEAST, math.ceil((TOTAL - count) / len(documents)))
    for old in OUT.glob("*.jsonl"):
        old.unlink()
    members = sorted({name for fields in library.fields.values() for name, *_ in fields})
    blocks, total = {}, 0
    for name, document in documents.items():
        block = run("--block", name)
        protocol = library.open(block)
        blocks[name] = {"version": document["version"], "size": len(block), "sha256": hashlib.sha256(block).hexdigest()}
        lines = told.get(name, []) + list(by_chance(name, document, each))
        for line in lines:
            for step in line["steps"]:
                total += 1
                facts = {**line["facts"], "tracks": step.get("tracks", line["facts"].get("tracks"))}
                step["decision"] = summary(protocol.decide(facts, step["as_of"]), members)
        (OUT / f"{name}.jsonl").write_text(
            "".join(json.dumps(line, separators=(",", ":"), ensure_ascii=False) + "\n" for line in lines))
    (OUT / "published.json").write_text(json.dumps({"members": members, "protocols": blocks}, indent=1, sort_keys=True) + "\n")
    size = sum(f.stat().st_size for f in OUT.glob("*.jsonl"))
    print(f"{total} vectors of {len(documents)} protocols, {count} of them from cases; {size} bytes")


main()
