# SPDX-License-Identifier: Apache-2.0
"""librehab from Python, by ctypes and the standard library alone: a compiled protocol and plain facts in, a plain
decision out.

    rehab = Library('librehab.so.0')
    protocol = rehab.open(block)                    # bytes of `rehabd protocol compile`
    decision = protocol.decide(facts, '2026-03-05T19:00+01:00', language='en')

Facts (README.md beside this says each member) name things as the REST API does; values are numbers, truths or labels.
A decision has the members of `struct rehab_decision`: rows become names, ranges the findings themselves, observations
pointers into the facts, and what is 0, false, none or empty is left out. Which members there are, the library says
itself (include/rehab/layout.h). Objects of one library may be used by one thread at a time.
"""

import ctypes
import datetime
import decimal
import re
from ctypes import byref, c_bool, c_char_p, c_int, c_int32, c_int64, c_uint8, c_uint16, c_uint32, c_void_p

NONE = 0xFFFFFFFF
NUMBERS = {"bool": c_bool, "u8": c_uint8, "u16": c_uint16, "u32": c_uint32, "i32": c_int32, "i64": c_int64,
           "pointer": c_void_p}
TIME = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,6}))?)?(?:Z|([+-])(\d\d):(\d\d))", re.ASCII)
DAY = 86_400_000_000
TEXTS = 1  # enum rehab_table: the words of a protocol, labels and values of strata among them
IN_LABELS = 5  # of enum rehab_scale
ASKED = {"progress": "has_progress", "selected": "has_deficits"}  # of a prescription: where there is such a rule
SIDES = ["left", "right", "both", "none"]
A_TIME = "a time with its offset (as 2026-03-05T19:00:00+01:00)"
A_NUMBER = "a number within a million, with at most 9 decimals,"
MEMBERS = {  # of each object of the facts, and what they are; what ends with ! must be there
    "facts": {"started_at": "time!", "side": "side", "onset": "event", "surgery": "event", "birth": "event", "strata": "names",
              "tracks": "names", "assessments": "[assessment", "clearances": "[clearance", "red_flag_clearances": "[flag clearance"},
    "track": {"phase": "any", "entered_at": "time", "moved_at": "time"},
    "assessment": {"occurred_at": "time!", "assessor": "text", "qualifiers": "qualifiers", "observations": "[observation",
                   "session": "session"},
    "observation": {"measure": "text!", "value": "any!", "side": "side", "trial": "trial", "qualifiers": "qualifiers"},
    "session": {"activity": "text!", "completed": "truth", "prescribed": "truth", "ended_at": "time"},
    "clearance": {"name": "text!", "role": "role", "at": "time!", "given": "truth"},
    "flag clearance": {"red_flag": "text!", "role": "role", "at": "time!"},
}
KINDS = {bool: "a truth", int: "a number", float: "a number", str: "a text", list: "a list", dict: "an object", type(None): "null"}
NOTHING = object()


class Field(ctypes.Structure):
    _fields_ = [("of", c_char_p), ("name", c_char_p), ("type", c_char_p), ("means", c_char_p), ("count", c_char_p),
                ("at", c_uint32), ("size", c_uint32)]


class Text(ctypes.Structure):
    _fields_ = [("at", c_void_p), ("size", c_uint32)]

    def __str__(self):
        return ctypes.string_at(self.at, self.size).decode() if self.size else ""


class Instant(ctypes.Structure):
    _fields_ = [("utc_us", c_int64), ("local_us", c_int64)]


def text(word):
    kept = ctypes.create_string_buffer(word.encode(errors="replace"))
    made = Text(ctypes.addressof(kept), len(kept) - 1)
    made.kept = kept
    return made


# ---- what is refused: the place, what was expected there, and of what kind it is. Facts are about a patient, and messages
# end up in logs: nothing is quoted but what the protocol and this page themselves call things.


