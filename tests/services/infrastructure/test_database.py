"""Lost connections, lost races, and what the database itself refuses."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from models.journal.counters import READ_COUNTERS
from services.deps import Deps
from services.infrastructure.cache.snapshots import Snapshots
from services.infrastructure.database import database as infra
from services.infrastructure.database.database import Database
from services.infrastructure.database.failures import RACES, ConcurrencyConflict, DatabaseUnavailable
from tests.buying import Buyer
from tests.conftest import Client
from tests.waiting import within
from utils.config import Settings

MY_PID = text("SELECT pg_backend_pid()")
BACKENDS = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
MUG = "aurora/AUR-MUG"


@pytest.fixture(scope="module")
def seed_file() -> Path | None:
    return Path(__file__).parents[2] / "data" / "world.yaml"


@pytest.fixture
async def buyer(client: Client, ids: dict[str, Any]) -> Buyer:
    return Buyer(client, ids)


@pytest.fixture
async def aside(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection that is not the shop's."""
    connection = await asyncpg.connect(database_url.replace("+asyncpg", ""))
    yield connection
    await connection.close()


async def crowd(database: Database, size: int = 12) -> set[int]:
    """Fill the pool; the processes at its other end."""

    async def one() -> int:
        async with database.reading() as work:
            pid: int = (await work.execute(MY_PID)).scalar_one()
            await asyncio.sleep(0.05)
            return pid

    return set(await asyncio.gather(*(one() for _ in range(size))))


async def shop_on(buyer: Buyer) -> list[int]:
    """Statuses of 30 reads and 10 writes at once."""
    cart = (await buyer.post("/store/carts", {"region_id": buyer.ids["regions"]["Europe"]}))["cart"]["id"]
    reads = [buyer.send("GET", f"/store/carts/{cart}") for _ in range(20)]
    reads += [buyer.send("GET", f"/store/products?limit={n}") for n in range(1, 11)]
    body = {"region_id": buyer.ids["regions"]["Europe"]}
    writes = [buyer.send("POST", "/store/carts", body) for _ in range(10)]
    return [reply.status for reply in await asyncio.gather(*reads, *writes)]


async def test_no_more_connections_are_opened_than_the_setting_says_and_they_stay_open(database_url: str) -> None:
    database = Database(database_url, Snapshots(), pool_size=3)
    first, again = await crowd(database, 20), await crowd(database, 20)
    await database.close()
    assert (len(first), again) == (3, first)


async def test_a_connection_goes_to_who_has_waited_longest(database_url: str) -> None:
    database = Database(database_url, Snapshots(), pool_size=1)
    served: list[int] = []

    async def serve(number: int) -> None:
        async with database.reading() as work:
            await work.execute(MY_PID)
            served.append(number)

    async def come_back(number: int) -> None:
        """Ask again at once after being served, as a busy client does."""
        await serve(number)
        await serve(number)

    await asyncio.gather(*map(come_back, range(4)))
    await database.close()
    assert served == [0, 1, 2, 3, 0, 1, 2, 3]


