"""What is wrong with a value by its schema, in words that clients of the Store API know."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

import jsonschema
import jsonschema_rs
from jsonschema.exceptions import ValidationError

from utils.errors import AppError

WORDS: dict[type, str] = {type(None): "null", dict: "object", list: "array"}
SHOWN = 3  # faults named in one message
EMAIL = re.compile(r"[^@\s\x00-\x1f]{1,64}@[^@\s\x00-\x1f.]+(\.[^@\s\x00-\x1f.]+)+")
MOMENT = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?)?")


class InvalidRequest(AppError):
    code, kind = "invalid_request", "invalid"


def is_email(value: Any) -> bool:
    return not isinstance(value, str) or EMAIL.fullmatch(value) is not None


def is_moment(value: Any) -> bool:
    """A date, or a date and time, that exists."""
    if not isinstance(value, str):
        return True
    if MOMENT.fullmatch(value) is None:
        return False
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def is_date(value: Any) -> bool:
    """A day that exists."""
    return not isinstance(value, str) or (len(value) == 10 and is_moment(value))


def is_small(value: Any) -> bool:
    """A handle has no capitals of any writing; its signs are held to a pattern."""
    return not isinstance(value, str) or value == value.lower()


# One set of formats for both validators, so that they cannot disagree.
FORMATS: dict[str, Callable[[Any], bool]] = {
    "email": is_email,
    "date": is_date,
    "date-time": is_moment,
    "handle": is_small,
}
CHECKER = jsonschema.FormatChecker(formats=())
for _name, _check in FORMATS.items():
    CHECKER.checkers[_name] = (_check, ())


def check_pattern(_: Any, pattern: str, value: Any, __: Any) -> Iterator[ValidationError]:
    """As in JSON Schema, where `$` is the very end; Python's also stands before a last line break."""
    if isinstance(value, str) and re.search(re.sub(r"\$$", r"\\Z", pattern), value) is None:
        yield ValidationError(f"{value!r} does not match {pattern!r}")


Reporter = jsonschema.validators.extend(jsonschema.Draft202012Validator, {"pattern": check_pattern})


class Validator:
    """A schema compiled twice: a fast gate, and a slow one that can say what is wrong.

    That it is a schema is not asked here, for every row at every start, but once by tests/routes/test_contract.py.
    """

    def __init__(self, given: Mapping[str, Any]) -> None:
        self.schema = schema = dict(given)
        self._slow = Reporter(schema, format_checker=CHECKER)
        self.valid: Callable[[Any], bool] = jsonschema_rs.Draft202012Validator(
            schema, formats=FORMATS, validate_formats=True
        ).is_valid

    def check(self, value: Any) -> None:
        """InvalidRequest with the first faults unless the value is valid."""
        if not self.valid(value):
            raise self.fault(value)

    def faults(self, value: Any) -> list[ValidationError]:
        """All faults in the order of the schema's properties, unknown keys last."""
        found = [leaf for error in self._slow.iter_errors(value) for leaf in leaves(error)]
        return sorted(found, key=lambda error: self._place(error))

    def fault(self, value: Any) -> InvalidRequest:
        found = self.faults(value)
        for error in found:
            if error.validator == "enum" and list(error.absolute_path) == ["order"]:
                return InvalidRequest(f"Order field {shown(error.instance)} is not valid")
        messages = list(dict.fromkeys(message(error) for error in found)) or ["The value is not valid"]
        return InvalidRequest("Invalid request: " + "; ".join(messages[:SHOWN]))

    def _place(self, error: ValidationError) -> tuple[int, ...]:
        node: Any = self.schema
        place: list[int] = []
        for part in [*error.absolute_path, *missing(error)]:
            if isinstance(part, int):
                place.append(part)
                node = node.get("items", {}) if isinstance(node, Mapping) else {}
            else:
                names = list(properties(node))
                place.append(names.index(part) if part in names else len(names))
                node = properties(node).get(part, {})
        return (*place, 10_000) if error.validator == "additionalProperties" else tuple(place)


def properties(node: Any) -> Mapping[str, Any]:
    """The properties of an object schema, also of one that may be null."""
    if not isinstance(node, Mapping):
        return {}
    for option in (node, *node.get("anyOf", ()), *node.get("oneOf", ())):
        if "properties" in option:
            found: Mapping[str, Any] = option["properties"]
            return found
    return {}


def leaves(error: ValidationError) -> Iterable[ValidationError]:
    """The faults within the likeliest branch of an `anyOf`: the one whose type fits, else the first."""
    if error.validator not in ("anyOf", "oneOf") or not error.context:
        yield error
        return
    branches: dict[Any, list[ValidationError]] = {}
    for inner in error.context:
        branches.setdefault(inner.schema_path[0], []).append(inner)
    fitting = [b for b in branches.values() if not any(e.validator == "type" and len(e.path) == 0 for e in b)]
    for inner in (fitting or list(branches.values()))[0]:
        yield from leaves(inner)


def missing(error: ValidationError) -> list[str]:
    """The name of the property that a `required` fault misses."""
    if error.validator != "required":
        return []
    return [name for name in error.validator_value if error.message.startswith(repr(name))][:1]


def shown(value: Any) -> str:
    """A value as a message shows it; objects and lists by their kind."""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = WORDS.get(type(value)) or str(value)
    return "".join(c if c.isprintable() else "?" for c in text[:100])


def kind(name: Any) -> str:
    first = next((n for n in name if n != "null"), "null") if isinstance(name, list) else name
    return "number" if first == "integer" else str(first)


def message(error: ValidationError) -> str:
    """One fault in words."""
    path = ", ".join(map(str, [*error.absolute_path, *missing(error)]))
    where = f" for field '{path}'" if path else ""
    value, limit = error.instance, error.validator_value
    match error.validator:
        case "required":
            return f"Field '{path}' is required"
        case "additionalProperties":
            known = properties(error.schema)
            prefix = f"{path}, " if path else ""
            return f"Unrecognized fields: '{', '.join(prefix + shown(name) for name in value if name not in known)}'"
        case "type":
            return f"Expected type: '{kind(limit)}'{where}, got: '{shown(value)}'"
        case "enum":
            return f"Expected: '{', '.join(map(shown, limit))}'{where}, but got: '{shown(value)}'"
        case "format" if limit == "email":
            return "Invalid email address"
        case "exclusiveMinimum" | "exclusiveMaximum" as bound:
            return beyond(error, where, limit, above=bound == "exclusiveMinimum")
        case "minimum" | "minLength" | "minItems" | "minProperties":
            return f"Value{where} too small, expected at least: '{limit}'"
        case "maximum" | "maxLength" | "maxItems" | "maxProperties":
            return f"Value{where} too large, expected at most: '{limit}'"
        case _:
            return f"Invalid value{where}, got: '{shown(value)}'"


def beyond(error: ValidationError, where: str, limit: Any, *, above: bool) -> str:
    """A value at or beyond a bound that is not itself allowed; for whole numbers the last allowed one is told."""
    size, side = ("small", "least") if above else ("large", "most")
    if "integer" in error.schema.get("type", ()):
        return f"Value{where} too {size}, expected at {side}: '{limit + 1 if above else limit - 1}'"
    return f"Value{where} too {size}, expected {'more' if above else 'less'} than: '{limit}'"
