"""Examples made from the schemas: values that fit, the same at every start."""

from collections.abc import Mapping
from typing import Any

from routes.table import Route, Schema
from utils.fields import Selection

MOMENT, DAY = "2026-01-15T09:30:00.000Z", "2026-01-15"
TEXTS = {
    "email": "ana@example.com",
    "currency_code": "eur",
    "country_code": "de",
    "iso_2": "de",
    "iso_3": "deu",
    "handle": "harbour-lamp",
    "title": "Harbour Lamp",
    "name": "Harbour Lamp",
    "first_name": "Ana",
    "last_name": "Lind",
    "city": "Berlin",
    "postal_code": "10115",
    "address_1": "Hafenstrasse 1",
    "phone": "+49 30 1234567",
    "sku": "HL-1",
    "locale": "de-DE",
    "password": "staple of the harbour",
    "url": "https://example.com/lamp.webp",
}
NUMBERS: dict[str, int | float] = {"rate": 19, "limit": 50, "offset": 0, "count": 1, "quantity": 1, "decimal_digits": 2}
AMOUNT = 19.9
ID = "01M887KRA4RXAGCQ9TRGQAS5VV"


def example(schema: Schema, name: str = "", *, whole: bool = True) -> Any:
    """A value that fits the schema, for a property of this name; with `whole`, of objects all properties."""
    for keyword in ("const", "default"):
        if keyword in schema:
            return schema[keyword]
    if "enum" in schema:
        return schema["enum"][0]
    for keyword in ("anyOf", "oneOf"):
        if keyword in schema and "properties" not in schema:
            return example(schema[keyword][0], name, whole=whole)
    kinds = schema.get("type", "object")
    kind = kinds if isinstance(kinds, str) else kinds[0]
    if kind == "object":
        return of_object(schema, whole)
    if kind == "array":
        return [example(schema.get("items", {}), name.removesuffix("s"), whole=whole)]
    if kind == "string":
        return of_text(schema, name)
    return {"boolean": True, "null": None}[kind] if kind in ("boolean", "null") else of_number(schema, name, kind)


def of_object(schema: Schema, whole: bool) -> dict[str, Any]:
    required = schema.get("required", ())
    # Of an input without required keys some are shown: an example that says nothing helps nobody.
    shown = (lambda key: True) if whole or not required else required.__contains__
    properties: Mapping[str, Any] = schema.get("properties", {})
    return {key: example(inner, key, whole=whole) for key, inner in properties.items() if shown(key)}


def of_number(schema: Schema, name: str, kind: str) -> int | float:
    found = NUMBERS.get(name, AMOUNT if kind == "number" else 1)
    least: float = schema.get("minimum", found)
    most: float = schema.get("maximum", found)
    return min(max(found, least), most)


def of_text(schema: Schema, name: str) -> str:
    match schema.get("format"):
        case "date-time":
            return MOMENT
        case "date":
            return DAY
        case "email":
            return TEXTS["email"]
    return TEXTS.get(name) or (ID if name == "id" or name.endswith("_id") else name or "text")


def of_body(row: Route) -> Any:
    """What may be sent: what must be, or where nothing must be, one of everything."""
    return example(row.full_body(), whole=False)


def of_reply(row: Route) -> Any:
    """What the row answers without `fields`."""
    reply: Schema = row.reply or {}
    # Of a union, the first one: the other is what the field set names as shown instead.
    reply = reply["oneOf"][0] if "oneOf" in reply else reply
    found = example(reply)
    if row.fields is None or not isinstance(found, dict):
        return found
    return {key: shown(value, reply["properties"][key], row.fields.select(None)) for key, value in found.items()}


def shown(value: Any, schema: Schema, cut: Selection) -> Any:
    """The value as far as the selection shows it, if it is of what the row is about."""
    if "items" in schema:
        return [shown(each, schema["items"], cut) for each in value]
    return cut(value) if isinstance(value, dict) and "title" in schema and "x-whole" not in schema else value
