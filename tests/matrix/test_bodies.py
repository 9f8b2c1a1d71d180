"""Ids in bodies: each is tried with somebody else's and with one that is not there; both are refused alike."""

import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

import pytest

from routes import ROUTES
from routes.table import Route
from tests.matrix.bodies import bodies_of, is_own
from tests.matrix.conftest import Dry
from tests.matrix.people import Knocker
from tests.matrix.samples import MISSING, Samples, address, parameters
from tests.matrix.test_matrix import CHANGING, name_of

Path = tuple[str | int, ...]
NAMES_ID = re.compile(r"(^|[_.])ids?$").search
ROWS = [row for row in ROUTES if row.body is not None and not row.hidden]
# Words that end like ids and name nothing of ours, and names that are free for the client to choose.
FREE = frozenset(("external_id", "provider_id", "entity_id"))
# Fields that no body of the matrix names, by row, and why.
# An address may be sent back as it was read: its ids say nothing and are not kept.
READ_BACK = frozenset(f"{use}_address.{name}" for use in ("shipping", "billing") for name in ("id", "customer_id"))
LEFT_OUT: dict[str, frozenset[str]] = {"POST /store/carts": READ_BACK, "POST /store/carts/{id}": READ_BACK}
pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def told(schema: Mapping[str, Any], path: str = "") -> Iterator[str]:
    """Where a schema takes ids: `items.id`, `category_ids`."""
    for name, inner in schema.get("properties", {}).items():
        here = f"{path}.{name}".lstrip(".")
        if NAMES_ID(name) and name not in FREE:
            yield here
        yield from told(inner, here)
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), Mapping):
            yield from told(schema[key], path)
    for key in ("anyOf", "oneOf", "allOf"):
        for inner in schema.get(key, ()):
            yield from told(inner, path)


def leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Every text in a body with where it stands."""
    if isinstance(value, str):
        yield path, value
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from leaves(inner, (*path, key))


def words(path: Path) -> str:
    return ".".join(part for part in path if isinstance(part, str))


def named(body: Any, samples: Samples) -> list[tuple[Path, str]]:
    """The ids in a body, each with its kind."""
    kinds = {value: kind for kind, held in samples.ids.items() for value in held.values()}
    return [(path, kinds[value]) for path, value in leaves(body) if value in kinds and NAMES_ID(str(words(path)))]


def replaced(body: Any, path: Path, value: str) -> Any:
    """The body with another value at one place."""
    fresh = deepcopy(body)
    node = fresh
    for part in path[:-1]:
        node = node[part]
    node[path[-1]] = value
    return fresh


async def test_every_id_that_a_body_takes_stands_in_a_body_of_the_matrix(samples: Samples) -> None:
    missing = []
    for row in ROWS:
        assert row.body is not None
        bodies = [body for group in GROUPS for body in bodies_of(row, samples, group)]
        tried = {words(path) for body in bodies for path, _ in named(body, samples)}
        missing += [f"{row.name}: {path}" for path in dict.fromkeys(told(row.body)) if not covered(row, path, tried)]
    assert not missing, "write bodies with these into tests/matrix/bodies.py:\n" + "\n".join(missing)


GROUPS = ("customer_a", "seller_a", "admin")


def covered(row: Route, path: str, tried: set[str]) -> bool:
    return path in tried or path in LEFT_OUT.get(row.name, ())


@pytest.mark.parametrize("row", ROWS, ids=name_of)
async def test_an_id_of_somebody_else_in_a_body_is_one_that_is_not_there(
    row: Route, samples: Samples, knockers: list[Knocker], dry: Dry
) -> None:
    wrong = []
    for knocker in knockers:
        own = {name: samples.own(kind, knocker.group) for name, kind in parameters(row).items()}
        if knocker.group not in GROUPS or not knocker.may(row) or not all(own.values()):
            continue
        if not is_own(row, samples, knocker.group):
            continue
        ids = {name: str(value) for name, value in own.items()}
        bodies = bodies_of(row, samples, knocker.group)
        for body, path, kind in ((each, *found) for each in bodies for found in named(each, samples)):
            answers = {}
            for value in filter(None, (samples.foreign(kind, knocker.group), MISSING)):
                reply = await knocker.send(row.method, address(row, ids), replaced(body, path, value))
                answers[value] = reply.status, CHANGING.sub("", (await reply.text()).replace(value, "ID"))
            wrong += [
                f"{knocker.name}, {words(path)}: {status} {text[:200]}"
                for status, text in answers.values()
                if not 400 <= status < 500
            ]
            if len(set(answers.values())) > 1:
                wrong.append(f"{knocker.name}, {words(path)}: foreign and missing differ: {answers}")
    assert not wrong, "\n".join(wrong)
