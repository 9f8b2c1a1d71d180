"""A change in one process is seen in the others, also after the listening connection was lost."""

import asyncio
from collections.abc import Awaitable, Callable
from time import perf_counter

import pytest
from sqlalchemy import text

from controllers.http import DEPS
from services.deps import Deps
from tests.conftest import Client
from tests.waiting import within
from utils.config import Settings

RENAME = text("UPDATE currency SET name = name WHERE code = 'eur'")
OTHERS = text("SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
HANG_UP = text("SELECT pg_terminate_backend(:pid)")


async def change(deps: Deps) -> float:
    """Change a row of the scope `regions`; when it was committed (seconds)."""
    async with deps.database.unit_of_work() as work:
        await work.execute(RENAME)
    return perf_counter()


async def delay(seen: "asyncio.Queue[tuple[str, float]]", begin: float) -> float:
    """Seconds from a change to the notice of it."""
    while True:
        scope, moment = await asyncio.wait_for(seen.get(), 15)
        if scope == "regions":
            return moment - begin


async def test_another_process_hears_of_a_change(
    client: Client, settings: Settings, start_shop: Callable[..., Awaitable[Client]]
) -> None:
    here, there = client.app[DEPS], (await start_shop(settings)).app[DEPS]
    seen: asyncio.Queue[tuple[str, float]] = asyncio.Queue()
    there.snapshots.on_change(lambda scope: seen.put_nowait((scope, perf_counter())))
    for _ in range(10):
        await delay(seen, await change(here))


@pytest.mark.timed
async def test_another_process_hears_of_a_change_within_100_ms(
    client: Client, settings: Settings, start_shop: Callable[..., Awaitable[Client]]
) -> None:
    here, there = client.app[DEPS], (await start_shop(settings)).app[DEPS]
    seen: asyncio.Queue[tuple[str, float]] = asyncio.Queue()
    there.snapshots.on_change(lambda scope: seen.put_nowait((scope, perf_counter())))

    async def typical() -> float:
        return sorted([await delay(seen, await change(here)) for _ in range(10)])[5]

    await within(0.1, typical)


async def test_what_changed_while_nobody_listened_is_seen_after_the_next_connection(
    client: Client, settings: Settings, start_shop: Callable[..., Awaitable[Client]]
) -> None:
    here, there = client.app[DEPS], (await start_shop(settings)).app[DEPS]
    seen: asyncio.Queue[tuple[str, float]] = asyncio.Queue()
    there.snapshots.on_change(lambda scope: seen.put_nowait((scope, perf_counter())))
    async with here.database.reading() as work:
        for row in (await work.execute(OTHERS)).all():
            await work.execute(HANG_UP, {"pid": row.pid})
    await here.database.close()
    await delay(seen, await change(here))
    await asyncio.wait_for(there.changes.connected.wait(), 15)
