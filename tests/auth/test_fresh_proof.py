"""What opens an account is changed after fresh proof only; its owner is told, and a mailed reset is the way back."""

import asyncio
from datetime import timedelta
from typing import Any

from sqlalchemy import text

from services.deps import Deps
from tests.auth.conftest import customer
from tests.auth.test_mfa import chosen_by_mail, code, secured
from tests.conftest import Client
from tests.people import Person, notices

FACTORS = "/auth/mfa/factors"


async def age(deps: Deps, minutes: int = 11) -> None:
    """All logins were made, and proven, so long ago."""
    async with deps.database.unit_of_work() as work:
        await work.execute(
            text(
                "UPDATE login_session SET created_at = created_at - :ago, proven_at = proven_at - :ago,"
                " mfa_completed_at = mfa_completed_at - :ago"
            ).bindparams(ago=timedelta(minutes=minutes))
        )


async def told(deps: Deps, email: str, wanted: list[str]) -> None:
    for _ in range(200):
        if (found := notices(deps.settings.data_dir / "outbox", email)) == wanted:
            return
        await asyncio.sleep(0.03)
    assert found == wanted


async def refused(person: Person, method: str, path: str, body: Any) -> None:
    said = await person.ask(method, path, body, 403)
    assert (said["code"], said["within_seconds"], said["renew"]) == ("fresh_proof_required", 600, "/auth/proof")


async def test_a_factor_is_added_after_fresh_proof_only_and_its_owner_hears_of_it(client: Client, deps: Deps) -> None:
    ana = await customer(client, "ana@example.com")
    started = await ana.ask("POST", FACTORS, {"provider": "totp"})
    path = f"{FACTORS}/{started['mfa_factor']['id']}"
    await age(deps)
    await refused(ana, "POST", FACTORS, {"provider": "totp"})
    await refused(ana, "POST", f"{path}/verify", {"code": code(started["secret"], 0)})
    assert (await ana.ask("POST", "/auth/proof", {"password": "not the one"}, 401))["code"] == "credentials_invalid"
    assert (await ana.ask("POST", "/auth/proof", {}, 400))["code"] == "proof_missing"
    await refused(ana, "POST", FACTORS, {"provider": "totp"})
    assert (await ana.ask("POST", "/auth/proof", {"password": ana.password}))["proof"]["valid_until"]
    await ana.ask("POST", f"{path}/verify", {"code": code(started["secret"], 0)})
    await ana.ask("POST", "/auth/mfa/recovery-codes", {})
    await told(deps, ana.email, ["factor_added", "recovery_codes"])
    await ana.ask("DELETE", path, {"code": code(started["secret"], 1)})
    await told(deps, ana.email, ["factor_added", "recovery_codes", "factor_removed"])


async def test_who_has_a_factor_proves_it_by_a_code(client: Client, deps: Deps) -> None:
    bo, started = await secured(client, "bo@example.com")
    await age(deps)
    said = await bo.ask("POST", "/auth/proof", {"password": bo.password}, 401)
    assert said["code"] == "mfa_code_required"
    await bo.ask("POST", "/auth/proof", {"code": "000000"}, 401)
    await bo.ask("POST", "/auth/proof", {"code": code(started["secret"], 1)})
    await bo.ask("POST", "/auth/mfa/recovery-codes", {})


async def test_passwords_are_not_guessed_where_proof_is_shown(client: Client) -> None:
    cy = await customer(client, "cy@example.com")
    statuses = [(await cy.send("POST", "/auth/proof", {"password": f"guess {n}"})).status for n in range(12)]
    assert statuses == [401] * 10 + [429] * 2
    assert "token" in await cy.log_in(), "nor is the owner locked out by it"


async def test_a_reset_by_mail_ends_a_factor_that_a_thief_of_the_login_has_added(client: Client, deps: Deps) -> None:
    owner = await customer(client, "dora@example.com")
    await chosen_by_mail(owner, deps, 1)
    await owner.log_in()
    thief = Person(client, owner.email, token=owner.token)
    started = await thief.ask("POST", FACTORS, {"provider": "totp"})
    await thief.ask("POST", f"{FACTORS}/{started['mfa_factor']['id']}/verify", {"code": code(started["secret"], 0)})
    await thief.ask("POST", "/auth/mfa/recovery-codes", {})
    assert (await owner.log_in())["mfa_required"] is True
    await chosen_by_mail(owner, deps, 2)
    assert set(await owner.log_in()) == {"token"}
    assert (await owner.ask("GET", FACTORS))["mfa_factors"] == []
    await told(deps, owner.email, ["password", "factor_added", "recovery_codes", "password"])