def kind(given):
    if given is NOTHING:
        return "nothing"
    of = f"{type(given).__module__}.{type(given).__qualname__}"
    return next((word for known, word in KINDS.items() if isinstance(given, known)), of.removeprefix("builtins."))


def refuse(at, expected, given, own=""):
    """own: the kind that was expected; then it is another of that kind."""
    got = kind(given)
    got = "another " + got.split(" ", 1)[1] if got == own else got
    raise ValueError(f"{at or 'facts'}: {expected} was expected, not {got}")


def one_of(words, given, at):
    refuse(at, "one of " + ", ".join(words) if words else "nothing", given, "a text")


def only(names, given, at):
    """An object whose members are among those."""
    if not isinstance(given, dict):
        refuse(at, "an object", given)
    if any(name not in names for name in given):
        refuse(at, "an object with no members" + (" but " + ", ".join(names) if names else ""), given, "an object")


def check(what, given, at):
    """Refuses what is not of the kind that its place asks for; what depends on the protocol is looked at later."""
    if what[0] == "[":
        if not isinstance(given, list):
            refuse(at, "a list", given)
        for i, one in enumerate(given):
            check(what[1:], one, f"{at}/{i}")
    elif what in MEMBERS:
        only(MEMBERS[what], given, at)
        for name, member in MEMBERS[what].items():
            if name in given or member[-1] == "!":
                check(member.rstrip("!"), given.get(name, NOTHING), f"{at}/{name}")
    elif what in CHECKS:
        CHECKS[what](given, at)


def check_text(given, at):
    if not isinstance(given, str):
        refuse(at, "a text", given)


def check_truth(given, at):
    if not isinstance(given, bool):
        refuse(at, "true or false", given)


def check_side(given, at):
    if not isinstance(given, str) or given not in SIDES:
        one_of(SIDES, given, at)


def check_trial(given, at):
    if not isinstance(given, (int, float)) or isinstance(given, bool) or not 0 <= given <= 255 or given != int(given):
        refuse(at, "a whole number from 0 to 255", given, "a number")


def check_any(given, at):
    if given is NOTHING:
        refuse(at, "a value", given)


def check_names(given, at):
    if not isinstance(given, dict):
        refuse(at, "an object", given)


def instant(word, at="time"):
    """2026-03-05T19:00:30.25+01:00, as the two clocks of struct rehab_instant."""
    m = TIME.fullmatch(word) if isinstance(word, str) else None
    if not m or m[1] < "0001" or int(m[2]) > 23 or int(m[3]) > 59 or int(m[4] or 0) > 60 or int(m[7] or 0) > 23 or int(m[8] or 0) > 59:
        refuse(at, A_TIME, word, "a text")
    try:
        days = (datetime.date.fromisoformat(m[1]) - datetime.date(1970, 1, 1)).days
    except ValueError:
        days = None
    if days is None:
        refuse(at, A_TIME, word, "a text")
    seconds = (days * 24 + int(m[2])) * 3600 + int(m[3]) * 60 + int(m[4] or 0)
    local = seconds * 1_000_000 + int((m[5] or "").ljust(6, "0"))
    shift = (-60 if m[6] == "-" else 60) * (int(m[7] or 0) * 60 + int(m[8] or 0)) * 1_000_000
    return {"utc_us": local - shift, "local_us": local}


def event(word, at="event"):
    """A date, or a time when it is known."""
    is_day = isinstance(word, str) and len(word) == 10
    try:
        when = instant(word + "T00:00Z" if is_day else word)
    except ValueError:
        when = None
    if when is None:
        refuse(at, f"a date (as 2026-03-05) or {A_TIME}", word, "a text")
    day = when["local_us"] // DAY
    return {"known": 1, "day": day} if is_day else {"known": 1, "timed": 1, "day": day, "at": when}


CHECKS = {"text": check_text, "truth": check_truth, "side": check_side, "trial": check_trial, "any": check_any, "names": check_names,
          "time": instant, "event": event}


