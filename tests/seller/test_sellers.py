"""Sellers from the application to the end: what applicants, staff and buyers see of each state."""

import asyncio
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select, update
from yarl import URL

from models.schema.audit import audit_log
from models.schema.seller import member, seller
from models.seller.application import MOST_OPEN
from services.deps import Deps
from tests.buying import Buyer
from tests.conftest import Client
from tests.people import registered
from tests.staff import Worker, hire
from tests.uploads.pictures import jpeg
from tests.verifying import applicant

Json = dict[str, Any]
SHOP: Json = {
    "name": "Kopi Nusantara",
    "description": "Coffee from Gayo.",
    "phone": "+62 21 555",
    "currency_code": "IDR",
    "address": {"address_1": "Jalan Sabang 3", "city": "Jakarta", "postal_code": "10340", "country_code": "ID"},
}


async def set_state(deps: Deps, seller_id: str, status: str) -> None:
    """As a decision would, with no decision made."""
    async with deps.database.unit_of_work() as work:
        await work.execute(update(seller).where(seller.c.id == seller_id).values(status=status))
        work.touch("sellers")


@pytest.fixture
async def buyer(client: Client, ids: Json) -> Buyer:
    return Buyer(client, ids)


async def test_somebody_who_registered_applies_and_owns_a_seller_that_waits(client: Client, deps: Deps) -> None:
    person = await registered(client, "first@example.com", "seller")
    made = await person.ask("POST", "/vendor/sellers", {**SHOP, "first_name": "Ayu"})
    applied = made["seller"]
    assert (applied["status"], applied["handle"], applied["email"]) == (
        "pending",
        "kopi-nusantara",
        "first@example.com",
    )
    assert (applied["currency_code"], applied["address"]["country_code"]) == ("idr", "id")
    await person.log_in()
    mine = await person.ask("GET", "/vendor/sellers")
    assert [(each["id"], each["role"], each["status"]) for each in mine["sellers"]] == [
        (applied["id"], "owner", "pending")
    ]
    assert (await person.ask("GET", "/vendor/sellers/me"))["seller"]["id"] == applied["id"]
    async with deps.database.reading() as work:
        noted = (await work.execute(select(audit_log).where(audit_log.c.entity_id == applied["id"]))).one()
    assert (noted.action, noted.actor_type, noted.actor_id) == ("store.apply", "seller", made["member_id"])


async def test_the_token_of_the_registration_applies_again_as_the_same_member(client: Client) -> None:
    person = await registered(client, "again@example.com", "seller")
    first = await person.ask("POST", "/vendor/sellers", {"name": "Same name"})
    second = await person.ask("POST", "/vendor/sellers", {"name": "Same name"})
    assert first["member_id"] == second["member_id"]
    assert second["seller"]["handle"].startswith("same-name-")


async def test_a_member_has_a_few_applications_open_at_most(client: Client) -> None:
    owner, _ = await applicant(client)
    for _ in range(MOST_OPEN - 1):
        await owner.post("/vendor/sellers", {"name": "More"})
    assert (await owner.post("/vendor/sellers", {"name": "Too many"}, 400))["code"] == "too_many_applications"


async def test_applications_at_once_keep_the_limit_and_one_of_them_gets_the_handle(client: Client) -> None:
    person = await registered(client, "hasty@example.com", "seller")
    first = await person.ask("POST", "/vendor/sellers", {"name": "First"})
    wanted = [{"name": "Hasty", "handle": f"hasty-{n}"} for n in range(6)]
    replies = await asyncio.gather(*(person.send("POST", "/vendor/sellers", body) for body in wanted))
    assert sorted(reply.status for reply in replies) == [200] * (MOST_OPEN - 1) + [400] * (7 - MOST_OPEN)
    people = [await registered(client, f"{n}-same@example.com", "seller") for n in range(4)]
    same = {"name": "Same", "handle": "one-for-all"}
    replies = await asyncio.gather(*(each.send("POST", "/vendor/sellers", same) for each in people))
    assert sorted(reply.status for reply in replies) == [200, 422, 422, 422]
    assert first["seller"]["status"] == "pending"


async def test_one_person_who_applies_twice_at_once_becomes_one_member(client: Client, deps: Deps) -> None:
    person = await registered(client, "twice@example.com", "seller")
    replies = await asyncio.gather(*(person.send("POST", "/vendor/sellers", {"name": "Twice"}) for _ in range(4)))
    assert {reply.status for reply in replies} <= {200, 400, 409}
    made = [(await reply.json())["member_id"] for reply in replies if reply.status == 200]
    assert made
    assert len(set(made)) == 1
    async with deps.database.reading() as work:
        found = select(member.c.id).where(member.c.email == "twice@example.com")
        assert (await work.execute(found)).scalars().all() == made[:1]


async def test_only_sellers_apply(client: Client) -> None:
    for actor in ("customer", "affiliate", "user"):
        person = await registered(client, f"{actor}-applies@example.com", actor)
        await person.ask("POST", "/vendor/sellers", {"name": "No"}, 401)
    await Worker(client, "").post("/vendor/sellers", {"name": "No"}, 401)


