"""A seller's conditions look at that seller's part of the cart or order, the marketplace's at the whole."""

from typing import Any

import pytest
from sqlalchemy import text, update

from models.schema.order import order_line
from services.infrastructure.database.database import Database
from tests.buying import Buyer

TEE, BOOT, SOFA, BIG, SCARF = "two/TEE", "two/BOOT", "two/SOFA", "one/BIG", "two/SCARF"
Items = list[tuple[str, int]]
ADDRESS = {"country_code": "be", "city": "Gent", "postal_code": "9000"}


async def choose(buyer: Buyer, cart_id: str, name: str = "Standard") -> dict[str, Any]:
    option = next(o for o in await buyer.options(cart_id) if o["name"] == name)
    cart: dict[str, Any] = (await buyer.post(f"/store/carts/{cart_id}/shipping-methods", {"option_id": option["id"]}))[
        "cart"
    ]
    return cart


async def amounts(buyer: Buyer, cart_id: str) -> dict[str, float]:
    """The chosen methods' amounts by the seller's handle."""
    handles = {value: name for name, value in buyer.ids["stores"].items()}
    fields = "*shipping_methods.seller"
    cart = (await buyer.get(f"/store/carts/{cart_id}?fields={fields}"))["cart"]
    return {handles[method["seller_id"]]: method["amount"] for method in cart["shipping_methods"]}


@pytest.mark.parametrize(
    ("items", "of_two", "combined"),
    [
        ([(TEE, 1)], 7, 7),
        ([(TEE, 1), (BIG, 1)], 7, 12),
        ([(BOOT, 2)], 0, 0),
        ([(BOOT, 2), (BIG, 1)], 0, 5),
    ],
)
async def test_a_sellers_free_parcel_is_measured_on_its_own_goods(
    buyer: Buyer, items: Items, of_two: float, combined: float
) -> None:
    cart_id = (await buyer.cart(*items, region="Belgium", shipping_address=ADDRESS, email="a@example.com"))["id"]
    assert [o["amount"] for o in await buyer.options(cart_id) if o["name"] == "Standard"] == [combined]
    assert [o["amount"] for o in await buyer.options(cart_id, seller_id="two")] == [of_two]
    assert (await choose(buyer, cart_id))["shipping_total"] == combined
    assert (await amounts(buyer, cart_id))["two"] == of_two
    await buyer.pay(cart_id)
    path = f"/store/carts/{cart_id}/complete?fields=seller_orders.shipping_total,seller_orders.seller.handle"
    order = (await buyer.post(path))["order"]
    totals = {part["seller"]["handle"]: part["shipping_total"] for part in order["seller_orders"]}
    assert totals["two"] == of_two


async def test_a_chosen_method_follows_the_sellers_part_when_lines_or_codes_change(buyer: Buyer) -> None:
    items: Items = [(BOOT, 2), (BIG, 1)]
    cart = await buyer.cart(*items, region="Belgium", shipping_address=ADDRESS, email="a@example.com")
    path = f"/store/carts/{cart['id']}"
    await choose(buyer, cart["id"])
    assert await amounts(buyer, cart["id"]) == {"one": 5, "two": 0}
    boot, big = (next(line["id"] for line in cart["items"] if line["variant_sku"] == sku) for sku in ("BOOT", "BIG"))
    await buyer.post(f"{path}/line-items/{boot}", {"quantity": 1})
    assert await amounts(buyer, cart["id"]) == {"one": 5, "two": 7}
    await buyer.post(f"{path}/line-items/{big}", {"quantity": 5})
    assert await amounts(buyer, cart["id"]) == {"one": 5, "two": 7}
    await buyer.post(f"{path}/line-items/{boot}", {"quantity": 2})
    assert await amounts(buyer, cart["id"]) == {"one": 5, "two": 0}
    await buyer.post(f"{path}/promotions", {"promo_codes": ["P15"]})
    assert await amounts(buyer, cart["id"]) == {"one": 5, "two": 7}
    assert [o["amount"] for o in await buyer.options(cart["id"], seller_id="two")] == [7]
    await buyer.ask("DELETE", f"{path}/promotions", {"promo_codes": ["P15"]})
    await buyer.ask("DELETE", f"{path}/line-items/{big}")
    assert await amounts(buyer, cart["id"]) == {"two": 0}


