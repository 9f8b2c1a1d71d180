"""Administrators invite to the staff of sellers: the first owner of one that was imported, or one more."""

from typing import Any

from sqlalchemy import select

from models.schema.audit import audit_log
from services.deps import Deps
from tests.conftest import Client
from tests.people import registered
from tests.staff import Worker, administrator, letter_to

Json = dict[str, Any]


def path(seller_id: str) -> str:
    return f"/admin/sellers/{seller_id}/invites"


async def test_a_seller_without_staff_gets_its_first_owner(
    client: Client, deps: Deps, admin: Worker, sellers: list[str]
) -> None:
    assert (await admin.get(f"/admin/sellers/{sellers[2]}"))["seller"]["members"] == []
    made = (await admin.post(path(sellers[2]), {"email": "First@example.com", "role": "owner"}))["invite"]
    assert (made["seller_id"], made["email"], made["role"]) == (sellers[2], "first@example.com", "owner")
    assert (await admin.get(path(sellers[2])))["invites"] == [made]
    first = await registered(client, "first@example.com", "seller")
    token = await letter_to(deps, first.email)
    joined = await first.ask("POST", "/vendor/invites/accept", {"token": token})
    assert (joined["seller_id"], joined["member"]["sellers"][0]["role"]) == (sellers[2], "owner")
    await first.log_in()
    assert (await first.ask("GET", "/vendor/sellers/me"))["seller"]["id"] == sellers[2]
    # The seller's own log tells its new owner who let them in.
    log = (await first.ask("GET", "/vendor/audit-log"))["audit_log"]
    assert (log[-1]["action"], log[-1]["after"]) == ("invite.create", {"email": first.email, "role": "owner"}), log
    assert (await admin.post(path(sellers[2]), {"email": first.email, "role": "orders"}, 422))[
        "code"
    ] == "already_member"


async def test_invites_to_a_seller_are_sent_again_and_revoked(
    client: Client, deps: Deps, admin: Worker, owner: Worker, sellers: list[str]
) -> None:
    said = {"email": "twice@example.com", "role": "manager"}
    made = (await admin.post(path(sellers[0]), said))["invite"]
    assert (await admin.post(path(sellers[0]), said, 422))["code"] == "invite_exists"
    assert made["id"] in [each["id"] for each in (await owner.get("/vendor/invites"))["invites"]]
    one = f"{path(sellers[0])}/{made['id']}"
    await letter_to(deps, "twice@example.com")
    await admin.post(f"{one}/resend")
    token = await letter_to(deps, "twice@example.com", 2)
    await admin.delete(one)
    invited = await registered(client, "twice@example.com", "seller")
    assert (await invited.ask("POST", "/vendor/invites/accept", {"token": token}, 400))["code"] == "invite_invalid"
    await admin.post(f"{one}/resend", None, 404)
    async with deps.database.reading() as work:
        actions = select(audit_log.c.action).where(audit_log.c.entity_id == made["id"]).order_by(audit_log.c.id)
        assert list((await work.execute(actions)).scalars()) == ["invite.create", "invite.resend", "invite.delete"]


async def test_an_invite_is_reached_through_its_own_seller_only(admin: Worker, sellers: list[str]) -> None:
    made = (await admin.post(path(sellers[0]), {"email": "mine@example.com", "role": "orders"}))["invite"]
    ours = (await admin.post("/admin/invites", {"email": "ours@example.com"}))["invite"]
    for seller_id, invite_id in ((sellers[1], made["id"]), (sellers[0], ours["id"]), ("sel_none", made["id"])):
        await admin.delete(f"{path(seller_id)}/{invite_id}", 404)
    await admin.delete(f"/admin/invites/{made['id']}", 404)
    assert (await admin.get(path("sel_none"), 404))["message"] == "Seller with id: sel_none was not found"
    assert made["id"] not in [each["id"] for each in (await admin.get("/admin/invites"))["invites"]]


async def test_who_may_not_change_sellers_invites_nobody_to_them(
    client: Client, deps: Deps, sellers: list[str]
) -> None:
    support = await administrator(client, deps, role="support")
    await support.get(path(sellers[0]))
    await support.post(path(sellers[0]), {"email": "friend@example.com", "role": "owner"}, 403)


async def test_an_administrator_who_is_removed_leaves_no_invite_to_a_seller_open(
    client: Client, deps: Deps, admin: Worker, sellers: list[str]
) -> None:
    leaving = await administrator(client, deps)
    await leaving.post(path(sellers[1]), {"email": "back@example.com", "role": "owner"})
    token = await letter_to(deps, "back@example.com")
    await admin.delete(f"/admin/users/{leaving.actor_id}")
    back = await registered(client, "back@example.com", "seller")
    assert (await back.ask("POST", "/vendor/invites/accept", {"token": token}, 400))["code"] == "invite_invalid"