@pytest.mark.parametrize(
    ("said", "status", "code"),
    [
        ({"handle": "aurora"}, 422, "handle_taken"),
        ({"handle": "me"}, 400, "handle_reserved"),
        ({"address": {"country_code": "zz"}}, 400, "country_unknown"),
        ({"currency_code": "zzz"}, 404, "currency_not_found"),
        ({"handle": "Not A Handle"}, 400, None),
        ({"name": "   "}, 400, None),
        ({"status": "open"}, 400, None),
        ({"commission_rate": 0}, 400, None),
    ],
)
async def test_an_application_that_cannot_be_is_refused(
    client: Client, said: Json, status: int, code: str | None
) -> None:
    person = await registered(client, f"{uuid4().hex}@example.com", "seller")
    refused = await person.ask("POST", "/vendor/sellers", {"name": "Some", **said}, status)
    assert code is None or refused["code"] == code
    await person.log_in()
    await person.ask("GET", "/vendor/sellers", None, 401)  # nothing was made, no member either


async def test_an_application_sent_twice_under_one_key_is_one(client: Client) -> None:
    owner, _ = await applicant(client)
    sent = [await owner.post("/vendor/sellers", {"name": "Once"}, 200, idempotency_key="k-1") for _ in range(2)]
    assert sent[0] == sent[1]
    assert (await owner.get("/vendor/sellers"))["count"] == 2


async def test_particulars_change_and_what_is_not_said_stays(
    client: Client, deps: Deps, sellers: list[str], buyer: Buyer
) -> None:
    owner = await hire(client, deps, seller_id=sellers[0], role="manager")
    before = (await owner.get("/vendor/sellers/me"))["seller"]
    after = (await owner.post("/vendor/sellers/me", {"description": "New words", "phone": "+49 30 1"}))["seller"]
    assert (after["description"], after["phone"], after["name"]) == ("New words", "+49 30 1", before["name"])
    assert after["address"] == before["address"]
    assert (await buyer.get(f"/store/sellers/{sellers[0]}"))["seller"]["description"] == "New words"


@pytest.mark.parametrize("name", ["status", "commission_rate", "id", "opened_at", "status_reason", "closed_to"])
async def test_staff_cannot_set_what_the_platform_decides(owner: Worker, name: str) -> None:
    await owner.post("/vendor/sellers/me", {name: "open"}, 400)


async def test_a_handle_is_the_applicants_until_the_seller_was_approved(client: Client, owner: Worker) -> None:
    assert (await owner.post("/vendor/sellers/me", {"handle": "other-name"}, 400))["code"] == "handle_fixed"
    waiting, _ = await applicant(client)
    assert (await waiting.post("/vendor/sellers/me", {"handle": "aurora"}, 422))["code"] == "handle_taken"
    assert (await waiting.post("/vendor/sellers/me", {"handle": "waits-now"}))["seller"]["handle"] == "waits-now"


async def test_a_role_without_the_grant_does_not_change_the_seller(
    client: Client, deps: Deps, sellers: list[str]
) -> None:
    support = await hire(client, deps, seller_id=sellers[0], role="support")
    manager = await hire(client, deps, seller_id=sellers[0], role="manager")
    assert (await support.get("/vendor/sellers/me"))["seller"]["id"] == sellers[0]
    assert (await support.post("/vendor/sellers/me", {"name": "Mine"}, 403))["code"] == "forbidden"
    assert (await manager.post("/vendor/sellers/me/close", None, 403))["code"] == "forbidden"


async def test_a_logo_is_an_upload_of_the_seller(
    client: Client, deps: Deps, owner: Worker, other_owner: Worker
) -> None:
    image = {"filename": "a.jpg", "mime_type": "image/jpeg", "size": 1000}
    pending = (await owner.post("/vendor/uploads", image))["upload"]["id"]
    foreign = (await other_owner.post("/vendor/uploads", image))["upload"]["id"]
    for wrong in (pending, foreign, "upl_none", "https://example.com/x.png"):
        assert (await owner.post("/vendor/sellers/me", {"logo": wrong}, 400))["code"] == "logo_invalid"
    assert (await owner.post("/vendor/sellers/me", {"logo": None}))["seller"]["logo"] is None


async def test_a_logo_that_was_uploaded_is_shown_to_buyers(
    client: Client, owner: Worker, buyer: Buyer, sellers: list[str]
) -> None:
    content = jpeg()
    asked = {"filename": "logo.jpg", "mime_type": "image/jpeg", "size": len(content)}
    begun = await owner.post("/vendor/uploads", asked)
    sent = await client.put(URL(begun["grant"]["url"]).relative(), data=content, headers=begun["grant"]["headers"])
    assert sent.status == 200
    ready = (await owner.post(f"/vendor/uploads/{begun['upload']['id']}/confirm"))["upload"]
    await owner.post("/vendor/sellers/me", {"logo": ready["id"]})
    assert (await buyer.get(f"/store/sellers/{sellers[0]}"))["seller"]["logo"] == ready["url"]
    assert (await owner.delete(f"/vendor/uploads/{ready['id']}", 409))["code"] == "upload_is_logo"
    await owner.post("/vendor/sellers/me", {"logo": None})
    await owner.delete(f"/vendor/uploads/{ready['id']}")


