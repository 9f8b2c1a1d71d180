"""Pieces that the schemas of all domains share: ids, text, money, moments, lists, errors.

Input schemas (`body`, `query`) bound every string, number and list and refuse unknown keys. Reply schemas name what
may be there, its type, and what every answer holds that `fields` did not narrow.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from models.shared.commands import MOST_KEYS
from models.shared.rules import LONGEST_EMAIL, LONGEST_ID, LONGEST_NOTE, LONGEST_TEXT

Schema = dict[str, Any]

FILTER_LENGTH = 200
INT_MAX = 2**31 - 1

# Input
ID: Schema = {"type": "string", "minLength": 1, "maxLength": LONGEST_ID}
TEXT: Schema = {"type": "string", "maxLength": LONGEST_NOTE}
LONG_TEXT: Schema = {"type": "string", "maxLength": LONGEST_TEXT}
EMAIL: Schema = {"title": "Email", "type": "string", "format": "email", "maxLength": LONGEST_EMAIL}
CURRENCY: Schema = {"type": "string", "pattern": "^[A-Za-z]{3}$"}
COUNTRY: Schema = {"type": "string", "minLength": 2, "maxLength": 2}
LOCALE: Schema = {"type": "string", "maxLength": 35}
WITH_DELETED: Schema = {"type": "boolean", "description": "Taken and without effect: buyers see nothing deleted."}
NUMBER_IN: Schema = {"type": "number", "minimum": -(10**15), "maximum": 10**15}
FLAG: Schema = {"type": "boolean"}
QUANTITY: Schema = {"type": "integer", "minimum": 1, "maximum": 1_000_000}
METADATA: Schema = {
    "title": "MetadataIn",
    "type": ["object", "null"],
    "additionalProperties": True,
    "maxProperties": MOST_KEYS,
}
DATA: Schema = {"title": "Data", "type": "object", "additionalProperties": True, "maxProperties": MOST_KEYS}
MOMENT_IN: Schema = {"title": "MomentIn", "type": "string", "format": "date-time", "maxLength": 40}

# Reply
STRING: Schema = {"type": "string"}
NUMBER: Schema = {"type": "number"}
INTEGER: Schema = {"type": "integer"}
BOOLEAN: Schema = {"type": "boolean"}
AMOUNT: Schema = {
    "title": "Amount",
    "type": "number",
    "description": "An amount in major units of the currency.",
}
MOMENT: Schema = {"title": "Moment", "type": "string", "format": "date-time"}
NULL: Schema = {"type": "null"}
ANY: Schema = {}
OBJECT: Schema = {"type": "object", "additionalProperties": True}
FREE: Schema = {"title": "Metadata", "type": ["object", "null"], "additionalProperties": True}


def nullable(schema: Mapping[str, Any]) -> Schema:
    """The schema, or null."""
    if isinstance(schema.get("type"), str) and "enum" not in schema and "title" not in schema:
        return {**schema, "type": [schema["type"], "null"]}
    return {"anyOf": [schema, NULL]}


def array(items: Mapping[str, Any]) -> Schema:
    return {"type": "array", "items": items}


def one_of(*values: str) -> Schema:
    return {"type": "string", "enum": list(values)}


def entity(title: str, optional: str = "", /, **properties: Mapping[str, Any]) -> Schema:
    """A reply object: it becomes `#/components/schemas/<title>`.

    All properties are in every answer that was not narrowed by `fields`, but for the `optional` ones: those that are
    absent until there is something to tell, and those given only when asked for.
    """
    absent = optional.split()
    schema: Schema = {"title": title, "type": "object", "properties": properties, "additionalProperties": False}
    unknown = [name for name in absent if name not in properties]
    assert not unknown, f"{title} has no {unknown}"
    required = [name for name in properties if name not in absent]
    return {**schema, "required": required} if required else schema


def envelope(title: str, optional: str = "", /, **properties: Mapping[str, Any]) -> Schema:
    """An object that `fields` does not reach: it holds the same properties whatever they say."""
    return {**entity(title, optional, **properties), "x-whole": True}


def like(title: str, schema: Schema, /) -> Schema:
    """A schema that the document tells as another one, which fits it: so that clients know one type, not two."""
    return {**schema, "x-told": title}


def union(title: str, tag: str, /, **options: Mapping[str, Any]) -> Schema:
    """One of several objects, told apart by their property `tag`."""
    return {"title": title, "oneOf": [*options.values()], "x-tag": tag}


def narrowed(schema: Any) -> Any:
    """The schema of an answer that `fields` narrowed: of its objects, any property may be missing."""
    if isinstance(schema, Mapping):
        return {
            name: narrowed(inner)
            for name, inner in schema.items()
            if name != "required" or "title" not in schema or "x-whole" in schema
        }
    return [narrowed(inner) for inner in schema] if isinstance(schema, list | tuple) else schema


def single(key: str, schema: Mapping[str, Any]) -> Schema:
    """`{product: {...}}`"""
    return {"type": "object", "properties": {key: schema}, "required": [key], "additionalProperties": False}


def page(key: str, schema: Mapping[str, Any], *, counted: bool = True) -> Schema:
    """`{products: [...], count, offset, limit}`"""
    properties: Schema = {key: array(schema)}
    if counted:
        properties |= {"count": INTEGER, "offset": INTEGER, "limit": INTEGER}
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


GONE: Schema = {"title": "Gone", "const": True}
DELETED = entity("Deleted", id=STRING, object=STRING, deleted=GONE)


def deleted(kind: str, parent: Mapping[str, Any] | None = None) -> Schema:
    """`{id, object, deleted, parent?}`"""
    properties: Schema = {"id": STRING, "object": {"const": kind}, "deleted": GONE}
    if parent is not None:
        properties["parent"] = parent
    schema = {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}
    return schema if parent is not None else {**schema, "x-told": DELETED}


def body(*, required: Iterable[str] = (), **properties: Mapping[str, Any]) -> Schema:
    """An input object: unknown keys are refused."""
    schema: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**schema, "required": list(required)} if required else schema


query = body


def many(items: Mapping[str, Any] = ID, most: int = 100) -> Schema:
    """A filter of one or more values (`id=a`, `id[]=a&id[]=b`, `id[0]=a`): the controller always gets a list.

    Texts are held to FILTER_LENGTH: they come in the address, whose length is limited as a whole.
    """
    if "maxLength" in items:
        items = {**items, "maxLength": min(items["maxLength"], FILTER_LENGTH)}
    return {"type": "array", "items": items, "maxItems": most}


def operators(value: Mapping[str, Any]) -> Schema:
    """A filter by comparison: `created_at[$gte]=...`"""
    return body(**dict.fromkeys(("$eq", "$ne", "$gt", "$gte", "$lt", "$lte"), value))


def listing(order: str, /, *, limit: int = 50, most: int = 100, **filters: Mapping[str, Any]) -> Schema:
    """The query of a list: `limit`, `offset`, `order` (the words of `order`, also with `-`), and the filters."""
    return body(
        limit={"type": "integer", "minimum": 0, "maximum": most, "default": limit},
        offset={"type": "integer", "minimum": 0, "maximum": INT_MAX, "default": 0},
        order={"type": "string", "enum": [sign + name for name in order.split() for sign in ("", "-")]},
        **filters,
    )


SEARCH: Schema = {"type": "string", "maxLength": 200}
MOMENTS = operators(MOMENT_IN)

ERROR: Schema = {
    "title": "Error",
    "type": "object",
    "properties": {"type": STRING, "code": STRING, "message": STRING, "request_id": STRING},
    "required": ["message"],
    "additionalProperties": True,
}
