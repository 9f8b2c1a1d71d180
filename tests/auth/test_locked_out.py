"""Wrong passwords of strangers lock nobody out, guesses stay bounded, and Retry-After is the time that is left."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from services.deps import Deps
from tests.auth.conftest import customer
from tests.auth.test_guessing import guess
from tests.auth.test_mfa import chosen_by_mail, code, secured
from tests.conftest import Client
from tests.people import Person
from utils.config import Settings

DEVICE = "pasar.device"


@pytest.fixture(scope="module")
def settings(settings: Settings) -> Settings:
    return replace(settings, trusted_proxies=1, login_tries_per_address=30)


async def attack(client: Client, email: str, net: int) -> None:
    """Ten wrong passwords of strangers, and one more."""
    client.session.cookie_jar.clear()
    statuses = [await guess(client, email, f"guess {n}", f"10.{net}.0.{n}") for n in range(11)]
    assert statuses == [401] * 10 + [429]


async def test_a_known_device_gets_in_and_has_ten_tries_of_its_own(client: Client) -> None:
    ana = await customer(client, "ana@example.com")
    client.session.cookie_jar.clear()
    reply = await client.post(ana.door, json=ana.credentials(), headers={"x-forwarded-for": "10.1.9.1"})
    device = reply.cookies[DEVICE]
    assert device["httponly"]
    assert (device["path"], device["samesite"]) == ("/auth", "Lax")
    await attack(client, ana.email, 1)
    assert await guess(client, ana.email, ana.password, "10.1.9.9") == 429, "a stranger's place"
    elsewhere = {"x-forwarded-for": "10.1.9.2", "cookie": f"{DEVICE}={device.value}"}
    for _ in range(3):
        client.session.cookie_jar.clear()
        assert (await client.post(ana.door, json=ana.credentials(), headers=elsewhere)).status == 200
    wrong = ana.credentials() | {"password": "wrong"}
    client.session.cookie_jar.clear()
    statuses = [(await client.post(ana.door, json=wrong, headers=elsewhere)).status for _ in range(12)]
    assert statuses == [401] * 10 + [429] * 2


async def test_a_known_network_and_an_open_login_get_in(client: Client) -> None:
    bo = await customer(client, "bo@example.com")
    assert await guess(client, bo.email, bo.password, "10.2.9.1") == 200
    await attack(client, bo.email, 2)
    assert await guess(client, bo.email, bo.password, "10.2.9.1") == 200
    client.session.cookie_jar.clear()
    held = {"x-forwarded-for": "10.2.9.7", "authorization": f"Bearer {bo.token}"}
    assert (await client.post(bo.door, json=bo.credentials(), headers=held)).status == 200


async def test_a_reset_by_mail_lets_the_owner_in_while_strangers_go_on(client: Client, deps: Deps) -> None:
    cy = await customer(client, "cy@example.com")
    await attack(client, cy.email, 3)
    cy.password = "chosen by the owner"
    await chosen_by_mail(cy, deps, 1)
    await attack(client, cy.email, 4)
    assert "token" in await cy.log_in()


async def test_a_full_address_burns_no_account(client: Client) -> None:
    for n in range(30):
        await guess(client, f"nobody{n}@example.com", "a guess of it", "10.5.0.1")
    for _ in range(15):
        assert await guess(client, "dan@example.com", "a guess of it", "10.5.0.1") == 429
    assert await guess(client, "dan@example.com", "a guess of it", "10.5.0.2") == 401


@pytest.mark.parametrize("left", [1, 37, 880])
async def test_retry_after_is_the_time_that_is_left(client: Client, deps: Deps, left: int) -> None:
    email = f"eve{left}@example.com"
    await attack(client, email, 6)
    async with deps.database.unit_of_work() as work:
        # The half second leaves room for a slow machine: it is rounded up.
        ends = timedelta(seconds=left + 0.5)
        await work.execute(text("UPDATE attempt_count SET ends_at = now() + :ends").bindparams(ends=ends))
    body = {"email": email, "password": "x"}
    reply = await client.post("/auth/customer/emailpass", json=body, headers={"x-forwarded-for": "10.6.9.9"})
    said: dict[str, Any] = await reply.json()
    assert reply.status == 429
    assert int(reply.headers["Retry-After"]) in (left, left + 1)
    assert said["retry_after"] == int(reply.headers["Retry-After"])
    assert f"in {said['retry_after']} s" in said["message"]


async def test_wrong_codes_of_strangers_do_not_lock_the_owner_of_the_factor_out(client: Client, deps: Deps) -> None:
    fay, started = await secured(client, "fay@example.com")
    client.session.cookie_jar.clear()

    async def show(person: Person, shown: str, address: str) -> int:
        said = await person.ask("POST", person.door, person.credentials(), authorization="", x_forwarded_for=address)
        path = f"/auth/mfa/challenges/{said['mfa_challenge']['id']}/verify"
        terms = {"authorization": f"Bearer {said['token']}", "x_forwarded_for": address}
        return (await person.send("POST", path, {"method": "totp", "code": shown}, **terms)).status

    assert await show(fay, code(started["secret"], 0), "10.7.9.1") == 200
    client.session.cookie_jar.clear()
    statuses = [await show(fay, "000000", f"10.7.0.{n}") for n in range(11)]
    assert statuses == [401] * 10 + [429]
    assert await show(fay, code(started["secret"], 1), "10.7.9.1") == 200


async def test_registering_tells_as_few_addresses_as_logging_in(client: Client) -> None:
    statuses = []
    for n in range(32):
        body = {"email": f"new{n}@example.com", "password": "correct horse battery"}
        given = {"x-forwarded-for": "10.8.0.1"}
        statuses.append((await client.post("/auth/customer/emailpass/register", json=body, headers=given)).status)
    assert statuses == [200] * 30 + [429] * 2, "that an address is new is told as rarely as that it is taken"
    assert await guess(client, "new31@example.com", "x", "10.8.0.2") == 401
