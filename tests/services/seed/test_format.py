"""The seed format: every key has an effect, a description and a place in the docs."""

import copy
from collections.abc import Iterator
from typing import Any

from services import seed
from services.infrastructure.database.database import UnitOfWork
from services.seed.format import SCHEMA
from services.seed.reference import BEGIN, DOCUMENT, reference
from tests.services.seed.documents import EVERYTHING, Json

# Keys that say what others say too, so that a change of them alone is refused or means nothing.
WITHOUT_EFFECT = {"$schema"}


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from leaves(inner, (*path, index))
    else:
        yield path


def another(value: Any, schema_words: list[str]) -> Any:
    """A value of the same form that is not this one."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    if value in schema_words:
        return next(word for word in schema_words if word != value)
    if value.startswith("2026-"):
        return value.replace("2026-01-01", "2026-01-02").replace("2026-02-01", "2026-02-02")
    return f"{value}x"


WORDS = [
    *(["pending", "suspended"], ["shipping", "pickup"], ["flat", "calculated"], ["draft", "proposed"]),
    *(["sale", "override"], ["draft", "active"], ["spend", "usage"], ["inactive", "active"], ["each", "once"]),
    *(["in", "ne"], ["eq", "in"], ["de", "fr"], ["at", "it"], ["us-ny", "us-ca"], ["eur", "gbp"], ["usd", "cad"]),
]


async def test_every_key_that_is_stated_has_an_effect(trial: UnitOfWork) -> None:
    """Each value of a file with every key is changed alone: the change is written, or refused with a reason."""
    document = seed.read(EVERYTHING)
    await seed.load(trial, document)
    silent = []
    for path in leaves(document):
        changed = copy.deepcopy(document)
        place: Any = changed
        for key in path[:-1]:
            place = place[key]
        words = next((words for words in WORDS if place[path[-1]] in words), [])
        place[path[-1]] = another(place[path[-1]], words)
        await trial.raw.execute("SAVEPOINT before")
        try:
            effect = (await seed.load(trial, changed)).tally.changed > 0
        except seed.SeedErrors:
            effect = True
        await trial.raw.execute("ROLLBACK TO before")
        if not effect and path[0] not in WITHOUT_EFFECT:
            silent.append(path)
    assert silent == []


def keys_used(schema: Json, value: Any, used: set[tuple[str, str]]) -> None:
    """Walk a value along its schema and note (part, key) of every key that occurs."""
    name = schema.get("$ref", "").rpartition("/")[2]
    part = SCHEMA["$defs"][name] if name else schema
    for form in part.get("oneOf", ()):
        keys_used(form if "$ref" in form else form | {"title": name}, value, used)
    if isinstance(value, dict):
        for key, inner in part.get("properties", {}).items():
            if key in value:
                used.add((name or part.get("title", ""), key))
                keys_used(inner, value[key], used)
    if isinstance(value, list) and "items" in part:
        for one in value:
            keys_used(part["items"], one, used)


def test_the_file_with_every_key_has_every_key() -> None:
    used: set[tuple[str, str]] = set()
    keys_used(SCHEMA, seed.read(EVERYTHING), used)
    known = {(SCHEMA["title"], key) for key in SCHEMA["properties"]}
    for name, part in SCHEMA["$defs"].items():
        for form in (part, *part.get("oneOf", ())):
            known |= {(name, key) for key in form.get("properties", {})}
    # An address of its own right is used through the seller's, which has coordinates beside.
    assert known - used == set()


def test_the_reference_in_the_docs_is_current() -> None:
    assert f"{BEGIN}\n\n{reference()}" in DOCUMENT.read_text(), "python -m services.seed.reference writes it"


def test_every_key_is_described_and_none_is_tolerated_unknown() -> None:
    for name, part in SCHEMA["$defs"].items():
        for form in (part, *part.get("oneOf", ())):
            assert form.get("description") or "$ref" in form or form.keys() == {"required"}, name
            if "properties" in form:
                assert form["additionalProperties"] is False, name
                for key, inner in form["properties"].items():
                    assert inner.get("description") or "$ref" in inner, (name, key)
