"""Carts over HTTP: what goes in, what it costs, and what is refused."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.buying import ADDRESSES, Buyer

SHIRT, SCARF, GUIDE, TOTE, BOTTLE = (
    "aurora/AUR-LS-S",
    "aurora/AUR-WS",
    "aurora/AUR-FG",
    "borneo/BOR-BT-RED",
    "cascade/CAS-TB",
)
STARTER = (
    "*items, *region, *items.product, *items.variant, *items.thumbnail, *items.metadata, +items.total, "
    "*promotions, +shipping_methods.name"
)


async def test_a_new_cart_is_empty_and_knows_only_what_was_said(buyer: Buyer, ids: dict[str, Any]) -> None:
    cart = await buyer.cart()
    assert (cart["items"], cart["shipping_methods"], cart["promotions"], cart["credit_lines"]) == ([], [], [], [])
    assert (cart["total"], cart["currency_code"], cart["email"], cart["shipping_address"]) == (0, "eur", None, None)
    assert cart["region"]["id"] == ids["regions"]["Europe"]
    for absent in ("customer", "payment_collection", "shipping_address_id", "billing_address_id"):
        assert absent not in cart
    assert (cart["original_subtotal"], cart["gift_card_total"], cart["gift_card_tax_total"]) == (0, 0, 0)


async def test_a_region_of_one_country_fills_the_country_in(buyer: Buyer) -> None:
    assert (await buyer.cart(region="Japan"))["shipping_address"]["country_code"] == "jp"


async def test_equal_lines_merge_and_lines_with_other_metadata_do_not(buyer: Buyer) -> None:
    cart = await buyer.cart()
    path, body = f"/store/carts/{cart['id']}/line-items", {"variant_id": buyer.variant(SCARF), "quantity": 1}
    await buyer.post(path, body)
    await buyer.post(path, body)
    cart = (await buyer.post(path, {**body, "metadata": {"note": "gift"}}))["cart"]
    assert sorted(line["quantity"] for line in cart["items"]) == [1, 2]


async def test_quantity_decides_the_price_of_a_piece(buyer: Buyer) -> None:
    cart = await buyer.cart((SCARF, 1))
    line = cart["items"][0]
    seen = [line["unit_price"]]
    for quantity in (3, 9, 10, 2):
        path = f"/store/carts/{cart['id']}/line-items/{line['id']}"
        seen.append((await buyer.post(path, {"quantity": quantity}))["cart"]["items"][0]["unit_price"])
    assert seen == [19.99, 17.5, 17.5, 15, 19.99]


async def test_quantity_zero_and_delete_remove_a_line_and_deleting_again_is_no_error(buyer: Buyer) -> None:
    cart = await buyer.cart((SCARF, 1), (SHIRT, 1))
    first, second = (f"/store/carts/{cart['id']}/line-items/{line['id']}" for line in cart["items"])
    assert len((await buyer.post(first, {"quantity": 0}))["cart"]["items"]) == 1
    gone = await buyer.ask("DELETE", second)
    assert (gone["object"], gone["deleted"], gone["parent"]["items"]) == ("line-item", True, [])
    assert (await buyer.ask("DELETE", second))["deleted"] is True


async def test_a_sale_price_shows_what_it_is_compared_with(buyer: Buyer) -> None:
    line = (await buyer.cart((BOTTLE, 1)))["items"][0]
    assert (line["unit_price"], line["compare_at_unit_price"]) == (18.9, 22.5)


async def test_taxes_come_with_the_address_and_mixed_prices_add_up(buyer: Buyer) -> None:
    cart = await buyer.cart((SHIRT, 1), (GUIDE, 1))
    assert (cart["tax_total"], cart["total"]) == (0, 42.84)
    body = {"shipping_address": ADDRESSES["Europe"]}
    cart = (await buyer.post(f"/store/carts/{cart['id']}", body))["cart"]
    # The shirt is 30 net at 19 %, the book 12.84 with its 7 % inside: 35.70 + 12.84
    assert (cart["total"], cart["tax_total"], cart["subtotal"]) == (48.54, 6.54, 42)
    rates = {line["product_handle"]: [tax["rate"] for tax in line["tax_lines"]] for line in cart["items"]}
    assert rates == {"linen-shirt": [19], "field-guide": [7]}


async def test_a_region_without_automatic_taxes_gets_them_on_request(buyer: Buyer) -> None:
    cart = await buyer.cart((SHIRT, 1), region="Kuwait")
    cart = (await buyer.post(f"/store/carts/{cart['id']}", {"shipping_address": ADDRESSES["Kuwait"]}))["cart"]
    assert (cart["total"], cart["tax_total"]) == (10.125, 0)
    assert (await buyer.post(f"/store/carts/{cart['id']}/taxes"))["cart"]["total"] == 10.125


async def test_rupiah_are_charged_whole(buyer: Buyer) -> None:
    cart = await buyer.cart((SHIRT, 1), (TOTE, 3), region="Indonesia", promo_codes=["WELCOME10"])
    cart = await buyer.send_to(cart["id"], "Indonesia")
    for name, amount in cart.items():
        if name.endswith("total"):
            assert amount == int(amount), name


async def test_several_codes_apply_by_value_and_unknown_ones_are_refused(buyer: Buyer) -> None:
    cart = await buyer.cart((SHIRT, 2))
    body = {"promo_codes": ["WELCOME10", "ORDER5EUR"]}
    cart = (await buyer.post(f"/store/carts/{cart['id']}", body))["cart"]
    assert {known["code"] for known in cart["promotions"]} == {"WELCOME10", "ORDER5EUR"}
    # 10 % of 60 first (10 is more than 5), then 5 off
    assert (cart["discount_total"], cart["total"]) == (11, 49)
    refused = await buyer.post(f"/store/carts/{cart['id']}/promotions", {"promo_codes": ["NOPE"]}, 400)
    assert refused["message"] == "The promotion code NOPE is invalid"
    left = await buyer.ask("DELETE", f"/store/carts/{cart['id']}/promotions", {"promo_codes": ["WELCOME10"]})
    assert [known["code"] for known in left["cart"]["promotions"]] == ["ORDER5EUR"]
    none = await buyer.post(f"/store/carts/{cart['id']}/promotions", {"promo_codes": []})
    assert none["cart"]["promotions"] == []


async def test_a_code_that_gives_nothing_yet_is_kept_with_its_reason_and_applies_later(buyer: Buyer) -> None:
    cart = await buyer.cart((SHIRT, 1), promo_codes=["SHIPFREE", "PAST"])
    reasons = {entry["code"]: entry["reason"] for entry in cart["unapplied_promotions"]}
    assert reasons == {"SHIPFREE": "nothing", "PAST": "ended"}
    cart = await buyer.send_to(cart["id"])
    assert [known["code"] for known in cart["promotions"]] == ["SHIPFREE"]
    assert (cart["shipping_total"], cart["original_shipping_total"]) == (0, 5.95)


async def test_an_automatic_promotion_applies_by_itself(buyer: Buyer) -> None:
    cart = await buyer.cart(("aurora/AUR-MUG", 2))
    assert ([known["code"] for known in cart["promotions"]], cart["total"]) == (["AUTO-MUG"], 15.98)


async def test_options_of_one_type_are_combined_over_the_sellers_of_a_cart(buyer: Buyer, ids: dict[str, Any]) -> None:
    cart = await buyer.cart((SHIRT, 1), (TOTE, 1))
    await buyer.post(f"/store/carts/{cart['id']}", {"shipping_address": ADDRESSES["Europe"]})
    options = {option["type"]["code"]: option for option in await buyer.options(cart["id"])}
    assert {code: option["amount"] for code, option in options.items()} == {"standard": 12, "express": 30.5}
    assert [part["amount"] for part in options["standard"]["seller_options"]] == [5, 7]
    chosen = {"option_id": options["express"]["id"]}
    path = f"/store/carts/{cart['id']}/shipping-methods?fields=*shipping_methods.seller"
    cart = (await buyer.post(path, chosen))["cart"]
    assert sorted(method["amount"] for method in cart["shipping_methods"]) == [12.5, 18]
    # A buyer who knows sellers changes one of them.
    own = await buyer.options(cart["id"], seller_id=ids["stores"]["borneo"])
    assert {option["name"] for option in own} == {"Standard", "Express"}
    standard = next(option for option in own if option["name"] == "Standard")
    cart = (await buyer.post(path, {"option_id": standard["id"]}))["cart"]
    assert sorted(method["amount"] for method in cart["shipping_methods"]) == [7, 12.5]
    # No listed option chooses this, so that none is marked; the sum is shown all the same.
    fields = "+shipping_methods.name,+shipping_methods.total"
    (mixed,) = (await buyer.get(f"/store/carts/{cart['id']}?fields={fields}"))["cart"]["shipping_methods"]
    assert (mixed["shipping_option_id"], mixed["amount"], mixed["seller_id"]) == ("so_combined", 19.5, None)
    assert mixed["name"] == "Express + Standard"


async def test_one_choice_for_two_sellers_is_one_method_with_the_same_sums_on_every_page(buyer: Buyer) -> None:
    cart = await buyer.cart((SHIRT, 1), (TOTE, 1), promo_codes=["SHIPFREE"])
    await buyer.send_to(cart["id"])
    (option,) = [one for one in await buyer.options(cart["id"]) if one["type"]["code"] == "standard"]
    fields = (
        "*shipping_methods,*shipping_methods.tax_lines,*shipping_methods.adjustments,*shipping_methods.seller_methods"
    )
    path = f"/store/carts/{cart['id']}"
    cart = (await buyer.get(f"{path}?fields=+shipping_total,+shipping_tax_total,{fields}"))["cart"]
    (one,) = cart["shipping_methods"]
    chosen = (option["id"], option["name"], option["amount"], option["is_tax_inclusive"])
    assert (one["shipping_option_id"], one["name"], one["amount"], one["is_tax_inclusive"]) == chosen
    assert one["total"] == cart["shipping_total"]
    each = one["seller_methods"]
    assert [method["amount"] for method in each] == [5, 7]
    for name in ("total", "subtotal", "tax_total", "discount_total", "original_total"):
        assert one[name] == round(sum(method[name] for method in each), 2)
    assert round(sum(line["total"] for line in one["tax_lines"]), 2) == one["tax_total"] == cart["shipping_tax_total"]
    assert sum(entry["amount"] for entry in one["adjustments"]) == one["discount_subtotal"]
    by_seller = (await buyer.get(f"{path}?fields=*shipping_methods.seller"))["cart"]["shipping_methods"]
    assert {method["seller"]["handle"]: method["amount"] for method in by_seller} == {"aurora": 5, "borneo": 7}
    assert [method["shipping_option_id"] for method in by_seller] == [
        part["shipping_option_id"] for part in option["seller_options"]
    ]
    await buyer.pay(cart["id"])
    placed = (await buyer.complete(cart["id"]))["order"]
    for order in (placed, (await buyer.get(f"/store/orders/{placed['id']}"))["order"]):
        (confirmed,) = order["shipping_methods"]
        for name in ("shipping_option_id", "name", "amount", "total", "tax_total", "discount_total"):
            assert confirmed[name] == one[name]
    read = (await buyer.get(f"/store/orders/{placed['id']}?fields=*shipping_methods.seller"))["order"]
    assert sorted(method["amount"] for method in read["shipping_methods"]) == [5, 7]


async def test_a_cart_of_one_seller_lists_that_sellers_own_options(buyer: Buyer) -> None:
    cart = await buyer.cart((SHIRT, 1))
    await buyer.post(f"/store/carts/{cart['id']}", {"shipping_address": ADDRESSES["Europe"]})
    options = await buyer.options(cart["id"])
    assert {option["name"] for option in options} == {"Standard", "Express", "Collect in Berlin"}
    assert {option["service_zone"]["fulfillment_set"]["type"] for option in options} == {"shipping", "pickup"}


async def test_shipping_follows_the_item_total(buyer: Buyer) -> None:
    cart = await buyer.cart((SHIRT, 1))
    cart = await buyer.send_to(cart["id"])
    assert cart["shipping_subtotal"] == 5
    path = f"/store/carts/{cart['id']}/line-items/{cart['items'][0]['id']}"
    assert (await buyer.post(path, {"quantity": 4}))["cart"]["shipping_subtotal"] == 0


async def test_a_parcel_of_another_profile_needs_a_method_of_its_own(buyer: Buyer) -> None:
    cart = await buyer.cart((TOTE, 1), ("borneo/BOR-RC", 1))
    await buyer.post(f"/store/carts/{cart['id']}", {"shipping_address": ADDRESSES["Europe"]})
    options = await buyer.options(cart["id"])
    assert [(option["type"]["code"], option["amount"]) for option in options] == [("standard", 52)]


async def test_calculate_answers_with_the_price_for_this_cart(buyer: Buyer) -> None:
    cart = await buyer.cart((SHIRT, 4))
    option = next(option for option in await buyer.options(cart["id"]) if option["name"] == "Standard")
    body = {"cart_id": cart["id"], "data": {}}
    assert (await buyer.post(f"/store/shipping-options/{option['id']}/calculate", body))["shipping_option"][
        "amount"
    ] == 0


async def test_another_region_means_other_prices_and_an_address_there(buyer: Buyer, ids: dict[str, Any]) -> None:
    cart = await buyer.cart((SHIRT, 1))
    cart = await buyer.send_to(cart["id"])
    body = {"region_id": ids["regions"]["Japan"]}
    cart = (await buyer.post(f"/store/carts/{cart['id']}", body))["cart"]
    assert (cart["currency_code"], cart["items"][0]["unit_price"]) == ("jpy", 4800)
    assert cart["shipping_address"]["country_code"] == "jp"
    # Prices in yen include the tax of 10 %.
    assert (cart["item_total"], cart["item_tax_total"]) == (4800, 436)


async def test_a_variant_without_a_price_in_the_region_is_refused_and_nothing_changes(buyer: Buyer) -> None:
    cart = await buyer.cart((SHIRT, 1), region="Kuwait")
    body = {"variant_id": buyer.variant(GUIDE), "quantity": 1}
    assert (await buyer.post(f"/store/carts/{cart['id']}/line-items", body, 400))["code"] == "variant_not_priced"
    assert len((await buyer.get(f"/store/carts/{cart['id']}"))["cart"]["items"]) == 1


@pytest.mark.parametrize(
    ("sku", "code"),
    [
        ("cascade/CAS-DRAFT", "variant_not_available"),
        ("cascade/CAS-CRATE", "variant_not_available"),
        ("dormant/DOR-CLOCK", "store_closed"),
        ("aurora/AUR-LS-L", "insufficient_inventory"),
    ],
)
async def test_what_cannot_be_bought_cannot_be_put_into_a_cart(buyer: Buyer, sku: str, code: str) -> None:
    cart = await buyer.cart()
    body = {"variant_id": buyer.variant(sku), "quantity": 1}
    assert (await buyer.post(f"/store/carts/{cart['id']}/line-items", body, 400))["code"] == code


async def test_the_bundles_items_count_with_the_same_items_bought_alone(buyer: Buyer) -> None:
    cart = await buyer.cart(("aurora/AUR-MUG", 99))
    body = {"variant_id": buyer.variant("aurora/AUR-SET"), "quantity": 1}
    refused = await buyer.post(f"/store/carts/{cart['id']}/line-items", body, 400)
    assert refused["code"] == "insufficient_inventory"


BAD_BODIES = [
    ({}, "Invalid request: Field 'variant_id' is required; Field 'quantity' is required"),
    ({"variant_id": "x"}, "Invalid request: Field 'quantity' is required"),
    ({"variant_id": "x", "quantity": "2"}, "Invalid request: Expected type: 'number' for field 'quantity', got: '2'"),
    (
        {"variant_id": "x", "quantity": 0},
        "Invalid request: Value for field 'quantity' too small, expected at least: '1'",
    ),
    (
        {"variant_id": "x", "quantity": -1},
        "Invalid request: Value for field 'quantity' too small, expected at least: '1'",
    ),
    ({"variant_id": "x", "quantity": 1, "unit_price": 1}, "Invalid request: Unrecognized fields: 'unit_price'"),
]


@pytest.mark.parametrize(("body", "message"), BAD_BODIES)
async def test_a_wrong_line_is_refused_in_words_that_clients_know(buyer: Buyer, body: Any, message: str) -> None:
    cart = await buyer.cart()
    assert (await buyer.post(f"/store/carts/{cart['id']}/line-items", body, 400))["message"] == message


@pytest.mark.parametrize("quantity", [1.5, -1, 10**9, 10**30, True])
async def test_a_quantity_is_a_whole_number_within_reason(buyer: Buyer, quantity: Any) -> None:
    cart = await buyer.cart()
    body = {"variant_id": buyer.variant(SHIRT), "quantity": quantity}
    reply = await buyer.post(f"/store/carts/{cart['id']}/line-items", body, 400)
    assert reply["type"] == "invalid_data"


async def test_a_country_must_be_the_regions_own(buyer: Buyer) -> None:
    cart = await buyer.cart()
    for country in ("us", "DE", "zz"):
        body = {"shipping_address": {"country_code": country}}
        refused = await buyer.post(f"/store/carts/{cart['id']}", body, 400)
        assert refused["message"] == f"Country with code {country} is not within region Europe"


async def test_unknown_carts_regions_lines_and_options_are_said_to_be_so(buyer: Buyer, ids: dict[str, Any]) -> None:
    assert (await buyer.get("/store/carts/cart_x", 404))["message"] == "Cart with id 'cart_x' not found"
    assert (await buyer.post("/store/carts", {"region_id": "reg_x"}, 404))["message"] == "No regions found"
    cart = await buyer.cart((SHIRT, 1))
    assert (await buyer.post(f"/store/carts/{cart['id']}", {"region_id": "reg_x"}, 404))["code"] == "region_not_found"
    path = f"/store/carts/{cart['id']}/line-items/cali_x"
    assert (await buyer.post(path, {"quantity": 2}, 404))["code"] == "line_item_not_found"
    path = f"/store/carts/{cart['id']}/shipping-methods"
    assert (await buyer.post(path, {"option_id": "so_x"}, 400))["message"] == "Shipping Options are invalid for cart."
    wrong = {"region_id": ids["regions"]["Europe"], "currency_code": "usd"}
    assert (await buyer.post("/store/carts", wrong, 400))["code"] == "currency_mismatch"


async def test_the_fields_that_storefronts_ask_for_are_there(buyer: Buyer) -> None:
    cart = await buyer.cart((SHIRT, 2))
    read = (await buyer.get(f"/store/carts/{cart['id']}?fields={STARTER.replace('+', '%2B')}"))["cart"]
    line = read["items"][0]
    assert (line["total"], line["product"]["handle"], line["variant"]["sku"]) == (60, "linen-shirt", "AUR-LS-S")
    assert (line["thumbnail"], line["metadata"]) == ("https://img.example/linen-shirt-front.svg", {})
    assert read["region"]["countries"][0]["iso_2"] == "at"
    brief = (await buyer.get(f"/store/carts/{cart['id']}?fields=id,region_id"))["cart"]
    assert set(brief) == {"id", "region_id"}
    with_seller = (await buyer.get(f"/store/carts/{cart['id']}?fields=*items.seller"))["cart"]
    assert with_seller["items"][0]["seller"]["handle"] == "aurora"


async def test_reading_a_cart_takes_one_statement_and_adding_a_line_a_constant_few(
    buyer: Buyer, count_statements: Callable[[], Any]
) -> None:
    cart = await buyer.cart((SHIRT, 1), (TOTE, 1), (SCARF, 1))
    with count_statements() as statements:
        await buyer.get(f"/store/carts/{cart['id']}")
    assert len(statements) == 1
    path, body = f"/store/carts/{cart['id']}/line-items", {"variant_id": buyer.variant(BOTTLE), "quantity": 1}
    await buyer.post(path, body)  # from now on the process holds the product
    with count_statements() as statements:
        await buyer.post(path, body)
    assert len(statements) <= 4, statements
    few = await buyer.cart()
    with count_statements() as fewer:
        await buyer.post(f"/store/carts/{few['id']}/line-items", body)
    assert len(fewer) == len(statements)
