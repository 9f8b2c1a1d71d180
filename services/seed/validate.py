"""Check a document against the schema, with messages for the people who write the file."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import orjson

from services.seed.format import schema_of
from services.seed.problems import Problem, SeedErrors
from services.shared.seed_sections import Sections
from utils.formats import FORMATS
from utils.json_schema import Fault, Schema
from utils.text import TextNotAllowed, take_in

MOST_PROBLEMS = 100
LONGEST_VALUE = 60
PLAIN = re.compile(r"[a-zA-Z][a-zA-Z0-9_]*")


@lru_cache(maxsize=4)
def compiled(sections: Sections) -> Schema:
    return Schema(schema_of(sections), FORMATS)


def check_shape(document: Any, sections: Sections) -> None:
    """SeedErrors with every place that the schema does not allow (the first hundred)."""
    check_texts(document)
    shape = compiled(sections)
    if shape.is_valid(document):
        return
    problems: list[Problem] = []
    for error in sorted(shape.faults(document), key=lambda fault: (place(document, fault.path), fault.order)):
        problems += explained(error)
        if len(problems) >= MOST_PROBLEMS:
            problems = [*problems[:MOST_PROBLEMS], Problem("", "There are more errors", "Correct these first")]
            break
    raise SeedErrors(problems)


def check_texts(document: Any) -> None:
    """What may not be in texts: signs that nobody sees, halves of characters; and endless numbers."""
    try:
        orjson.dumps(document)
    except TypeError as error:
        hint = "Quote keys, and keep whole numbers below 64 bits"
        raise SeedErrors([Problem("", f"The file has something that is not JSON: {error}", hint)]) from error
    problems = list(hidden_signs(document))
    if problems:
        raise SeedErrors(problems)


def hidden_signs(value: Any, path: str = "", field: str = "") -> Iterator[Problem]:
    """Signs that requests may not have in texts and keys, such as a line break in a name.

    `path` says where it stands in the file, `field` how requests call it.
    """
    if isinstance(value, str):
        yield from hidden_sign_in(value, path, field)
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from hidden_sign_in({key: None}, path, field)
            yield from hidden_signs(inner, f"{path}.{key}" if path else key, f"{field}.{key}" if field else key)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from hidden_signs(inner, f"{path}[{index}]", field)


def hidden_sign_in(value: str | dict[str, None], path: str, field: str) -> Iterator[Problem]:
    try:
        take_in(value, field)
    except TextNotAllowed as error:
        yield Problem(path, f"has {error.facts['sign']}", "Remove it")


def place(document: Any, path: tuple[str | int, ...]) -> tuple[int, ...]:
    """Where in the file something stands, as people read it: the number of each key or entry on the way."""
    numbers: list[int] = []
    for part in path:
        numbers.append(part if isinstance(part, int) else list(document).index(part))
        document = document[part]
    return tuple(numbers)


def written(path: tuple[str | int, ...]) -> str:
    """A path as problems name it, a JSON path: `sellers[0].name`, `names['en-GB']`."""
    return "".join(f".{part}" if PLAIN.fullmatch(str(part)) else f"[{part!r}]" for part in path).removeprefix(".")


def explained(error: Fault) -> Iterator[Problem]:
    """One fault in plain words. Of alternatives, those of the form that was meant."""
    if error.keyword == "oneOf" and error.branches:
        meant = alternative(error)
        if meant:
            for inner in meant:
                yield from explained(inner)
            return
    path = written(error.path)
    value = repr(error.value)
    shown = value if len(value) <= LONGEST_VALUE else f"{value[:LONGEST_VALUE]}..."
    meaning = error.schema.get("description", "")
    match error.keyword:
        case "required":
            yield Problem(path, f"has no {error.missing!r}", "Add it")
        case "additionalProperties":
            known = error.schema.get("properties", {})
            for key in error.value:
                if key not in known:
                    yield Problem(path, f"{key!r} is not a key here", f"Known are: {', '.join(known)}")
        case "type":
            yield Problem(path, f"{shown} is not of type {words(error.limit)}", meaning)
        case "enum":
            yield Problem(path, f"{shown} is not allowed", f"Use {words(error.limit)}")
        case "minProperties":
            yield Problem(path, "is empty", meaning)
        case "pattern" | "format":
            yield Problem(path, f"{shown} is not written as it must be", meaning)
        case "minimum" | "maximum":
            bound = "below" if error.keyword == "minimum" else "above"
            yield Problem(path, f"{shown} is {bound} {error.limit}", meaning)
        case "uniqueItems":
            yield Problem(path, "something stands there twice", "Name each once")
        case "oneOf":
            yield Problem(path, f"{shown} has none of the allowed forms", meaning)
        case "minItems" | "minLength":
            yield Problem(path, "is empty", meaning)
        case "maxItems":
            yield Problem(path, f"has more than {error.limit} entries", meaning)
        case "maxLength":
            yield Problem(path, f"{shown} is longer than {error.limit} characters", meaning)
        case "maxProperties":
            yield Problem(path, f"has more than {error.limit} keys", meaning)
        case _:
            yield Problem(path, f"{shown} is not allowed ({error.keyword})", meaning)


def alternative(error: Fault) -> list[Fault]:
    """The faults of the alternative whose JSON type fits the value; none if no type fits."""
    for faults in error.branches:
        if faults and not any(fault.keyword == "type" and fault.path == error.path for fault in faults):
            return sorted(faults, key=lambda fault: fault.order)
    return []


def words(values: Any) -> str:
    return values if isinstance(values, str) else " or ".join("null" if v is None else str(v) for v in values)