async def test_sellers_of_others_are_not_there(client: Client, deps: Deps, sellers: list[str], owner: Worker) -> None:
    for method, path in (("GET", "me"), ("POST", "me"), ("POST", "me/close"), ("DELETE", "me/closure")):
        foreign = await owner.ask(
            method, f"/vendor/sellers/{path}", {} if method == "POST" else None, 404, x_seller_id=sellers[1]
        )
        assert foreign["code"] == "seller_not_found"


@pytest.mark.parametrize("status", ["pending", "rejected", "closed"])
async def test_a_seller_that_is_not_listed_shows_and_sells_nothing(
    deps: Deps, sellers: list[str], buyer: Buyer, status: str
) -> None:
    cart = await buyer.ready(("aurora/AUR-LS-S", 1))
    product = (await buyer.get("/store/products?handle=linen-shirt"))["products"][0]["id"]
    await set_state(deps, sellers[0], status)
    try:
        assert sellers[0] not in [each["id"] for each in (await buyer.get("/store/sellers"))["sellers"]]
        await buyer.get(f"/store/sellers/{sellers[0]}", 404)
        assert (await buyer.get("/store/products?handle=linen-shirt"))["count"] == 0
        await buyer.get(f"/store/products/{product}", 404)
        line = {"variant_id": buyer.variant("aurora/AUR-LS-S"), "quantity": 1}
        refused = await buyer.post(f"/store/carts/{cart['id']}/line-items", line, 400)
        assert refused["code"] == "variant_not_available"
        assert (await buyer.refused(cart["id"]))["code"] == "variant_not_available"
    finally:
        await set_state(deps, sellers[0], "open")


async def test_a_closed_seller_comes_back_and_its_orders_go_on(
    client: Client, deps: Deps, sellers: list[str], buyer: Buyer
) -> None:
    owner = await hire(client, deps, seller_id=sellers[0])
    cart = await buyer.ready(("aurora/AUR-LS-S", 1))
    order = (await buyer.complete(cart["id"]))["order"]
    assert (await owner.post("/vendor/sellers/me/close"))["seller"]["status"] == "closed"
    assert (await owner.post("/vendor/sellers/me/close", None, 409))["code"] == "store_state_conflict"
    assert (await owner.post("/vendor/sellers/me", {"name": "X"}, 403))["code"] == "store_state_forbids"
    assert (await buyer.get(f"/store/orders/{order['id']}"))["order"]["status"] == order["status"]
    assert (await owner.post("/vendor/sellers/me/reopen"))["seller"]["status"] == "open"
    assert (await buyer.get(f"/store/sellers/{sellers[0]}"))["seller"]["status"] == "open"


async def test_a_suspended_seller_cannot_open_itself(client: Client, deps: Deps, sellers: list[str]) -> None:
    owner = await hire(client, deps, seller_id=sellers[0])
    await set_state(deps, sellers[0], "suspended")
    try:
        for path in ("reopen", "close", "resubmit"):
            refused = await owner.post(f"/vendor/sellers/me/{path}", None, 409)
            assert (refused["code"], refused["status"]) == ("store_state_conflict", "suspended")
    finally:
        await set_state(deps, sellers[0], "open")


async def test_the_list_of_own_sellers_takes_the_same_statements_for_one_and_for_many(
    client: Client, count_statements: Any
) -> None:
    owner, _ = await applicant(client)
    alone = replace(owner)
    with count_statements() as one:
        await alone.get("/vendor/sellers")
    for _ in range(MOST_OPEN - 1):
        await owner.post("/vendor/sellers", {"name": "More"})
    await owner.get("/vendor/sellers")
    with count_statements() as many:
        assert (await owner.get("/vendor/sellers"))["count"] == MOST_OPEN
    assert len(many) <= len(one)


async def test_a_handle_stays_once_the_seller_is_open_whoever_is_faster(client: Client, deps: Deps) -> None:
    person = await registered(client, "in-time@example.com", "seller")
    made = (await person.ask("POST", "/vendor/sellers", {**SHOP, "handle": "before"}))["seller"]
    await person.log_in()
    async with deps.database.unit_of_work() as work:
        await work.execute(update(seller).where(seller.c.id == made["id"]).values(status="open"))
        late = asyncio.create_task(person.send("POST", "/vendor/sellers/me", {"handle": "after"}))
        await asyncio.sleep(0.3)
        assert not late.done(), "it waits for the decision"
    assert (await late).status == 400
    assert (await person.ask("GET", "/vendor/sellers/me"))["seller"]["handle"] == "before"
