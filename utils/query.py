"""Query strings in brackets (`id[0]=a`, `created_at[$gte]=..`, `$or[0][title]=x`), and their types by schema."""

import re
from collections.abc import Callable, Mapping
from typing import Any
from unicodedata import normalize
from urllib.parse import unquote_to_bytes

from utils.errors import AppError

MAX_BYTES = 8192
MAX_KEYS = 200
MAX_DEPTH = 5
PART = re.compile(r"\[([^\[\]]*)\]")
WHOLE = re.compile(r"-?\d{1,18}")
NUMBER = re.compile(r"-?\d{1,18}(\.\d{1,18})?")
TRUTH = {"true": True, "1": True, "false": False, "0": False}

Coerce = Callable[[Any], Any]


class InvalidQuery(AppError):
    code, kind = "invalid_query", "invalid"
    message = "Invalid query string: {reason}"


def text(raw: str) -> str:
    """Percent-decoded text, composed (NFC); InvalidQuery unless it is UTF-8 without NUL."""
    try:
        decoded = unquote_to_bytes(raw.replace("+", " ")).decode()
    except UnicodeError:
        raise InvalidQuery(reason="it is not UTF-8") from None
    if "\0" in decoded:
        raise InvalidQuery(reason="it holds a NUL character")
    return decoded if decoded.isascii() else normalize("NFC", decoded)


def path_of(key: str) -> list[str]:
    """`a[b][]` as ["a", "b", ""]; dotted keys `a.b` likewise."""
    head, bracket, _ = key.partition("[")
    parts = PART.findall(key, len(head)) if bracket else []
    if bracket and head + "".join(f"[{p}]" for p in parts) != key:
        raise InvalidQuery(reason="its brackets do not match")
    path = [*head.split("."), *parts]
    if len(path) > MAX_DEPTH:
        raise InvalidQuery(reason=f"it is nested more than {MAX_DEPTH} levels deep")
    return path


def parse(raw: str) -> dict[str, Any]:
    """The query string as nested dicts and lists of text. Repeated keys and `[]` make lists."""
    root: dict[str, Any] = {}
    if len(raw) > MAX_BYTES:
        raise InvalidQuery(reason=f"it is longer than {MAX_BYTES} bytes")
    pairs = [pair for pair in raw.split("&") if pair]
    if len(pairs) > MAX_KEYS:
        raise InvalidQuery(reason=f"it has more than {MAX_KEYS} keys")
    for pair in pairs:
        key, _, value = pair.partition("=")
        put(root, path_of(text(key)), text(value))
    return {key: listed(value) for key, value in root.items()}


def put(root: dict[str, Any], path: list[str], value: str) -> None:
    node = root
    for part in path[:-1]:
        below = node.setdefault(part, {})
        if not isinstance(below, dict):
            raise InvalidQuery(reason="it uses a key both as a value and as an object")
        node = below
    last = path[-1]
    held = node.get(last)
    if isinstance(held, dict):
        raise InvalidQuery(reason="it uses a key both as a value and as an object")
    if held is None and last != "":
        node[last] = value
    else:
        node[last] = [*held, value] if isinstance(held, list) else [value] if held is None else [held, value]


def listed(value: Any) -> Any:
    """Dicts with the keys 0, 1, ... or `[]` as lists."""
    if not isinstance(value, dict):
        return value
    if set(value) == {""}:
        return value[""]
    if value and all(key.isdecimal() and key.isascii() and len(key) < 4 for key in value):
        return [listed(value[key]) for key in sorted(value, key=int)]
    return {key: listed(inner) for key, inner in value.items()}


def coercer(schema: Mapping[str, Any]) -> Coerce:
    """A function that turns text into the types the schema names; what does not fit is left for the validator."""
    kinds = schema.get("type", ())
    kinds = {kinds} if isinstance(kinds, str) else set(kinds)
    if "array" in kinds:
        return array_coercer(coercer(schema.get("items", {})))
    if "object" in kinds:
        return object_coercer(schema)
    if "integer" in kinds:
        return lambda value: int(value) if isinstance(value, str) and WHOLE.fullmatch(value) else value
    if "number" in kinds:
        return lambda value: float(value) if isinstance(value, str) and NUMBER.fullmatch(value) else value
    if "boolean" in kinds:
        return lambda value: TRUTH.get(value, value) if isinstance(value, str) else value
    return lambda value: value


def array_coercer(inner: Coerce) -> Coerce:
    def coerce(value: Any) -> Any:
        values = value if isinstance(value, list) else [value]
        if len(values) == 1 and isinstance(values[0], str) and "," in values[0]:
            values = values[0].split(",")
        return [inner(v) for v in values]

    return coerce


def object_coercer(schema: Mapping[str, Any]) -> Coerce:
    known = {name: coercer(inner) for name, inner in schema.get("properties", {}).items()}
    defaults = {name: inner["default"] for name, inner in schema.get("properties", {}).items() if "default" in inner}

    def coerce(value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return {**defaults, **{name: known[name](inner) if name in known else inner for name, inner in value.items()}}

    return coerce


def ordering(order: str | None) -> tuple[str, bool] | None:
    """`-created_at` as ("created_at", True): the property, and whether it descends."""
    if not order:
        return None
    return order.removeprefix("-"), order.startswith("-")
