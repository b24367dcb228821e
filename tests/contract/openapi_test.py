#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The contract against the tables it describes: routes, problems, nouns and limits, both ways; and its own examples.

Each check is a function from the document to the faults it finds. It runs on the document, where it must find none,
and on a copy with a fault planted, where it must find one."""

import copy
import os
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "helpers"))
import contract  # noqa: E402

ROOT = contract.ROOT
SCOPES = {"SCOPE_NONE": [], "CATALOGUE_READ": ["catalogue:read"], "CARE_READ": ["care:read"],
          "CARE_WRITE": ["care:write"], "CARE_OVERRIDE": ["care:override"], "TRUST_ADMIN": ["trust:admin"]}
INSIDE = {"replay", "unknown_commit", "guard_missed", "unique_violation"}  # between rooms, never in an answer


def read(path):
    return (ROOT / path).read_text(encoding="utf-8")


def camel(handler):
    first, *rest = handler.removeprefix("api_").split("_")
    return first + "".join(word.capitalize() for word in rest)


def routes():
    rows = re.findall(r'^ROUTE\((\w+),\s*"([^"]+)",\s*(\w+),\s*(\w+)\)', read("src/api/route.def"), re.M)
    return {(method, path): (camel(handler), SCOPES[scope]) for method, path, scope, handler in rows}


def problems():
    """slug: (status, title, type, detail)."""
    rows = re.findall(r'^PROBLEM\(\w+,\s*(\d+),\s*"([^"]+)",\s*"([^"]+)",\s*"([^"]+)",\s*"([^"]*)"\)', read("src/base/problem.def"), re.M)
    return {slug: (int(status), title, kind, detail) for status, slug, kind, title, detail in rows}


def enumerators(name, prefix, header="src/base/model.h"):
    body = re.search(r"enum %s \{(.*?)\}" % name, read(header), re.S).group(1)
    body = re.sub(r"/\*.*?\*/", "", body, flags=re.S)
    return [word.removeprefix(prefix).lower() for word in re.findall(r"\b(%s\w+)" % prefix, body)]


def differ(what, ours, theirs):
    return ([f"{what}: only in the contract: {x}" for x in sorted(set(ours) - set(theirs))]
            + [f"{what}: not in the contract: {x}" for x in sorted(set(theirs) - set(ours))])


# ---- the checks ----

def check_routes(document):
    told = {(o.method, o.path): o for o in contract.operations(document)}
    rows = routes()
    found = differ("route", [" ".join(k) for k in told], [" ".join(k) for k in rows])
    for key in told.keys() & rows.keys():
        handler, scopes = rows[key]
        if told[key].id != handler:
            found.append(f"{key}: operationId {told[key].id}, the handler says {handler}")
        if told[key].scopes != scopes:
            found.append(f"{key}: scopes {told[key].scopes}, the route says {scopes}")
    return found


def check_problems(document):
    listed = document["components"]["schemas"]["ProblemCode"]["enum"]
    table = {slug: row for slug, row in problems().items() if slug not in INSIDE}
    found = differ("problem", listed, table)
    found += [f"the type of {slug} is {kind}" for slug, (_, _, kind, _) in table.items() if kind != slug.replace("_", "-")]
    found += [f"{slug} does not say what to do next" for slug, (_, _, _, detail) in table.items() if not detail.endswith(".")]
    for name, example in document["components"]["examples"].items():
        value = example["value"]
        if isinstance(value, dict) and str(value.get("type", "")).startswith("/problems/"):
            told = (value["type"], value["status"], value["title"])
            status, title, kind, detail = table.get(value["code"], (0, "", "", ""))
            if told != ("/problems/" + kind, status, title):
                found.append(f"example {name} tells {told}, the table {status} {title}")
            if name != "GateNotSatisfied" and value["detail"] != detail:
                found.append(f"example {name} says {value['detail']}, the table {detail}")
    return found


def check_statuses(document):
    """What any handler can answer by the nature of its operation."""
    found = []
    for o in contract.operations(document):
        needed = {"400", "405", "500", "503", "default"}
        needed |= {"401", "403"} if o.scopes else set()
        needed |= {"404"} if o.has("path") and o.path != "/problems/{problem}" or o.path.startswith("/problems") else set()
        needed |= {"304"} if o.parameter("header", "If-None-Match") else set()
        needed |= {"412"} if o.parameter("header", "If-Match") else set()
        needed |= {"428"} if (o.parameter("header", "If-Match") or {}).get("required") else set()
        needed |= {"411", "413", "415", "422"} if "requestBody" in o.body else set()
        needed |= {"409", "422"} if o.parameter("header", "Idempotency-Key") else set()
        found += [f"{o.id} does not list {status}" for status in sorted(needed - o.responses.keys())]
        if o.method == "POST" and not o.parameter("header", "Idempotency-Key"):
            found.append(f"{o.id} takes no Idempotency-Key")
        if not o.scopes and {"401", "403"} & o.responses.keys():
            found.append(f"{o.id} needs no key and lists 401 or 403")
    answered = {status for o in contract.operations(document) for status in o.responses}
    default = document["components"]["responses"]["Problem"]["description"]
    for slug, (status, *_) in problems().items():
        if slug not in INSIDE and str(status) not in answered and str(status) not in default:
            found.append(f"no operation lists {status} ({slug})")
    return found


def check_statuses_in_handlers(document):
    """Statuses that a handler sets by number are listed by its operation."""
    found = []
    by_id = {o.id: o for o in contract.operations(document)}
    for path in sorted((ROOT / "src" / "api").glob("*.c")):
        text = path.read_text(encoding="utf-8")
        for handler, body in re.findall(r"^struct result (api_\w+)\(struct call[^{]*\{\n(.*?)^\}", text, re.M | re.S):
            o = by_id.get(camel(handler))
            for status in re.findall(r"->status = (\d{3})", body):
                if o is not None and status not in o.responses:
                    found.append(f"{handler} sends {status}, {o.id} does not list it")
    return found


def check_form(document):
    """Rules that keep every generator of clients happy."""
    found = []

    def walk(node, place):
        if isinstance(node, dict):
            if isinstance(node.get("type"), list) and "null" in node["type"]:
                found.append(f"{place}: null among the types")
            for word in ("prefixItems", "oneOf", "anyOf", "allOf", "nullable"):
                if word in node and "examples" not in place:
                    found.append(f"{place}: {word}")
            for key, part in node.items():
                if str(key).startswith("x-") or str(key).startswith("X-") and not place.endswith("headers"):
                    found.append(f"{place}: {key}")
                walk(part, f"{place}/{key}")
        elif isinstance(node, list):
            for index, part in enumerate(node):
                walk(part, f"{place}/{index}")
        elif node is None:
            found.append(f"{place}: null")

    walk({k: v for k, v in document.items()}, "")
    for o in contract.operations(document):
        if len(o.body.get("tags", [])) != 1 or not re.match(r"^[a-z]+([A-Z][a-z]+)+$", o.id or ""):
            found.append(f"{o.method} {o.path}: one tag and a verbNoun")
    return found


def check_examples_exist(document):
    found = []
    for name, schema in document["components"]["schemas"].items():
        if "examples" not in schema and "enum" not in schema:
            found.append(f"schema {name} has no example")
    for o in contract.operations(document):
        found += [f"{o.id}: parameter {p['name']} has no example" for p in o.parameters if "example" not in p]
        bodies = [("request", o.body.get("requestBody", {}))] + list(o.responses.items())
        for what, body in bodies:
            for media, content in body.get("content", {}).items():
                if not content.get("examples"):
                    found.append(f"{o.id} {what} {media} has no example")
    return found


def check_examples_are_valid(document):
    found = []

    def judge(place, schema, value, closed=False):
        found.extend(f"{place} {fault}" for fault in contract.faults(document, schema, value, closed))

    def walk(node, place):
        if isinstance(node, dict):
            if "properties" in node or "type" in node or "enum" in node:
                for value in node.get("examples", []) if isinstance(node.get("examples"), list) else []:
                    judge(place, {k: v for k, v in node.items() if k != "examples"}, value)
            for key, part in node.items():
                if key not in ("examples", "example", "value"):
                    walk(part, f"{place}/{key}")
        elif isinstance(node, list):
            for index, part in enumerate(node):
                walk(part, f"{place}/{index}")

    walk(document["components"]["schemas"], "schemas")
    for o in contract.operations(document):
        for p in o.parameters:
            judge(f"{o.id}: parameter {p['name']}", p["schema"], p["example"])
        bodies = [("request", o.body.get("requestBody", {}))] + list(o.responses.items())
        for what, body in bodies:
            for content in body.get("content", {}).values():
                for name, example in content.get("examples", {}).items():
                    value = contract.follow(document, example)["value"]
                    judge(f"{o.id} {what} {name}", content["schema"], value, closed=what != "request")
    return found


def check_nouns(document):
    """Enumerations of the contract are those of the code."""
    schemas = document["components"]["schemas"]
    move = [m for m in enumerators("move", "MOVE_")]
    pairs = [
        ("Sex", schemas["Sex"]["enum"], enumerators("sex", "SEX_")),
        ("Side", schemas["Side"]["enum"], enumerators("side", "SIDE_")),
        ("EpisodeState", schemas["EpisodeState"]["enum"], enumerators("episode_state", "EPISODE_")),
        ("TrackState", schemas["TrackState"]["enum"], enumerators("track_state", "TRACK_")),
        ("Role", schemas["Role"]["enum"], set(enumerators("role", "ROLE_")) - {"none"}),
        ("VersionState", schemas["VersionState"]["enum"], set(enumerators("version_state", "VERSION_")) - {"draft"}),
        ("TransitionKind", schemas["TransitionKind"]["enum"], move),
        ("reason_code", schemas["Override"]["properties"]["reason_code"]["enum"],
         set(enumerators("override_code", "OVERRIDE_")) - {"none"}),
        ("Qualifiers", schemas["Qualifiers"]["properties"], enumerators("qualifier", "QUALIFIER_")),
        ("measure kind", schemas["Measure"]["properties"]["kind"]["enum"], enumerators("measure_kind", "MEASURE_")),
    ]
    if (ROOT / "include/rehab/decision.h").exists():
        verdicts = enumerators("rehab_verdict", "REHAB_", "include/rehab/decision.h")
        reasons = enumerators("rehab_reason", "REHAB_REASON_", "include/rehab/decision.h")
        pairs += [
            ("Verdict", schemas["Verdict"]["enum"], set(verdicts) - {"verdict_count"}),
            ("Doubt", schemas["Doubt"]["enum"], set(reasons) - {"none", "count"}),
        ]
    return [fault for name, ours, theirs in pairs for fault in differ(name, ours, theirs)]


def check_limits(document):
    """Lengths of the contract are those that src/wire enforces."""
    text = read("src/wire/wire.h")
    limit = {name: int(value) for name, value in re.findall(r"WIRE_(\w+)_MAX =\s*(\d+)", text)}
    schemas = document["components"]["schemas"]
    told = {
        "IDENTIFIERS": [schemas["NewPatient"]["properties"]["identifiers"]["maxItems"]],
        "OBSERVATIONS": [schemas["NewAssessment"]["properties"]["observations"]["maxItems"]],
        "STRATA": [schemas["Strata"]["maxProperties"]],
        "CODE": [schemas["Code"]["maxLength"]],
        "NAME": [schemas[n]["maxLength"] for n in ("Label", "Assessor")]
        + [schemas["Identifier"]["properties"][n]["maxLength"] for n in ("system", "value")],
        "REASON": [schemas["Reason"]["maxLength"]],
        "UNIT": [schemas["Unit"]["maxLength"]],
    }
    found = differ("limit", told, limit)
    return found + [f"{name}: the contract says {values}, wire.h {limit[name]}"
                    for name, values in told.items() if name in limit and set(values) != {limit[name]}]


def check_version(document):
    """The contract is of the release that the Makefile builds."""
    built = re.search(r"^VERSION\s*=\s*(\S+)", read("Makefile"), re.M).group(1)
    told = document["info"]["version"]
    return [] if told == built else [f"the contract is {told}, the Makefile builds {built}"]


def check_seed(document):
    """The documents that the service serves are what the schemas say."""
    import json
    found = []
    for name, path in (("Measure", "measures.json"), ("Exercise", "exercises.json")):
        for item in json.loads(read(f"sql/seed/{path}")):
            schema = {"$ref": f"#/components/schemas/{name}"}
            found += [f"{path} {item.get('code', item.get('id'))} {f}" for f in contract.faults(document, schema, item)]
    for path in sorted((ROOT / "sql/seed/protocols").glob("*.json")):
        schema = {"$ref": "#/components/schemas/ProtocolVersion"}
        found += [f"{path.name} {f}" for f in contract.faults(document, schema, json.loads(path.read_text()))]
    return found


def check_story(document):
    """Examples name only what the staged protocol and the catalogue have."""
    import json
    protocol = json.loads(read("sql/seed/protocols/hamstring-strain-staged.json"))
    phases = {phase["id"] for track in protocol["tracks"] for phase in track["phases"]}
    ids = set(re.findall(r'"id": "([^"]+)"', read("sql/seed/protocols/hamstring-strain-staged.json")))
    anchors = {"onset"}  # what an expectation counts from
    measures = {m["code"] for m in json.loads(read("sql/seed/measures.json"))}
    exercises = {e["id"] for e in json.loads(read("sql/seed/exercises.json"))}
    found = []

    def walk(node, place):
        if isinstance(node, dict):
            for key, value in node.items():
                known = {"measure": measures, "exercise": exercises, "from": phases | anchors, "to": phases, "phase": phases,
                         "red_flag": ids}.get(key)
                if known and isinstance(value, str) and value not in known:
                    found.append(f"{place}: {key} {value} is nowhere in sql/seed")
                if key in ("criteria", "gates", "red_flags") and isinstance(value, list):
                    found.extend(f"{place}: {key} {part['id']} is not in the protocol"
                                 for part in value if part.get("id", next(iter(ids))) not in ids)
                walk(value, f"{place}/{key}")
        elif isinstance(node, list):
            for part in node:
                walk(part, place)

    for name, example in document["components"]["examples"].items():
        walk(example["value"], name)
    return found


# ---- and the faults that show that each check can fail ----

def plant(document, path, value):
    node = document
    for step in path[:-1]:
        node = node[step]
    if value is None:
        del node[path[-1]]
    else:
        node[path[-1]] = value


EPISODE = ("paths", "/v1/episodes/{episode}", "get")
CHECKS = [
    (check_routes, "every route is an operation and every operation a route", [
        (EPISODE + ("operationId",), "getEpisodes"),
        (EPISODE + ("security",), [{"bearer": ["care:write"]}]),
        (("paths", "/healthz"), None)]),
    (check_problems, "every problem is listed, and told as in the table", [
        (("components", "schemas", "ProblemCode", "enum"), ["internal"]),
        (("components", "examples", "StaleEtag", "value", "type"), "/problems/stale_etag"),
        (("components", "examples", "StaleEtag", "value", "detail"), "Try again."),
        (("components", "examples", "StaleEtag", "value", "status"), 409)]),
    (check_statuses, "every status an operation can send is listed", [
        (EPISODE + ("responses", "404"), None),
        (("paths", "/v1/assessments/{assessment}/void", "post", "responses", "412"), None),
        (("paths", "/v1/episodes/{episode}/transitions", "post", "responses", "428"), None)]),
    (check_statuses_in_handlers, "statuses that handlers set are listed", None),
    (check_form, "no null, no union, one tag, a verbNoun", [
        (("components", "schemas", "Value", "type"), ["number", "null"]),
        (EPISODE + ("tags",), ["care", "service"])]),
    (check_examples_exist, "every schema, parameter, request and answer has an example", [
        (("components", "schemas", "Instant", "examples"), None),
        (("components", "parameters", "limit", "example"), None)]),
    (check_examples_are_valid, "every example is what its schema says", [
        (("components", "examples", "Patient", "value", "sex"), "f"),
        (("components", "examples", "Episode", "value", "extra"), 1),
        (("components", "schemas", "Instant", "examples"), ["2026-02-30T00:00:00Z"]),
        (("components", "parameters", "limit", "example"), "many")]),
    (check_nouns, "enumerations are those of the code", [
        (("components", "schemas", "Side", "enum"), ["left", "right"])]),
    (check_limits, "limits are those that are enforced", [
        (("components", "schemas", "Reason", "maxLength"), 9)]),
    (check_version, "the version is that of the build", [(("info", "version"), "9.9.9")]),
    (check_seed, "measures, exercises and protocols are what the schemas say", [
        (("components", "schemas", "Measure", "properties", "kind", "enum"), ["number"])]),
    (check_story, "examples name what the catalogue has", [
        (("components", "examples", "NewTransition", "value", "to"), "jumping")]),
]


def main():
    document = contract.load()
    results = []
    for check, name, faults in CHECKS:
        results.append((name, check(document)))
        for path, value in faults or []:
            broken = copy.deepcopy(document)
            plant(broken, path, value)
            seen = check(broken)
            results.append((f"{name}: a fault at {'/'.join(path[1:])} is seen", [] if seen else ["nothing was found"]))
    print(f"1..{len(results)}")
    for number, (name, found) in enumerate(results, 1):
        print(f"{'not ok' if found else 'ok'} {number} - {name}")
        for fault in found:
            print(f"# {fault}")
    return 1 if any(found for _, found in results) else 0


if __name__ == "__main__":
    os.chdir(ROOT)
    sys.exit(main())
