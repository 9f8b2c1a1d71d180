"""What is wrong with a value by its schema, in words that clients of the Store API know."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import orjson

from utils.errors import AppError
from utils.formats import FORMATS
from utils.json_schema import Fault, Schema

WORDS: dict[type, str] = {type(None): "null", dict: "object", list: "array"}
SHOWN = 3  # faults named in one message
MISMATCHES_SHOWN = 5


class InvalidRequest(AppError):
    code, kind = "invalid_request", "invalid"


class Validator:
    """A schema compiled once: whether a value is valid, and what is wrong with one that is not.

    That it is a schema is not asked here, for every row at every start, but once by tests/routes/test_contract.py.
    """

    def __init__(self, given: Mapping[str, Any]) -> None:
        self.schema = Schema(given, FORMATS)
        self.valid: Callable[[Any], bool] = self.schema.is_valid

    def check(self, value: Any) -> None:
        """InvalidRequest with the first faults unless the value is valid."""
        if not self.valid(value):
            raise self.fault(value)

    def faults(self, value: Any) -> list[Fault]:
        """All faults in the order of the schema's properties, unknown keys last."""
        found = [leaf for fault in self.schema.faults(value) for leaf in leaves(fault)]
        return sorted(found, key=lambda fault: (self._place(fault), fault.order))

    def mismatch(self, payload: bytes) -> str | None:
        """What is wrong with a JSON text of our own; None: nothing."""
        value = orjson.loads(payload)
        if self.valid(value):
            return None
        return "; ".join(f"{list(e.path)}: {message(e)}" for e in self.faults(value)[:MISMATCHES_SHOWN])

    def fault(self, value: Any) -> InvalidRequest:
        found = self.faults(value)
        for error in found:
            if error.keyword == "enum" and error.path == ("order",):
                return InvalidRequest(f"Order field {shown(error.value)} is not valid")
        messages = list(dict.fromkeys(message(error) for error in found)) or ["The value is not valid"]
        return InvalidRequest("Invalid request: " + "; ".join(messages[:SHOWN]))

    def _place(self, error: Fault) -> tuple[int, ...]:
        node: Any = self.schema.source
        place: list[int] = []
        for part in where(error):
            if isinstance(part, int):
                place.append(part)
                node = node.get("items", {}) if isinstance(node, Mapping) else {}
            else:
                names = list(properties(node))
                place.append(names.index(part) if part in names else len(names))
                node = properties(node).get(part, {})
        return (*place, 10_000) if error.keyword == "additionalProperties" else tuple(place)


def properties(node: Any) -> Mapping[str, Any]:
    """The properties of an object schema, also of one that may be null."""
    if not isinstance(node, Mapping):
        return {}
    for option in (node, *node.get("anyOf", ()), *node.get("oneOf", ())):
        if "properties" in option:
            found: Mapping[str, Any] = option["properties"]
            return found
    return {}


def leaves(error: Fault) -> Iterable[Fault]:
    """The faults within the likeliest branch of an `anyOf`: the one whose type fits, else the first."""
    branches = [branch for branch in error.branches if branch]
    if error.keyword not in ("anyOf", "oneOf") or not branches:
        yield error
        return
    fitting = [b for b in branches if not any(e.keyword == "type" and e.path == error.path for e in b)]
    for inner in (fitting or branches)[0]:
        yield from leaves(inner)


def where(error: Fault) -> tuple[str | int, ...]:
    """The place of a fault; of a missing property the place where it should be."""
    return error.path if error.missing is None else (*error.path, error.missing)


def shown(value: Any) -> str:
    """A value as a message shows it; objects and lists by their kind."""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = WORDS.get(type(value)) or str(value)
    return "".join(c if c.isprintable() else "?" for c in text[:100])


def kind(name: Any) -> str:
    first = next((n for n in name if n != "null"), "null") if isinstance(name, list) else name
    return "number" if first == "integer" else str(first)


def message(error: Fault) -> str:
    """One fault in words."""
    path = ", ".join(map(str, where(error)))
    place = f" for field '{path}'" if path else ""
    value, limit = error.value, error.limit
    match error.keyword:
        case "required":
            return f"Field '{path}' is required"
        case "additionalProperties":
            known = properties(error.schema)
            prefix = f"{path}, " if path else ""
            return f"Unrecognized fields: '{', '.join(prefix + shown(name) for name in value if name not in known)}'"
        case "type":
            return f"Expected type: '{kind(limit)}'{place}, got: '{shown(value)}'"
        case "enum":
            return f"Expected: '{', '.join(map(shown, limit))}'{place}, but got: '{shown(value)}'"
        case "format" if limit == "email":
            return "Invalid email address"
        case "exclusiveMinimum" | "exclusiveMaximum" as bound:
            return beyond(error, place, limit, above=bound == "exclusiveMinimum")
        case "minimum" | "minLength" | "minItems" | "minProperties":
            return f"Value{place} too small, expected at least: '{limit}'"
        case "maximum" | "maxLength" | "maxItems" | "maxProperties":
            return f"Value{place} too large, expected at most: '{limit}'"
        case _:
            return f"Invalid value{place}, got: '{shown(value)}'"


def beyond(error: Fault, place: str, limit: Any, *, above: bool) -> str:
    """A value at or beyond a bound that is not itself allowed; for whole numbers the last allowed one is told."""
    size, side = ("small", "least") if above else ("large", "most")
    if "integer" in error.schema.get("type", ()):
        return f"Value{place} too {size}, expected at {side}: '{limit + 1 if above else limit - 1}'"
    return f"Value{place} too {size}, expected {'more' if above else 'less'} than: '{limit}'"
