"""Races for the last pieces over real HTTP, and what must hold after each."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import orjson

from benchmarks.process import ServerProcess
from benchmarks.world import world
from tests.workflows.books import faults, open_books, sold_and_left
from tests.workflows.buyers import Answer, Buyers, side_by_side

STOCK = 1000
SPREAD, SHORT = 4, 5
LIMITED = {
    "code": "FIRST-TEN",
    "limit": 10,
    "application_method": {"type": "percentage", "value": 50, "target_type": "items", "allocation": "across"},
}
# As if all holds but those of `$2` carts had run out, and the shelf had been counted anew: `$3` pieces of `$1`.
RUN_OUT = """
WITH item AS (SELECT item_id FROM variant_inventory_item WHERE variant_id = $1),
kept AS (SELECT cart_id FROM stock_hold JOIN item USING (item_id) ORDER BY cart_id LIMIT $2),
gone AS (
    DELETE FROM stock_hold h USING item
    WHERE h.item_id = item.item_id AND cart_id NOT IN (SELECT cart_id FROM kept) RETURNING h.quantity
),
counted AS (
    INSERT INTO inventory_movement (item_id, location_id, kind, stocked)
    SELECT item_id, location_id, 'adjust', $3 - stocked FROM inventory_level JOIN item USING (item_id)
)
UPDATE inventory_level v SET held = v.held - (SELECT coalesce(sum(quantity), 0) FROM gone), stocked = $3
FROM item WHERE v.item_id = item.item_id
"""
HOLDERS = "SELECT cart_id FROM stock_hold JOIN variant_inventory_item USING (item_id) WHERE variant_id = $1"


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
        assert {(answer.status, answer.code) for answer in lost} == {(200, "insufficient_inventory")}


def write_seed(folder: Path) -> Path:
    """A small marketplace of two sellers and a code for ten orders.

    Six variants: four with STOCK pieces, one in three places (SPREAD), one with few that may be ordered back (SHORT).
    """
    path = folder / "world.json"
    document = world(products=6, variants=1, sellers=2, stock=STOCK)
    document["promotions"].append(LIMITED)
    places = document["stores"][0]["stock_locations"]
    places += [places[0] | {"name": name, "fulfillment_sets": []} for name in ("Attic", "Cellar")]
    spread, short = (document["products"][item]["variants"][0] for item in (SPREAD, SHORT))
    spread["stock"] = {"Warehouse": 10, "Attic": 5, "Cellar": 5}
    short |= {"stock": 3, "allow_backorder": True}
    path.write_bytes(orjson.dumps(document))
    return path


@contextmanager
def serving(database_url: str, folder: Path, *command: str, workers: int) -> Iterator[ServerProcess]:
    env = {"PASAR_DATABASE_URL": database_url, "PASAR_ACCESS_LOG": "off", "PASAR_WORKERS": str(workers)}
    server = ServerProcess(folder / "data", env, command)
    try:
        server.start()
        yield server
    finally:
        server.stop()


async def race_at_complete(server: ServerProcess, *, item: int, buyers: int, holders: int, stock: int) -> Race:
    """All carts have their payment session, few of them still a hold, and all complete at once."""
    books = await open_books(server.database_url)
    async with Buyers(server.base) as crowd:
        variant = crowd.variants[item]
        carts = await side_by_side([crowd.payable(variant) for _ in range(buyers)], 12)
        await books.execute(RUN_OUT, variant, holders, stock)
        kept = frozenset(row["cart_id"] for row in await books.fetch(HOLDERS, variant))
        assert len(kept) == holders
        answers = await asyncio.gather(*(crowd.complete(cart) for cart in carts))
    sold, orders, left = await sold_and_left(books, variant)
    found = await faults(books)
    await books.close()
    return Race(stock, dict(zip(carts, answers, strict=True)), kept, sold, orders, left, found)


@dataclass(frozen=True, slots=True)
class PaymentRace:
    """Answers cart by cart: of opening the payment session, and of completing."""

    sessions: list[Answer]
    answers: list[Answer]
    sold: int
    left: int
    faults: list[str]


async def race_at_payment(server: ServerProcess, *, item: int, buyers: int, stock: int | None = None) -> PaymentRace:
    """Everybody opens the payment session at once, then everybody completes at once. No `stock`: what there is."""
    books = await open_books(server.database_url)
    async with Buyers(server.base) as crowd:
        variant = crowd.variants[item]
        carts = await side_by_side([crowd.cart(variant) for _ in range(buyers)], 12)
        if stock is not None:
            await books.execute(RUN_OUT, variant, 0, stock)
        sessions = await asyncio.gather(*(crowd.session(cart) for cart in carts))
        answers = await asyncio.gather(*(crowd.complete(cart) for cart in carts))
    sold, _, left = await sold_and_left(books, variant)
    found = await faults(books)
    await books.close()
    return PaymentRace(sessions, answers, sold, left, found)
