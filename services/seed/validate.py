"""Check a document against the schema, with messages for the people who write the file."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import jsonschema_rs
import orjson
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from services.seed.format import schema_of
from services.seed.problems import Problem, SeedErrors
from services.shared.seed_sections import Sections
from utils.text import hidden_sign

MOST_PROBLEMS = 100
LONGEST_VALUE = 60


@lru_cache(maxsize=4)
def gate(sections: Sections) -> Any:
    """The fast validator; the slow one only explains what it refuses."""
    return jsonschema_rs.Draft202012Validator(schema_of(sections))


def check_shape(document: Any, sections: Sections) -> None:
    """SeedErrors with every place that the schema does not allow (the first hundred)."""
    check_texts(document)
    if gate(sections).is_valid(document):
        return
    problems: list[Problem] = []
    for error in Draft202012Validator(schema_of(sections)).iter_errors(document):
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
    found = ((path, hidden_sign(text)) for path, text in texts(document))
    problems = [Problem(path, f"has {sign}", "Remove it") for path, sign in found if sign is not None]
    if problems:
        raise SeedErrors(problems)


def texts(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every text in a document, keys too."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield path, key
            yield from texts(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from texts(inner, f"{path}[{index}]")


def explained(error: ValidationError) -> Iterator[Problem]:
    """One fault in plain words. Of alternatives, those of the form that was meant."""
    if error.validator == "oneOf" and error.context:
        meant = alternative(error)
        if meant:
            for inner in meant:
                yield from explained(inner)
            return
    path = error.json_path.removeprefix("$").removeprefix(".")
    value = repr(error.instance)
    shown = value if len(value) <= LONGEST_VALUE else f"{value[:LONGEST_VALUE]}..."
    meaning = error.schema.get("description", "") if isinstance(error.schema, dict) else ""
    match error.validator:
        case "required":
            missing = error.message.split("'")[1]
            yield Problem(path, f"has no {missing!r}", "Add it")
        case "additionalProperties":
            known = error.schema.get("properties", {})
            for key in error.instance:
                if key not in known:
                    yield Problem(path, f"{key!r} is not a key here", f"Known are: {', '.join(known)}")
        case "type":
            yield Problem(path, f"{shown} is not of type {words(error.validator_value)}", meaning)
        case "enum":
            yield Problem(path, f"{shown} is not allowed", f"Use {words(error.validator_value)}")
        case "pattern":
            yield Problem(path, f"{shown} is not written as it must be", meaning)
        case "minimum" | "maximum":
            bound = "below" if error.validator == "minimum" else "above"
            yield Problem(path, f"{shown} is {bound} {error.validator_value}", meaning)
        case "uniqueItems":
            yield Problem(path, "something stands there twice", "Name each once")
        case "oneOf":
            yield Problem(path, f"{shown} has none of the allowed forms", meaning)
        case "minItems" | "minLength":
            yield Problem(path, "is empty", meaning)
        case _:
            yield Problem(path, f"{shown} is not allowed ({error.validator})", meaning)


def alternative(error: ValidationError) -> list[ValidationError]:
    """The faults of the alternative whose JSON type fits the value; none if no type fits."""
    by_form: dict[Any, list[ValidationError]] = {}
    for inner in error.context or ():
        by_form.setdefault(inner.schema_path[0], []).append(inner)
    for faults in by_form.values():
        if not any(fault.validator == "type" and not fault.path for fault in faults):
            return faults
    return []


def words(values: Any) -> str:
    return values if isinstance(values, str) else " or ".join("null" if v is None else str(v) for v in values)