def spelled(value):
    """A value as one writes it, unrounded: the library refuses more places than it keeps."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{decimal.Decimal(float.__repr__(value)):f}"
    return value if isinstance(value, str) else int.__repr__(value) if abs(value) < 1 << 63 else ""


class Library:
    """What librehab.so exports, and its structs as it describes them."""

    def __init__(self, path="librehab.so.0"):
        self.c = ctypes.CDLL(path)
        self.c.rehab_layout.restype = c_bool
        self.c.rehab_row_name.restype = Text
        self.c.rehab_read_value.restype = c_bool
        self.c.rehab_is_sided.restype = c_bool
        self.c.rehab_step_of.restype = c_int64
        self.c.rehab_index_evidence.restype = c_void_p
        self.c.rehab_find_flip.restype = c_bool
        self.c.rehab_criterion_label.restype = Text
        for what in ("value", "bound", "margin"):
            getattr(self.c, f"rehab_finding_{what}").restype = c_bool
        self.constants, self.structs, self.fields = {}, {}, {}
        self.read_layout()

    def read_layout(self):
        row, number = Field(), 0
        while self.c.rehab_layout(c_uint32(number), byref(row)):
            number += 1
            of, name, kind, means, counted = (s.decode() for s in (row.of, row.name, row.type, row.means, row.count))
            if kind == "constant":
                self.constants.setdefault(of, {})[name] = row.at
            elif kind == "struct":
                self.structs[of] = row.size
                self.fields[of] = []
            else:
                self.fields[of].append((name, kind, means, counted, row.at))

    def size(self, kind):
        return ctypes.sizeof(NUMBERS[kind]) if kind in NUMBERS else self.structs[kind]

    def get(self, kind, at):
        return NUMBERS[kind].from_address(at).value

    def place(self, kind, member):
        return next(at for name, _, _, _, at in self.fields[kind] if name == member)

    def write(self, kind, at, value, kept):
        """Writes a plain object; lists get memory of their own. A member that it has not stays 0."""
        if kind in NUMBERS:
            NUMBERS[kind].from_address(at).value = value
            return
        places = {name: place for name, _, _, _, place in self.fields[kind]}
        for name, member, _, counted, place in self.fields[kind]:
            if name not in value:
                continue
            if member[0] != "*":
                self.write(member, at + place, value[name], kept)
                continue
            rows = ctypes.create_string_buffer(max(1, self.size(member[1:]) * len(value[name])))
            kept.append(rows)
            for i, one in enumerate(value[name]):
                self.write(member[1:], ctypes.addressof(rows) + i * self.size(member[1:]), one, kept)
            c_void_p.from_address(at + place).value = ctypes.addressof(rows)
            c_uint32.from_address(at + places[counted]).value = len(value[name])

    def make(self, kind, value, kept):
        memory = ctypes.create_string_buffer(self.size(kind))
        kept.append(memory)
        self.write(kind, ctypes.addressof(memory), value, kept)
        return ctypes.addressof(memory)

    def named(self, what, number):
        """The name of an enumerator; None where the library names no such enumeration."""
        if not hasattr(self.c, f"rehab_{what}_name"):
            return None
        function = getattr(self.c, f"rehab_{what}_name")
        function.restype = Text
        return str(function(c_int(number)))

    def open(self, block):
        return Protocol(self, block)


class Protocol:
    """An open block."""

    def __init__(self, library, block):
        self.library = library
        try:
            block = memoryview(block).tobytes()
        except TypeError:
            refuse("block", "a block of bytes", block)
        self.kept = [(c_int64 * (len(block) // 8 + 1))()]  # aligned as the library wants it
        ctypes.memmove(self.kept[0], block, len(block))
        self.at = library.make("protocol", {}, self.kept)
        if library.c.rehab_open(self.kept[0], ctypes.c_size_t(len(block)), c_void_p(self.at)) != 0:
            raise ValueError("block: not one of librehab, or a damaged one")

    def name(self, table, row):
        return str(self.library.c.rehab_row_name(c_void_p(self.at), self.library.constants["table"][table], c_uint32(row)))

    def count(self, table):
        return self.library.c.rehab_count(c_void_p(self.at), self.library.constants["table"][table])

    # ---- facts ----

    def look(self, kind, word, *of):
        found = getattr(self.library.c, f"rehab_find_{kind}")(c_void_p(self.at), *map(c_uint32, of), text(word))
        return found & NONE

    def names(self, table):
        return [self.name(table, i) for i in range(self.count(table))]

    def words(self, place):
        """The texts of the protocol that have a place in a list, in the order of that."""
        found = {}
        for i in range(self.library.c.rehab_count(c_void_p(self.at), TEXTS)):
            word = str(self.library.c.rehab_row_name(c_void_p(self.at), TEXTS, c_uint32(i)))
            if place(word) is not None:
                found[place(word)] = word
        return [found[at] for at in sorted(found)]

    def find(self, kind, word, names, at, *of):
        """What the protocol calls so; a wrong word is a mistake of the caller."""
        row = self.look(kind, word, *of) if isinstance(word, str) else NONE
        if row == NONE:
            one_of(names(), word, at)
        return row

    def read(self, measure, given):
        nano = c_int64()
        taken = self.library.c.rehab_read_value(c_void_p(self.at), c_uint32(measure), text(spelled(given)), byref(nano))
        return nano.value if taken else None

    def value(self, measure, given, at):
        wanted = ["a number", "a truth", "a text"][self.library.c.rehab_kind_of(c_void_p(self.at), c_uint32(measure))]
        nano = self.read(measure, given) if kind(given) == wanted else None
        if nano is None and wanted == "a text":
            one_of(self.words(lambda word: self.read(measure, word)), given, at)
        if nano is None:
            step = self.library.c.rehab_step_of(c_void_p(self.at), c_uint32(measure)) / 1e9
            number = f"a multiple of {step:g} within a million" if step else A_NUMBER
            refuse(at, "true or false" if wanted == "a truth" else number, given, wanted)
        return nano

    def side(self, facts, measure, o, at):
        """left and right as seen from the injury."""
        side, involved = o.get("side", "none"), facts.get("side", "none")
        if self.library.c.rehab_is_sided(c_void_p(self.at), c_uint32(measure)) != (side != "none"):
            wanted = f"nothing (no side of {o['measure']})" if side != "none" else f"one of left, right, both (the side of {o['measure']})"
            refuse(f"{at}/side", wanted, o.get("side", NOTHING), "a text")
        if side != "none" and involved == "none":
            refuse("/side", f"one of left, right, both (the involved side, for {o['measure']})", facts.get("side", NOTHING), "a text")
        if side in ("none", "both"):
            return 3 if side == "both" else 0
        return 1 if side == ("left" if involved == "both" else involved) else 2

    def check(self, facts):
        """Everything in the facts that no row of the protocol has to be known for."""
        check("facts", facts, "")
        for i, a in enumerate(facts.get("assessments", [])):
            self.qualifiers(a, f"/assessments/{i}")
            for k, o in enumerate(a.get("observations", [])):
                self.qualifiers(o, f"/assessments/{i}/observations/{k}")

    def role(self, given, at):
        roles = self.library.constants["role"]
        if not isinstance(given, str) or given not in roles:
            one_of(roles, given, at)
        return roles[given]

    def qualifiers(self, of, at):
        known, told = self.library.constants["qualifier"], of.get("qualifiers", {})
        only(known, told, f"{at}/qualifiers")
        for name in known:
            if name in told:
                check_truth(told[name], f"{at}/qualifiers/{name}")
        return told

    def bits(self, told):
        bits = self.library.constants["qualifier"]
        return {"known": sum(bits[name] for name in told), "held": sum(bits[name] for name in told if told[name])}

    def observations(self, facts):
        assessments = facts.get("assessments", [])
        people = list(dict.fromkeys(a["assessor"] for a in assessments if "assessor" in a))
        found = []
        for number, a in enumerate(assessments):
            for i, o in enumerate(a.get("observations", [])):
                measure, at = self.look("measure", o["measure"]), f"/assessments/{number}/observations/{i}"
                if measure == NONE:
                    continue  # the protocol does not look at it
                found.append({"pointer": at, "measure": measure, "value_nano": self.value(measure, o["value"], f"{at}/value"),
                              "side": self.side(facts, measure, o, at), "at": instant(a["occurred_at"]),
                              "assessment": number, "trial": int(o.get("trial", 0)),
                              "assessor": people.index(a["assessor"]) if "assessor" in a else NONE,
                              **self.bits({**a.get("qualifiers", {}), **o.get("qualifiers", {})})})
        return sorted(found, key=lambda o: o["at"]["utc_us"])

    def sessions(self, facts):
        """An activity that the protocol does not know is one all the same."""
        known = self.names("activities") if "activities" in self.library.constants["table"] else []
        held = [(number, a, a["session"]) for number, a in enumerate(facts.get("assessments", [])) if "session" in a]
        found = [{"from": instant(a["occurred_at"]), "to": instant(s.get("ended_at", a["occurred_at"])),
                  "assessment": number,
                  "activity": known.index(s["activity"]) if s["activity"] in known else 0xFFFF,
                  "completed": int(s.get("completed", False)), "prescribed": int(s.get("prescribed", True))}
                 for number, a, s in held]
        for s in found:
            if s["to"]["utc_us"] < s["from"]["utc_us"]:
                refuse(f"/assessments/{s['assessment']}/session/ended_at", "a time not before occurred_at", "", "a text")
        return sorted(found, key=lambda s: s["from"]["utc_us"])

    def phases(self, track):
        return [i for i in range(self.count("phases")) if self.look("phase", self.name("phases", i), track) == i]

    def tracks(self, facts):
        made, given, names = [], facts.get("tracks", {}), self.names("tracks")
        only(names, given, "/tracks")
        for track, name in enumerate(names):
            told, at, phases = given.get(name, {}), f"/tracks/{name}", self.phases(track)
            check("track", told, at)
            entered = instant(told.get("entered_at", facts["started_at"]))
            phase = phases[0] if "phase" not in told else NONE if told["phase"] is None else self.find(
                "phase", told["phase"], lambda: [*(self.name("phases", i) for i in phases), "null"], f"{at}/phase", track)
            made.append({"phase": phase, "entered": entered,
                         "moved": instant(told["moved_at"]) if "moved_at" in told else entered})
        return made

    def strata(self, facts):
        given, names = facts.get("strata", {}), self.names("strata")
        only(names, given, "/strata")
        place = lambda i: lambda word: None if self.look("stratum_value", word, i) == NONE else self.look("stratum_value", word, i)  # noqa: E731
        return [self.find("stratum_value", given[name], lambda: self.words(place(i)), f"/strata/{name}", i) if name in given
                else 0xFFFF for i, name in enumerate(names)]

    def clearances(self, facts):
        for i, c in enumerate(facts.get("clearances", [])):
            name, role = self.look("clearance", c["name"]), self.role(c.get("role", NOTHING), f"/clearances/{i}/role")
            if name != NONE:
                yield {"name": name, "role": role, "at": instant(c["at"]), "given": int(c.get("given", True))}

    def flag_clearances(self, facts):
        for i, c in enumerate(facts.get("red_flag_clearances", [])):
            at = f"/red_flag_clearances/{i}"
            yield {"flag": self.find("red_flag", c["red_flag"], lambda: self.names("red_flags"), f"{at}/red_flag"),
                   "role": self.role(c.get("role", NOTHING), f"{at}/role"), "at": instant(c["at"])}

    def evidence(self, facts):
        self.check(facts)
        day = lambda name: event(facts[name]) if name in facts else {}  # noqa: E731
        return {
            "observations": self.observations(facts),
            "sessions": self.sessions(facts),
            "clearances": list(self.clearances(facts)),
            "flag_clearances": list(self.flag_clearances(facts)),
            "tracks": self.tracks(facts),
            "strata": self.strata(facts),
            "onset": day("onset"),
            "surgery": day("surgery"),
            "birth": day("birth"),
            "started": instant(facts["started_at"]),
            "bilateral": facts.get("side") == "both",
        }

    # ---- decision ----

    def decide(self, facts, as_of, language=None, flips=False):
        if language is not None:
            check_text(language, "language")
        check_truth(flips, "flips")
        library, kept, given = self.library, [], self.evidence(facts)
        evidence = library.make("evidence", given, kept)
        at = Instant(**instant(as_of, "as_of"))
        decision = library.make("decision", {}, kept)
        size = 1 << 18
        while True:
            memory = (c_int64 * (size // 8 + 2))()
            start = (ctypes.addressof(memory) + 15) & ~15
            arena = library.make("arena", {"at": start, "end": start + size}, kept)
            outcome = library.c.rehab_decide(c_void_p(self.at), c_void_p(evidence), at, c_void_p(arena), c_void_p(decision))
            if outcome == library.constants["outcome"]["decided"]:
                found = self.flips(evidence, at, arena, decision, kept) if flips else []
                if found is not None:
                    return Reader(self, facts, given["observations"], language).decision(decision, found)
            elif outcome != library.constants["outcome"]["full"] or size > 1 << 26:
                raise ValueError("facts: more than the library takes at once")
            size *= 4

    def flips(self, evidence, at, arena, decision, kept):
        """What turns each gate of the decision, whose needs are put in that order; None when the arena is full."""
        c, library = self.library.c, self.library
        series = c.rehab_index_evidence(c_void_p(self.at), c_void_p(evidence), at, c_void_p(arena))
        get = lambda member: library.get("u32", decision + library.place("decision", member))  # noqa: E731
        gates = c_void_p.from_address(decision + library.place("decision", "gates")).value
        rows = ctypes.create_string_buffer(max(1, get("gate_count") * library.size("flip")))
        needs = ctypes.create_string_buffer(max(1, get("need_count") * library.size("need")))
        kept += [rows, needs]
        found = [ctypes.addressof(rows) + i * library.size("flip") for i in range(get("gate_count"))]
        for i, flip in enumerate(found):
            gate = library.get("u32", gates + i * library.size("gate_result") + library.place("gate_result", "gate"))
            if not series or not c.rehab_find_flip(c_void_p(series), c_uint32(gate), c_void_p(arena), c_void_p(flip)):
                return None
        c.rehab_order_needs(c_void_p(decision), rows, needs)
        c_void_p.from_address(decision + library.place("decision", "needs")).value = ctypes.addressof(needs)
        return found


class Reader:
    """From memory to a plain object, following the layout."""

    def __init__(self, protocol, facts, observations, language):
        self.protocol, self.library = protocol, protocol.library
        self.facts, self.observations, self.language = facts, observations, language
        self.findings = 0

    def decision(self, at, flips):
        self.findings = c_void_p.from_address(at + self.library.place("decision", "findings")).value or 0
        out = self.struct("decision", at)
        out.pop("findings", None)  # each stands with its rule
        if flips:
            out["flips"] = [self.struct("flip", flip) for flip in flips]
        return out

    def struct(self, kind, at):
        out, fields = {}, self.library.fields[kind]
        counts = {counted for _, _, _, counted, _ in fields}
        for name, member, means, counted, place in fields:
            if name in counts:
                continue
            value = self.rows(member[1:], means, at, place, counted, fields) if counted else self.member(
                member, means, at + place)
            if value and value != "none":
                out[name] = value
        if kind == "finding" and self.language:
            self.explain(out, at)
        if kind == "proposal":
            self.propose(out, at)
        if kind == "prescription_result":
            for answer, question in ASKED.items():
                if question not in out:
                    out.pop(answer, None)
        return out

    def rows(self, kind, means, at, place, counted, fields):
        first = c_void_p.from_address(at + place).value or 0
        count = next(self.library.get("u32", at + p) for name, _, _, _, p in fields if name == counted)
        return [self.member(kind, means, first + i * self.library.size(kind)) for i in range(count)]

    def member(self, kind, means, at):
        """None: none."""
        if kind == "range":
            first, count = self.library.get("u32", at), self.library.get("u32", at + 4)
            return [self.struct("finding", self.findings + (first + i) * self.library.size("finding")) for i in range(count)]
        if kind not in NUMBERS:
            return self.struct(kind, at)
        value = self.library.get(kind, at)
        if kind == "i64":
            return value if abs(value) < 1 << 53 else str(value)
        if not means:
            return value
        named = self.library.named(means, value)
        if named is not None:
            return named
        if value == NONE:
            return None
        return self.row(means, value)

    def row(self, means, value):
        if means in self.library.constants["table"]:
            return self.protocol.name(means, value) or value
        if means == "observations":
            return self.observations[value]["pointer"]
        return self.criterion(value) if means == "findings" else value

    def criterion(self, finding):
        """A finding is named by its criterion."""
        at = self.findings + finding * self.library.size("finding") + self.library.place("finding", "criterion")
        return self.protocol.name("criteria", self.library.get("u32", at))

    def explain(self, out, at):
        """What a person reads of a finding."""
        room, nano = ctypes.create_string_buffer(1024), c_int64()
        protocol, finding = c_void_p(self.protocol.at), c_void_p(at)
        size = self.library.c.rehab_sentence(protocol, finding, text(self.language), room, c_uint32(1024))
        out["sentence"] = room.raw[:size].decode()
        for what in ("value", "bound", "margin"):
            if getattr(self.library.c, f"rehab_finding_{what}")(protocol, finding, byref(nano)):
                out[what] = self.shown(self.library.get("u32", at + self.library.place("finding", "criterion")), nano)

    def shown(self, criterion, nano):
        """A number in the criterion's unit, or the label that has this place."""
        c, protocol = self.library.c, c_void_p(self.protocol.at)
        if c.rehab_criterion_scale(protocol, c_uint32(criterion)) != IN_LABELS:
            return nano.value / 1e9
        return str(c.rehab_criterion_label(protocol, c_uint32(criterion), nano)) or nano.value / 1e9

    def propose(self, out, at):
        """What to observe: the value as one writes it, the qualifiers that are to hold, and who has to take it."""
        read = lambda kind, member: self.library.get(kind, at + self.library.place("proposal", member))  # noqa: E731
        nano, held, assessor = read("i64", "value_nano"), read("u8", "held"), read("u32", "assessor")
        kind = self.library.c.rehab_kind_of(c_void_p(self.protocol.at), c_uint32(read("u32", "measure")))
        out["value"] = [nano / 1e9, nano != 0, self.label(read("u32", "measure"), read("u32", "criterion"), nano)][kind]
        people = list(dict.fromkeys(a["assessor"] for a in self.facts.get("assessments", []) if "assessor" in a))
        out.pop("assessor", None)
        if assessor < len(people):
            out["assessor"] = people[assessor]
        if held:
            out["held"] = [name for name, bit in self.library.constants["qualifier"].items() if held & bit]

    def label(self, measure, criterion, nano):
        """Of a scale; its place, where the criterion is about a state that is called otherwise."""
        c, protocol, back = self.library.c, c_void_p(self.protocol.at), c_int64()
        label = c.rehab_criterion_label(protocol, c_uint32(criterion), c_int64(nano))
        same = c.rehab_read_value(protocol, c_uint32(measure), label, byref(back)) and back.value == nano
        return str(label) if same else nano // 10**9
