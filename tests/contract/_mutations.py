# SPDX-License-Identifier: Apache-2.0
"""What a schema forbids, made from a value that it allows: (pointer, code that the service must give, the spoilt value)."""

import copy

BAD_FORMS = {"date-time": "yesterday", "date": "2026-02-30", "uuid": "17"}


def resolve(document, schema):
    """The schema with what its reference leads to; what stands beside the reference wins."""
    while "$ref" in schema:
        target = document
        for step in schema["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        schema = {**target, **{k: v for k, v in schema.items() if k != "$ref"}}
    return schema


def mutations(document, schema, value):
    schema = resolve(document, schema)
    kind = schema.get("type")
    if kind == "object":
        yield from of_object(document, schema, value)
    elif kind == "array":
        yield from of_array(document, schema, value)
    elif kind == "string":
        yield from of_string(schema)
    elif kind == "integer":
        yield "", "wrong_type", str(value)
        if "minimum" in schema:
            yield "", "bad_value", schema["minimum"] - 1
        if "maximum" in schema:
            yield "", "bad_value", schema["maximum"] + 1
    elif kind == "boolean":
        yield "", "wrong_type", "true"


def of_object(document, schema, value):
    yield "", "wrong_type", "x"
    for name in schema.get("required", []):
        yield f"/{name}", "missing_member", {k: v for k, v in value.items() if k != name}
    if schema.get("additionalProperties") is False:
        yield "/zzz", "wrong_qualifier" if "analgesic_24h" in schema["properties"] else "unknown_member", {**value, "zzz": True}
    others = schema.get("additionalProperties")
    for name, part in value.items():
        yield f"/{name}", "wrong_type", {**value, name: None}
        inner = schema.get("properties", {}).get(name, others if isinstance(others, dict) else {})
        for pointer, code, spoilt in mutations(document, inner, part):
            yield f"/{name}{pointer}", code, {**value, name: spoilt}


def of_array(document, schema, value):
    yield "", "wrong_type", {"0": value[0]}
    if schema.get("minItems"):
        yield "", "bad_value", []
    if "maxItems" in schema:
        yield "", "bad_value", [copy.deepcopy(value[0]) for _ in range(schema["maxItems"] + 1)]
    for index in {0, len(value) - 1}:
        for pointer, code, spoilt in mutations(document, schema["items"], value[index]):
            yield f"/{index}{pointer}", code, value[:index] + [spoilt] + value[index + 1:]


def of_string(schema):
    yield "", "wrong_type", 7
    if "enum" in schema:
        yield "", "bad_value", "zzz"
    if "maxLength" in schema and "format" not in schema:
        yield "", "bad_value", "z" * (schema["maxLength"] + 1)
    if schema.get("minLength") and "format" not in schema:
        yield "", "bad_value", ""
    if schema.get("format") in BAD_FORMS:
        yield "", "bad_value", BAD_FORMS[schema["format"]]
