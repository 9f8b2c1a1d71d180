"""No payment starts for a cart that could not be completed; the refusal names the lines by their titles."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import text

from services.infrastructure.database.database import Database
from tests.buying import Buyer

TEE, BOOT, BIG, P = "two/TEE", "two/BOOT", "one/BIG", "coast/P"
ADDRESS = {"country_code": "be", "city": "Gent", "postal_code": "9000"}
Run = Callable[[str], Awaitable[None]]


@pytest.fixture
async def run(database: Database) -> Run:
    async def statement(sql: str) -> None:
        async with database.unit_of_work() as work:
            await work.execute(text(sql))

    return statement


@pytest.fixture
async def cart(buyer: Buyer) -> dict[str, Any]:
    return await ready(buyer)


async def ready(buyer: Buyer) -> dict[str, Any]:
    """A cart with address and method that has not been paid for."""
    made = await buyer.cart((TEE, 1), (BIG, 1), region="Belgium", shipping_address=ADDRESS, email="a@example.com")
    option = next(o for o in await buyer.options(made["id"]) if o["name"] == "Standard")
    await buyer.post(f"/store/carts/{made['id']}/shipping-methods", {"option_id": option["id"]})
    return made


CASES = [
    ("product", "status = 'draft'", "status = 'published'", "handle = 'tee'", "variant_not_available"),
    ("seller", "status = 'suspended'", "status = 'open'", "handle = 'two'", "store_closed"),
    ("seller", "status = 'closed'", "status = 'open'", "handle = 'two'", "variant_not_available"),
    (
        "seller",
        "closed_from = now() - interval '1 day', closed_to = now() + interval '1 day'",
        "closed_from = NULL, closed_to = NULL",
        "handle = 'two'",
        "store_closed",
    ),
    (
        "price",
        "currency_code = 'gbp'",
        "currency_code = 'eur'",
        "variant_id IN (SELECT id FROM product_variant WHERE sku = 'TEE')",
        "variant_not_priced",
    ),
    (
        "inventory_level",
        "stocked = reserved + held",
        "stocked = 900",
        "item_id IN (SELECT id FROM inventory_item WHERE sku = 'TEE')",
        "insufficient_inventory",
    ),
]


@pytest.mark.parametrize(("table", "change", "back", "where", "code"), CASES)
async def test_what_completion_would_refuse_is_refused_when_the_payment_starts(
    buyer: Buyer, cart: dict[str, Any], run: Run, table: str, change: str, back: str, where: str, code: str
) -> None:
    paid = await ready(buyer)
    await buyer.pay(paid["id"])
    tee = next(line["id"] for line in cart["items"] if line["variant_sku"] == "TEE")
    await run(f"UPDATE {table} SET {change} WHERE {where}")  # noqa: S608
    try:
        refused = await buyer.pay(cart["id"], 400)
        assert (refused["code"], refused["line_ids"]) == (code, [tee])
        assert "Tee" in refused["message"]
        assert "Big" not in refused["message"]
        shown = (await buyer.get(f"/store/carts/{cart['id']}?fields=*payment_collection.payment_sessions"))["cart"]
        assert shown["payment_collection"]["payment_sessions"] == []
        if code != "insufficient_inventory":  # the other cart holds its piece
            told = await (await buyer.send("POST", f"/store/carts/{paid['id']}/complete")).json()
            assert "Tee" in str(told) or "cart_changed" in str(told)
    finally:
        await run(f"UPDATE {table} SET {back} WHERE {where}")  # noqa: S608
    await buyer.pay(cart["id"])
    await buyer.complete(cart["id"])


SAID = {
    "variant_not_available": "Tee (not sold any more: remove it to buy the rest)",
    "store_closed": "Tee (not sold at the moment: remove it to buy the rest)",
    "variant_not_priced": "Tee (without a price now: remove it to buy the rest)",
    "insufficient_inventory": "Tee (too few are left: take fewer, or remove it)",
}


@pytest.mark.parametrize("is_paid", [True, False])
@pytest.mark.parametrize(("table", "change", "back", "where", "code"), CASES)
async def test_a_refused_line_says_behind_its_title_what_to_do(
    buyer: Buyer,
    cart: dict[str, Any],
    run: Run,
    table: str,
    change: str,
    back: str,
    where: str,
    code: str,
    is_paid: bool,
) -> None:
    """Storefronts show titles; the texts of errors they hide when they are built for production."""
    if is_paid:
        await buyer.pay(cart["id"])
    assert await titles(buyer, cart) == {"TEE": "Tee", "BIG": "Big"}
    if table == "inventory_level":
        await run("DELETE FROM stock_hold WHERE item_id IN (SELECT id FROM inventory_item WHERE sku = 'TEE')")
        await run(f"UPDATE {table} SET held = 0 WHERE {where}")  # noqa: S608
    await run(f"UPDATE {table} SET {change} WHERE {where}")  # noqa: S608
    try:
        if is_paid:
            refused = await buyer.post(f"/store/carts/{cart['id']}/complete")
            assert refused["type"] == "cart"
            assert SAID[code] in [line["product_title"] for line in refused["cart"]["items"]]
        else:
            assert (await buyer.pay(cart["id"], 400))["code"] == code
        if (table, change) != ("seller", "status = 'closed'"):
            assert await titles(buyer, cart) == {"TEE": SAID[code], "BIG": "Big"}
    finally:
        await run(f"UPDATE {table} SET {back} WHERE {where}")  # noqa: S608
    await buyer.pay(cart["id"])
    assert await titles(buyer, cart) == {"TEE": "Tee", "BIG": "Big"}
    assert {line["product_title"] for line in (await buyer.complete(cart["id"]))["order"]["items"]} == {"Tee", "Big"}


async def titles(buyer: Buyer, cart: dict[str, Any]) -> dict[str, str]:
    """What storefronts call the lines; other clients find the bare title as it was."""
    lines = (await buyer.get(f"/store/carts/{cart['id']}"))["cart"]["items"]
    assert {line["title"] for line in lines} <= {"Tee", "Big", "Boot"}
    return {line["variant_sku"]: line["product_title"] for line in lines}


async def test_fewer_pieces_take_back_what_was_said(buyer: Buyer, cart: dict[str, Any], run: Run) -> None:
    tee = next(line["id"] for line in cart["items"] if line["variant_sku"] == "TEE")
    await buyer.post(f"/store/carts/{cart['id']}/line-items/{tee}", {"quantity": 2})
    of_tee = "item_id IN (SELECT id FROM inventory_item WHERE sku = 'TEE')"
    await run(f"UPDATE inventory_level SET stocked = reserved + held + 1 WHERE {of_tee}")  # noqa: S608
    try:
        assert (await buyer.pay(cart["id"], 400))["code"] == "insufficient_inventory"
        assert (await titles(buyer, cart))["TEE"] == SAID["insufficient_inventory"]
        await buyer.post(f"/store/carts/{cart['id']}/line-items/{tee}", {"quantity": 1})
        assert (await titles(buyer, cart))["TEE"] == "Tee"
    finally:
        await run(f"UPDATE inventory_level SET stocked = 900 WHERE {of_tee}")  # noqa: S608


async def test_all_lines_that_are_gone_are_named_at_once(buyer: Buyer, run: Run) -> None:
    cart = await buyer.cart((TEE, 1), (BOOT, 1), (BIG, 1), region="Belgium", shipping_address=ADDRESS)
    await run("UPDATE product SET status = 'draft' WHERE handle IN ('tee', 'boot')")
    try:
        refused = await buyer.pay(cart["id"], 400)
    finally:
        await run("UPDATE product SET status = 'published' WHERE handle IN ('tee', 'boot')")
    assert (refused["titles"], len(refused["line_ids"])) == ("Tee, Boot", 2)


async def test_an_empty_cart_is_not_paid_for(buyer: Buyer) -> None:
    cart = await buyer.cart(region="Belgium")
    assert (await buyer.pay(cart["id"], 400))["code"] == "cart_empty"


async def test_a_province_that_counts_since_the_address_was_typed_is_asked_for_again(buyer: Buyer, run: Run) -> None:
    where = {"country_code": "lv", "province": "Nowhere", "postal_code": "1010"}
    cart = await buyer.cart((P, 1), region="United States", shipping_address=where, email="a@example.com")
    zone = "UPDATE geo_zone SET province_code = {} WHERE country_code = 'lv' AND city IS NOT NULL"
    await run(zone.format("'lv-rix'"))
    try:
        refused = await buyer.pay(cart["id"], 400)
    finally:
        await run(zone.format("NULL"))
    assert (refused["code"], refused["province"]) == ("province_unknown", "Nowhere")
