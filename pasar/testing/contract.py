"""The laws of the tables, for the rows of a plug-in: `faults(PLUGIN)` is empty when it keeps them.

The server's own tests hold its rows to the same functions.
"""

import inspect
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError
from openapi_spec_validator import validate

from pasar.claims import topic_of
from pasar.own_settings import variables
from pasar.plugin import Plugin
from pasar.registry import registry
from routes.examples import of_body, of_reply
from routes.openapi import PARAM, document
from routes.schemas.shared import common as c
from routes.table import PUBLIC, WHO, Route, statuses
from services.deps import Deps
from utils.errors import KINDS
from utils.formats import FORMATS

Schema = Mapping[str, Any]


def faults(plugin: Plugin, readme: Path | None = None) -> list[str]:
    """Everything in which the plug-in breaks the laws; with a README also what of it that does not name."""
    rows = registry([plugin]).routes
    found = [f"{row.name} {fault}" for row in plugin.routes for fault in row_faults(row)]
    told = document(rows)
    found += [f"{row.name} {fault}" for row in plugin.routes for fault in document_faults(row, told)]
    validate(json.loads(json.dumps(document(plugin.routes))))
    topics = [topic_of(kind) for kind in plugin.emits]
    found += [
        f"the topic {each} does not begin with {plugin.name}."
        for each in topics
        if not each.startswith(f"{plugin.name}.")
    ]
    if readme is not None:
        text = readme.read_text()
        names = [*variables(plugin), *(command.name for command in plugin.commands)]
        names += [row.name for row in plugin.routes]
        found += [f"{name} does not stand in {readme.name}" for name in names if name not in text]
    return found


def provider_faults(deps: Deps, plugin: Plugin) -> list[str]:
    """Providers that are not what their slot asks for; of slots of the plug-in itself."""
    protocols = {slot.name: slot.protocol for slot in plugin.slots}
    return [
        f"the provider {row.id} is no {protocols[row.slot].__name__}"
        for row in plugin.providers
        if row.slot in protocols and not isinstance(deps.providers[row.slot][row.id], protocols[row.slot])
    ]


def row_faults(row: Route) -> Iterator[str]:
    """What a row does not say, or says so that it cannot be checked."""
    if row.who not in WHO:
        yield "does not say who may call it"
    if not row.summary:
        yield "has no summary"
    if not (row.hidden or row.tag or row.who == PUBLIC):
        yield "has no tag"
    if not inspect.iscoroutinefunction(row.handler):
        yield "has no async function as its handler"
    if row.reply is None and row.media == "application/json" and row.status != 204:
        yield "does not say what it answers"
    for error in row.errors:
        if not isinstance(error, int) and error.kind not in KINDS:
            yield f"may answer with {error.__name__}, whose kind is unknown"
    yield from schema_faults(row)


def schema_faults(row: Route) -> Iterator[str]:
    """Schemas that are none, inputs without bounds, and replies that leave keys open."""
    for schema in (row.full_query(), row.full_body(), *filter(None, statuses(row).values())):
        try:
            if schema is not c.ERROR:
                Draft202012Validator.check_schema(schema)
        except SchemaError as error:
            yield f"has a schema that is none: {error.message}"
            return
    for kind, schema in (("query", row.full_query()), ("body", row.full_body())):
        yield from (f"({kind}): {fault}" for fault in unbounded(schema))
        used = {node["format"] for _, node in nodes(schema) if "format" in node}
        yield from (f"({kind}): the format {each} is not checked" for each in sorted(used - set(FORMATS)))
    yield from (f"(reply): {path} does not say which keys there may be" for path in loose(row.reply))
    if row.body is not None and not Draft202012Validator(row.full_body()).is_valid(of_body(row)):
        yield "has an example of a body that its schema refuses"
    if row.reply is not None and not Draft202012Validator(c.narrowed(row.reply)).is_valid(of_reply(row)):
        yield "has an example of an answer that its schema refuses"


def document_faults(row: Route, told: Mapping[str, Any]) -> Iterator[str]:
    """What the printed document does not tell of a row."""
    if row.hidden:
        return
    operation = told["paths"].get(PARAM.sub(r"{\1}", row.path), {}).get(row.method.lower())
    if operation is None:
        yield "does not stand in the document"
        return
    parameters = {(p["in"], p["name"]) for p in (resolved(told, p) for p in operation.get("parameters", ()))}
    wanted = {("path", name) for name in PARAM.findall(row.path)}
    wanted |= {("query", name) for name in row.full_query()["properties"]}
    yield from (f"has a parameter that is not documented: {name}" for _, name in sorted(wanted - parameters))
    if ("requestBody" in operation) != (row.body is not None):
        yield "has a body that is not documented"


