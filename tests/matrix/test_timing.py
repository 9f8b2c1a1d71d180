"""How long an answer takes does not tell an id of somebody else from one that is not there."""

from collections.abc import Sequence
from itertools import groupby
from statistics import NormalDist
from time import perf_counter
from typing import Any

import pytest

from routes import ROUTES
from routes.table import Route
from tests.matrix.bodies import body_of
from tests.matrix.conftest import Dry
from tests.matrix.people import Knocker
from tests.matrix.samples import MISSING, Samples, address, parameters
from tests.waiting import TRIES

HASHES_IN_EARNEST = True
ROUNDS = 500
# Reads and writes of every way in which ownership is decided, each asked by somebody who may call it.
ASKED = {
    "GET /store/orders/{id}": "customer_a",
    "GET /store/carts/{id}": "customer_a",
    "POST /store/carts/{id}": "customer_a",
    "GET /store/customers/me/addresses/{address_id}": "customer_a",
    "DELETE /auth/sessions/{id}": "customer_a",
    "GET /vendor/uploads/{id}": "seller_a owner",
}
pytestmark = [pytest.mark.timed, pytest.mark.timeout(300)]


def likeness(one: Sequence[float], other: Sequence[float]) -> float:
    """The p-value of the Mann-Whitney U test (two-sided, normal approximation): small when the two differ."""
    ranked = sorted([(value, 0) for value in one] + [(value, 1) for value in other])
    ranks, position = [0.0, 0.0], 1
    for _, same in groupby(ranked, key=lambda pair: pair[0]):
        tied = [side for _, side in same]
        middle = position + (len(tied) - 1) / 2
        for side in tied:
            ranks[side] += middle
        position += len(tied)
    n, m = len(one), len(other)
    u = ranks[0] - n * (n + 1) / 2
    return 2 * NormalDist().cdf(-abs(u - n * m / 2) / (n * m * (n + m + 1) / 12) ** 0.5)


def test_the_measure_tells_what_differs_from_what_does_not() -> None:
    even = [float(n % 97) for n in range(ROUNDS)]
    assert likeness(even, even[::-1]) > 0.9
    assert likeness(even, [value + 20 for value in even]) < 0.0001


@pytest.mark.parametrize("row", [row for row in ROUTES if row.name in ASKED], ids=lambda row: row.name)
async def test_foreign_and_missing_take_equally_long(
    row: Route, samples: Samples, knockers: list[Knocker], dry: Dry
) -> None:
    knocker = next(each for each in knockers if each.name == ASKED[row.name])
    ((name, kind),) = parameters(row).items()
    foreign, body = samples.foreign(kind, knocker.group), body_of(row, samples, knocker.group)
    assert foreign is not None
    for left in reversed(range(TRIES)):  # a busy machine makes two equal things differ, but not three times
        p = await asked_in_turn(row, knocker, name, foreign, body)
        if p > 0.01:
            break
        assert left, p


async def asked_in_turn(row: Route, knocker: Knocker, name: str, foreign: str, body: Any) -> float:
    """How alike the two times are."""
    took: dict[str, list[float]] = {foreign: [], MISSING: []}
    for round_ in range(ROUNDS + 20):
        for value in (foreign, MISSING) if round_ % 2 else (MISSING, foreign):
            started = perf_counter()
            reply = await knocker.send(row.method, address(row, {name: value}), body)
            await reply.read()
            assert reply.status == 404
            if round_ >= 20:
                took[value].append(perf_counter() - started)
    medians = {
        word: sorted(took[value])[ROUNDS // 2] * 1e6 for word, value in (("foreign", foreign), ("missing", MISSING))
    }
    found = likeness(took[foreign], took[MISSING])
    print(f"\n{row.name}: {medians['foreign']:.0f} us foreign, {medians['missing']:.0f} us missing, p = {found:.3f}")
    return found
