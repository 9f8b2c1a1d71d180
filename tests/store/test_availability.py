"""What cannot be bought looks so to clients that read only stock; what belongs together is found together."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from services.infrastructure.database.database import Database
from tests.buying import Buyer
from utils.clock import now

STOCK = "+variants.inventory_quantity,+variants.unavailable_reason"
SHIRT, LAMP = "aurora/AUR-LS-M", "cascade/CAS-LAMP"


@pytest.fixture
def buyer(client: Any, ids: dict[str, Any]) -> Buyer:
    return Buyer(client, ids)


async def variant(buyer: Buyer, key: str, fields: str = STOCK) -> dict[str, Any]:
    found: dict[str, Any] = (await buyer.get(f"/store/product-variants/{buyer.variant(key)}?{_of(fields)}"))["variant"]
    listed = (await buyer.get(f"/store/products?id={found['product_id']}&fields={fields}"))["products"][0]["variants"]
    (same,) = [one for one in listed if one["id"] == found["id"]]
    one = (await buyer.get(f"/store/products/{found['product_id']}?fields={fields}"))["product"]["variants"]
    (alone,) = [each for each in one if each["id"] == found["id"]]
    names = ("inventory_quantity", "manage_inventory", "allow_backorder", "unavailable_reason")
    shown = {name: found.get(name) for name in names}
    assert shown == {name: same.get(name) for name in names} == {name: alone.get(name) for name in names}
    return shown


def _of(fields: str) -> str:
    return "fields=" + fields.replace("variants.", "")


NOTHING = {"inventory_quantity": 0, "manage_inventory": True, "allow_backorder": False}


async def test_goods_of_a_seller_who_does_not_sell_show_no_stock_and_why(
    buyer: Buyer, database: Database, ids: dict[str, Any]
) -> None:
    before = await variant(buyer, SHIRT)
    assert before["inventory_quantity"] > 0
    assert before["unavailable_reason"] is None
    set_status = text("UPDATE seller SET status = :status WHERE id = :id")
    set_closure = text("UPDATE seller SET closed_from = :start, closed_to = :ends WHERE id = :id")
    seller = {"id": ids["stores"]["aurora"]}

    async def change(statement: Any, **terms: Any) -> None:
        async with database.unit_of_work() as work:
            await work.execute(statement, seller | terms)
            work.touch("sellers")

    try:
        await change(set_status, status="suspended")
        assert await variant(buyer, SHIRT) == NOTHING | {"unavailable_reason": "seller_suspended"}
        await change(set_status, status="open")
        assert await variant(buyer, SHIRT) == before
        await change(set_closure, start=now() - timedelta(days=1), ends=now() + timedelta(days=1))
        assert await variant(buyer, SHIRT) == NOTHING | {"unavailable_reason": "seller_closed"}
        # Time alone begins and ends a closure: pages made before end with it.
        await change(set_closure, start=now() + timedelta(seconds=1.5), ends=now() + timedelta(seconds=3.5))
        assert await variant(buyer, SHIRT) == before
        await asyncio.sleep(1.6)
        assert (await variant(buyer, SHIRT))["unavailable_reason"] == "seller_closed"
        await asyncio.sleep(2.0)
        assert await variant(buyer, SHIRT) == before
    finally:
        await change(set_closure, start=None, ends=None)
        await change(set_status, status="open")


async def test_a_code_that_does_not_apply_is_refused_with_the_reason_where_it_is_typed(buyer: Buyer) -> None:
    cart = await buyer.cart((SHIRT, 1))
    path = f"/store/carts/{cart['id']}"
    refused = await buyer.post(path, {"promo_codes": ["PAST"]}, 400)
    assert (refused["code"], refused["reason"]) == ("promotion_not_applicable", "ended")
    assert refused["message"] == "The promotion code PAST does not apply: it has expired."
    assert (await buyer.get(path))["cart"]["unapplied_promotions"] == []
    # A code for shipping waits for a method, and what the cart holds already is not refused.
    assert (await buyer.post(path, {"promo_codes": ["SHIPFREE"]}))["cart"]["promotions"] == []
    kept = (await buyer.post(f"{path}/promotions", {"promo_codes": ["PAST"]}))["cart"]["unapplied_promotions"]
    assert {entry["code"]: entry["reason"] for entry in kept} == {"SHIPFREE": "nothing", "PAST": "ended"}
    assert (await buyer.post(path, {"promo_codes": ["PAST", "WELCOME10"]}))["cart"]["promotions"] != []


async def test_a_category_lists_what_lies_below_it(buyer: Buyer, database: Database) -> None:
    fields = "id,parent_category_id,*products"
    rows = (await buyer.get(f"/store/product-categories?limit=100&fields={fields}"))["product_categories"]
    below = [row for row in rows if row["parent_category_id"] is not None and row["products"]]
    assert below
    for child in below:
        (parent,) = [row for row in rows if row["id"] == child["parent_category_id"]]
        inside = {product["id"] for product in child["products"]}
        assert inside <= {product["id"] for product in parent["products"]}
        listed = (await buyer.get(f"/store/products?limit=100&fields=id&category_id[0]={parent['id']}"))["products"]
        assert {product["id"] for product in parent["products"]} == {product["id"] for product in listed}


async def test_options_of_one_title_are_shared_and_filter_products(buyer: Buyer) -> None:
    products = (await buyer.get("/store/products?limit=1000&fields=id,options.title,*options.values"))["products"]
    own: dict[str, dict[str, set[str]]] = {}
    carriers: dict[str, set[str]] = {}
    for product in products:
        for option in product["options"]:
            title = option["title"].strip().lower()
            carriers.setdefault(title, set()).add(product["id"])
            for value in option["values"]:
                own.setdefault(title, {}).setdefault(value["value"].strip().lower(), set()).add(product["id"])
    wanted = {title: own[title] for title, found in carriers.items() if len(found) > 1}
    assert wanted
    page = await buyer.get("/store/product-options?is_exclusive=false&fields=*values")
    assert page["count"] == len(page["product_options"]) == len(wanted)
    for option in page["product_options"]:
        values = wanted[option["title"].strip().lower()]
        assert option["is_exclusive"] is False
        assert {value["value"].strip().lower() for value in option["values"]} == values.keys()
        one = (await buyer.get(f"/store/product-options/{option['id']}"))["product_option"]
        assert (one["id"], len(one["values"])) == (option["id"], len(values))
        for value in option["values"]:
            found = await buyer.get(f"/store/products?limit=1000&fields=id&option_value_id[0]={value['id']}")
            assert {product["id"] for product in found["products"]} == values[value["value"].strip().lower()]
    exclusive = (await buyer.get("/store/product-options?limit=1000"))["product_options"]
    assert all(option["is_exclusive"] for option in exclusive)
    assert (await buyer.get("/store/product-options/opt_shared_0123456789abcdef", 404))["type"] == "not_found"
