"""kill -9 in the middle of a checkout load: after a restart the books agree, and what was promised is there."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from random import Random

import aiohttp
import orjson
import pytest

from benchmarks.process import ServerProcess
from benchmarks.world import world
from tests.workflows.books import faults, open_books
from tests.workflows.buyers import Buyers, StuckError, side_by_side

CLIENTS = 12
ENOUGH = 8  # orders a round, for its load to mean anything
LOST = (aiohttp.ClientError, asyncio.TimeoutError, ConnectionError)


@dataclass(slots=True)
class Memory:
    """What the buyers know after the crash: carts they may complete, with their keys, and orders they were told of."""

    payable: dict[str, str] = field(default_factory=dict)
    orders: dict[str, str] = field(default_factory=dict)
    unexpected: list[str] = field(default_factory=list)


async def keep_buying(crowd: Buyers, memory: Memory, rng: Random, numbers: Iterator[int]) -> None:
    """Whole checkouts, one after the other, until the server is gone."""
    while True:
        try:
            number = next(numbers)
            cart = await crowd.payable(*rng.sample(crowd.variants, 2))
            memory.payable[cart] = f"key-{number}" if number % 2 else ""
            answer = await crowd.complete(cart, memory.payable[cart])
            if answer.order_id is None:
                memory.unexpected.append(f"complete: {answer.status} {answer.body}")
                return
            memory.orders[cart] = answer.order_id
        except LOST:
            return
        except StuckError as error:
            memory.unexpected.append(str(error))
            return


async def load_until_killed(server: ServerProcess, memory: Memory, round_: int, *, with_database: bool) -> None:
    async with Buyers(server.base) as crowd:
        numbers = count(round_ * 100_000)
        clients = [asyncio.create_task(keep_buying(crowd, memory, Random(n), numbers)) for n in range(CLIENTS)]
        await asyncio.sleep(1.2 + round_ * 0.37)
        while len(memory.orders) < ENOUGH * (round_ + 1) and not memory.unexpected:  # a busy machine sells slowly
            await asyncio.sleep(0.01)
        server.kill()
        if with_database:
            server.kill_database()
        await asyncio.wait_for(asyncio.gather(*clients), 20)


async def books_agree(server: ServerProcess, memory: Memory) -> None:
    books = await open_books(server.database_url)
    assert await faults(books) == []
    made = {row["cart_id"]: row["id"] for row in await books.fetch("SELECT cart_id, id FROM orders")}
    await books.close()
    # An answered order is there; orders whose answer was lost are there too or not at all.
    assert memory.orders.items() <= made.items()


async def they_try_again(server: ServerProcess, memory: Memory) -> None:
    """Carts whose answer was lost, and some others, complete twice more at once: the order they have, or one now."""
    open_ends = [cart for cart in memory.payable if cart not in memory.orders]
    async with Buyers(server.base) as crowd:

        async def again(cart: str) -> None:
            key = memory.payable[cart]
            first, second = await asyncio.gather(crowd.complete(cart, key), crowd.complete(cart, key))
            assert first.order_id is not None, first
            assert first.order_id == second.order_id
            assert memory.orders.setdefault(cart, first.order_id) == first.order_id
            read = await crowd.must("GET", f"/store/orders/{first.order_id}")
            assert len(read["order"]["items"]) == 2

        await side_by_side([again(cart) for cart in [*open_ends, *list(memory.orders)[:50]]], 6)


@pytest.mark.parametrize("with_database", [False, True], ids=["server", "server-and-database"])
def test_after_kill_9_no_order_lacks_stock_no_stock_lacks_an_order_and_nothing_is_there_twice(
    tmp_path: Path, with_database: bool
) -> None:
    server = ServerProcess(tmp_path / "data", {"PASAR_ACCESS_LOG": "off"})
    seed = tmp_path / "world.json"
    seed.write_bytes(orjson.dumps(world(products=6, variants=1, sellers=3, stock=100_000)))
    server.run("seed", str(seed))
    memory = Memory()
    try:
        server.start()
        for round_ in range(3):
            asyncio.run(load_until_killed(server, memory, round_, with_database=with_database))
            server.start()
            asyncio.run(books_agree(server, memory))
        assert memory.unexpected == []
        assert len(memory.orders) >= 3 * ENOUGH, "the load was too small to mean anything"
        asyncio.run(they_try_again(server, memory))
        asyncio.run(books_agree(server, memory))
    finally:
        server.stop()
