"""Redis goes away while the shop runs: stopped, and then silent. Only what needs it is refused, and at once."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import unused_port

from services import slots
from tests.conftest import Client
from tests.people import Person, registered
from tests.slots.fake_redis import FakeRedis
from tests.waiting import within
from utils.config import Settings

KEY = {"x-publishable-api-key": "pk_world_web"}
AT_ONCE_SECONDS = 0.4  # a busy machine; a request that waited for a timeout took 0.5 or more
READY = {"status": "ready"}


@pytest.fixture(scope="module")
def seed_file() -> Path | None:
    return Path(__file__).parents[1] / "data" / "world.yaml"


@pytest.fixture(scope="module")
async def redis() -> AsyncIterator[FakeRedis]:
    server = FakeRedis(unused_port())
    await server.start()
    yield server
    await server.stop()


@pytest.fixture(scope="module")
def settings(settings: Settings, redis: FakeRedis) -> Settings:
    return replace(settings, redis_url=redis.url, mongo_url="")  # no engine beside ours but this one


@dataclass
class Kept:
    """A customer with a login in a cookie, and one in a token."""

    client: Client
    person: Person
    cookie: str

    async def get(self, path: str, **headers: str) -> tuple[int, Any, float]:
        """Status, body and seconds of a page that a browser with the cookie asks for."""
        began = time.monotonic()
        async with self.client.get(path, headers={**KEY, "cookie": self.cookie, **headers}) as reply:
            return reply.status, await reply.json(), time.monotonic() - began


@pytest.fixture(scope="module")
async def kept(client: Client) -> Kept:
    person = await registered(client, "nora@example.com")
    await person.ask("POST", "/store/customers", {"email": person.email}, x_publishable_api_key="pk_world_web")
    await person.log_in()
    reply = await person.send("POST", "/auth/session")
    client.session.cookie_jar.clear()
    return Kept(client, person, reply.headers["Set-Cookie"].partition(";")[0])


async def until_told(client: Client, body: dict[str, Any] | None = None, *, degraded: list[str] | None = None) -> Any:
    """What /ready says, as soon as it says what is expected; always with 200."""
    async with asyncio.timeout(15):
        while True:
            async with client.get("/ready") as reply:
                assert reply.status == 200
                told = await reply.json()
            if told == body or (degraded is not None and told.get("degraded") == degraded):
                return told
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("way", ["stopped", "silent"])
async def test_a_redis_that_goes_away_is_felt_by_none_but_cookies(
    client: Client, kept: Kept, redis: FakeRedis, way: str
) -> None:
    """Stopped it refuses connections; silent it takes them and never answers."""
    assert await until_told(client, READY) == READY
    cart = (await kept.person.ask("POST", "/store/carts", {}, x_publishable_api_key="pk_world_web"))["cart"]["id"]
    assert (await kept.get("/store/customers/me"))[0] == 200
    anonymous = await (await client.get("/store/products?limit=3", headers=KEY)).json()

    if way == "stopped":
        await redis.stop()
    else:
        redis.silent = True
    first = await kept.get("/store/products?limit=3")
    assert first[:2] == (200, anonymous)

    redis.commands.clear()
    for _ in range(5):
        status, body, _ = await kept.get("/store/products?limit=3")
        assert (status, body) == (200, anonymous)
        status, body, _ = await kept.get("/store/customers/me")
        assert (status, body["code"], body["type"]) == (503, "sessions_unavailable", "unavailable")
    assert b"GET" not in redis.commands, "who is refused at once has asked nobody"
    status, body, _ = await kept.get(f"/store/carts/{cart}")
    assert (status, body["code"]) == (503, "sessions_unavailable"), "not 404, at which a storefront forgets its cart"
    assert (await kept.person.send("GET", "/store/customers/me", x_publishable_api_key="pk_world_web")).status == 200, (
        "a bearer token goes on"
    )
    refused = await kept.person.send("POST", "/auth/session")
    assert (refused.status, refused.headers["Retry-After"]) == (503, "1")

    told = await until_told(client, degraded=["sessions"])
    assert told == {
        "status": "degraded",
        "degraded": ["sessions"],
        "slots": [
            {"slot": "database", "engine": "PostgreSQL", "status": "ok"},
            {"slot": "sessions", "engine": "Redis", "status": "degraded"},
        ],
    }

    if way == "stopped":
        await redis.start()
    redis.silent = False
    assert await until_told(client, READY) == READY
    status, body, _ = await kept.get("/store/customers/me")
    assert (status, body["customer"]["email"]) == (200, "nora@example.com"), "the cookie stands for the login again"


async def test_no_request_is_the_probe_while_the_engine_is_away(client: Client, kept: Kept, redis: FakeRedis) -> None:
    """For three seconds, many at a time: none waits, and Redis is asked by the watch alone."""
    await until_told(client, READY)
    redis.silent = True
    await kept.get("/store/products?limit=1")
    redis.commands.clear()
    await many_at_a_time(kept)
    assert b"GET" not in redis.commands
    redis.silent = False
    await until_told(client, READY)


async def many_at_a_time(kept: Kept) -> float:
    """Public pages for three seconds, five at a time; the seconds of the slowest."""
    end, slowest = time.monotonic() + 3, 0.0
    while time.monotonic() < end:
        answers = await asyncio.gather(*(kept.get("/store/products?limit=1") for _ in range(5)))
        assert {status for status, _, _ in answers} == {200}
        slowest = max(slowest, *(seconds for _, _, seconds in answers))
    return slowest


@pytest.mark.timed
@pytest.mark.parametrize("way", ["stopped", "silent"])
async def test_nobody_waits_for_a_redis_that_is_away(client: Client, kept: Kept, redis: FakeRedis, way: str) -> None:
    await until_told(client, READY)
    if way == "stopped":
        await redis.stop()
    else:
        redis.silent = True
    assert (await kept.get("/store/products?limit=1"))[2] < 1.5, "the first to notice waits for one timeout at most"

    async def slowest() -> float:
        paths = ("/store/products?limit=3", "/store/customers/me") * 5
        return max([(await kept.get(path))[2] for path in paths])

    await within(AT_ONCE_SECONDS, slowest)
    await within(0.5, lambda: many_at_a_time(kept))
    if way == "stopped":
        await redis.start()
    redis.silent = False
    await until_told(client, READY)


async def test_who_logs_out_by_a_token_is_logged_out_though_the_cookie_cannot_be_dropped(
    client: Client, redis: FakeRedis
) -> None:
    person = await registered(client, "olga@example.com")
    await person.ask("POST", "/store/customers", {"email": person.email}, x_publishable_api_key="pk_world_web")
    await person.log_in()
    cookie = (await person.send("POST", "/auth/session")).headers["Set-Cookie"].partition(";")[0]
    client.session.cookie_jar.clear()
    await redis.stop()
    gone = await person.send("DELETE", "/auth/session", cookie=cookie)
    assert gone.status == 200
    unsure = await client.delete("/auth/session", headers={"cookie": cookie})
    assert unsure.status == 503, "whoever shows the cookie alone is not told that the login has ended"
    await redis.start()
    await until_told(client, READY)
    assert (await client.get("/store/customers/me", headers={**KEY, "cookie": cookie})).status == 401


async def test_every_engine_beside_ours_has_a_breaker_and_advice(client: Client) -> None:
    from controllers.http import DEPS

    (sessions,) = slots.engines(client.app[DEPS])
    assert (sessions.name, sessions.engine.breaker.engine) == ("sessions", "Redis")
    assert "REDIS_URL" in sessions.advice
