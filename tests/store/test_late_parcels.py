"""A seller's goods that come into a cart after its shipping was chosen.

A client that knows one shipping method for the whole cart asks for it only where there is none.
"""

from typing import Any

from tests.buying import Buyer

Json = dict[str, Any]
SHIRT, TOTE, BOTTLE = "aurora/AUR-LS-S", "borneo/BOR-BT-RED", "cascade/CAS-TB"
BY_SELLER = "fields=*shipping_methods.seller"


async def add(buyer: Buyer, cart_id: str, key: str) -> Json:
    body = {"variant_id": buyer.variant(key), "quantity": 1}
    cart: Json = (await buyer.post(f"/store/carts/{cart_id}/line-items", body))["cart"]
    return cart


async def choose(buyer: Buyer, cart_id: str, seller_id: str, type_code: str) -> Json:
    own = await buyer.options(cart_id, seller_id=seller_id)
    option = next(found for found in own if found["type"]["code"] == type_code)
    path = f"/store/carts/{cart_id}/shipping-methods"
    cart: Json = (await buyer.post(path, {"option_id": option["id"]}))["cart"]
    return cart


async def test_the_chosen_type_is_taken_for_a_seller_that_comes_later(buyer: Buyer) -> None:
    cart = await buyer.ready((SHIRT, 1))
    grown = await add(buyer, cart["id"], TOTE)
    (method,) = grown["shipping_methods"]
    (standard,) = [found for found in await buyer.options(cart["id"]) if found["type"]["code"] == "standard"]
    assert (method["shipping_option_id"], method["amount"], standard["amount"]) == (standard["id"], 12, 12)
    by_seller = (await buyer.get(f"/store/carts/{cart['id']}?{BY_SELLER}"))["cart"]["shipping_methods"]
    assert {one["seller"]["handle"]: one["amount"] for one in by_seller} == {"aurora": 5, "borneo": 7}
    await buyer.pay(cart["id"])
    placed = (await buyer.complete(cart["id"]))["order"]
    assert (placed["shipping_subtotal"], len(placed["seller_orders"])) == (12, 2)


async def test_a_combined_choice_grows_by_each_seller_that_comes_later(buyer: Buyer) -> None:
    cart = await buyer.cart((SHIRT, 1), (TOTE, 1))
    before = await buyer.send_to(cart["id"], type_code="express")
    assert before["shipping_methods"][0]["amount"] == 30.5
    (method,) = (await add(buyer, cart["id"], BOTTLE))["shipping_methods"]
    (express,) = [found for found in await buyer.options(cart["id"]) if found["type"]["code"] == "express"]
    assert (method["shipping_option_id"], method["amount"]) == (express["id"], express["amount"])
    assert method["amount"] > 30.5


async def test_a_choice_that_a_later_seller_does_not_have_is_asked_anew(buyer: Buyer) -> None:
    cart = await buyer.cart((SHIRT, 1))
    await buyer.send_to(cart["id"], type_code="pickup")
    await buyer.pay(cart["id"])
    assert (await add(buyer, cart["id"], TOTE))["shipping_methods"] == []
    await buyer.pay(cart["id"])
    assert (await buyer.refused(cart["id"]))["code"] == "shipping_method_withdrawn"
    await buyer.send_to(cart["id"])
    await buyer.pay(cart["id"])
    assert (await buyer.complete(cart["id"]))["order"]["shipping_subtotal"] == 12


async def test_what_is_chosen_seller_by_seller_is_left_alone_until_it_is_whole(buyer: Buyer, ids: Json) -> None:
    cart = await buyer.cart((SHIRT, 1), (TOTE, 1))
    await buyer.post(f"/store/carts/{cart['id']}", {"shipping_address": {"country_code": "de"}})
    await choose(buyer, cart["id"], ids["stores"]["aurora"], "standard")
    (method,) = (await add(buyer, cart["id"], BOTTLE))["shipping_methods"]
    assert (method["amount"], method["seller_id"]) == (5, ids["stores"]["aurora"])
    await buyer.pay(cart["id"])
    refused = await buyer.complete(cart["id"], 400)
    assert refused["code"] == "seller_shipping_method_missing"


async def test_goods_that_leave_take_their_method_and_come_back_with_it(buyer: Buyer) -> None:
    cart = await buyer.cart((SHIRT, 1), (TOTE, 1))
    await buyer.send_to(cart["id"])
    (line,) = [item for item in cart["items"] if item["variant_id"] == buyer.variant(TOTE)]
    left = (await buyer.ask("DELETE", f"/store/carts/{cart['id']}/line-items/{line['id']}"))["parent"]
    assert [method["amount"] for method in left["shipping_methods"]] == [5]
    assert [method["amount"] for method in (await add(buyer, cart["id"], TOTE))["shipping_methods"]] == [12]
