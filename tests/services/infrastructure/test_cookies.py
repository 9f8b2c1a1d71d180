"""One contract for every place where session cookies are kept; Redis takes part when REDIS_URL says where it runs."""

import asyncio
import os
from collections.abc import AsyncIterator
from datetime import timedelta
from secrets import token_urlsafe

import pytest
from aiohttp.test_utils import unused_port
from sqlalchemy import insert

from models.identity.session import Visitor
from models.schema.identity import auth_identity
from services.deps import Deps
from services.identity import session
from services.infrastructure.sessions.redis import PREFIX, RedisCookies
from services.infrastructure.sessions.slot import CookieStore, PostgresCookies, SessionsAway
from utils.clock import now
from utils.ids import new_id

HOUR = timedelta(hours=1)
needs_server = pytest.mark.services


@pytest.fixture(params=["postgres", pytest.param("redis", marks=needs_server)])
async def cookies(request: pytest.FixtureRequest, deps: Deps) -> AsyncIterator[CookieStore]:
    kept = PostgresCookies(deps.database) if request.param == "postgres" else RedisCookies(os.environ["REDIS_URL"])
    yield kept
    await kept.close()


@pytest.fixture
async def login(deps: Deps) -> str:
    """The id of a login."""
    identity_id = new_id("authid")
    async with deps.database.unit_of_work() as work:
        await work.execute(insert(auth_identity).values(id=identity_id))
        held = await session.create(
            work,
            deps.settings,
            identity_id=identity_id,
            actor_type="customer",
            provider="emailpass",
            rotating=False,
            visitor=Visitor(address="192.0.2.1", user_agent="test"),
        )
    return held.session_id


async def test_a_value_stands_for_its_login_until_it_is_dropped(cookies: CookieStore, login: str) -> None:
    value, other = token_urlsafe(), token_urlsafe()
    await cookies.put(value, login, now() + HOUR)
    await cookies.put(other, login, now() + HOUR)
    assert await cookies.get(value) == login
    await cookies.drop(value)
    assert await cookies.get(value) is None
    assert await cookies.get(other) == login


async def test_a_value_ends_by_itself(cookies: CookieStore, login: str) -> None:
    value = token_urlsafe()
    await cookies.put(value, login, now() + timedelta(seconds=0.5))
    assert await cookies.get(value) == login
    await asyncio.sleep(0.6)
    assert await cookies.get(value) is None


async def test_a_value_that_has_ended_already_stands_for_nothing(cookies: CookieStore, login: str) -> None:
    value = token_urlsafe()
    await cookies.put(value, login, now() - HOUR)
    assert await cookies.get(value) is None


@pytest.mark.parametrize("value", ["", "x", "\x00", "*", "a b\r\nDEL x", "é" * 2000])
async def test_what_was_never_put_stands_for_nothing(cookies: CookieStore, value: str) -> None:
    assert await cookies.get(value) is None
    await cookies.drop(value)


async def test_another_process_finds_what_one_has_put(cookies: CookieStore, deps: Deps, login: str) -> None:
    value = token_urlsafe()
    await cookies.put(value, login, now() + HOUR)
    other: CookieStore = (
        RedisCookies(os.environ["REDIS_URL"]) if isinstance(cookies, RedisCookies) else PostgresCookies(deps.database)
    )
    assert await other.get(value) == login
    await other.close()


@needs_server
async def test_redis_keeps_no_value_that_could_be_used(login: str) -> None:
    """Only hashes, and nothing for ever."""
    kept, value = RedisCookies(os.environ["REDIS_URL"]), token_urlsafe()
    await kept.put(value, login, now() + HOUR)
    for key in [key async for key in kept.client.scan_iter(PREFIX + b"*", count=1000)]:
        assert value.encode() not in key
        assert await kept.client.pttl(key) != -1  # -1: for ever
    await kept.close()


@needs_server
async def test_a_connection_that_redis_closed_is_opened_again(login: str) -> None:
    kept, value = RedisCookies(os.environ["REDIS_URL"]), token_urlsafe()
    await kept.put(value, login, now() + HOUR)
    other = RedisCookies(os.environ["REDIS_URL"])
    await other.client.client_kill_filter(_id=str(await kept.client.client_id()))
    assert await kept.get(value) == login
    await other.close()
    await kept.close()


async def test_a_redis_that_is_away_is_said_within_seconds(login: str) -> None:
    kept = RedisCookies(f"redis://127.0.0.1:{unused_port()}/0")
    async with asyncio.timeout(5):
        for asked in (kept.put("value", login, now() + HOUR), kept.get("value"), kept.drop("value"), kept.ping()):
            with pytest.raises(SessionsAway):
                await asked
    await kept.close()
