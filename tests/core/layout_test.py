#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The library's description of its structs says every member that the headers have, and nothing else. Prints TAP.

What the compiler knows (types, places, sizes) it wrote itself; what a row means is checked as far as words go.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
OPAQUE = {"protocol"}  # its rows are reached by functions
PLAIN = {"", "nano", "us", "day", "findings", "observations"}


def headers():
    """struct -> its members, without what is reserved."""
    text = "".join(p.read_text() for p in sorted((ROOT / "include/rehab").glob("*.h")))
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    found = {}
    for name, body in re.findall(r"struct rehab_(\w+) \{(.*?)\n\};", text, flags=re.S):
        members = []
        for line in re.sub(r"\s+", " ", body).split(";"):
            pointer = re.search(r"\(\*(\w+)\)", line)
            names = [pointer[1]] if pointer else [re.findall(r"\w+", part)[-1] for part in
                                                  re.sub(r"\[.*?\]", "", line).split(",") if re.findall(r"\w+", part)]
            members += [n for n in names if not n.startswith("reserved")]
        found[name] = members
    tables = re.search(r"enum rehab_table \{(.*?)\}", text, flags=re.S)[1]
    return found, {t.strip()[6:].lower() for t in tables.split(",") if t.strip()}, set(re.findall(r"rehab_(\w+)_name\(", text))


def described():
    """struct -> its members; what they mean."""
    text = (ROOT / "src/core/layout.def").read_text()
    structs = {name: [] for name in re.findall(r"^STRUCT\((\w+)\)", text, flags=re.M)}
    means = {}
    for of, name, rest in re.findall(r"^(?:FIELD|ROWS)\((\w+), (\w+),(.*)\)", text, flags=re.M):
        structs[of].append(name)
        means[f"{of}.{name}"] = re.search(r'"(.*)"', rest)[1]
    sets = set(re.findall(r"^CONSTANT\((\w+),", text, flags=re.M))
    return structs, means, sets, set(re.findall(r"^CONSTANT\(table, (\w+),", text, flags=re.M))


def inside(structs, headers_of):
    """Structs of the headers that a described one is made of or leads to."""
    source = re.sub(r"/\*.*?\*/", "", "".join(p.read_text() for p in (ROOT / "include/rehab").glob("*.h")), flags=re.S)
    for name in set(structs) - OPAQUE:
        body = re.search(rf"struct rehab_{name} \{{(.*?)\n\}};", source, flags=re.S)[1]
        yield from (used for used in re.findall(r"struct rehab_(\w+)", body) if used in headers_of)


def faults(of_headers, of_library, means, known, sets, tables, named):
    for name, members in of_library.items():
        wanted = [] if name in OPAQUE else of_headers.get(name)
        if wanted is None:
            yield f"there is no struct rehab_{name}"
        elif members != wanted:
            missing = [m for m in wanted if m not in members]
            yield f"struct rehab_{name}: " + (f"{', '.join(missing)} missing" if missing else "members in another order or too many")
    for name in sorted(set(inside(of_library, of_headers)) - set(of_library)):
        yield f"struct rehab_{name} is missing"
    for member, meaning in means.items():
        if meaning not in PLAIN | known | sets | named:
            yield f"{member} means {meaning}, which nothing is"
        elif meaning in known and meaning not in tables:
            yield f"the table {meaning} of {member} has no constant"


number = failed = 0


def say(name, found):
    global number, failed
    number += 1
    failed += bool(found)
    print(f"{'not ' if found else ''}ok {number} - {name}")
    for line in found:
        print(f"  # {line}")


of_headers, known, named = headers()
of_library, means, sets, tables = described()
say("layout.def says all members of what it describes", list(
    faults(of_headers, of_library, means, known, sets, tables, named)))
short = {**of_library, "finding": of_library["finding"][1:]}
say("a member left out is missed", [] if list(
    faults(of_headers, short, means, known, sets, tables, named)) else ["it is not"])
less = {name: members for name, members in of_library.items() if name != "need"}
say("a struct left out is missed", [] if "struct rehab_need is missing" in list(
    faults(of_headers, less, means, known, sets, tables, named)) else ["it is not"])
say("a meaning that nothing is, is found", [] if list(
    faults(of_headers, of_library, {"need.side": "weather"}, known, sets, tables, named)) else ["it is not"])
print(f"1..{number}")
sys.exit(failed > 0)
