"""A running sandbox whose clock is moved: what ends with time ends, in every process, and comes back with it."""

import argparse
import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from sqlalchemy import func, insert, select, text

import app
from app import CommandError
from benchmarks.process import ServerProcess
from controllers.cli.arguments import parser, span
from models.schema.identity import sales_channel
from models.schema.pricing import price, price_list
from services import deps as wiring
from services.infrastructure.cache.snapshots import Snapshots
from services.infrastructure.database.database import Database
from services.infrastructure.database.sandbox_clock import SandboxClock, TooFar, move
from tests.buying import Buyer, member
from utils import clock
from utils.clock import SYSTEM, FixedClock, MovableClock, now
from utils.config import Settings
from utils.ids import new_id

MUG = "borneo/BOR-BT-IND"
ASKED = 24  # requests over fresh connections, which the kernel spreads over the workers


@pytest.fixture(scope="module")
def server(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    given = {"PASAR_DATABASE_URL": settings.database_url, "PASAR_WORKERS": "2", "PASAR_ACCESS_LOG": "off"}
    started = ServerProcess(tmp_path_factory.mktemp("clock") / "data", given)
    started.start()
    yield started
    started.stop()


@pytest.fixture
async def elsewhere(settings: Settings) -> AsyncIterator[Database]:
    other = Database(settings.database_url, Snapshots(), pool_size=1)
    yield other
    await other.close()


@pytest.fixture
async def buyer(server: ServerProcess, ids: dict[str, Any]) -> AsyncIterator[Buyer]:
    connector = aiohttp.TCPConnector(force_close=True)
    async with aiohttp.ClientSession(server.base, connector=connector) as session:
        yield Buyer(session, ids)  # type: ignore[arg-type]


async def until_all(ask: Callable[[], Awaitable[Any]], expected: Any) -> None:
    """Wait until every worker answers so."""
    async with asyncio.timeout(30):
        while {await ask() for _ in range(ASKED)} != {expected}:
            await asyncio.sleep(0.05)


async def put_on_sale(database: Database, ids: dict[str, Any], *, ends_in: timedelta) -> None:
    list_id = new_id("plist")
    async with database.unit_of_work() as work:
        row = {"id": list_id, "title": "A day", "status": "active", "ends_at": now() + ends_in}
        await work.execute(insert(price_list), row)
        variant_id = ids["variants"]["aurora/AUR-LS-S"]
        offer = {"variant_id": variant_id, "price_list_id": list_id, "currency_code": "eur", "amount": 1234}
        await work.execute(insert(price), {"id": new_id("price"), **offer})


async def test_two_days_end_a_sale_a_hold_and_a_login_in_a_running_server(
    server: ServerProcess, buyer: Buyer, ids: dict[str, Any], elsewhere: Database
) -> None:
    await put_on_sale(elsewhere, ids, ends_in=timedelta(days=1))
    person = await member(buyer.client, ids, "ana@example.com")

    async def shirt() -> float:
        found = await buyer.get(f"/store/products?handle=linen-shirt&region_id={ids['regions']['Europe']}")
        return float(found["products"][0]["variants"][0]["calculated_price"]["calculated_amount"])

    async def whose() -> int:
        return (await person.send("GET", "/store/customers/me")).status

    await until_all(shirt, 12.34)
    assert await whose() == 200
    await buyer.ready((MUG, 7))
    mugs = {"region_id": ids["regions"]["Europe"], "items": [{"variant_id": buyer.variant(MUG), "quantity": 7}]}
    assert (await buyer.post("/store/carts", mugs, 400))["code"] == "insufficient_inventory"

    told = await asyncio.to_thread(server.run, "clock", "--forward", "2d")
    assert "2 days, 0:00:00 ahead of this machine" in told
    await until_all(shirt, 30.0)
    await until_all(whose, 401)
    second = await buyer.ready((MUG, 7))
    order = (await buyer.complete(second["id"]))["order"]
    assert order["created_at"] > clock.to_iso(SYSTEM.now() + timedelta(days=1, hours=23))

    assert "as on this machine" in await asyncio.to_thread(server.run, "clock", "--reset")
    await until_all(shirt, 12.34)
    await until_all(whose, 200)
    assert "as on this machine" in await asyncio.to_thread(server.run, "clock")


def test_production_refuses_to_show_or_move_the_clock(settings: Settings) -> None:
    for way in ([], ["--forward", "2d"], ["--reset"]):
        with pytest.raises(CommandError, match="in development only"):
            app.clock(replace(settings, mode="production"), parser(app.COMMANDS).parse_args(["clock", *way]))


async def test_production_has_the_machines_clock_whatever_the_row_says(settings: Settings) -> None:
    made = wiring.build(settings)
    assert isinstance(made.clock, SandboxClock)
    await made.close()
    given = {"mode": "production", "auth_secret": "x" * 40, "database_url": settings.database_url}
    strict = wiring.build(Settings(**given, data_dir=settings.data_dir))  # type: ignore[arg-type]
    assert strict.clock is SYSTEM
    assert strict.database.clock is SYSTEM
    await strict.close()


async def test_the_clock_goes_ten_years_far_at_the_most(elsewhere: Database) -> None:
    with pytest.raises(TooFar):
        async with elsewhere.unit_of_work() as work:
            await move(work, timedelta(days=3651))


async def test_statements_tell_the_time_of_the_clock(settings: Settings) -> None:
    there = MovableClock(timedelta(days=400))
    database = Database(settings.database_url, Snapshots(), pool_size=1, clock=there)
    expected = there.now()
    async with database.unit_of_work() as work:
        first = (await work.execute(select(func.now()))).scalar_one()
        await asyncio.sleep(0.002)
        assert (await work.execute(select(func.now()))).scalar_one() == first, "one moment for a transaction"
        assert expected <= first < expected + timedelta(minutes=1)
        assert (await work.execute(text("SELECT now()"))).scalar_one() < expected, "the database's own"
        await work.execute(insert(sales_channel), {"id": "sc_clock", "name": "Clock"})
        row = (await work.execute(select(sales_channel).where(sales_channel.c.id == "sc_clock"))).one()
        assert row.created_at == row.updated_at == first
        assert now() >= first, "and code that works with the database reads the same clock"
    assert now() < expected
    await database.close()


def test_a_clock_is_in_force_for_its_block_alone() -> None:
    moment = SYSTEM.now() - timedelta(days=7)
    with clock.under(FixedClock(moment)):
        assert now() == moment
        assert clock.timestamp() == moment.timestamp()
        with clock.under(MovableClock(timedelta(days=1))):
            assert now() > SYSTEM.now()
        assert now() == moment
    assert abs(now() - SYSTEM.now()) < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("2d", timedelta(days=2)),
        ("36h", timedelta(hours=36)),
        ("1d12h30m5s", timedelta(days=1, hours=12, minutes=30, seconds=5)),
    ],
)
def test_a_span_is_said_as_people_say_it(said: str, meant: timedelta) -> None:
    assert span(said) == meant


@pytest.mark.parametrize("said", ["", "2", "d", "-2d", "2 weeks", "12h1d", "٢d"])
def test_what_is_no_span_is_refused(said: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="no length of time"):
        span(said)


@pytest.fixture(scope="module")
def seed_file() -> Path | None:
    return Path(__file__).parents[1] / "data" / "world.yaml"
