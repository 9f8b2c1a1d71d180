"""What the document says once and refers to: schemas, parameters, answers and examples that occur more than once."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from routes.schemas.shared import common as c
from routes.schemas.shared import totals
from routes.table import Route, Schema

# Ours, for the validators and the examples: not for the document.
KINDS = ("schemas", "parameters", "responses", "requestBodies", "examples")
OWN = frozenset(("title", "x-tag", "x-whole", "x-told"))


def base(title: str, **properties: Schema) -> Schema:
    """A part of entities: it says nothing of other properties, so that what is all of it may have some."""
    return {key: value for key, value in c.entity(title, **properties).items() if key != "additionalProperties"}


# What many entities have alike is told once: they are "all of" it and of what is their own.
BASES = (
    base("CartTotals", **totals.amounts(totals.CART)),
    base("Totals", **totals.amounts(totals.PART)),
    base("EntityWithMetadata", id=c.STRING, metadata=c.FREE, created_at=c.MOMENT, updated_at=c.MOMENT),
    base("Entity", id=c.STRING, created_at=c.MOMENT, updated_at=c.MOMENT),
    base("Page", count=c.INTEGER, offset=c.INTEGER, limit=c.INTEGER),
)


def key_of(value: Any) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


class Components:
    """Titled schemas, and untitled objects and parameters that several operations share."""

    def __init__(self, rows: Iterable[Route]) -> None:
        self._told: dict[str, dict[str, Any]] = {kind: {} for kind in KINDS}
        self._owners: dict[str, Any] = {}
        self._names: dict[tuple[str, bytes], str] = {}
        self._times: Counter[bytes] = Counter()
        self._answers: Counter[bytes] = Counter()
        for row in rows:
            for schema in (*row.full_query()["properties"].values(), row.full_body(), row.reply):
                self._count(schema)
            self._answers[key_of(told(row.reply))] += 1
            self._answers[key_of(row.body)] += row.body is not None

    def told(self) -> dict[str, Any]:
        return {kind: dict(sorted(found.items())) for kind, found in self._told.items()}

    def lift(self, schema: Any, name: str) -> Any:
        """The schema with others named in it; `name` is for what has no title and occurs again."""
        if isinstance(schema, list | tuple):
            return [self.lift(item, name) for item in schema]
        if not isinstance(schema, Mapping):
            return schema
        if "x-told" in schema:
            other = schema["x-told"]
            return {"$ref": f"#/components/schemas/{other}"} if isinstance(other, str) else self.lift(other, name)
        title = schema.get("title")
        if isinstance(title, str):
            return self._titled(schema, title)
        if is_shareable(schema) and self._times[key_of(schema)] > 1:
            return self._shared("schemas", name, schema, lambda: self._inside(schema, name))
        return self._inside(schema, name)

    def media(self, schema: Schema, name: str, example: Any) -> Schema:
        """A body or an answer in JSON, with an example."""
        told: dict[str, Any] = {"schema": self.lift(schema, name)}
        if example is not None:
            told["examples"] = {"usual": self._shared("examples", name, example, lambda: {"value": example})}
        return told

    def parameter(self, told: Schema) -> Schema:
        """A parameter by reference; those of one name that differ get a number."""
        return self._shared("parameters", str(told["name"]).strip("$").replace("$", ""), told, lambda: told)

    def response(self, name: str, note: str, media: Schema, reply: Schema | None = None) -> Schema:
        """An answer, by reference if several operations give it."""
        whole = {"description": note, "content": {"application/json": media}}
        if reply is not None and self._answers[key_of(told(reply))] == 1:
            return whole
        return self._shared("responses", name, whole, lambda: whole)

    def body(self, name: str, whole: Schema, body: Schema) -> Schema:
        """What is sent, by reference if several operations take it."""
        return whole if self._answers[key_of(body)] == 1 else self._shared("requestBodies", name, whole, lambda: whole)

    def _titled(self, schema: Schema, title: str) -> Schema:
        if title not in self._owners:
            self._owners[title] = schema
            self._told["schemas"][title] = {}  # its place, for a schema that holds itself
            self._told["schemas"][title] = self._inside(schema, title)
        elif self._owners[title] is not schema and self._owners[title] != schema:
            if not is_object(schema):  # a plain type with bounds of its own
                return self._inside(schema, title)
            raise ValueError(f"two different schemas are called {title}")
        return {"$ref": f"#/components/schemas/{title}"}

    def _inside(self, schema: Schema, name: str) -> Schema:
        bases, schema = parted(schema)
        told = {key: self.lift(value, name) for key, value in schema.items() if key not in (*OWN, "properties")}
        properties = schema.get("properties")
        if isinstance(properties, Mapping):
            told["properties"] = {key: self.lift(value, name + word(key)) for key, value in properties.items()}
        if bases:
            told["allOf"] = [self.lift(base, name) for base in bases]
        if "x-tag" in schema:
            tag = schema["x-tag"]
            mapping = {
                option["properties"][tag]["enum"][0]: told["oneOf"][place]["$ref"]
                for place, option in enumerate(schema["oneOf"])
            }
            told["discriminator"] = {"propertyName": tag, "mapping": mapping}
        return told

    def _shared(self, kind: str, name: str, value: Any, make: Any) -> Schema:
        key = (kind, key_of(value))
        if key not in self._names:
            known, found, number = self._told[kind], name, 2
            while found in known:
                found, number = f"{name}{number}", number + 1
            self._names[key] = found
            known[found] = {}
            known[found] = make()
        return {"$ref": f"#/components/{kind}/{self._names[key]}"}

    def _count(self, schema: Any) -> None:
        if isinstance(schema, Mapping):
            if "title" not in schema and is_shareable(schema):
                self._times[key_of(schema)] += 1
            for value in schema.values():
                self._count(value)
        elif isinstance(schema, list | tuple):
            for value in schema:
                self._count(value)


def told(schema: Any) -> Any:
    """What the document tells of a schema that the server holds more strictly."""
    return schema["x-told"] if isinstance(schema, Mapping) and "x-told" in schema else schema


def parted(schema: Schema) -> tuple[list[Schema], Schema]:
    """The bases that the schema holds whole, and what is left of it without them."""
    found: list[Schema] = []
    if is_object(schema) and all(schema is not base for base in BASES):
        for base in BASES:
            if holds(schema, base):
                found.append(base)
                schema = without(schema, base["properties"])
    return found, schema


def holds(schema: Schema, base: Schema) -> bool:
    """Does every answer of the schema have all that the base has?"""
    properties, required = schema["properties"], schema.get("required", ())
    return all(properties.get(key) == inner and key in required for key, inner in base["properties"].items())


def without(schema: Schema, names: Iterable[str]) -> Schema:
    """The schema with properties of these names told elsewhere, which its own strictness must reach too."""
    left = {key: value for key, value in schema.items() if key not in ("additionalProperties", "required")}
    left["properties"] = {key: value for key, value in schema["properties"].items() if key not in names}
    required = [key for key in schema.get("required", ()) if key not in names]
    strict = schema.get("additionalProperties", schema.get("unevaluatedProperties", True))
    return left | ({"required": required} if required else {}) | ({} if strict else {"unevaluatedProperties": False})


def is_object(schema: Schema) -> bool:
    return isinstance(schema.get("properties"), Mapping) and "type" in schema


def word(key: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in key.strip("$").split("_"))


def is_shareable(schema: Schema) -> bool:
    """Worth a name of its own where it occurs again: an object, a list of words, what has an explanation."""
    return is_object(schema) or "enum" in schema or isinstance(schema.get("description"), str)
