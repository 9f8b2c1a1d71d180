"""PostgreSQL goes away under a running shop, and comes back."""

import asyncio
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from services.infrastructure.database.database import Database
from services.infrastructure.database.embedded_postgres import EmbeddedPostgres
from tests.buying import Buyer
from tests.conftest import Client


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    """A server of its own, since it is ended here; unlike the others it keeps what was committed."""
    server = EmbeddedPostgres(tmp_path_factory.mktemp("own"), {"fsync": "off"})
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def seed_file() -> Path | None:
    return Path(__file__).parents[2] / "data" / "world.yaml"


@pytest.fixture
async def buyer(client: Client, ids: dict[str, Any]) -> Buyer:
    return Buyer(client, ids)


async def visit(buyer: Buyer, cart: str) -> list[tuple[int, str, str | None]]:
    """Reads, writes and the balancer's question at once: status, code and Retry-After of each."""
    body = {"region_id": buyer.ids["regions"]["Europe"]}
    asked = [buyer.send("GET", f"/store/carts/{cart}") for _ in range(5)]
    asked += [buyer.send("POST", "/store/carts", body) for _ in range(5)]
    replies = await asyncio.gather(*asked, buyer.send("GET", "/ready"))
    return [(r.status, str((await r.json()).get("code", "")), r.headers.get("Retry-After")) for r in replies]


async def until_well(buyer: Buyer, cart: str, patience: float) -> set[int]:
    """Visit until every request succeeds; all statuses met on the way."""
    end, met = time.monotonic() + patience, set()
    while time.monotonic() < end:
        statuses = {status for status, _, _ in await visit(buyer, cart)}
        met |= statuses
        if statuses == {200}:
            return met
        await asyncio.sleep(0.02)
    raise AssertionError(f"still {statuses}")


async def test_while_the_server_is_down_requests_get_503_and_succeed_as_soon_as_it_is_back(
    buyer: Buyer, postgres: EmbeddedPostgres
) -> None:
    cart = (await buyer.post("/store/carts", {"region_id": buyer.ids["regions"]["Europe"]}))["cart"]["id"]
    await until_well(buyer, cart, 1)
    note = postgres.folder / "postmaster.pid"
    os.kill(int(note.read_text().split()[0]), signal.SIGINT)
    while note.exists():
        assert {status for status, _, _ in await visit(buyer, cart)} <= {200, 503}
    for _ in range(3):
        assert set(await visit(buyer, cart)) == {(503, "unavailable", "1"), (503, "not_ready", "1")}
    await asyncio.to_thread(postgres.revive)
    assert await until_well(buyer, cart, 1) == {200}


async def test_when_a_backend_is_killed_and_the_server_recovers_nobody_sees_a_500(
    buyer: Buyer, database: Database
) -> None:
    cart = (await buyer.post("/store/carts", {"region_id": buyer.ids["regions"]["Europe"]}))["cart"]["id"]
    await until_well(buyer, cart, 1)
    async with database.reading() as work:
        pid = (await work.execute(text("SELECT pg_backend_pid()"))).scalar_one()
    os.kill(pid, signal.SIGKILL)
    assert await until_well(buyer, cart, 20) <= {200, 503}
