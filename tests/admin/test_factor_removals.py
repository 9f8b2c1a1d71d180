"""A second factor is taken away by two administrators, and by none alone."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text

from services.deps import Deps
from tests.auth.test_mfa import code
from tests.conftest import Client
from tests.people import Person, notices, registered
from tests.staff import Worker, administrator

PATH = "/admin/factor-removals"


@pytest.fixture(scope="module")
async def two(client: Client, deps: Deps) -> list[Worker]:
    return [await administrator(client, deps) for _ in range(2)]


async def locked_out(client: Client, email: str) -> tuple[Person, dict[str, Any]]:
    """A customer with a factor, and what asks for its removal."""
    person = await registered(client, email)
    made = await person.ask("POST", "/store/customers", {"email": email}, x_publishable_api_key="pk_world_web")
    await person.log_in()
    started = await person.ask("POST", "/auth/mfa/factors", {"provider": "totp"})
    shown = {"code": code(started["secret"], 0)}
    await person.ask("POST", f"/auth/mfa/factors/{started['mfa_factor']['id']}/verify", shown)
    return person, {"actor_type": "customer", "actor_id": made["customer"]["id"], "reason": "phone was lost"}


async def test_one_asks_and_another_approves(client: Client, deps: Deps, two: list[Worker]) -> None:
    person, wish = await locked_out(client, "ana@example.com")
    first, second = two
    asked = (await first.post(PATH, wish))["factor_removal"]
    assert (asked["status"], asked["requested_by"]) == ("requested", first.actor_id)
    assert (await first.post(f"{PATH}/{asked['id']}/approve", status=403))["code"] == "second_person_needed"
    assert (await person.log_in())["mfa_required"] is True
    done = (await second.post(f"{PATH}/{asked['id']}/approve"))["factor_removal"]
    assert (done["status"], done["decided_by"]) == ("approved", second.actor_id)
    assert set(await person.log_in()) == {"token"}
    assert (await second.post(f"{PATH}/{asked['id']}/approve", status=409))["code"] == "factor_removal_closed"
    assert (await second.post(PATH, wish, status=409))["code"] == "mfa_factor_missing"
    wanted = ["factor_added", "factor_removal_requested", "factor_removed"]
    for _ in range(200):
        if (told := notices(deps.settings.data_dir / "outbox", person.email)) == wanted:
            break
        await asyncio.sleep(0.03)
    assert told == wanted
    assert [each["id"] for each in (await first.get(PATH))["factor_removals"]] == [asked["id"]]


async def test_a_rejected_and_an_old_request_do_nothing(client: Client, deps: Deps, two: list[Worker]) -> None:
    person, wish = await locked_out(client, "bo@example.com")
    first, second = two
    asked = (await first.post(PATH, wish))["factor_removal"]["id"]
    assert (await first.post(f"{PATH}/{asked}/reject"))["factor_removal"]["status"] == "rejected"
    await second.post(f"{PATH}/{asked}/approve", status=409)
    asked = (await first.post(PATH, wish))["factor_removal"]["id"]
    async with deps.database.unit_of_work() as work:
        await work.execute(text("UPDATE factor_removal SET expires_at = now()"))
    assert (await second.post(f"{PATH}/{asked}/approve", status=409))["status"] == "expired"
    assert (await person.log_in())["mfa_required"] is True


async def test_support_and_stale_logins_may_not(client: Client, deps: Deps, two: list[Worker]) -> None:
    _, wish = await locked_out(client, "cy@example.com")
    helper = await administrator(client, deps, role="support")
    await helper.post(PATH, wish, status=403)
    await two[0].post(PATH, wish | {"actor_id": "cus_none"}, status=404)
    async with deps.database.unit_of_work() as work:
        await work.execute(text("UPDATE login_session SET created_at = created_at - interval '11 minutes'"))
    assert (await two[0].post(PATH, wish, status=403))["code"] == "fresh_proof_required"
