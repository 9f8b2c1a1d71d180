"""Keys of the published Store API do what they say, and least values are told."""

from typing import Any

import pytest
from sqlalchemy import select

from models.schema.order import order_transfer
from services.infrastructure.database.database import Database
from tests.buying import Buyer, member
from tests.conftest import Client
from tests.store.test_returns import asked, delivered

SCARF, TOTE = "aurora/AUR-WS", "borneo/BOR-BT-RED"


@pytest.mark.parametrize(("quantity", "least"), [(-1, 0), (-7, 0)])
async def test_a_line_that_is_made_too_small_is_told_the_least(buyer: Buyer, quantity: int, least: int) -> None:
    cart = await buyer.cart((SCARF, 1))
    path = f"/store/carts/{cart['id']}/line-items/{cart['items'][0]['id']}"
    refused = await buyer.post(path, {"quantity": quantity}, 400)
    message = f"Invalid request: Value for field 'quantity' too small, expected at least: '{least}'"
    assert (refused["code"], refused["message"]) == ("invalid_request", message)
    assert (await buyer.post(path, {"quantity": least}))["cart"]["items"] == []


@pytest.mark.parametrize("quantity", [0, -1])
async def test_an_item_that_is_too_small_is_told_the_least(buyer: Buyer, quantity: int) -> None:
    body = {"region_id": buyer.ids["regions"]["Europe"], "items": [{"variant_id": "x", "quantity": quantity}]}
    refused = await buyer.post("/store/carts", body, 400)
    where = "Value for field 'items, 0, quantity' too small, expected at least: '1'"
    assert refused["message"] == f"Invalid request: {where}"


async def test_a_cart_keeps_the_language_of_its_query_unless_its_body_names_one(buyer: Buyer) -> None:
    for body, locale in (({}, "de-DE"), ({"locale": "fr-FR"}, "fr-FR")):
        cart = (await buyer.post("/store/carts?locale=de-DE", body))["cart"]
        assert cart["locale"] == locale
        assert (await buyer.get(f"/store/carts/{cart['id']}?locale=id-ID"))["cart"]["locale"] == locale


async def test_a_carts_currency_is_its_regions(buyer: Buyer) -> None:
    cart = await buyer.cart((SCARF, 1))
    path = f"/store/carts/{cart['id']}"
    assert (await buyer.post(path, {"currency_code": "EUR"}))["cart"]["currency_code"] == "eur"
    refused = await buyer.post(path, {"currency_code": "usd"}, 400)
    assert refused["message"] == "Currency code usd does not match the region's currency code eur"
    body = {"currency_code": "usd", "region_id": buyer.ids["regions"]["United States"]}
    assert (await buyer.post(path, body))["cart"]["currency_code"] == "usd"


async def test_what_is_said_with_a_transfer_is_kept(
    buyer: Buyer, client: Client, ids: dict[str, Any], database: Database
) -> None:
    order = (await buyer.complete((await buyer.ready((SCARF, 1)))["id"]))["order"]
    asker = await member(client, ids, "says-why@example.com")
    body = {"description": "I ordered before I had an account."}
    await asker.post(f"/store/orders/{order['id']}/transfer/request", body)
    async with database.reading() as work:
        kept = select(order_transfer.c.description).where(order_transfer.c.order_id == order["id"])
        assert (await work.execute(kept)).scalars().all() == [body["description"]]


async def test_a_return_goes_to_a_location_of_its_seller(buyer: Buyer, database: Database, ids: dict[str, Any]) -> None:
    order = await delivered(buyer, database, (SCARF, 3))
    made = (await buyer.post("/store/returns", asked(order, ids, (0, 1))))["return"]
    place = made["location_id"]
    again = (await buyer.post("/store/returns", asked(order, ids, (0, 1), location_id=place)))["return"]
    assert again["location_id"] == place
    refused = await buyer.post("/store/returns", asked(order, ids, (0, 1), location_id="sloc_foreign"), 400)
    assert refused["code"] == "return_location_invalid"


async def test_orders_and_addresses_are_found_by_joined_filters(client: Client, ids: dict[str, Any]) -> None:
    fay = await member(client, ids, "joined@example.com")
    orders = [(await fay.complete((await fay.ready((key, 1)))["id"]))["order"]["id"] for key in (SCARF, TOTE)]

    async def found(query: str) -> list[str]:
        return [order["id"] for order in (await fay.get(f"/store/orders?order=created_at&{query}"))["orders"]]

    first, second = orders
    assert await found(f"$or[0][id]={first}&$or[1][id]={second}") == orders
    assert await found(f"$and[0][id]={first}&$and[1][status]=pending") == [first]
    assert await found(f"$and[0][id]={first}&$and[1][status]=canceled") == []
    assert await found("with_deleted=true&locale=de-DE") == orders
    for city in ("Bonn", "Kiel", "Jena"):
        await fay.post("/store/customers/me/addresses", {"city": city, "country_code": "de"})
    page = await fay.get("/store/customers/me/addresses?$or[0][city]=Bonn&$or[1][city]=Jena&order=created_at")
    assert [address["city"] for address in page["addresses"]] == ["Bonn", "Jena"]


LISTS = "collections currencies product-categories product-tags product-types regions return-reasons"


@pytest.mark.parametrize("name", LISTS.split())
async def test_with_deleted_shows_buyers_nothing_more(buyer: Buyer, name: str) -> None:
    plain = await buyer.get(f"/store/{name}")
    assert await buyer.get(f"/store/{name}?with_deleted=true&locale=de-DE") == plain
