"""A seller changes the stock while buyers buy: what is sold and what is left always add up."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from benchmarks.process import ServerProcess
from services import deps as wiring
from tests.staff import hire
from tests.workflows.books import faults, open_books, sold_and_left
from tests.workflows.buyers import Buyers, side_by_side
from tests.workflows.races import serving, write_seed
from utils.config import Settings

STOCK, BUYERS = 1000, 120
PLACE = """
SELECT v.item_id, v.location_id, i.seller_id, i.sku
FROM inventory_level v JOIN variant_inventory_item n USING (item_id) JOIN inventory_item i ON i.id = v.item_id
WHERE n.variant_id = $1
"""


@pytest.fixture(scope="module")
def seed_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_seed(tmp_path_factory.mktemp("seed"))


@pytest.fixture(scope="module")
def server(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    with serving(database_url, tmp_path_factory.mktemp("races"), "app.py", "serve", "--no-demo", workers=2) as running:
        yield running


async def seller_of(server: ServerProcess, place: asyncpg.Record) -> dict[str, str]:
    """The headers of an owner of the seller."""
    url = server.database_url.replace("postgresql://", "postgresql+asyncpg://")
    deps = wiring.build(Settings(database_url=url, data_dir=server.data_dir))
    try:
        owner = await hire(None, deps, seller_id=place["seller_id"])
    finally:
        await deps.close()
    return {"authorization": f"Bearer {owner.token}", "X-Seller-Id": owner.seller_id}


async def lowering(crowd: Buyers, place: asyncpg.Record, headers: dict[str, str], steps: int) -> Counter[Any]:
    """Take the stock down to nothing in steps, by adjustments, counts and sheets in turn, whatever buyers do."""
    level = f"/vendor/inventory-items/{place['item_id']}/location-levels/{place['location_id']}"
    answers: Counter[Any] = Counter()
    for n in range(steps):
        left = STOCK - (n + 1) * (STOCK // steps)
        row = {"sku": place["sku"], "location": place["location_id"], "stocked_quantity": left}
        path, body = [
            (f"{level}/adjustments", {"adjustment": -(STOCK // steps)}),
            (level, {"stocked_quantity": left}),
            ("/vendor/inventory/batch", {"items": [row]}),
        ][n % 3]
        answer = await crowd.call("POST", path, body, **headers)
        answers[answer.status, answer.body.get("code")] += 1
    return answers


async def race(
    server: ServerProcess, item: int
) -> tuple[Counter[Any], Counter[Any], tuple[int, int, int], int, list[str]]:
    books = await open_books(server.database_url)
    async with Buyers(server.base) as crowd:
        variant = crowd.variants[item]
        place = await books.fetchrow(PLACE, variant)
        assert place is not None
        headers = await seller_of(server, place)
        carts = await side_by_side([crowd.cart(variant, quantity=5) for _ in range(BUYERS)], 12)

        async def buy(cart: str) -> tuple[int, str | None]:
            session = await crowd.session(cart)
            done = await crowd.complete(cart) if session.status == 200 else session
            return done.status, done.code

        lowered, *bought = await asyncio.gather(
            lowering(crowd, place, headers, steps=50), *(buy(cart) for cart in carts)
        )
    sold = await sold_and_left(books, variant)
    stocked = await books.fetchval("SELECT stocked FROM inventory_level WHERE item_id = $1", place["item_id"])
    found = await faults(books)
    await books.close()
    return lowered, Counter(bought), sold, stocked, found


def test_a_seller_lowers_the_stock_while_buyers_buy_and_it_adds_up(server: ServerProcess) -> None:
    lowered, bought, (sold, orders, left), stocked, found = asyncio.run(race(server, item=0))
    assert found == []
    assert set(lowered) <= {(200, None), (400, "stock_reserved"), (400, "inventory_sheet_refused")}, lowered
    assert set(bought) <= {(200, None), (200, "insufficient_inventory"), (400, "insufficient_inventory")}, bought
    assert lowered[200, None] > 0
    assert bought[200, None] == orders > 0
    assert sold == orders * 5
    assert sold + left == stocked


async def counting_twice(server: ServerProcess, item: int) -> tuple[Counter[int], int]:
    """Two people say at once of the same figure that they have counted anew."""
    books = await open_books(server.database_url)
    async with Buyers(server.base) as crowd:
        place = await books.fetchrow(PLACE, crowd.variants[item])
        assert place is not None
        headers = await seller_of(server, place)
        level = f"/vendor/inventory-items/{place['item_id']}/location-levels/{place['location_id']}"
        bodies = [{"stocked_quantity": STOCK + 1 + n, "expected_quantity": STOCK} for n in range(8)]
        answers = await asyncio.gather(*(crowd.call("POST", level, body, **headers) for body in bodies))
    stocked = await books.fetchval("SELECT stocked FROM inventory_level WHERE item_id = $1", place["item_id"])
    assert await faults(books) == []
    await books.close()
    return Counter(answer.status for answer in answers), stocked


def test_of_counts_on_one_known_figure_the_first_is_taken(server: ServerProcess) -> None:
    answers, stocked = asyncio.run(counting_twice(server, item=1))
    assert answers == {200: 1, 409: 7}
    assert STOCK < stocked <= STOCK + 8
