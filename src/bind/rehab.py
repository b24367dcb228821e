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
TIME = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,6}))?)?(?:Z|([+-])(\d\d):(\d\d))")
DAY = 86_400_000_000
MEMBERS = {  # of each object of the facts; what ends with ! must be there
    "facts": "started_at! side onset surgery birth strata tracks assessments clearances red_flag_clearances",
    "track": "phase entered_at moved_at",
    "assessment": "occurred_at! assessor qualifiers observations session",
    "observation": "measure! value! side trial qualifiers",
    "session": "activity! completed prescribed ended_at",
    "clearance": "name! role! at! given",
    "red flag clearance": "red_flag! role! at!",
}


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
    kept = ctypes.create_string_buffer(word.encode())
    made = Text(ctypes.addressof(kept), len(kept) - 1)
    made.kept = kept
    return made


def members(kind, given):
    """The object, if it is one of that kind."""
    if not isinstance(given, dict):
        raise ValueError(f"{kind}: an object was expected, not {given!r}")
    may = MEMBERS[kind].split()
    for name in given:
        if name not in may and name + "!" not in may:
            raise ValueError(f"{kind}: there is no member {name}")
    for name in may:
        if name[-1] == "!" and name[:-1] not in given:
            raise ValueError(f"{kind}: {name[:-1]} is missing")
    return given


def listed(kind, given):
    if not isinstance(given, list):
        raise ValueError(f"{kind}: a list was expected, not {given!r}")
    return [members(kind, one) for one in given]


def truth(name, given):
    if not isinstance(given, bool):
        raise ValueError(f"{name} is true or false, not {given}")
    return int(given)


def trial(given):
    if type(given) is not int or not 0 <= given <= 255:
        raise ValueError(f"a trial is a number from 1 to 255, not {given}")
    return given


def instant(word):
    """2026-03-05T19:00:30.25+01:00, as the two clocks of struct rehab_instant."""
    m = TIME.fullmatch(word) if isinstance(word, str) else None
    if not m or int(m[2]) > 23 or int(m[3]) > 59 or int(m[4] or 0) > 60:
        raise ValueError(f"not a time with its offset: {word}")
    try:
        days = (datetime.date.fromisoformat(m[1]) - datetime.date(1970, 1, 1)).days
    except ValueError:
        raise ValueError(f"not a time with its offset: {word}") from None
    seconds = (days * 24 + int(m[2])) * 3600 + int(m[3]) * 60 + int(m[4] or 0)
    local = seconds * 1_000_000 + int((m[5] or "").ljust(6, "0"))
    shift = (-60 if m[6] == "-" else 60) * (int(m[7] or 0) * 60 + int(m[8] or 0)) * 1_000_000
    return {"utc_us": local - shift, "local_us": local}


def event(word):
    """A date, or a time when it is known."""
    if word is None:
        return {}
    at = instant(word + "T00:00Z" if isinstance(word, str) and len(word) == 10 else word)
    day = at["local_us"] // DAY
    return {"known": 1, "day": day} if len(word) == 10 else {"known": 1, "timed": 1, "day": day, "at": at}


