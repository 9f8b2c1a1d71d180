"""Forgotten passwords and verified addresses: tokens for one use, and answers that tell nobody anything."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import pytest
from sqlalchemy import select, text

from models.schema.base import metadata
from services.deps import Deps
from services.infrastructure.tokens.passwords import Passwords
from tests.auth.conftest import customer, me
from tests.conftest import Client
from tests.people import Json, Person, letters, registered
from tests.waiting import lag, within
from utils.config import Settings

HASHES_IN_EARNEST = True
FRESH = "a whole new password"


@pytest.fixture
def mails(settings: Settings) -> Callable[..., Awaitable[list[Json]]]:
    """`await mails(address, 2)`: the mails of an address, once there are so many."""

    async def wait(to: str, count: int = 1) -> list[Json]:
        for _ in range(100):
            found = letters(Path(settings.data_dir) / "outbox", to)
            if len(found) >= count:
                return found
            await asyncio.sleep(0.05)
        raise AssertionError(f"{to} got {len(letters(Path(settings.data_dir) / 'outbox', to))} mails, not {count}")

    return wait


async def forget(person: Person) -> Any:
    return await person.send("POST", f"{person.door}/reset-password", {"identifier": person.email}, authorization="")


async def change(person: Person, token: str, password: str = FRESH) -> Any:
    return await person.send("POST", f"{person.door}/update", {"password": password}, authorization=f"Bearer {token}")


async def test_a_forgotten_password_is_replaced_and_all_logins_end(client: Client, mails: Any) -> None:
    ana = await customer(client, "ana@example.com")
    reply = await forget(ana)
    assert (reply.status, await reply.text(), reply.content_type) == (201, "Created", "text/plain")
    token = (await mails(ana.email))[0]["data"]["token"]
    done = await change(ana, token)
    assert (done.status, await done.json()) == (200, {"success": True})
    assert await me(ana) == 401
    assert (await ana.log_in(401))["message"] == "Invalid email or password"
    ana.password = FRESH
    await ana.log_in()
    assert await me(ana) == 200


async def test_a_reset_token_works_once_of_thirty_at_once(client: Client, mails: Any) -> None:
    bo = await customer(client, "bo@example.com")
    await forget(bo)
    await forget(bo)
    first, second = [mail["data"]["token"] for mail in await mails(bo.email, 2)]
    replies = await asyncio.gather(*(change(bo, first, f"password number {n}") for n in range(30)))
    assert sorted(reply.status for reply in replies) == [200] + [401] * 29
    assert (await change(bo, first)).status == 401
    assert (await change(bo, second)).status == 401, "other reset tokens end with the first"
    winner = next(n for n, reply in enumerate(replies) if reply.status == 200)
    bo.password = f"password number {winner}"
    await bo.log_in()


async def test_who_logs_in_while_the_password_changes_is_logged_out_with_the_others(client: Client, mails: Any) -> None:
    ivy = await customer(client, "ivy@example.com")
    for n in range(3):
        await forget(ivy)
        token = (await mails(ivy.email, n + 1))[-1]["data"]["token"]
        old = [Person(client, ivy.email, ivy.password) for _ in range(6)]
        replies = await asyncio.gather(
            *(p.send("POST", p.door, p.credentials()) for p in old), change(ivy, token, f"new password {n}")
        )
        assert replies[-1].status == 200
        for person, reply in zip(old, replies[:-1], strict=True):
            person.token = (await reply.json()).get("token", "") or "none"
            assert await me(person) == 401
        ivy.password = f"new password {n}"
        await ivy.log_in()


async def test_a_new_password_is_as_good_as_the_first(client: Client, mails: Any) -> None:
    person = await registered(client, "weak-again@example.com")
    await forget(person)
    token = (await mails(person.email))[0]["data"]["token"]
    for weak in ("short", "password123", person.email, person.email.upper()):
        assert (await (await change(person, token, weak)).json())["code"] == "password_weak"
    assert (await change(person, token)).status == 200, "the token is still good"


async def test_only_a_reset_token_changes_a_password(client: Client, deps: Deps, mails: Any) -> None:
    cy = await customer(client, "cy@example.com")
    await forget(cy)
    token = (await mails(cy.email))[0]["data"]["token"]
    row_id = token.partition(".")[0]
    other_use = deps.tokens.of_row("verification", row_id)
    for wrong in ("", cy.token, row_id, f"{row_id}.", token[:-1], token + "A", token.swapcase(), other_use, "é.é"):
        reply = await change(cy, wrong)
        assert (reply.status, (await reply.json())["message"]) == (401, "Invalid token")
    assert (await change(cy, token, "short")).status == 400
    async with deps.database.unit_of_work() as work:
        await work.execute(text("UPDATE auth_token SET expires_at = now() WHERE id = :id"), {"id": row_id})
    assert (await change(cy, token)).status == 401


async def test_known_and_unknown_addresses_answer_alike(client: Client, deps: Deps, settings: Settings) -> None:
    dan = await registered(client, "dan@example.com")
    nobody = Person(client, "nobody@example.com")
    heads = []
    for person in (dan, nobody):
        for reply in (
            await forget(person),
            await Person(client, person.email, "wrong one").send(
                "POST", dan.door, {"email": person.email, "password": "wrong one"}
            ),
        ):
            names = {
                name: value for name, value in reply.headers.items() if name.lower() not in ("x-request-id", "date")
            }
            heads.append((reply.status, reply.reason, names, await reply.read()))
    assert heads[:2] == heads[2:]
    await asyncio.sleep(0.5)
    assert letters(Path(settings.data_dir) / "outbox", nobody.email) == []


@pytest.mark.timed
async def test_a_wrong_password_takes_as_long_for_nobody_as_for_somebody(client: Client, deps: Deps) -> None:
    eva = await registered(client, "eva@example.com")

    async def seconds(email: str) -> float:
        started = perf_counter()
        await Person(client, email, "not the one").log_in(401)
        took = perf_counter() - started
        async with deps.database.unit_of_work() as work:
            await work.execute(text("DELETE FROM attempt_count"))
        return took

    known, unknown = [], []
    for n in range(40):
        known.append(await seconds(eva.email))
        unknown.append(await seconds(f"nobody{n}@example.com"))
    assert 0.7 < median(known) / median(unknown) < 1.4


async def test_no_token_is_logged_or_stored(
    client: Client, deps: Deps, mails: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    gil = await customer(client, "gil@example.com", rotating=True)
    refresh = (await gil.log_in(rotating=True))["refresh_token"]
    await forget(gil)
    secrets = [gil.token, refresh, (await mails(gil.email))[0]["data"]["token"], gil.password]
    async with deps.database.reading() as work:
        tables = "auth_identity provider_identity auth_actor login_session auth_token outbox idempotency_key".split()
        stored = ""
        for table in tables:
            stored += str([tuple(row) for row in await work.execute(select(metadata.tables[table]))])
    for secret in secrets:
        assert secret not in stored
        assert secret not in caplog.text
        assert secret.rpartition(".")[2] not in stored
    assert "$argon2id$v=19$m=19456,t=2,p=1$" in stored


async def test_an_address_is_verified_by_its_code_once(client: Client, mails: Any) -> None:
    hal = await registered(client, "hal@example.com")
    body = {"entity_id": "Hal@example.com", "entity_type": "email"}
    asked = await hal.ask("POST", "/auth/verification/request", body, 201)
    assert asked["verification"]["verified_at"] is None
    code = (await mails(hal.email))[0]["data"]["token"]
    replies = await asyncio.gather(
        *(hal.send("POST", "/auth/verification/confirm", {"code": code}, authorization="") for _ in range(10))
    )
    assert sorted(reply.status for reply in replies) == [200] + [400] * 9
    again = await hal.ask("POST", "/auth/verification/confirm", {"code": code}, 400)
    assert again["message"] == "Verification code is invalid or already used"
    assert (await hal.ask("POST", "/auth/verification/request", body, 201))["verification"]["verified_at"]
    stranger = await registered(client, "stranger@example.com")
    for entity in (hal.email, "nobody@example.com"):
        terms = {"entity_id": entity, "entity_type": "email"}
        assert (await stranger.ask("POST", "/auth/verification/request", terms, 404))["code"] == "not_found"
    assert (await client.post("/auth/verification/request", json=body)).status == 401
    wanting = await hal.ask("POST", "/auth/verification/request", {}, 400)
    assert wanting["message"] == "Invalid request: Field 'entity_id' is required; Field 'entity_type' is required"


@pytest.mark.timed
async def test_hashing_does_not_hold_up_the_loop() -> None:
    passwords = Passwords()
    known = await passwords.hash("something long")

    async def storm() -> None:
        await asyncio.gather(*(passwords.check("something else", known) for _ in range(60)))

    await within(0.1, lambda: lag(storm(), 0.99))
    await passwords.close()
