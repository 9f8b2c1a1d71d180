"""Whose cart it is: claimed at login, merged with the one on another device, and closed to everybody else."""

import asyncio
from collections import Counter
from typing import Any

from services.infrastructure.database.database import Database
from tests.buying import ADDRESSES, Buyer, customer_id, join_group, member
from tests.conftest import Client

SCARF, SHIRT, TOTE, LAMP = "aurora/AUR-WS", "aurora/AUR-LS-S", "borneo/BOR-BT-RED", "cascade/CAS-RACE"
COFFEE = "borneo/BOR-KG-250"
HOME = {"first_name": "Ana", "address_1": "1 Market Street", "city": "Berlin", "country_code": "de"}


def quantities(cart: dict[str, Any]) -> dict[str, int]:
    return {line["variant_sku"]: line["quantity"] for line in cart["items"]}


async def claim(buyer: Buyer, cart: dict[str, Any]) -> dict[str, Any]:
    return await buyer.post(f"/store/carts/{cart['id']}/customer")


async def test_a_cart_made_with_a_login_is_the_customers_with_his_address(client: Client, ids: dict[str, Any]) -> None:
    ana = await member(client, ids, "made@example.com")
    await ana.post("/store/customers/me/addresses", {**HOME, "is_default_shipping": True, "is_default_billing": True})
    cart = await ana.cart((SCARF, 1))
    assert (cart["customer_id"], cart["email"]) == (await customer_id(ana), "made@example.com")
    assert (cart["shipping_address"]["address_1"], cart["billing_address"]["city"]) == ("1 Market Street", "Berlin")
    assert cart["items"][0]["tax_lines"]
    abroad = await ana.cart(region="Japan")
    assert (abroad["shipping_address"]["country_code"], abroad["shipping_address"]["address_1"]) == ("jp", None)


async def test_a_guests_cart_is_claimed_after_login_and_the_mail_address_follows(
    client: Client, buyer: Buyer, ids: dict[str, Any]
) -> None:
    cart = await buyer.cart((SCARF, 2), email="guest@example.com")
    ana = await member(client, ids, "claims@example.com")
    claimed = await claim(ana, cart)
    assert (claimed["cart"]["customer_id"], claimed["cart"]["email"]) == (await customer_id(ana), "claims@example.com")
    assert claimed["changes"] == [{"change": "email", "before": "guest@example.com", "after": "claims@example.com"}]
    assert (await claim(ana, cart))["changes"] == []
    told = await buyer.ask("POST", f"/store/carts/{cart['id']}/customer", None, 401)
    assert told["message"] == "Unauthorized"


async def test_a_customers_cart_is_missing_for_everybody_else(
    client: Client, buyer: Buyer, ids: dict[str, Any]
) -> None:
    ana, bob = await member(client, ids, "hers@example.com"), await member(client, ids, "his@example.com")
    cart = await ana.ready((SCARF, 1))
    line = (await ana.get(f"/store/carts/{cart['id']}"))["cart"]["items"][0]["id"]
    collection = (await ana.post("/store/payment-collections", {"cart_id": cart["id"]}))["payment_collection"]["id"]
    option = (await ana.options(cart["id"]))[0]["id"]
    item = {"variant_id": ana.variant(SCARF), "quantity": 1}
    calls: list[tuple[str, str, Any]] = [
        ("GET", "/store/carts/{id}", None),
        ("POST", "/store/carts/{id}", {"email": "x@example.com"}),
        ("POST", "/store/carts/{id}/line-items", item),
        ("POST", f"/store/carts/{{id}}/line-items/{line}", {"quantity": 9}),
        ("DELETE", f"/store/carts/{{id}}/line-items/{line}", None),
        ("POST", "/store/carts/{id}/promotions", {"promo_codes": []}),
        ("DELETE", "/store/carts/{id}/promotions", {"promo_codes": []}),
        ("POST", "/store/carts/{id}/shipping-methods", {"option_id": option}),
        ("POST", "/store/carts/{id}/taxes", None),
        ("POST", "/store/carts/{id}/complete", None),
        ("POST", "/store/payment-collections", {"cart_id": "{id}"}),
        ("POST", f"/store/shipping-options/{option}/calculate", {"cart_id": "{id}"}),
        ("GET", "/store/shipping-options?cart_id={id}", None),
    ]
    for stranger in (buyer, bob):
        for method, path, body in calls:
            answers = []
            for identity in (cart["id"], "cart_missing"):
                said = {k: identity if v == "{id}" else v for k, v in body.items()} if body else body
                told = await stranger.ask(method, path.format(id=identity), said, 404)
                answers.append({k: str(v).replace(identity, "X") for k, v in told.items() if k != "request_id"})
            assert answers[0] == answers[1], (method, path)
        opened = f"/store/payment-collections/{collection}/payment-sessions"
        assert (await stranger.post(opened, {"provider_id": "pp_system_default"}, 404))["code"]
    assert (await bob.ask("POST", f"/store/carts/{cart['id']}/customer", None, 404))["code"] == "cart_not_found"
    assert quantities((await ana.get(f"/store/carts/{cart['id']}"))["cart"]) == {"AUR-WS": 1}
    assert (await ana.complete(cart["id"]))["type"] == "order"
    await buyer.ask("GET", f"/store/carts/{cart['id']}", None, 404)


async def test_a_foreign_cart_says_nothing_about_prices(client: Client, buyer: Buyer, ids: dict[str, Any]) -> None:
    ana = await member(client, ids, "prices@example.com")
    cart = await ana.cart(region="Japan")
    path = f"/store/products?limit=1&fields=*variants.calculated_price&cart_id={cart['id']}"
    shown = (await ana.get(path))["products"][0]["variants"][0]["calculated_price"]
    assert shown["currency_code"] == "jpy"
    refused = await buyer.get(path, 400)
    assert refused["code"] == "pricing_context_missing"