def spelled(value):
    """A value as one writes it, unrounded: the library refuses more places than it keeps."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{decimal.Decimal(repr(value)):f}" if isinstance(value, float) else str(value)


class Library:
    """What librehab.so exports, and its structs as it describes them."""

    def __init__(self, path="librehab.so.0"):
        self.c = ctypes.CDLL(path)
        self.c.rehab_layout.restype = c_bool
        self.c.rehab_row_name.restype = Text
        self.c.rehab_read_value.restype = c_bool
        self.c.rehab_is_sided.restype = c_bool
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
        self.kept = [(c_int64 * (len(block) // 8 + 1))()]  # aligned as the library wants it
        ctypes.memmove(self.kept[0], bytes(block), len(block))
        self.at = library.make("protocol", {}, self.kept)
        if library.c.rehab_open(self.kept[0], ctypes.c_size_t(len(block)), c_void_p(self.at)) != 0:
            raise ValueError("not a block of librehab, or a damaged one")

    def name(self, table, row):
        return str(self.library.c.rehab_row_name(c_void_p(self.at), self.library.constants["table"][table], c_uint32(row)))

    def count(self, table):
        return self.library.c.rehab_count(c_void_p(self.at), self.library.constants["table"][table])

    # ---- facts ----

    def look(self, kind, word, *of):
        found = getattr(self.library.c, f"rehab_find_{kind}")(c_void_p(self.at), *map(c_uint32, of), text(word))
        return found & NONE

    def find(self, kind, word, *of):
        """What the protocol calls so; a wrong word is a mistake of the caller."""
        row = self.look(kind, word, *of)
        if row == NONE:
            raise ValueError(f"the protocol has no {kind.replace('_', ' ')} {word}")
        return row

    def value(self, measure, code, given):
        nano = c_int64()
        kind = (float, int) if isinstance(given, (float, int)) and not isinstance(given, bool) else type(given)
        wanted = {0: (float, int), 1: bool, 2: str}[self.library.c.rehab_kind_of(c_void_p(self.at), c_uint32(measure))]
        if kind != wanted or not self.library.c.rehab_read_value(c_void_p(self.at), c_uint32(measure), text(spelled(given)), byref(nano)):
            raise ValueError(f"{code} cannot be {given}")
        return nano.value

    def involved(self, facts):
        side = facts.get("side", "none")
        if side not in ("left", "right", "both", "none"):
            raise ValueError(f"a side is left, right, both or none, not {side}")
        return side

    def side(self, facts, measure, o):
        """left and right as seen from the injury."""
        side, involved = o.get("side", "none"), self.involved(facts)
        if side not in ("left", "right", "both", "none"):
            raise ValueError(f"a side is left, right, both or none, not {side}")
        if self.library.c.rehab_is_sided(c_void_p(self.at), c_uint32(measure)) != (side != "none"):
            raise ValueError(f"{o['measure']} is observed on {'no' if side != 'none' else 'a'} side")
        if side != "none" and involved == "none":
            raise ValueError(f"{o['measure']}: the involved side of the facts is missing")
        if side == "none" or involved == "both":
            return int(side != "none")
        return 3 if side == "both" else 1 if side == involved else 2

    def role(self, given):
        if given not in self.library.constants["role"]:
            raise ValueError(f"there is no role {given}")
        return self.library.constants["role"][given]

    def qualifiers(self, told):
        known = held = 0
        for name, value in told.items():
            if name not in self.library.constants["qualifier"]:
                raise ValueError(f"there is no qualifier {name}")
            known |= self.library.constants["qualifier"][name]
            held |= self.library.constants["qualifier"][name] if truth(name, value) else 0
        return {"known": known, "held": held}

    def observations(self, facts):
        assessments = listed("assessment", facts.get("assessments", []))
        people = list(dict.fromkeys(a["assessor"] for a in assessments if "assessor" in a))
        found = []
        for number, a in enumerate(assessments):
            for i, o in enumerate(listed("observation", a.get("observations", []))):
                measure = self.look("measure", o["measure"])
                if measure == NONE:
                    continue  # the protocol does not look at it
                found.append({"pointer": f"/assessments/{number}/observations/{i}", "measure": measure,
                              "value_nano": self.value(measure, o["measure"], o["value"]),
                              "side": self.side(facts, measure, o), "at": instant(a["occurred_at"]),
                              "assessment": number, "trial": trial(o.get("trial", 0)),
                              "assessor": people.index(a["assessor"]) if "assessor" in a else NONE,
                              **self.qualifiers({**a.get("qualifiers", {}), **o.get("qualifiers", {})})})
        return sorted(found, key=lambda o: o["at"]["utc_us"])

    def sessions(self, facts):
        """An activity that the protocol does not know is one all the same."""
        known = [self.name("activities", i) for i in range(
            self.count("activities") if "activities" in self.library.constants["table"] else 0)]
        held = [(number, a, members("session", a["session"])) for number, a in enumerate(facts.get("assessments", []))
                if "session" in a]
        found = [{"from": instant(a["occurred_at"]), "to": instant(s.get("ended_at", a["occurred_at"])),
                  "assessment": number,
                  "activity": known.index(s["activity"]) if s["activity"] in known else 0xFFFF,
                  "completed": truth("completed", s.get("completed", False)),
                  "prescribed": truth("prescribed", s.get("prescribed", True))}
                 for number, a, s in held]
        return sorted(found, key=lambda s: s["from"]["utc_us"])

    def first_phase(self, track):
        return next(i for i in range(self.count("phases")) if self.look("phase", self.name("phases", i), track) == i)

    def tracks(self, facts):
        made = []
        for track in facts.get("tracks", {}):
            self.find("track", track)
        for track in range(self.count("tracks")):
            told = members("track", facts.get("tracks", {}).get(self.name("tracks", track), {}))
            entered = instant(told.get("entered_at", facts["started_at"]))
            phase = self.first_phase(track) if "phase" not in told else NONE if told["phase"] is None else self.find(
                "phase", told["phase"], track)
            made.append({"phase": phase, "entered": entered,
                         "moved": instant(told["moved_at"]) if "moved_at" in told else entered})
        return made

    def strata(self, facts):
        told = {self.find("stratum", name): value for name, value in facts.get("strata", {}).items()}
        return [self.find("stratum_value", told[i], i) if i in told else 0xFFFF for i in range(self.count("strata"))]

    def evidence(self, facts):
        members("facts", facts)
        clearances = listed("clearance", facts.get("clearances", []))
        return {
            "observations": self.observations(facts),
            "sessions": self.sessions(facts),
            "clearances": [{"name": self.look("clearance", c["name"]), "role": self.role(c["role"]),
                            "at": instant(c["at"]), "given": truth("given", c.get("given", True))}
                           for c in clearances if self.look("clearance", c["name"]) != NONE],
            "flag_clearances": [{"flag": self.find("red_flag", c["red_flag"]), "role": self.role(c["role"]), "at": instant(c["at"])}
                                for c in listed("red flag clearance", facts.get("red_flag_clearances", []))],
            "tracks": self.tracks(facts),
            "strata": self.strata(facts),
            "onset": event(facts.get("onset")),
            "surgery": event(facts.get("surgery")),
            "birth": event(facts.get("birth")),
            "started": instant(facts["started_at"]),
            "bilateral": self.involved(facts) == "both",
        }

    # ---- decision ----

    def decide(self, facts, as_of, language=None, flips=False):
        library, kept, given = self.library, [], self.evidence(facts)
        evidence = library.make("evidence", given, kept)
        at = Instant(**instant(as_of))
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
                raise ValueError("the facts do not fit the protocol")
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
                out[what] = nano.value / 1e9

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
