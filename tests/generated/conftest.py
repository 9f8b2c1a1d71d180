"""A server of its own with a small world, and people of every kind in it."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import aiohttp
import orjson
import pytest

from benchmarks.process import ServerProcess
from benchmarks.world import PUBLISHABLE_KEY, world
from services import deps as wiring
from services.deps import Deps
from services.seller.cache import SELLERS
from tests.people import PASSWORD
from tests.staff import administrator, hire
from utils.config import Settings

T = TypeVar("T")


@pytest.fixture(scope="module")
def seed_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The world of the tests of the SDK as well: a run seeds it once."""
    path = tmp_path_factory.mktemp("seed") / "world.json"
    path.write_bytes(orjson.dumps(world(products=12, variants=2, sellers=3, stock=50)))
    return path


@pytest.fixture(scope="module")
def server(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    env = {"PASAR_DATABASE_URL": database_url, "PASAR_CHECK_REPLIES": "on", "PASAR_ACCESS_LOG": "off"}
    running = ServerProcess(tmp_path_factory.mktemp("generated") / "data", env)
    try:
        running.start()
        yield running
    finally:
        running.stop()


async def beside(server: ServerProcess, work: Callable[[Deps], Awaitable[T]]) -> T:
    """Do something in the server's database, with its keys."""
    found = replace(Settings.from_env({"DATABASE_URL": server.database_url}), data_dir=server.data_dir)
    deps = wiring.build(found)
    try:
        return await work(deps)
    finally:
        await deps.close()


async def owners_token(deps: Deps) -> str:
    async with deps.database.reading() as work:
        seller = next(iter((await work.snapshot(SELLERS)).by_id))
    return (await hire(None, deps, seller_id=seller)).token


async def admins_token(deps: Deps) -> str:
    return (await administrator(None, deps)).token


async def customers_token(server: ServerProcess) -> str:
    """Registered over HTTP, as customers are."""
    who = {"email": "generated@example.com", "password": PASSWORD}
    async with aiohttp.ClientSession(server.base, headers={"x-publishable-api-key": PUBLISHABLE_KEY}) as client:

        async def post(path: str, body: dict[str, str], token: str = "") -> dict[str, str]:
            headers = {"authorization": f"Bearer {token}"} if token else {}
            async with client.post(path, json=body, headers=headers) as reply:
                assert reply.status == 200, await reply.text()
                said: dict[str, str] = await reply.json()
                return said

        registered = await post("/auth/customer/emailpass/register", who)
        await post("/store/customers", {"email": who["email"]}, registered["token"])
        return (await post("/auth/customer/emailpass", who))["token"]
