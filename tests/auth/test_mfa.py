"""Second factors: authenticator apps, recovery codes, and the challenge between password and login."""

import asyncio
from base64 import b32decode
from collections.abc import Awaitable, Callable
from dataclasses import replace
from time import time

import pytest
from sqlalchemy import text

from models.identity import totp
from services.deps import Deps
from services.infrastructure.tokens.tokens import Tokens, secret_of
from tests.auth.conftest import customer, me
from tests.conftest import Client
from tests.people import Json, Person, letters
from utils.config import Settings


def code(secret: str, ahead: int = 0) -> str:
    return totp.code_at(b32decode(secret + "=" * (-len(secret) % 8)), int(time()) // 30 + ahead)


async def secured(client: Client, email: str) -> tuple[Person, Json]:
    """Somebody with an enabled factor; the code of the step before is used up."""
    person = await customer(client, email)
    started = await person.ask("POST", "/auth/mfa/factors", {"provider": "totp", "label": "phone"})
    path = f"/auth/mfa/factors/{started['mfa_factor']['id']}/verify"
    enabled = await person.ask("POST", path, {"code": code(started["secret"], -1)})
    assert enabled["mfa_factor"]["status"] == "enabled"
    return person, started


async def answer(person: Person, said: Json, status: int = 200, **body: str) -> Json:
    path = f"/auth/mfa/challenges/{said['mfa_challenge']['id']}/verify"
    given = {"method": "totp", **body}
    return await person.ask("POST", path, given, status, authorization=f"Bearer {said['token']}")


async def test_a_login_asks_for_the_code_of_an_enabled_factor(client: Client, deps: Deps) -> None:
    ana, started = await secured(client, "ana@example.com")
    said = await ana.log_in()
    assert set(said) == {"mfa_required", "mfa_challenge", "token"}
    assert said["mfa_required"] is True
    assert await me(ana) == 401, "the challenge's token opens nothing"
    assert (await answer(ana, said, 401, code="000000"))["message"] == "Invalid MFA code"
    used = code(started["secret"])
    ana.token = (await answer(ana, said, code=used))["token"]
    assert await me(ana) == 200
    claims = deps.tokens.read(ana.token)
    assert claims is not None
    assert claims.whole["mfa_enabled"] is True
    assert claims.whole["mfa_challenge_completed_at"]
    await answer(ana, said, 401, code=code(started["secret"], 1))
    fresh = await ana.log_in()
    assert (await answer(ana, fresh, 401, code=used))["message"] == "Invalid MFA code"


async def test_a_challenge_takes_five_tries_and_no_other_token(client: Client) -> None:
    bo, started = await secured(client, "bo@example.com")
    said = await bo.log_in()
    other = await bo.log_in()
    assert (await answer(bo, {**said, "token": other["token"]}, 401, code="111111"))["message"] == "Invalid token"
    for _ in range(5):
        assert (await answer(bo, said, 401, code="111111"))["message"] == "Invalid MFA code"
    late = await answer(bo, said, 401, code=code(started["secret"]))
    assert late["message"] == "Invalid token"


async def test_codes_are_not_guessed_over_many_challenges(client: Client) -> None:
    cy, _ = await secured(client, "cy@example.com")
    statuses = []
    for _ in range(3):
        said = await cy.log_in()
        path = f"/auth/mfa/challenges/{said['mfa_challenge']['id']}/verify"
        for _ in range(5):
            body = {"method": "totp", "code": "222222"}
            statuses.append((await cy.send("POST", path, body, authorization=f"Bearer {said['token']}")).status)
    assert statuses == [401] * 10 + [429] * 5


async def test_one_code_opens_one_of_thirty_logins_at_once(client: Client) -> None:
    dan, started = await secured(client, "dan@example.com")
    challenges = [await dan.log_in() for _ in range(8)]
    right = code(started["secret"])
    replies = await asyncio.gather(
        *(
            dan.send(
                "POST",
                f"/auth/mfa/challenges/{said['mfa_challenge']['id']}/verify",
                {"method": "totp", "code": right},
                authorization=f"Bearer {said['token']}",
            )
            for said in challenges
        )
    )
    assert sorted(reply.status for reply in replies) == [200] + [401] * 7


async def test_recovery_codes_count_once_each(client: Client) -> None:
    eva, started = await secured(client, "eva@example.com")
    said = await eva.log_in()
    eva.token = (await answer(eva, said, code=code(started["secret"])))["token"]
    codes = (await eva.ask("POST", "/auth/mfa/recovery-codes", {}))["recovery_codes"]
    assert len(set(codes)) == 10
    for status in (200, 401):
        challenge = await eva.log_in()
        eva.token = (await answer(eva, challenge, status, method="recovery_code", code=codes[0].upper())).get(
            "token", eva.token
        )
    eva.token = (await answer(eva, await eva.log_in(), method="recovery_code", code=codes[1]))["token"]
    fresh = (await eva.ask("POST", "/auth/mfa/recovery-codes", {"count": 3}))["recovery_codes"]
    assert len(fresh) == 3
    await answer(eva, await eva.log_in(), 401, method="recovery_code", code=codes[2])


async def test_a_factor_goes_for_a_code_only_and_is_its_owners(client: Client) -> None:
    fay, started = await secured(client, "fay@example.com")
    path = f"/auth/mfa/factors/{started['mfa_factor']['id']}"
    stranger = await customer(client, "stranger@example.com")
    missing = await stranger.ask("DELETE", path, {}, 404)
    assert missing["message"] == f'MFA factor with id "{started["mfa_factor"]["id"]}" was not found'
    assert (await stranger.ask("POST", f"{path}/verify", {"code": "123456"}, 404))["type"] == "not_found"
    for body in ({}, {"code": "000000"}, {"method": "recovery_code", "code": "abc"}):
        await fay.ask("DELETE", path, body, 401)
    assert (await fay.ask("GET", "/auth/mfa/factors"))["mfa_factors"][0]["status"] == "enabled"
    gone = await fay.ask("DELETE", path, {"method": "totp", "code": code(started["secret"])})
    assert gone["mfa_factor"]["status"] == "disabled"
    assert set(await fay.log_in()) == {"token"}


@pytest.mark.parametrize("given", ["", "12345", "１２３４５６", "000000 ", "9" * 64])
async def test_what_is_no_code_enables_nothing(client: Client, given: str) -> None:
    gil = await customer(client, f"gil{len(given)}{given[:1].isascii()}@example.com")
    started = await gil.ask("POST", "/auth/mfa/factors", {"provider": "totp"})
    reply = await gil.send("POST", f"/auth/mfa/factors/{started['mfa_factor']['id']}/verify", {"code": given})
    assert reply.status in (400, 401)
    assert set(await gil.log_in()) == {"token"}, "a factor that waits asks nobody"


async def test_recovery_codes_want_a_factor(client: Client) -> None:
    hal = await customer(client, "hal@example.com")
    refused = await hal.ask("POST", "/auth/mfa/recovery-codes", {}, 400)
    assert (refused["type"], refused["message"]) == ("not_allowed", "Recovery codes require an enabled MFA factor")


async def test_a_login_that_showed_no_code_makes_no_recovery_codes(client: Client, deps: Deps) -> None:
    jon = await customer(client, "jon@example.com")
    earlier = Person(client, jon.email, token=jon.token)
    await jon.log_in()
    started = await jon.ask("POST", "/auth/mfa/factors", {"provider": "totp"})
    path = f"/auth/mfa/factors/{started['mfa_factor']['id']}"
    await jon.ask("POST", f"{path}/verify", {"code": code(started["secret"], -1)})
    kept = (await jon.ask("POST", "/auth/mfa/recovery-codes", {}))["recovery_codes"]
    refused = await earlier.ask("POST", "/auth/mfa/recovery-codes", {}, 401)
    assert refused["code"] == "mfa_code_required"
    await earlier.ask("POST", "/auth/mfa/recovery-codes", {"code": "000000"}, 401)
    async with deps.database.unit_of_work() as work:
        await work.execute(text("UPDATE login_session SET mfa_completed_at = mfa_completed_at - interval '11 minutes'"))
    await jon.ask("POST", "/auth/mfa/recovery-codes", {}, 401)
    by_code = {"method": "recovery_code", "code": kept[0], "count": 2}
    fresh = (await jon.ask("POST", "/auth/mfa/recovery-codes", by_code))["recovery_codes"]
    await jon.ask("POST", "/auth/mfa/recovery-codes", {**by_code, "code": kept[1]}, 401)
    await jon.ask("POST", "/auth/mfa/recovery-codes", {"code": code(started["secret"])})
    await jon.ask("DELETE", path, {"method": "recovery_code", "code": fresh[0]}, 401)


async def test_codes_are_not_guessed_where_recovery_codes_are_made(client: Client) -> None:
    kim, _ = await secured(client, "kim@example.com")
    statuses = [(await kim.send("POST", "/auth/mfa/recovery-codes", {"code": "000000"})).status for _ in range(12)]
    assert statuses == [401] * 10 + [429] * 2


async def test_of_factors_begun_at_once_one_waits(client: Client) -> None:
    lou = await customer(client, "lou@example.com")
    begun = await asyncio.gather(*(lou.ask("POST", "/auth/mfa/factors", {"provider": "totp"}) for _ in range(6)))
    waiting = [factor["id"] for factor in (await lou.ask("GET", "/auth/mfa/factors"))["mfa_factors"]]
    statuses = {
        one["mfa_factor"]["id"]: (
            await lou.send("POST", f"/auth/mfa/factors/{one['mfa_factor']['id']}/verify", {"code": code(one["secret"])})
        ).status
        for one in begun
    }
    assert len(waiting) == 1
    assert sorted(statuses.values()) == [200] + [404] * 5
    assert statuses[waiting[0]] == 200


async def test_secrets_of_apps_are_not_stored_as_they_are(client: Client, deps: Deps) -> None:
    _, started = await secured(client, "ida@example.com")
    secret = b32decode(started["secret"] + "=" * (-len(started["secret"]) % 8))
    async with deps.database.reading() as work:
        rows = await work.raw.fetch("SELECT sealed_secret FROM mfa_factor")
    assert secret not in [bytes(row["sealed_secret"]) for row in rows]


async def test_logins_and_factors_outlive_a_change_of_the_secret(
    client: Client, deps: Deps, settings: Settings, start_shop: Callable[..., Awaitable[Client]]
) -> None:
    uma, started = await secured(client, "uma@example.com")
    codes = (await uma.ask("POST", "/auth/mfa/recovery-codes", {}))["recovery_codes"]
    newest = "a later secret of the installation, of its own"
    later = await start_shop(replace(settings, auth_secret=newest, auth_former_secrets=(secret_of(settings),)))
    moved = Person(later, uma.email, token=uma.token)
    assert (await moved.whose())["sessions"]
    moved.token = (await answer(moved, await moved.log_in(), code=code(started["secret"])))["token"]
    assert Tokens(newest).read(moved.token) is not None
    await answer(moved, await moved.log_in(), method="recovery_code", code=codes[0])
    async with deps.database.reading() as work:
        query = "SELECT sealed_secret FROM mfa_factor WHERE id = $1"
        sealed = await work.raw.fetchval(query, started["mfa_factor"]["id"])
    plain = b32decode(started["secret"] + "=" * (-len(started["secret"]) % 8))
    assert Tokens(newest).open("totp", started["mfa_factor"]["id"], sealed) == [plain]


async def test_who_registered_with_anothers_address_keeps_nobody_out(client: Client, deps: Deps) -> None:
    squatter, _ = await secured(client, "vera@example.com")
    owner = Person(client, squatter.email, "chosen by the owner")
    await chosen_by_mail(owner, deps, 1)
    assert "mfa_required" not in await owner.log_in()
    # From then on the address is proven, and its owner's own factor stays once a mailed code has confirmed it.
    path = "/auth/mfa/factors"
    started = await owner.ask("POST", path, {"provider": "totp"})
    await owner.ask("POST", f"{path}/{started['mfa_factor']['id']}/verify", {"code": code(started["secret"], -1)})
    await owner.ask("POST", "/auth/verification/request", {"entity_id": owner.email, "entity_type": "email"}, 201)
    while len(mails := letters(deps.settings.data_dir / "outbox", owner.email)) < 2:
        await asyncio.sleep(0.02)
    await owner.ask("POST", "/auth/verification/confirm", {"code": mails[-1]["data"]["token"]})
    await chosen_by_mail(owner, deps, 3)
    assert (await owner.log_in())["mfa_required"] is True


async def chosen_by_mail(owner: Person, deps: Deps, count: int) -> None:
    """The owner of an address has a letter sent, and sets the password with it."""
    await owner.send("POST", f"{owner.door}/reset-password", {"identifier": owner.email}, authorization="")
    while len(mails := letters(deps.settings.data_dir / "outbox", owner.email)) < count:
        await asyncio.sleep(0.02)
    token = f"Bearer {mails[-1]['data']['token']}"
    await owner.ask("POST", f"{owner.door}/update", {"password": owner.password}, authorization=token)