async def test_claiming_takes_over_what_lies_in_the_cart_on_another_device(
    client: Client, buyer: Buyer, ids: dict[str, Any]
) -> None:
    ana = await member(client, ids, "devices@example.com")
    phone = await ana.cart((SCARF, 2), (TOTE, 1))
    laptop = await buyer.cart((SCARF, 1), (SHIRT, 1))
    done = await claim(ana, laptop)
    assert quantities(done["cart"]) == {"AUR-WS": 3, "AUR-LS-S": 1, "BOR-BT-RED": 1}
    changes = {c["variant_id"]: c for c in done["changes"] if "from_cart_id" in c}
    scarf, tote = changes[ana.variant(SCARF)], changes[ana.variant(TOTE)]
    assert (scarf["change"], scarf["quantity"], scarf["wanted_quantity"]) == ("raised", 3, 2)
    assert (tote["change"], tote["quantity"], tote["from_cart_id"]) == ("added", 1, phone["id"])
    assert quantities((await ana.get(f"/store/carts/{phone['id']}"))["cart"]) == {}
    assert quantities((await claim(ana, laptop))["cart"]) == quantities(done["cart"])


async def test_claiming_two_carts_at_once_takes_each_piece_over_once(
    client: Client, buyer: Buyer, ids: dict[str, Any]
) -> None:
    ana = await member(client, ids, "twice@example.com")
    carts = [await ana.cart((SCARF, 2)), await buyer.cart((SHIRT, 1)), await buyer.cart((TOTE, 1))]
    replies = await asyncio.gather(
        *(ana.send("POST", f"/store/carts/{cart['id']}/customer") for cart in carts[1:] for _ in range(3))
    )
    assert {reply.status for reply in replies} <= {200, 409}
    pieces = Counter[str]()
    for cart in carts:
        pieces.update(quantities((await ana.get(f"/store/carts/{cart['id']}"))["cart"]))
    assert pieces == {"AUR-WS": 2, "AUR-LS-S": 1, "BOR-BT-RED": 1}


async def test_a_merge_goes_as_far_as_the_stock_and_leaves_the_rest_where_it_is(
    client: Client, buyer: Buyer, ids: dict[str, Any], database: Database
) -> None:
    ana = await member(client, ids, "scarce@example.com")
    stock = await scarce(ana)
    phone = await ana.cart((LAMP, stock), (SCARF, 1))
    laptop = await buyer.cart((LAMP, 1))
    done = await claim(ana, laptop)
    lamp = next(c for c in done["changes"] if c.get("variant_id") == ana.variant(LAMP) and "from_cart_id" in c)
    if stock == 1:
        assert (lamp["change"], lamp["reason"], lamp["quantity"]) == ("left_out", "insufficient_inventory", 0)
        assert quantities((await ana.get(f"/store/carts/{phone['id']}"))["cart"]) == {"CAS-RACE": 1}
    else:
        assert (lamp["change"], lamp["quantity"], lamp["wanted_quantity"]) == ("capped", stock, stock)
    assert quantities(done["cart"])["CAS-RACE"] == stock


async def scarce(buyer: Buyer) -> int:
    """How many pieces of the scarce variant there are."""
    found = await buyer.get(f"/store/product-variants/{buyer.variant(LAMP)}?fields=id,inventory_quantity")
    return int(found["variant"]["inventory_quantity"])


async def test_a_cart_of_another_currency_merges_what_is_sold_there(
    client: Client, buyer: Buyer, ids: dict[str, Any]
) -> None:
    ana = await member(client, ids, "currency@example.com")
    await ana.cart((SCARF, 1))
    there = await buyer.cart((SHIRT, 1), region="Indonesia")
    done = await claim(ana, there)
    assert done["cart"]["currency_code"] == "idr"
    moved = next(c for c in done["changes"] if "from_cart_id" in c)
    assert moved["change"] == "added" or moved["reason"] == "variant_not_priced"


async def test_the_groups_of_a_customer_price_his_carts_and_nobody_elses(
    client: Client, buyer: Buyer, ids: dict[str, Any], database: Database
) -> None:
    guest = await buyer.cart((COFFEE, 1), email="vip@example.com")
    vip = await member(client, ids, "vip@example.com")
    before = (await vip.cart((COFFEE, 1)))["items"][0]["unit_price"]
    assert guest["items"][0]["unit_price"] == before
    mine = await vip.cart((COFFEE, 1))
    await join_group(database, vip, ids["customer_groups"]["VIP"])
    after = (await vip.get(f"/store/carts/{mine['id']}"))["cart"]["items"][0]["unit_price"]
    assert after < before
    done = await claim(vip, guest)
    change = next(c for c in done["changes"] if c["change"] == "price")
    assert (change["before"], change["after"]) == (before, after)
    assert done["cart"]["customer"]["groups"] == [{"id": ids["customer_groups"]["VIP"]}]


async def test_a_guest_with_an_address_of_an_account_stays_a_guest(client: Client, buyer: Buyer, ids: Any) -> None:
    ana = await member(client, ids, "real@example.com")
    cart = await buyer.cart((SCARF, 1))
    changed = await buyer.post(f"/store/carts/{cart['id']}", {"email": "real@example.com"})
    assert changed["cart"]["customer_id"] != await customer_id(ana)
    moved = await buyer.post(f"/store/carts/{cart['id']}", {"email": "new@example.com"})
    assert moved["cart"]["customer"]["email"] == "new@example.com"
    await buyer.post(f"/store/carts/{cart['id']}", {"shipping_address": ADDRESSES["Europe"]})
