"""Where a store's money and letters go is changed only by who has just proven to be its owner, who is told of it."""

import asyncio

from sqlalchemy import text

from services.deps import Deps
from tests.conftest import Client
from tests.people import notices
from tests.staff import Worker, hire
from tests.verifying import FORMS


async def aged(deps: Deps, worker: Worker) -> None:
    """The worker's logins were made 11 minutes ago."""
    async with deps.database.unit_of_work() as work:
        old = text(
            "UPDATE login_session SET created_at = created_at - interval '11 minutes' WHERE auth_identity_id = :who"
        )
        await work.execute(old.bindparams(who=worker.identity_id))


async def told(deps: Deps, email: str, wanted: list[str]) -> None:
    found: list[str] = []
    for _ in range(200):
        if (found := notices(deps.settings.data_dir / "outbox", email)) == wanted:
            return
        await asyncio.sleep(0.03)
    assert found == wanted


async def test_a_payout_account_wants_fresh_proof_and_its_owners_hear_of_it(
    client: Client, deps: Deps, stores: list[str]
) -> None:
    ole = await hire(client, deps, store_id=stores[1], email="ole@example.com")
    await aged(deps, ole)
    refused = await ole.post("/vendor/kyc/bank_account", FORMS["bank_account"], status=403)
    assert (refused["code"], refused["renew"]) == ("fresh_proof_required", "/auth/proof")
    await ole.post("/vendor/kyc/tax_id", FORMS["tax_id"])
    fresh = await hire(client, deps, store_id=stores[1], email="fresh@example.com")
    await fresh.post("/vendor/kyc/bank_account", FORMS["bank_account"])
    for owner in ("ole@example.com", "fresh@example.com"):
        await told(deps, owner, ["payout_account"])


async def test_the_stores_address_wants_fresh_proof_and_the_old_one_hears_of_it(
    client: Client, deps: Deps, stores: list[str]
) -> None:
    una = await hire(client, deps, store_id=stores[2], email="una@example.com")
    await una.post("/vendor/sellers/me", {"email": "first@example.com"})
    await aged(deps, una)
    await una.post("/vendor/sellers/me", {"email": "first@example.com", "phone": "+49 30 1"})
    refused = await una.post("/vendor/sellers/me", {"email": "thief@example.com"}, status=403)
    assert refused["code"] == "fresh_proof_required"
    other = await hire(client, deps, store_id=stores[2])
    await other.post("/vendor/sellers/me", {"email": "second@example.com"})
    await told(deps, "first@example.com", ["email"])
