"""Guessing: no account gives more tries than it may, from however many addresses and over however many processes."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from services.deps import Deps
from tests.conftest import Client
from tests.people import Person, registered
from tests.waiting import lag, within
from utils.config import Settings

HASHES_IN_EARNEST = True
MoreShops = Callable[[Settings], Awaitable[Client]]


@pytest.fixture(scope="module")
def settings(settings: Settings) -> Settings:
    """Behind one proxy, so that a test may come from many addresses."""
    return replace(settings, trusted_proxies=1, login_tries=5, login_tries_per_address=20)


async def guess(client: Client, email: str, password: str, address: str) -> int:
    headers = {"x-forwarded-for": address}
    body = {"email": email, "password": password}
    reply = await client.post("/auth/customer/emailpass", json=body, headers=headers)
    return reply.status


async def test_an_account_gives_five_tries_to_a_thousand_addresses_and_two_processes(
    client: Client, settings: Settings, more_shops: MoreShops
) -> None:
    ana = await registered(client, "ana@example.com")
    shops = [client, await more_shops(settings)]
    statuses: list[int] = []
    for start in range(0, 1000, 50):
        statuses += await asyncio.gather(
            *(
                guess(
                    shops[n % 2],
                    ("ana@example.com", "nobody@example.com")[n // 2 % 2],
                    f"guess {n}",
                    f"10.0.{n // 250}.{n % 250}",
                )
                for n in range(start, start + 50)
            )
        )
    assert (statuses.count(401), statuses.count(429)) == (10, 990), "five for somebody, five for nobody"
    assert await guess(client, ana.email, ana.password, "10.9.9.9") == 429, "nor does the right one tell"
    restarted = await more_shops(settings)
    assert await guess(restarted, ana.email, "another", "10.9.9.8") == 429


async def test_an_address_may_fail_so_often_and_no_more(client: Client) -> None:
    statuses = [await guess(client, f"somebody{n}@example.com", "a guess of it", "10.1.1.1") for n in range(25)]
    assert statuses == [401] * 20 + [429] * 5
    assert await guess(client, "somebody99@example.com", "a guess of it", "10.1.1.2") == 401


async def test_the_addresses_of_one_ipv6_connection_are_one(client: Client) -> None:
    forms = ("2001:db8:7:7::{:x}", "2001:db8:7:7:{:x}::1", "2001:0DB8:7:7:0:{:x}:0:2")
    statuses = [
        await guess(client, f"six{n}@example.com", "a guess of it", forms[n % 3].format(n + 1)) for n in range(25)
    ]
    assert statuses == [401] * 20 + [429] * 5
    assert await guess(client, "six99@example.com", "a guess of it", "2001:db8:7:8::1") == 401


async def test_who_knows_the_password_is_not_counted(client: Client, deps: Deps) -> None:
    bo = Person(client, "bo@example.com")
    await bo.register()
    for _ in range(12):
        assert await guess(client, bo.email, bo.password, "10.2.2.2") == 200
    refused = await client.post("/auth/customer/emailpass", json={"email": "ana@example.com", "password": "x"})
    assert refused.status == 429
    assert int(refused.headers["Retry-After"]) > 0


async def test_tries_come_back_when_their_time_is_over(client: Client, deps: Deps) -> None:
    cy = Person(client, "cy@example.com")
    await cy.register()
    for _ in range(6):
        await guess(client, cy.email, "wrong password", "10.3.3.3")
    assert await guess(client, cy.email, cy.password, "10.3.3.3") == 429
    async with deps.database.unit_of_work() as work:
        await work.execute(text("UPDATE attempt_count SET ends_at = now()"))
    assert await guess(client, cy.email, cy.password, "10.3.3.3") == 200


async def test_registering_is_no_way_around(client: Client) -> None:
    dan = Person(client, "dan@example.com")
    await dan.register()
    statuses: list[Any] = []
    for n in range(8):
        body = {"email": dan.email, "password": f"a longer guess {n}"}
        headers = {"x-forwarded-for": f"10.4.4.{n}"}
        statuses.append((await client.post(f"{dan.door}/register", json=body, headers=headers)).status)
    assert statuses == [401] * 5 + [429] * 3


async def test_mails_are_asked_for_as_often_as_one_likes_and_sent_three_times(client: Client, deps: Deps) -> None:
    body = {"identifier": "bo@example.com"}
    for n in range(8):
        headers = {"x-forwarded-for": f"10.5.5.{n}"}
        reply = await client.post("/auth/customer/emailpass/reset-password", json=body, headers=headers)
        assert (reply.status, await reply.text()) == (201, "Created")
    async with deps.database.reading() as work:
        found = await work.execute(text("SELECT count(*) AS n FROM outbox WHERE topic = 'auth.password_reset'"))
        assert found.scalar_one() == 3


@pytest.mark.timed
async def test_a_storm_of_logins_does_not_hold_others_up(client: Client) -> None:
    tries = itertools.count()

    async def storm() -> None:
        round_ = next(tries)
        names = [f"storm{round_}-{n}@example.com" for n in range(100)]
        found = [guess(client, name, "a guess", f"10.6.{n}.{round_}") for n, name in enumerate(names)]
        assert set(await asyncio.gather(*found)) == {401}

    await within(0.1, lambda: lag(storm(), 0.99))
