"""Where a seller's money and letters go is changed only by who has just proven to be its owner, who is told of it."""

import asyncio

from sqlalchemy import text

from services.deps import Deps
from tests.conftest import Client
from tests.people import notices
from tests.staff import Worker, administrator, basic, hire, letter_to
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
    client: Client, deps: Deps, sellers: list[str]
) -> None:
    ole = await hire(client, deps, seller_id=sellers[1], email="ole@example.com")
    await aged(deps, ole)
    refused = await ole.post("/vendor/kyc/bank_account", FORMS["bank_account"], status=403)
    assert (refused["code"], refused["renew"]) == ("fresh_proof_required", "/auth/proof")
    await ole.post("/vendor/kyc/tax_id", FORMS["tax_id"])
    fresh = await hire(client, deps, seller_id=sellers[1], email="fresh@example.com")
    await fresh.post("/vendor/kyc/bank_account", FORMS["bank_account"])
    for owner in ("ole@example.com", "fresh@example.com"):
        await told(deps, owner, ["payout_account"])


async def test_the_sellers_address_wants_fresh_proof_and_the_old_one_hears_of_it(
    client: Client, deps: Deps, sellers: list[str]
) -> None:
    una = await hire(client, deps, seller_id=sellers[2], email="una@example.com")
    await una.post("/vendor/sellers/me", {"email": "first@example.com"})
    await aged(deps, una)
    await una.post("/vendor/sellers/me", {"email": "first@example.com", "phone": "+49 30 1"})
    refused = await una.post("/vendor/sellers/me", {"email": "thief@example.com"}, status=403)
    assert refused["code"] == "fresh_proof_required"
    other = await hire(client, deps, seller_id=sellers[2])
    await other.post("/vendor/sellers/me", {"email": "second@example.com"})
    await told(deps, "first@example.com", ["email"])


async def refused(worker: Worker, path: str, body: object = None) -> None:
    said = await worker.post(path, body, status=403)
    assert (said["code"], said["renew"]) == ("fresh_proof_required", "/auth/proof")


async def test_owners_are_made_after_fresh_proof_only_and_who_makes_them_hears_of_it(
    client: Client, deps: Deps, sellers: list[str]
) -> None:
    eva = await hire(client, deps, seller_id=sellers[0], email="eva@example.com")
    made = await eva.post("/vendor/invites", {"email": "partner@example.com", "role": "owner"})
    colleague = await hire(client, deps, seller_id=sellers[0], role="manager")
    await letter_to(deps, "partner@example.com")
    await aged(deps, eva)
    await refused(eva, "/vendor/invites", {"email": "thief@example.com", "role": "owner"})
    await refused(eva, f"/vendor/invites/{made['invite']['id']}/resend")
    await refused(eva, f"/vendor/members/{colleague.actor_id}", {"role": "owner"})
    await eva.post("/vendor/invites", {"email": "help@example.com", "role": "manager"})
    await eva.post(f"/vendor/members/{colleague.actor_id}", {"role": "orders"})
    members = (await eva.get("/vendor/members"))["members"]
    assert next(each["role"] for each in members if each["id"] == colleague.actor_id) == "orders"
    await told(deps, "eva@example.com", ["owner_made"])


async def test_administrators_are_made_after_fresh_proof_only(client: Client, deps: Deps, sellers: list[str]) -> None:
    admin = await administrator(client, deps)
    other = await administrator(client, deps, role="support")
    key = (await admin.post("/admin/api-keys", {"title": "robot", "type": "secret"}))["api_key"]
    await aged(deps, admin)
    for role in ("admin", "support"):
        await refused(admin, "/admin/invites", {"email": f"{role}@example.com", "role": role})
    await refused(admin, f"/admin/users/{other.actor_id}", {"role": "admin"})
    await refused(admin, f"/admin/sellers/{sellers[0]}/invites", {"email": "thief@example.com", "role": "owner"})
    await admin.post(f"/admin/sellers/{sellers[0]}/invites", {"email": "clerk@example.com", "role": "orders"})
    body = {"email": "colleague@example.com", "role": "support"}
    reply = await client.post("/admin/invites", json=body, headers={"authorization": basic(key["token"])})
    assert reply.status == 200, "a key has no login that somebody could find open"


async def test_secret_keys_are_made_and_widened_after_fresh_proof_only(client: Client, deps: Deps) -> None:
    admin = await administrator(client, deps)
    body = {"title": "robot", "type": "secret", "scopes": ["orders:read", "users:read"]}
    key = (await admin.post("/admin/api-keys", body))["api_key"]
    await aged(deps, admin)
    await refused(admin, "/admin/api-keys", body)
    await refused(admin, f"/admin/api-keys/{key['id']}", {"scopes": ["orders:read", "orders:write", "users:read"]})
    await admin.post(f"/admin/api-keys/{key['id']}", {"title": "reader", "scopes": ["orders:read"]})
    await admin.post("/admin/api-keys", {"title": "web", "type": "publishable"})