def resolved(told: Mapping[str, Any], node: Mapping[str, Any]) -> Any:
    """What a reference within the document leads to."""
    found: Any = node
    while "$ref" in found:
        place: Any = told
        for part in found["$ref"].removeprefix("#/").split("/"):
            place = place[part]
        found = place
    return found


def nodes(schema: Any, path: str = "") -> Iterator[tuple[str, Schema]]:
    """Every schema within a schema, with where it stands."""
    if not isinstance(schema, Mapping):
        return
    yield path, schema
    for name, inner in schema.get("properties", {}).items():
        yield from nodes(inner, f"{path}.{name}")
    for key in ("items", "additionalProperties", "not", "if", "then", "else"):
        yield from nodes(schema.get(key), f"{path}.{key}")
    for key in ("anyOf", "oneOf", "allOf", "prefixItems"):
        for n, inner in enumerate(schema.get(key, ())):
            yield from nodes(inner, f"{path}.{key}{n}")


def kinds(schema: Schema) -> set[str]:
    kind = schema.get("type", ())
    return {kind} if isinstance(kind, str) else set(kind)


def unbounded(schema: Schema) -> list[str]:
    """What an input schema leaves open: unknown keys, endless text, numbers and lists."""
    found = []
    for path, node in nodes(schema):
        kind = kinds(node)
        if not kind and not {"enum", "const", "anyOf", "oneOf", "allOf"} & set(node):
            found.append(f"{path or 'the whole'} takes anything")
        more = node.get("additionalProperties")
        if "object" in kind and more is not False and not (more is True and "maxProperties" in node):
            found.append(f"{path} takes unknown keys")
        if "string" in kind and not {"maxLength", "enum", "const", "pattern"} & set(node):
            found.append(f"{path} is text without an end")
        if kind & {"integer", "number"} and not ("maximum" in node and {"minimum", "exclusiveMinimum"} & set(node)):
            found.append(f"{path} is a number without bounds")
        if "array" in kind and "maxItems" not in node:
            found.append(f"{path} is a list without an end")
    return found


def loose(reply: Schema | None) -> list[str]:
    """Objects of an answer that do not name every key."""
    return [
        path or "the whole"
        for path, node in nodes(reply)
        if "object" in kinds(node) and "additionalProperties" not in node and "properties" in node
    ]


def least(schema: Schema) -> Any:
    """The least value that fits a schema of ours."""
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    for key in ("anyOf", "oneOf"):
        if key in schema:
            return least(schema[key][0])
    kind = schema.get("type")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "object":
        return {name: least(schema["properties"][name]) for name in schema.get("required", ())}
    if kind == "array":
        return [least(schema["items"]) for _ in range(schema.get("minItems", 0))]
    if kind == "string":
        return TEXTS.get(schema.get("format", ""), "x" * max(1, schema.get("minLength", 1)))
    if kind in ("integer", "number"):
        return schema.get("minimum", schema.get("exclusiveMinimum", 0) + 1)
    return {"boolean": True}.get(str(kind))


TEXTS = {"email": "somebody@example.com", "date-time": "2030-01-01T00:00:00Z"}
WRONG: tuple[Any, ...] = (None, True, -1, 10**20, 1.5, "", "x" * 30_000, [], [None] * 2000, {}, {"unknown": 1})


def bad_bodies(schema: Schema, good: Any) -> Iterator[Any]:
    """Bodies made of a good one by one change each, all of which the schema refuses."""
    refuses = Draft202012Validator(schema).is_valid
    for body in changed(schema, good):
        if not refuses(body):
            yield body


def changed(schema: Schema, good: Any) -> Iterable[Any]:
    yield from WRONG
    if not isinstance(good, Mapping):
        return
    yield {**good, "no_such_key": 1}
    for name in schema.get("required", ()):
        yield {key: value for key, value in good.items() if key != name}
    for name, inner in schema.get("properties", {}).items():
        yield from ({**good, name: value} for value in WRONG)
        if isinstance(good.get(name), Mapping):
            yield from ({**good, name: value} for value in changed(inner, good[name]))