async def test_who_waits_too_long_for_a_connection_is_told_to_come_back(
    buyer: Buyer, deps: Deps, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(infra, "POOL_TIMEOUT_SECONDS", 0.05)
    turns = [await deps.database.turns.acquire() for _ in range(deps.settings.database_pool_size)]
    reply = await buyer.send("GET", "/store/orders/order_x")
    for _ in turns:
        deps.database.turns.release()
    assert (reply.status, (await reply.json())["code"], reply.headers["Retry-After"]) == (503, "unavailable", "1")
    await buyer.get("/store/orders/order_x", 404)


async def test_when_all_connections_were_ended_the_next_requests_get_others(
    buyer: Buyer, database: Database, aside: asyncpg.Connection
) -> None:
    for _ in range(3):
        await seconds_after_all_were_ended(buyer, database, aside)


async def seconds_after_all_were_ended(buyer: Buyer, database: Database, aside: asyncpg.Connection) -> float:
    await crowd(database)
    await aside.execute(f"SELECT pg_terminate_backend(pid) FROM ({BACKENDS}) AS others")  # noqa: S608
    begin = time.perf_counter()
    assert await shop_on(buyer) == [200] * 40
    return time.perf_counter() - begin


@pytest.mark.timed
async def test_when_all_connections_were_ended_nobody_waits_a_second(
    buyer: Buyer, database: Database, aside: asyncpg.Connection
) -> None:
    await within(1.0, lambda: seconds_after_all_were_ended(buyer, database, aside))


@pytest.mark.parametrize("kind", ["read", "constant read", "write"])
async def test_a_connection_that_died_unnoticed_is_replaced_before_anything_was_done(
    database: Database, kind: str
) -> None:
    await crowd(database)
    await database.close()
    (pid,) = await crowd(database, 1)
    os.kill(pid, signal.SIGTERM)
    time.sleep(0.3)  # noqa: ASYNC251 the loop must not hear of it
    async with database.unit_of_work() if kind == "write" else database.reading() as work:
        if kind == "constant read":
            assert (await work.execute(READ_COUNTERS)).all()
        assert (await work.execute(MY_PID)).scalar_one() != pid


async def test_a_write_whose_connection_was_lost_under_way_is_not_repeated(
    database: Database, aside: asyncpg.Connection
) -> None:
    async def write() -> None:
        async with database.unit_of_work() as work:
            pid = (await work.execute(MY_PID)).scalar_one()
            await aside.execute("SELECT pg_terminate_backend($1, 1000)", pid)
            await work.execute(text("UPDATE currency SET name = 'lost' WHERE code = 'eur'"))

    with pytest.raises(DatabaseUnavailable):
        await write()
    assert await aside.fetchval("SELECT name FROM currency WHERE code = 'eur'") != "lost"
    assert await crowd(database, 2)


@pytest.mark.parametrize("way", ["reading", "unit_of_work"])
async def test_a_cancelled_request_leaves_neither_its_statement_nor_its_connection(
    database: Database, aside: asyncpg.Connection, way: str
) -> None:
    pids: list[int] = []

    async def request() -> None:
        async with getattr(database, way)() as work:
            pids.append((await work.execute(MY_PID)).scalar_one())
            await work.raw.execute("SELECT pg_sleep(20)")

    before = database.busy
    running = asyncio.create_task(request())
    await asyncio.sleep(0.2)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert database.busy == before
    assert pids[0] not in await crowd(database, 20)
    await asyncio.sleep(0.2)
    assert pids[0] not in [row["pid"] for row in await aside.fetch(BACKENDS)]


async def test_a_failed_statement_that_was_kept_quiet_is_no_commit(database: Database) -> None:
    async def write() -> None:
        async with database.unit_of_work() as work:
            with pytest.raises(DBAPIError):
                await work.execute(text("SELECT 1 / 0"))

    with pytest.raises(RuntimeError, match="nothing was committed"):
        await write()


async def test_to_come_second_in_a_race_is_a_conflict(buyer: Buyer, database: Database) -> None:
    cart = await buyer.cart((MUG, 1))
    await buyer.send_to(cart["id"])
    await buyer.pay(cart["id"])
    columns = "payment_collection_id, provider_id, currency_code, amount"
    again = text(f"INSERT INTO payment_session (id, {columns}) SELECT 'second', {columns} FROM payment_session")  # noqa: S608
    with pytest.raises(ConcurrencyConflict):
        async with database.unit_of_work() as work:
            await work.execute(again)
    with pytest.raises(ConcurrencyConflict):
        async with database.unit_of_work() as work:
            await work.raw.execute(str(again))


async def test_any_other_row_that_is_there_twice_is_an_error_of_ours(database: Database) -> None:
    with pytest.raises(IntegrityError):
        async with database.unit_of_work() as work:
            await work.execute(text("INSERT INTO sales_channel (id, name) SELECT id, id FROM sales_channel"))


async def test_every_race_is_a_constraint_of_the_database(database: Database) -> None:
    async with database.reading() as work:
        unique = await work.execute(text("SELECT indexrelid::regclass::text FROM pg_index WHERE indisunique"))
        foreign = await work.execute(text("SELECT conname::text FROM pg_constraint WHERE contype = 'f'"))
        assert {*unique.scalars(), *foreign.scalars()} >= RACES


@pytest.mark.parametrize("table", ["ledger_posting", "ledger_entry", "inventory_movement"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
async def test_what_is_append_only_cannot_be_changed_emptied_or_truncated(
    aside: asyncpg.Connection, table: str, statement: str
) -> None:
    with pytest.raises(asyncpg.RestrictViolationError, match="append-only"):
        await aside.execute(statement.format(table))


async def told(heard: list[str], wanted: set[str]) -> None:
    """Wait until the notices have named all these items."""
    async with asyncio.timeout(5):
        while {i for payload in heard for i in payload.removeprefix("stock:").split(",")} != wanted:
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("length", [32, 900])
async def test_a_thousand_items_changed_at_once_are_told_in_payloads_that_fit(
    aside: asyncpg.Connection, database_url: str, length: int
) -> None:
    heard: list[str] = []
    ear = await asyncpg.connect(database_url.replace("+asyncpg", ""))
    await ear.add_listener("pasar_changes", lambda *notice: heard.append(str(notice[3])))
    wanted = {f"{length}-{n:04}".ljust(length, "x") for n in range(1000)}
    try:
        async with asyncio.timeout(20), aside.transaction():
            items = "INSERT INTO inventory_item (id, seller_id) SELECT unnest($1::text[]), (SELECT min(id) FROM seller)"
            await aside.execute(items, sorted(wanted))
            levels = "INSERT INTO inventory_level (item_id, location_id) SELECT i, (SELECT min(id) FROM stock_location)"
            await aside.execute(f"{levels} FROM unnest($1::text[]) AS i", sorted(wanted))
        await told(heard, wanted)
        heard.clear()
        await aside.execute("UPDATE inventory_level SET stocked = stocked + 1 WHERE item_id = ANY ($1)", sorted(wanted))
        await told(heard, wanted)
        assert max(len(payload) for payload in heard) < 8000
        assert len(heard) <= 1 + 1000 * (length + 1) // 6000
    finally:
        await ear.close()


async def test_a_statement_that_takes_too_long_gets_503_and_one_that_waits_too_long_409(
    settings: Settings,
    ids: dict[str, Any],
    aside: asyncpg.Connection,
    start_shop: Callable[..., Awaitable[Client]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    statuses = {}
    for limit, other in (("lock_timeout", "statement_timeout"), ("statement_timeout", "lock_timeout")):
        monkeypatch.setitem(infra.SERVER_SETTINGS, limit, "150ms")
        monkeypatch.setitem(infra.SERVER_SETTINGS, other, "10s")
        buyer = Buyer(await start_shop(settings), ids)
        cart = await buyer.cart((MUG, 1))
        async with aside.transaction():
            await aside.execute("SELECT FROM cart WHERE id = $1 FOR UPDATE", cart["id"])
            reply = await buyer.send("POST", f"/store/carts/{cart['id']}", {"email": "ana@example.com"})
            statuses[limit] = (reply.status, (await reply.json())["code"], reply.headers.get("Retry-After"))
    assert statuses == {
        "lock_timeout": (409, "invalid_state_error", None),
        "statement_timeout": (503, "unavailable", "1"),
    }