async def test_a_sellers_part_is_all_its_parcels(buyer: Buyer) -> None:
    cart = await buyer.cart((SOFA, 1), (TEE, 1), (BIG, 1), region="Belgium", shipping_address=ADDRESS)
    assert [o["amount"] for o in await buyer.options(cart["id"], seller_id="two")] == [20, 0]
    cart = await buyer.cart((SOFA, 1), (BIG, 1), region="Belgium", shipping_address=ADDRESS)
    assert [o["amount"] for o in await buyer.options(cart["id"], seller_id="two")] == [40]


@pytest.mark.parametrize(
    ("code", "items", "discount"),
    [
        ("TWO100", [(TEE, 1), (BIG, 1)], 0),
        ("TWO100", [(BOOT, 2), (BIG, 1)], 10),
        ("ALL100", [(TEE, 1), (BIG, 1)], 10),
        ("TWO3", [(TEE, 2), (BIG, 9)], 0),
        ("TWO3", [(TEE, 3), (BIG, 1)], 4.5),
        ("TWOFREE", [(TEE, 1), (BIG, 2)], 0),
        ("TWOFREE", [(TEE, 1), (BIG, 1), (BOOT, 1)], 0),
        ("TWOFREE", [(TEE, 1), (BOOT, 2)], 15),
    ],
)
async def test_a_sellers_promotion_counts_its_own_amounts_and_pieces(
    buyer: Buyer, code: str, items: Items, discount: float
) -> None:
    cart = await buyer.cart(*items, region="Belgium", promo_codes=[code])
    assert cart["discount_total"] == discount


async def test_a_seller_pays_for_its_own_parcel_only_when_its_own_goods_are_worth_it(buyer: Buyer) -> None:
    for items, left in (([(TEE, 1), (BIG, 1)], 12), ([(SOFA, 1), (TEE, 1), (BIG, 1)], 5)):
        cart = await buyer.cart(*items, region="Belgium", shipping_address=ADDRESS, promo_codes=["TWOSHIP"])
        assert (await choose(buyer, cart["id"]))["shipping_total"] == left


@pytest.mark.parametrize(("items", "price"), [([(TEE, 1), (BIG, 1)], 6), ([(BOOT, 2), (BIG, 1)], 0)])
async def test_the_way_back_is_measured_on_the_sellers_part(
    buyer: Buyer, database: Database, ids: dict[str, Any], items: Items, price: float
) -> None:
    cart = await buyer.cart(*items, region="Belgium", shipping_address=ADDRESS, email="a@example.com")
    back = await buyer.options(cart["id"], seller_id="two", is_return="true")
    assert [(o["name"], o["amount"]) for o in back] == [("Way back", price)]
    await choose(buyer, cart["id"])
    await buyer.pay(cart["id"])
    order = (await buyer.complete(cart["id"]))["order"]
    async with database.unit_of_work() as work:
        come = {f"{step}_quantity": order_line.c.quantity for step in ("fulfilled", "shipped", "delivered")}
        await work.execute(update(order_line).where(order_line.c.order_id == order["id"]).values(come))
    line = next(line for line in order["items"] if line["variant_sku"] != "BIG")
    body = {
        "order_id": order["id"],
        "items": [{"id": line["id"], "quantity": 1}],
        "return_shipping": {"option_id": back[0]["id"]},
    }
    made = (await buyer.post("/store/returns", body))["return"]
    async with database.reading() as work:
        statement = "SELECT shipping_amount FROM order_return WHERE id = :id"
        assert (await work.execute(text(statement), {"id": made["id"]})).scalar_one() == price * 100
