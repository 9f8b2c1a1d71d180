"""Logins over time: refreshed, listed, revoked, in every process."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from controllers.http import DEPS as DEPS_KEY
from models.schema.identity import login_session
from services.deps import Deps
from services.infrastructure.database.change_notices import Changes
from tests.auth.conftest import customer, me
from tests.conftest import Client
from tests.middleware.probe import KEY
from tests.people import Person, registered
from utils.clock import now
from utils.config import Settings

MoreShops = Callable[[Settings], Awaitable[Client]]
ORIGIN = "http://localhost:3000"


async def refresh(person: Person, token: str, status: int = 200) -> Any:
    return await person.ask("POST", "/auth/token/refresh", {"refresh_token": token}, status, authorization="")


async def rotated_long_ago(deps: Deps) -> None:
    async with deps.database.unit_of_work() as work:
        await work.execute(update(login_session).values(rotated_at=now() - timedelta(seconds=11)))


async def test_a_client_may_have_short_tokens_and_refresh_them(client: Client, deps: Deps) -> None:
    ana = await customer(client, "ana@example.com")
    said = await ana.log_in(rotating=True)
    assert said["expires_in"] == 900
    claims = deps.tokens.read(said["token"])
    assert claims is not None
    assert claims.whole["exp"] - claims.whole["iat"] == 900
    for _ in range(3):
        said = await refresh(ana, said["refresh_token"])
        ana.token = said["token"]
        assert await me(ana) == 200
    assert (await ana.send("POST", "/auth/token/refresh")).status == 401, "a short token does not refresh itself"


async def test_two_tabs_that_refresh_at_once_stay_logged_in(client: Client, deps: Deps) -> None:
    bo = await customer(client, "bo@example.com")
    first = (await bo.log_in(rotating=True))["refresh_token"]
    replies = await asyncio.gather(*(refresh(bo, first) for _ in range(10)))
    assert len({reply["refresh_token"] for reply in replies}) == 1
    assert (await refresh(bo, replies[0]["refresh_token"]))["token"]


async def test_a_refresh_token_used_again_ends_the_login_for_both(client: Client, deps: Deps) -> None:
    for ago in (0, 1):  # the one before the last, after the grace; an older one, at once
        cy = await customer(client, f"cy{ago}@example.com")
        stolen = (await cy.log_in(rotating=True))["refresh_token"]
        said = await refresh(cy, stolen)
        for _ in range(ago):
            said = await refresh(cy, said["refresh_token"])
        if not ago:
            await rotated_long_ago(deps)
        cy.token = said["token"]
        assert await me(cy) == 200
        assert (await refresh(cy, stolen, 401))["message"] == "Invalid token"
        assert await me(cy) == 401
        await refresh(cy, said["refresh_token"], 401)


@pytest.mark.parametrize("given", ["", "x", "lses_1-0.abc", "lses_1.-", "é", "a.b.c"])
async def test_what_was_never_a_refresh_token_ends_nothing(client: Client, given: str) -> None:
    dan = await customer(client, f"dan{len(given)}{ord((given or 'a')[0])}@example.com", rotating=True)
    await refresh(dan, given, 401)
    session_id = (await dan.whose())["sessions"][0]["id"]
    await refresh(dan, f"{session_id}-0.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", 401)
    assert await me(dan) == 200


async def test_a_storefront_with_one_token_stays_logged_in_for_a_day(client: Client, deps: Deps) -> None:
    eva = await customer(client, "eva@example.com")
    claims = deps.tokens.read(eva.token)
    assert claims is not None
    assert claims.whole["exp"] - claims.whole["iat"] == 24 * 3600
    assert await me(eva) == 200


async def test_a_revocation_counts_for_the_next_request_in_every_process(
    client: Client, settings: Settings, more_shops: MoreShops
) -> None:
    others = [await more_shops(settings) for _ in range(2)]
    for n in range(20):
        fay = await customer(client, f"fay{n}@example.com")
        for other in others:
            assert await me(fay, client=other) == 200
        assert (await fay.send("DELETE", "/auth/session")).status == 200
        assert await me(fay, "POST", client=others[n % 2]) == 401, "a request that writes asks the database"
        assert await me(fay) == 401
        await asyncio.sleep(0.05)
        assert [await me(fay, client=other) for other in others] == [401, 401]


async def test_a_process_that_hears_nothing_asks_the_database(
    client: Client, settings: Settings, more_shops: MoreShops, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def deaf(self: Changes) -> None:
        self.connected.set()
        await asyncio.sleep(0)
        self.connected.clear()
        await asyncio.sleep(3600)

    monkeypatch.setattr(Changes, "listen", deaf)
    other = await more_shops(settings)
    await asyncio.sleep(0.05)
    gil = await customer(client, "gil@example.com")
    assert await me(gil, client=other) == 200
    await gil.send("DELETE", "/auth/session")
    assert await me(gil, client=other) == 401


async def test_people_see_their_logins_and_end_them(client: Client) -> None:
    hal = await customer(client, "hal@example.com")
    other = Person(client, hal.email)
    await other.log_in()
    listed = (await hal.whose())["sessions"]
    assert [login["is_current"] for login in listed].count(True) == 1
    mine = next(login["id"] for login in listed if login["is_current"])
    theirs = next(login["id"] for login in (await other.whose())["sessions"] if login["is_current"])
    assert mine != theirs
    stranger = await registered(client, "stranger@example.com")
    for session_id in (theirs, "lses_unknown"):
        assert (await stranger.ask("DELETE", f"/auth/sessions/{session_id}", status=404))["code"] == "not_found"
    assert (await hal.ask("DELETE", f"/auth/sessions/{theirs}"))["deleted"] is True
    assert (await me(other), await me(hal)) == (401, 200)
    await other.log_in()
    assert (await hal.ask("DELETE", "/auth/sessions"))["revoked"] >= 1
    assert (await me(other), await me(hal)) == (401, 200)


async def cookie_of(person: Person, **headers: str) -> tuple[Any, str]:
    reply = await person.send("POST", "/auth/session", **headers)
    assert reply.status == 200, await reply.text()
    return await reply.json(), reply.headers["Set-Cookie"]


async def test_a_session_cookie_stands_for_the_login(client: Client) -> None:
    ida = await customer(client, "ida@example.com")
    said, cookie = await cookie_of(ida)
    assert set(said["user"]) == set(
        "actor_id actor_type auth_identity_id auth_provider mfa_enabled mfa_challenge_completed_at "
        "app_metadata user_metadata iat exp".split()
    )
    assert cookie.startswith("connect.sid=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    client.session.cookie_jar.clear()
    sent = {"x-publishable-api-key": KEY, "cookie": cookie.partition(";")[0]}
    assert (await client.get("/store/me", headers=sent)).status == 200
    for headers, status in (({}, 200), ({"origin": ORIGIN}, 200), ({"origin": "https://evil.example"}, 401)):
        assert (await client.post("/store/me", headers={**sent, **headers})).status == status
    assert (await client.post("/store/me", headers={**sent, "sec-fetch-site": "cross-site"})).status == 401
    gone = await client.delete("/auth/session", headers=sent)
    assert (gone.status, await gone.json()) == (200, {"success": True})
    assert (await client.get("/store/me", headers=sent)).status == 401
    assert await me(ida) == 401, "who logs out is logged out"


async def test_a_cookie_is_secure_in_production_and_needs_a_login(client: Client, settings: Settings) -> None:
    assert (await client.post("/auth/session")).status == 401
    assert (await client.delete("/auth/session")).status == 200
    jo = await customer(client, "jo@example.com")
    object.__setattr__(client.app[DEPS_KEY].settings, "public_url", "https://shop.example")
    try:
        assert "Secure" in (await cookie_of(jo))[1]
    finally:
        object.__setattr__(client.app[DEPS_KEY].settings, "public_url", "")
        client.session.cookie_jar.clear()


async def test_the_origins_of_the_doors_are_their_own(
    client: Client, settings: Settings, more_shops: MoreShops
) -> None:
    shop = await more_shops(
        replace(settings, auth_cors=("https://login.example",), store_cors=("https://shop.example",))
    )
    for origin, path, allowed in (
        ("https://login.example", "/auth/customer/emailpass", True),
        ("https://shop.example", "/auth/customer/emailpass", False),
        ("https://login.example", "/store/me", False),
        ("https://shop.example", "/store/me", True),
    ):
        asked = {"origin": origin, "access-control-request-method": "POST"}
        reply = await shop.options(path, headers=asked)
        assert (reply.headers.get("Access-Control-Allow-Origin") == origin) is allowed
