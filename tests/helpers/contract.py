# SPDX-License-Identifier: Apache-2.0
"""The contract as tests read it: operations of openapi/rehabd.yaml, and whether a value is what a schema says.

`closed` schemas are the stricter reading for answers of the service: a member that the contract does not name is a
fault, so that the document cannot fall behind the code. Callers get the open reading."""

import copy
import datetime
import functools
import pathlib
import re

import jsonschema
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
METHODS = ("get", "put", "post", "delete", "patch")


class Loader(yaml.SafeLoader):
    """Times stay text, as they are in JSON."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, rule) for tag, rule in rules if tag != "tag:yaml.org,2002:timestamp"]
    for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


@functools.lru_cache(maxsize=None)
def load():
    with open(ROOT / "openapi" / "rehabd.yaml", encoding="utf-8") as file:
        return yaml.load(file, Loader)


def follow(document, node):
    """The node itself, or what its reference leads to."""
    while isinstance(node, dict) and "$ref" in node and len(node) == 1:
        target = document
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step.replace("~1", "/").replace("~0", "~")]
        node = target
    return node


class Operation:
    def __init__(self, document, method, path, item, body):
        self.document, self.method, self.path, self.body = document, method.upper(), path, body
        self.id = body.get("operationId")
        security = body.get("security", document.get("security", []))
        self.scopes = sorted({scope for way in security for scope in way.get("bearer", [])})
        self.parameters = [follow(document, p) for p in item.get("parameters", []) + body.get("parameters", [])]
        self.responses = {status: follow(document, r) for status, r in body["responses"].items()}
        self.pattern = re.compile("^" + re.sub(r"\{[a-z]+\}", "[^/]+", path) + "$")

    def parameter(self, place, name):
        return next((p for p in self.parameters if p["in"] == place and p["name"] == name), None)

    def has(self, place):
        return any(p["in"] == place for p in self.parameters)


def operations(document):
    return [Operation(document, method, path, item, item[method])
            for path, item in document["paths"].items() for method in METHODS if method in item]


def find_operation(document, method, path):
    """The operation of a request; a concrete segment wins over a parameter."""
    wanted = "GET" if method == "HEAD" else method
    found = [o for o in operations(document) if o.method == wanted and o.pattern.match(path)]
    return min(found, key=lambda o: o.path.count("{"), default=None)


# ---- values against schemas ----

def is_instant(text):
    if not re.match(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)$", text):
        return False
    try:
        datetime.datetime.fromisoformat(re.sub(r"\.\d+", "", text).replace("Z", "+00:00"))
        return True
    except ValueError:
        return False


def is_date(text):
    try:
        return datetime.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


FORMATS = {
    "uuid": re.compile(r"^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$").match,
    "date-time": is_instant,
    "date": is_date,
    "uri-reference": re.compile(r"^[!-~]+$").match,
}


def make_checker():
    checker = jsonschema.FormatChecker(formats=())
    for name, judge in FORMATS.items():
        checker.checks(name)(lambda value, judge=judge: not isinstance(value, str) or bool(judge(value)))
    return checker


CHECKER = make_checker()


def close(node):
    """Every object that lists members and says nothing of others takes no others."""
    if isinstance(node, list):
        for part in node:
            close(part)
    elif isinstance(node, dict):
        for key, part in node.items():
            if key not in ("examples", "example", "value"):
                close(part)
        if isinstance(node.get("properties"), dict):
            node.setdefault("additionalProperties", False)


@functools.lru_cache(maxsize=None)
def closed_components():
    components = copy.deepcopy({"schemas": load()["components"]["schemas"]})
    close(components)
    return components


def faults(document, schema, value, closed=False):
    """What is wrong with a value, one line each."""
    schema = copy.deepcopy(schema)
    if closed:
        close(schema)
    root = {"allOf": [schema], "components": closed_components() if closed else document["components"]}
    validator = jsonschema.Draft202012Validator(root, format_checker=CHECKER)
    return ["/" + "/".join(str(step) for step in error.absolute_path) + ": " + error.message[:300]
            for error in validator.iter_errors(value)]


def answer_faults(document, method, path, status, headers, media_type, body):
    """What is wrong with an answer of the service: `headers` by lower-case name, `body` as read from JSON, or text."""
    operation = find_operation(document, method, path)
    if method == "OPTIONS" or status == 505:
        return []  # what an address knows; a version of HTTP that is none of ours
    if operation is None:
        return [] if status in (400, 401, 404, 405, 414) else [f"{status} from an address the contract does not know"]
    response = operation.responses.get(str(status))
    if response is None and status in (411, 413, 414, 415, 417, 431):
        response = operation.responses["default"]
    if response is None:
        return [f"{operation.id} does not list status {status}"]
    found = []
    for name, header in response.get("headers", {}).items():
        header, sent = follow(document, header), headers.get(name.lower())
        if sent is None:
            found += [f"header {name} is missing"] if header.get("required") else []
        else:
            schema = header["schema"]
            sent = int(sent) if schema.get("type") == "integer" and sent.isdigit() else sent
            found += [f"header {name}{fault}" for fault in faults(document, schema, sent)]
    content = response.get("content", {})
    if method == "HEAD" or status == 304:
        return found
    if media_type not in content:
        return found + [f"{operation.id} {status} is {media_type}, the contract says {' or '.join(content) or 'no body'}"]
    return found + faults(document, content[media_type]["schema"], body, closed=True)
