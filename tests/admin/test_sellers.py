"""Sellers for administrators: applications and decisions, and what comes of them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy import select

from models.schema.audit import audit_log
from models.schema.seller import member, seller_member
from services.deps import Deps
from tests.buying import Buyer
from tests.conftest import Client
from tests.people import letters
from tests.staff import Worker, administrator
from tests.verifying import applicant, submit_all, verify_all
from utils.config import Settings

Json = dict[str, Any]
OUTBOX = "outbox"


@pytest.fixture
async def buyer(client: Client, ids: Json) -> Buyer:
    return Buyer(client, ids)


@asynccontextmanager
async def suspended(admin: Worker, seller_id: str) -> AsyncIterator[None]:
    await admin.post(f"/admin/sellers/{seller_id}/suspend", {"reason": "Counterfeits"})
    try:
        yield
    finally:
        await admin.post(f"/admin/sellers/{seller_id}/unsuspend")


async def mail_of(deps: Deps, worker: Worker) -> str:
    async with deps.database.reading() as work:
        found = await work.execute(select(member.c.email).where(member.c.id == worker.actor_id))
        return str(found.scalar_one())


async def actions(deps: Deps, seller_id: str) -> list[str]:
    asked = select(audit_log.c.action).where(audit_log.c.entity_id == seller_id).order_by(audit_log.c.id)
    async with deps.database.reading() as work:
        return list((await work.execute(asked)).scalars())


async def test_a_seller_opens_once_everything_is_verified(
    client: Client, deps: Deps, admin: Worker, buyer: Buyer
) -> None:
    owner, seller_id = await applicant(client, name="Fresh store")
    refused = await admin.post(f"/admin/sellers/{seller_id}/approve", None, 409)
    assert (refused["code"], len(refused["missing"])) == ("kyc_incomplete", 6)
    await submit_all(deps, owner)
    await admin.post(f"/admin/sellers/{seller_id}/approve", None, 409)
    await buyer.get(f"/store/sellers/{seller_id}", 404)
    await verify_all(admin, seller_id)
    opened = (await admin.post(f"/admin/sellers/{seller_id}/approve"))["seller"]
    assert (opened["status"], opened["kyc_missing"]) == ("open", [])
    assert opened["opened_at"] == opened["status_changed_at"]
    assert (await buyer.get(f"/store/sellers/{seller_id}"))["seller"]["name"] == "Fresh store"
    assert (await admin.post(f"/admin/sellers/{seller_id}/approve", None, 409))["code"] == "store_state_conflict"
    assert await actions(deps, seller_id) == ["store.apply", "store.approve"]


async def test_an_application_that_was_turned_down_is_submitted_again(
    client: Client, deps: Deps, admin: Worker
) -> None:
    owner, seller_id = await applicant(client)
    await admin.post(f"/admin/sellers/{seller_id}/reject", {}, 400)
    await admin.post(f"/admin/sellers/{seller_id}/reject", {"reason": "No such address"})
    mine = (await owner.get("/vendor/sellers/me"))["seller"]
    assert (mine["status"], mine["status_reason"]) == ("rejected", "No such address")
    again = (await owner.post("/vendor/sellers/me/resubmit"))["seller"]
    assert (again["status"], again["status_reason"]) == ("pending", None)
    assert await actions(deps, seller_id) == ["store.apply", "store.reject", "store.resubmit"]


async def test_a_suspended_seller_is_listed_and_sells_nothing_and_its_orders_go_on(
    admin: Worker, buyer: Buyer, sellers: list[str]
) -> None:
    order = (await buyer.complete((await buyer.ready(("aurora/AUR-LS-S", 1)))["id"]))["order"]
    cart = await buyer.ready(("aurora/AUR-LS-S", 1))
    line = {"variant_id": buyer.variant("aurora/AUR-LS-S"), "quantity": 1}
    async with suspended(admin, sellers[0]):
        assert (await buyer.get(f"/store/sellers/{sellers[0]}"))["seller"]["status"] == "suspended"
        assert (await buyer.get("/store/products?handle=linen-shirt"))["count"] == 1
        refused = await buyer.post(f"/store/carts/{cart['id']}/line-items", line, 400)
        assert refused["code"] == "store_closed"
        assert (await buyer.refused(cart["id"]))["code"] == "store_closed"
        assert (await buyer.get(f"/store/orders/{order['id']}"))["order"]["id"] == order["id"]
    await buyer.post(f"/store/carts/{cart['id']}/line-items", line)


async def test_owners_are_written_to_about_decisions(
    client: Client, deps: Deps, admin: Worker, settings: Settings
) -> None:
    owner, seller_id = await applicant(client, name="Mailed")
    await submit_all(deps, owner)
    await admin.post(f"/admin/sellers/{seller_id}/kyc/tax_id/reject", {"reason": "Blurred"})
    await admin.post(f"/admin/sellers/{seller_id}/reject", {"reason": "Incomplete"})
    await owner.post("/vendor/sellers/me/resubmit")
    await submit_all(deps, owner)
    await verify_all(admin, seller_id)
    await admin.post(f"/admin/sellers/{seller_id}/approve")
    async with suspended(admin, seller_id):
        pass
    address = await mail_of(deps, owner)
    wanted = {"kyc-rejected", "store-reject", "store-approve", "store-suspend", "store-unsuspend"}

    def found() -> dict[str, str]:
        return {mail["template"]: mail["text"] for mail in letters(settings.data_dir / OUTBOX, address)}

    for _ in range(200):
        if set(found()) == wanted:
            break
        await asyncio.sleep(0.05)
    assert set(found()) == wanted
    assert "Mailed" in found()["store-approve"]
    assert "Counterfeits" in found()["store-suspend"]
    assert "Blurred" in found()["kyc-rejected"]


async def test_decisions_have_their_states(admin: Worker, sellers: list[str]) -> None:
    for action, body in (("approve", None), ("reject", {"reason": "x"}), ("unsuspend", None)):
        refused = await admin.post(f"/admin/sellers/{sellers[1]}/{action}", body, 409)
        assert (refused["code"], refused["status"]) == ("store_state_conflict", "open")
    for action in ("approve", "reject", "suspend", "unsuspend"):
        body = {"reason": "x"} if action in ("reject", "suspend") else None
        await admin.post(f"/admin/sellers/sel_none/{action}", body, 404)


async def test_the_list_finds_sellers_by_state_words_and_time(
    client: Client, admin: Worker, sellers: list[str]
) -> None:
    _, waiting = await applicant(client, name="Zebra goods", email="zebra@example.com")
    listed = await admin.get("/admin/sellers?status=pending&q=zebra")
    assert [each["id"] for each in listed["sellers"]] == [waiting]
    assert (await admin.get("/admin/sellers?q=zebra@example.com"))["count"] == 1
    newest = (await admin.get("/admin/sellers?limit=1"))["sellers"]
    assert [each["id"] for each in newest] == [waiting]
    made = newest[0]["created_at"]
    assert (await admin.get(f"/admin/sellers?created_at[$gt]={made}&q=zebra"))["count"] <= 1
    both = await admin.get("/admin/sellers?status=open&status=suspended&order=name")
    names = [each["name"] for each in both["sellers"]]
    assert names == sorted(names)
    assert set(sellers) <= {each["id"] for each in both["sellers"]}


async def test_a_seller_is_shown_with_its_staff(client: Client, admin: Worker, deps: Deps) -> None:
    owner, seller_id = await applicant(client)
    shown = (await admin.get(f"/admin/sellers/{seller_id}"))["seller"]
    assert [(each["id"], each["role"]) for each in shown["members"]] == [(owner.actor_id, "owner")]
    async with deps.database.reading() as work:
        held = select(seller_member.c.member_id).where(seller_member.c.seller_id == seller_id)
        assert (await work.execute(held)).scalar_one() == owner.actor_id
    await admin.get("/admin/sellers/sel_none", 404)


async def test_the_platform_sets_commission_and_handle(admin: Worker, deps: Deps, sellers: list[str]) -> None:
    path = f"/admin/sellers/{sellers[2]}"
    before = (await admin.get(path))["seller"]
    changed = (await admin.post(path, {"commission_rate": 7.125, "handle": "renamed"}))["seller"]
    assert (changed["commission_rate"], changed["handle"], changed["name"]) == (7.125, "renamed", before["name"])
    async with deps.database.reading() as work:
        last = select(audit_log).where(audit_log.c.entity_id == sellers[2]).order_by(audit_log.c.id.desc()).limit(1)
        noted = (await work.execute(last)).one()
    assert set(noted.after) == {"commission_rate", "handle"}
    assert noted.before["handle"] == before["handle"]
    assert (await admin.post(path, {"handle": "aurora"}, 422))["code"] == "handle_taken"
    for wrong in ({"commission_rate": 101}, {"commission_rate": -1}, {"status": "closed"}, {"commission_rate": "9"}):
        await admin.post(path, wrong, 400)


async def test_support_looks_and_does_not_decide(client: Client, deps: Deps, sellers: list[str], owner: Worker) -> None:
    support = await administrator(client, deps, role="support")
    path = f"/admin/sellers/{sellers[0]}"
    await support.get("/admin/sellers")
    await support.get(f"{path}/kyc")
    for action in ("approve", "unsuspend", "kyc/tax_id/verify", "kyc/tax_id/reveal"):
        assert (await support.post(f"{path}/{action}", None, 403))["code"] == "forbidden"
    await support.post(f"{path}/suspend", {"reason": "x"}, 403)
    await owner.get("/admin/sellers", 401)
    await owner.post(f"{path}/suspend", {"reason": "x"}, 401)
