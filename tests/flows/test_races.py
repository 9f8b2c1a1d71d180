"""A thousand buyers, a hundred pieces: over real HTTP, at `complete` and at the payment session."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import orjson
import pytest

from benchmarks.process import ServerProcess
from benchmarks.world import world
from tests.flows.books import faults, open_books, sold_and_left
from tests.flows.buyers import Answer, Buyers, side_by_side

HONEST = ("app.py", "serve", "--no-demo")
# The same server with a stock update that reads, checks and writes: what this test is there to find.
NAIVE = ("-m", "tests.flows.naive_server", "serve", "--no-demo")
# As if all holds but those of `$1` carts had run out, and the shelf had been counted anew: `$2` pieces.
RUN_OUT = """
WITH kept AS (SELECT cart_id FROM stock_hold ORDER BY cart_id LIMIT $1),
gone AS (
    DELETE FROM stock_hold WHERE cart_id NOT IN (SELECT cart_id FROM kept) RETURNING item_id, location_id, quantity
),
summed AS (SELECT item_id, location_id, sum(quantity) AS quantity FROM gone GROUP BY 1, 2),
counted AS (
    INSERT INTO inventory_movement (item_id, location_id, kind, stocked)
    SELECT item_id, location_id, 'adjust', $2 - (SELECT stocked FROM inventory_level v WHERE v.item_id = s.item_id)
    FROM summed s RETURNING item_id, location_id
)
UPDATE inventory_level v SET held = v.held - s.quantity, stocked = $2
FROM summed s JOIN counted USING (item_id, location_id)
WHERE v.item_id = s.item_id AND v.location_id = s.location_id
"""
KEPT = "SELECT cart_id FROM stock_hold"


@dataclass(frozen=True, slots=True)
class Race:
    """How it went. `holders` are the carts that still held their piece when the race began."""

    stock: int
    answers: dict[str, Answer]
    holders: frozenset[str]
    sold: int
    orders: int
    left: int
    faults: list[str]

    def assert_nothing_oversold(self) -> None:
        statuses = Counter(answer.status for answer in self.answers.values())
        won = {cart: answer.order_id for cart, answer in self.answers.items() if answer.order_id}
        assert (self.sold, self.orders, len(won)) == (self.stock, self.stock, self.stock), statuses
        assert len(set(won.values())) == self.stock
        assert self.sold + self.left == self.stock
        assert self.holders <= won.keys()
        assert self.faults == []
        lost = [answer for answer in self.answers.values() if not answer.order_id]
        assert {(answer.status, answer.body.get("code")) for answer in lost} == {(400, "insufficient_inventory")}


@contextmanager
def selling(
    folder: Path, *, stock: int, command: tuple[str, ...] = HONEST, workers: int = 1
) -> Iterator[ServerProcess]:
    """A running server whose every variant has this stock."""
    server = ServerProcess(folder / "data", {"PASAR_ACCESS_LOG": "off", "PASAR_WORKERS": str(workers)}, command)
    seed = folder / "world.json"
    seed.write_bytes(orjson.dumps(world(products=4, variants=1, stores=2, stock=stock)))
    server.run("seed", str(seed))
    try:
        server.start()
        yield server
    finally:
        server.stop()


async def race_at_complete(server: ServerProcess, *, buyers: int, holders: int, stock: int) -> Race:
    """All carts have their payment session, few of them still a hold, and all complete at once."""
    async with Buyers(server.base) as crowd:
        variant = crowd.variants[0]
        carts = await side_by_side([crowd.payable(variant) for _ in range(buyers)], 12)
        books = await open_books(server.sockets)
        await books.execute(RUN_OUT, holders, stock)
        kept = frozenset(row["cart_id"] for row in await books.fetch(KEPT))
        answers = await asyncio.gather(*(crowd.complete(cart) for cart in carts))
        sold, orders, left = await sold_and_left(books, variant)
        found = await faults(books)
        await books.close()
    return Race(stock, dict(zip(carts, answers, strict=True)), kept, sold, orders, left, found)


def test_a_thousand_buyers_at_complete_get_exactly_the_hundred_pieces(tmp_path: Path) -> None:
    with selling(tmp_path, stock=1000, workers=2) as server:
        race = asyncio.run(race_at_complete(server, buyers=1000, holders=30, stock=100))
    race.assert_nothing_oversold()


def test_the_race_finds_a_naive_stock_update(tmp_path: Path) -> None:
    with selling(tmp_path, stock=200, command=NAIVE) as server:
        race = asyncio.run(race_at_complete(server, buyers=200, holders=0, stock=20))
    assert race.sold > race.stock
    with pytest.raises(AssertionError):
        race.assert_nothing_oversold()


async def race_at_payment(server: ServerProcess, *, buyers: int) -> tuple[list[Answer], list[Answer], int, list[str]]:
    """Everybody opens the payment session at once, then everybody completes at once."""
    async with Buyers(server.base) as crowd:
        variant = crowd.variants[0]
        carts = await side_by_side([crowd.cart(variant) for _ in range(buyers)], 12)
        sessions = await asyncio.gather(*(crowd.session(cart) for cart in carts))
        answers = await asyncio.gather(*(crowd.complete(cart) for cart in carts))
        books = await open_books(server.sockets)
        sold, _, left = await sold_and_left(books, variant)
        found = await faults(books)
        await books.close()
    assert sold + left == 20
    return sessions, answers, sold, found


def test_at_the_payment_session_as_many_get_a_hold_as_there_are_pieces(tmp_path: Path) -> None:
    with selling(tmp_path, stock=20) as server:
        sessions, answers, sold, found = asyncio.run(race_at_payment(server, buyers=150))
    held = [answer.status == 200 for answer in sessions]
    assert Counter(answer.status for answer in sessions) == {200: 20, 400: 130}
    assert [answer.order_id is not None for answer in answers] == held
    assert (sold, found) == (20, [])


async def same_cart(server: ServerProcess, at_once: int) -> tuple[list[str | None], list[str | None], list[str]]:
    """One cart completed many times at once: without a key and with different ones, then with one key."""
    async with Buyers(server.base) as crowd:
        first, second = await crowd.payable(*crowd.variants[:2]), await crowd.payable(*crowd.variants[:2])
        mixed = await asyncio.gather(*(crowd.complete(first, f"key-{n}" if n % 2 else "") for n in range(at_once)))
        keyed = await asyncio.gather(*(crowd.complete(second, "one-key", tries=50) for _ in range(at_once)))
        books = await open_books(server.sockets)
        found = await faults(books)
        await books.close()
    return [answer.order_id for answer in mixed], [answer.order_id for answer in keyed], found


def test_one_cart_completed_many_times_at_once_makes_one_order(tmp_path: Path) -> None:
    with selling(tmp_path, stock=100, workers=2) as server:
        mixed, keyed, found = asyncio.run(same_cart(server, at_once=40))
    assert len(set(mixed)) == 1
    assert mixed[0] is not None
    assert len(set(keyed)) == 1
    assert keyed[0] is not None
    assert mixed[0] != keyed[0]
    assert found == []
