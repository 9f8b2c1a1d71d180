"""Customers over HTTP: the account, the profile and the address book; one customer never sees another's."""

from collections.abc import Callable
from typing import Any

from tests.buying import Buyer, customer_id, member
from tests.conftest import Client
from tests.people import registered

HOME = {
    "first_name": "Ana",
    "last_name": "Buyer",
    "address_1": "1 Market Street",
    "city": "Berlin",
    "country_code": "DE",
    "postal_code": "10115",
    "phone": "+49301234",
    "address_name": "Home",
}
ME, BOOK = "/store/customers/me", "/store/customers/me/addresses"
STARTER = {"fields": "*orders"}


async def test_an_account_is_made_of_a_registration_token_once(client: Client, ids: dict[str, Any]) -> None:
    person = await registered(client, "first@example.com")
    buyer = Buyer(client, ids, token=person.token)
    await buyer.get(ME, status=401)
    made = (await buyer.post("/store/customers", {"email": "First@Example.com", "first_name": "Fay"}))["customer"]
    assert made["id"].startswith("cus_")
    assert (made["email"], made["first_name"], made["has_account"], made["addresses"]) == (
        "first@example.com",
        "Fay",
        True,
        [],
    )
    assert "orders" not in made
    again = await buyer.post("/store/customers", {"email": "first@example.com"}, 422)
    assert (again["type"], again["message"]) == ("duplicate_error", "Customer with this email already has an account")
    await person.log_in()
    buyer.token = person.token
    assert (await buyer.get(ME))["customer"]["id"] == made["id"]
    already = await buyer.post("/store/customers", {"email": "first@example.com"}, 400)
    assert already["message"] == "Request already authenticated as a customer."


async def test_an_account_is_of_the_address_that_was_registered(client: Client, ids: dict[str, Any]) -> None:
    person = await registered(client, "mine@example.com")
    buyer = Buyer(client, ids, token=person.token)
    refused = await buyer.post("/store/customers", {"email": "yours@example.com"}, 400)
    assert refused["code"] == "customer_email_mismatch"
    unknown = await buyer.post("/store/customers", {"email": "mine@example.com", "password": "x"}, 400)
    assert unknown["message"] == "Invalid request: Unrecognized fields: 'password'"


async def test_without_a_login_there_is_nothing_to_see(buyer: Buyer) -> None:
    for method, path, body in (
        ("GET", ME, None),
        ("POST", ME, {}),
        ("GET", BOOK, None),
        ("POST", BOOK, HOME),
        ("GET", f"{BOOK}/cuaddr_1", None),
        ("POST", f"{BOOK}/cuaddr_1", {}),
        ("DELETE", f"{BOOK}/cuaddr_1", None),
        ("GET", "/store/orders", None),
        ("POST", "/store/customers", {"email": "a@example.com"}),
    ):
        assert (await buyer.ask(method, path, body, 401))["message"] == "Unauthorized"


async def test_a_profile_changes_by_what_is_said_and_the_address_of_the_account_stays(
    client: Client, ids: dict[str, Any]
) -> None:
    ana = await member(client, ids, "profile@example.com", first_name="Ana", phone="1")
    changed = (await ana.post(ME, {"last_name": "Lace", "phone": None, "metadata": {"a": 1}}))["customer"]
    assert (changed["first_name"], changed["last_name"], changed["phone"]) == ("Ana", "Lace", None)
    assert changed["metadata"] == {"a": 1}
    refused = await ana.post(ME, {"email": "other@example.com"}, 400)
    assert refused["message"] == "Invalid request: Unrecognized fields: 'email'"
    only = (await ana.get(ME + "?fields=id,email"))["customer"]
    assert set(only) == {"id", "email"}


async def test_an_address_book_keeps_one_default_of_each_kind(client: Client, ids: dict[str, Any]) -> None:
    ana = await member(client, ids, "book@example.com")
    first = (await ana.post(BOOK, {**HOME, "is_default_shipping": True, "is_default_billing": True}))["customer"]
    assert first["addresses"][0]["country_code"] == "de"
    second = (await ana.post(BOOK, {**HOME, "address_name": "Work", "is_default_shipping": True}))["customer"]
    flags = {a["address_name"]: (a["is_default_shipping"], a["is_default_billing"]) for a in second["addresses"]}
    assert flags == {"Home": (False, True), "Work": (True, False)}
    home, work = (a["id"] for a in second["addresses"])
    changed = (await ana.post(f"{BOOK}/{home}", {"city": "Potsdam", "is_default_shipping": True}))["customer"]
    assert [(a["city"], a["is_default_shipping"]) for a in changed["addresses"]] == [
        ("Potsdam", True),
        ("Berlin", False),
    ]
    assert (await ana.get(f"{BOOK}/{work}"))["address"]["address_name"] == "Work"
    page = await ana.get(f"{BOOK}?city=Potsdam")
    assert ([a["id"] for a in page["addresses"]], page["count"], page["limit"]) == ([home], 1, 50)
    gone = await ana.ask("DELETE", f"{BOOK}/{home}")
    assert (gone["id"], gone["object"], gone["deleted"]) == (home, "address", True)
    assert [a["id"] for a in gone["parent"]["addresses"]] == [work]
    refused = await ana.post(BOOK, {**HOME, "zip": "1"}, 400)
    assert refused["message"] == "Invalid request: Unrecognized fields: 'zip'"


async def test_anothers_address_is_missing_as_an_unknown_one_is(client: Client, ids: dict[str, Any]) -> None:
    ana, bob = await member(client, ids, "owner@example.com"), await member(client, ids, "other@example.com")
    address = (await ana.post(BOOK, HOME))["customer"]["addresses"][0]["id"]
    for method, body in (("GET", None), ("POST", {"city": "Bonn"}), ("DELETE", None)):
        foreign = await bob.ask(method, f"{BOOK}/{address}", body, 404)
        missing = await bob.ask(method, f"{BOOK}/cuaddr_missing", body, 404)
        assert foreign["message"] == f"Address with id: {address} was not found"
        assert {**foreign, "id": "", "message": "", "request_id": ""} == {
            **missing,
            "id": "",
            "message": "",
            "request_id": "",
        }
    assert (await ana.get(f"{BOOK}/{address}"))["address"]["city"] == "Berlin"
    assert (await bob.get(ME))["customer"]["addresses"] == []


async def test_orders_stand_beside_the_customer_when_asked_for(client: Client, ids: dict[str, Any]) -> None:
    ana = await member(client, ids, "orders@example.com")
    cart = await ana.ready(("aurora/AUR-WS", 1))
    order = (await ana.complete(cart["id"]))["order"]
    shown = (await ana.get(ME + "?fields=*orders"))["customer"]
    assert [(o["id"], o["total"], o["status"]) for o in shown["orders"]] == [(order["id"], order["total"], "pending")]
    assert "addresses" in shown
    assert order["customer_id" if "customer_id" in order else "id"]
    assert await customer_id(ana) == shown["id"]


async def test_reading_oneself_is_one_statement_and_two_with_orders(
    client: Client, ids: dict[str, Any], count_statements: Callable[[], Any]
) -> None:
    ana = await member(client, ids, "count@example.com")
    for path, wanted in ((ME, 1), (ME + "?fields=*orders", 2), (BOOK, 1)):
        await ana.get(path)
        with count_statements() as statements:
            await ana.get(path)
        assert len(statements) == wanted, statements
