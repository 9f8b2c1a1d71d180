"""Customers as administrators see and keep them, and their erasure."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import insert, select

from models.schema.identity import auth_actor
from models.schema.seller import member as members
from services.deps import Deps
from services.identity import account as identities
from tests.admin.test_regions import logged
from tests.buying import Buyer, customer_id, member
from tests.conftest import Client
from tests.people import Person, registered
from tests.staff import Worker

CUSTOMERS = "/admin/customers"
HOME = {"first_name": "Ana", "address_1": "Market 1", "city": "Berlin", "country_code": "de", "postal_code": "10115"}


async def account(client: Client, ids: dict[str, Any], email: str) -> tuple[Person, Buyer]:
    person = await registered(client, email)
    buyer = Buyer(client, ids, token=person.token)
    await buyer.post("/store/customers", {"email": email, "first_name": "Ana", "last_name": "Erased"})
    await person.log_in()
    buyer.token = person.token
    return person, buyer


async def test_a_customer_without_an_account_is_made_and_changed(admin: Worker) -> None:
    body = {"email": "Guest@Example.com", "first_name": "Gus", "metadata": {"vip": True}}
    made = (await admin.post(CUSTOMERS, body))["customer"]
    assert (made["email"], made["has_account"], made["groups"], made["addresses"]) == (
        "guest@example.com",
        False,
        [],
        [],
    )
    assert (await admin.post(CUSTOMERS, {"email": "guest@example.com"}, 422))["code"] == "email_taken"
    path = f"{CUSTOMERS}/{made['id']}"
    changed = (await admin.post(path, {"email": "gus@example.com", "phone": "+49", "metadata": None}))["customer"]
    assert (changed["email"], changed["phone"], changed["metadata"]) == ("gus@example.com", "+49", None)
    other = (await admin.post(CUSTOMERS, {"email": "other@example.com"}))["customer"]
    taken = await admin.post(f"{CUSTOMERS}/{other['id']}", {"email": "gus@example.com"}, 422)
    assert taken["code"] == "email_taken"
    entry = (await logged(admin, "customer", made["id"]))[0]
    assert set(entry["after"]) == {"email", "phone", "metadata"}
    assert "example.com" not in str([entry["before"], entry["after"]])


async def test_two_requests_at_once_make_one_guest_of_an_address(admin: Worker) -> None:
    body = {"email": "twice@example.com"}
    replies = await asyncio.gather(*(admin.send("POST", CUSTOMERS, body) for _ in range(4)))
    statuses = sorted(reply.status for reply in replies)
    assert statuses[0] == 200
    assert set(statuses[1:]) <= {409, 422}


async def test_the_address_of_an_account_is_not_changed_for_its_owner(
    client: Client, admin: Worker, ids: dict[str, Any]
) -> None:
    owner_id = await customer_id(await member(client, ids, "fixed@example.com"))
    refused = await admin.post(f"{CUSTOMERS}/{owner_id}", {"email": "new@example.com"}, 400)
    assert refused["code"] == "email_of_account"
    same = await admin.post(f"{CUSTOMERS}/{owner_id}", {"email": "fixed@example.com", "last_name": "F"})
    assert same["customer"]["last_name"] == "F"


async def test_customers_are_found_by_words_address_account_and_group(
    client: Client, admin: Worker, ids: dict[str, Any]
) -> None:
    for email, name in (("wanda@example.com", "Wanda"), ("walt@example.com", "Walt")):
        await admin.post(CUSTOMERS, {"email": email, "first_name": name, "company_name": "Wool 100%"})
    assert (await admin.get(f"{CUSTOMERS}?q=wool%20WALT"))["count"] == 1
    assert (await admin.get(f"{CUSTOMERS}?q=wool%20100%25"))["count"] == 2
    assert (await admin.get(f"{CUSTOMERS}?q=%25"))["count"] == 2
    assert (await admin.get(f"{CUSTOMERS}?email=wanda@example.com"))["count"] == 1
    owner_id = await customer_id(await member(client, ids, "walt@example.com"))
    with_account = await admin.get(f"{CUSTOMERS}?q=walt&has_account=true")
    assert [each["id"] for each in with_account["customers"]] == [owner_id]
    vip = ids["customer_groups"]["VIP"]
    found = (await admin.get(f"{CUSTOMERS}?groups={vip}&fields=email,*groups"))["customers"]
    assert [(each["email"], each["groups"][0]["name"]) for each in found] == [("vip@example.com", "VIP")]


async def test_the_address_book_is_shown(client: Client, admin: Worker, ids: dict[str, Any]) -> None:
    buyer = await member(client, ids, "book@example.com")
    await buyer.post("/store/customers/me/addresses", {**HOME, "is_default_shipping": True})
    owner_id = await customer_id(buyer)
    book = await admin.get(f"{CUSTOMERS}/{owner_id}/addresses")
    assert (book["count"], book["addresses"][0]["city"]) == (1, "Berlin")
    shown = (await admin.get(f"{CUSTOMERS}/{owner_id}"))["customer"]
    assert shown["default_shipping_address_id"] == book["addresses"][0]["id"]
    assert shown["default_billing_address_id"] is None
    await admin.get(f"{CUSTOMERS}/cus_none/addresses", 404)


async def test_an_erased_customer_is_nobody_and_can_come_again(
    client: Client, admin: Worker, ids: dict[str, Any]
) -> None:
    person, buyer = await account(client, ids, "erase-me@example.com")
    await buyer.post("/store/customers/me/addresses", HOME)
    owner_id = await customer_id(buyer)
    cart = await buyer.cart(email="erase-me@example.com", shipping_address=HOME)
    gone = await admin.delete(f"{CUSTOMERS}/{owner_id}")
    assert gone == {"id": owner_id, "object": "customer", "deleted": True}
    await buyer.get("/store/customers/me", status=401)
    await person.log_in(401)
    await admin.get(f"{CUSTOMERS}/{owner_id}", 404)
    assert (await admin.get(f"{CUSTOMERS}?q=erase-me"))["count"] == 0
    left = (await Buyer(client, ids).get(f"/store/carts/{cart['id']}"))["cart"]
    assert (left["email"], left["shipping_address"], left["customer_id"]) == (None, None, None)
    (entry,) = await logged(admin, "customer", owner_id)
    assert (entry["action"], entry["before"], entry["after"]) == ("customer.erase", None, None)
    _, again = await account(client, ids, "erase-me@example.com")
    assert await customer_id(again) != owner_id
    await admin.delete(f"{CUSTOMERS}/{owner_id}", 404)


async def test_who_becomes_a_seller_while_the_customer_is_erased_stays_one(
    client: Client, deps: Deps, admin: Worker, ids: dict[str, Any]
) -> None:
    person, buyer = await account(client, ids, "both@example.com")
    path = f"{CUSTOMERS}/{await customer_id(buyer)}"
    claims = deps.tokens.read(person.token)
    assert claims is not None
    async with deps.database.unit_of_work() as work:
        await work.execute(insert(members), {"id": "mem_both", "email": person.email})
        actor = {"identity_id": claims.identity_id, "actor_type": "seller", "actor_id": "mem_both"}
        await identities.link_actor(work, **actor)
        erasing = asyncio.create_task(admin.delete(path))
        await asyncio.sleep(0.3)
        assert not erasing.done(), "it waits for what becomes of the person"
    await erasing
    async with deps.database.reading() as work:
        left = select(auth_actor.c.actor_type).where(auth_actor.c.auth_identity_id == claims.identity_id)
        assert list((await work.execute(left)).scalars()) == ["seller"]
    person.actor = "seller"
    await person.log_in()


@pytest.mark.parametrize("body", [{}, {"email": "not an address"}, {"email": "a@example.com", "has_account": True}])
async def test_a_customer_that_cannot_be_is_refused(admin: Worker, body: dict[str, Any]) -> None:
    assert (await admin.post(CUSTOMERS, body, 400))["code"] == "invalid_request"


async def test_a_list_takes_as_many_statements_for_one_customer_as_for_many(
    admin: Worker, count_statements: Any
) -> None:
    for number in range(5):
        await admin.post(CUSTOMERS, {"email": f"many-{number}@example.com"})
    counts = []
    for limit in (1, 100):
        with count_statements() as statements:
            await admin.get(f"{CUSTOMERS}?limit={limit}")
        counts.append(len(statements))
    assert counts[0] == counts[1]
