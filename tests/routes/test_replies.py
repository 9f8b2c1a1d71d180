"""Replies say no more than their schemas: every object of every reply names all of its keys."""

from collections.abc import Iterator
from typing import Any

import pytest

from routes import ROUTES

pytestmark = pytest.mark.pure

# Objects whose keys are not ours: what people and providers keep in them.
FREE = {"metadata", "data", "context", "before", "after", "app_metadata", "user_metadata"}
# A line's product, which is the catalogue's whole one when asked for, and the facts of a refused completion.
OPEN = {"LineProduct", "CompletionError"}


def open_objects(schema: Any, name: str) -> Iterator[str]:
    """Names of the properties (or `name`) whose objects let unknown keys through."""
    if isinstance(schema, list):
        for each in schema:
            yield from open_objects(each, name)
    if not isinstance(schema, dict):
        return
    if "properties" in schema and schema.get("additionalProperties") is not False and schema.get("title") not in OPEN:
        yield name
    for key, part in schema.items():
        if key == "properties":
            for inner, below in part.items():
                yield from open_objects(below, inner)
        elif key not in ("example", "x-told"):  # what the document tells holds no answer
            yield from open_objects(part, name)


def test_no_reply_lets_an_unknown_key_through() -> None:
    found = {f"{row.method} {row.path}: {name}" for row in ROUTES for name in open_objects(row.reply, "reply")}
    assert found == set()
    assert len([row for row in ROUTES if row.reply]) > 200
