"""Carts while the world changes around them: prices, groups, stock and other buyers."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import delete, func, insert, select, text, update

from controllers.http import DEPS
from models.cart.storage import LOAD_FREE_CART, read_cart
from models.schema.customer import customer_group_customer
from models.schema.inventory import inventory_level, inventory_movement
from models.schema.pricing import price
from models.schema.product import product_variant
from services.infrastructure.database.database import Database
from services.product.cache import ProductCache
from tests.buying import ADDRESSES, Buyer, join_group, member
from tests.conftest import Client
from utils.ids import new_id

SHIRT, SCARF, MUG, TOTE, BOTTLE, CHAIR, COFFEE = (
    "aurora/AUR-LS-S",
    "aurora/AUR-WS",
    "aurora/AUR-MUG",
    "borneo/BOR-BT-RED",
    "cascade/CAS-TB",
    "borneo/BOR-RC",
    "borneo/BOR-KG-250",
)


def test_ids_of_one_moment_tell_nothing_of_each_other() -> None:
    made = [new_id("cart")[-16:] for _ in range(1000)]
    # 16 digits of 5 random bits: ids that only count up share all but their last ones.
    assert len({value[:6] for value in made}) > 990


async def test_another_e_mail_is_another_guest_and_none_is_nobody(buyer: Buyer) -> None:
    cart = await buyer.cart((SHIRT, 1), email="ana@example.com")
    first = cart["customer"]["id"]
    cart = (await buyer.post(f"/store/carts/{cart['id']}", {"email": "thea@example.com"}))["cart"]
    assert (cart["customer"]["email"], cart["customer"]["id"] != first) == ("thea@example.com", True)
    cart = (await buyer.post(f"/store/carts/{cart['id']}", {"email": None}))["cart"]
    assert (cart["email"], "customer" in cart) == (None, False)


async def test_a_buyer_who_left_a_group_pays_the_usual_price(
    client: Client, ids: dict[str, Any], database: Database
) -> None:
    her = await member(client, ids, "prime@example.com")
    mine = await join_group(database, her, ids["customer_groups"]["VIP"])
    cart = await her.ready((COFFEE, 1))
    assert (await her.get(f"/store/carts/{cart['id']}"))["cart"]["items"][0]["unit_price"] == 6.66
    async with database.unit_of_work() as work:
        await work.execute(delete(customer_group_customer).where(customer_group_customer.c.customer_id == mine))
    assert (await her.refused(cart["id"]))["code"] == "cart_changed"
    assert (await her.get(f"/store/carts/{cart['id']}"))["cart"]["items"][0]["unit_price"] == 8.33


async def test_a_line_that_others_bought_empty_does_not_stop_changes_of_another(
    buyer: Buyer, database: Database, ids: dict[str, Any]
) -> None:
    cart = await buyer.cart((TOTE, 5), (BOTTLE, 2))
    item = ids["inventory_items"][TOTE]
    async with database.unit_of_work() as work:
        before = (await work.execute(select(inventory_level).where(inventory_level.c.item_id == item))).one()
        await work.execute(
            update(inventory_level).where(inventory_level.c.item_id == item).values(stocked=0, reserved=0)
        )
    try:
        line = next(line for line in cart["items"] if line["variant_sku"] == "CAS-TB")
        path = f"/store/carts/{cart['id']}/line-items"
        await buyer.post(f"{path}/{line['id']}", {"quantity": 1})
        await buyer.post(path, {"variant_id": buyer.variant(MUG), "quantity": 1})
        refused = await buyer.post(path, {"variant_id": buyer.variant(TOTE), "quantity": 1}, 400)
        assert refused["code"] == "insufficient_inventory"
        await buyer.send_to(cart["id"])
        assert (await buyer.pay(cart["id"], 400))["code"] == "insufficient_inventory"
    finally:
        async with database.unit_of_work() as work:
            values = {"stocked": before.stocked, "reserved": before.reserved}
            await work.execute(update(inventory_level).where(inventory_level.c.item_id == item).values(values))


async def test_a_cart_whose_price_was_taken_away_can_be_read_and_changed_but_not_completed(
    buyer: Buyer, database: Database
) -> None:
    cart = await buyer.ready((SCARF, 1), (BOTTLE, 1))
    scarf = price.c.variant_id == buyer.variant(SCARF)
    async with database.unit_of_work() as work:
        rows = [dict(row) for row in (await work.execute(select(price).where(scarf))).mappings()]
        await work.execute(delete(price).where(scarf, price.c.currency_code == "eur"))
    try:
        read = (await buyer.get(f"/store/carts/{cart['id']}"))["cart"]
        assert read["items"][0]["unit_price"] == 19.99
        await buyer.post(f"/store/carts/{cart['id']}", {"metadata": {"note": "x"}})
        collection = await buyer.post("/store/payment-collections", {"cart_id": cart["id"]})
        sessions = f"/store/payment-collections/{collection['payment_collection']['id']}/payment-sessions"
        refused = await buyer.post(sessions, {"provider_id": "pp_system_default"}, 400)
        assert refused["code"] == "variant_not_priced"
        await buyer.ask("DELETE", f"/store/carts/{cart['id']}/line-items/{read['items'][0]['id']}")
    finally:
        async with database.unit_of_work() as work:
            await work.execute(insert(price), [row for row in rows if row["currency_code"] == "eur"])


@pytest.mark.parametrize("quantity", [100_001, 1_000_000])
async def test_a_line_holds_no_more_than_its_limit_however_it_grows(buyer: Buyer, quantity: int) -> None:
    cart = await buyer.cart((SCARF, 1))
    path = f"/store/carts/{cart['id']}/line-items/{cart['items'][0]['id']}"
    assert (await buyer.post(path, {"quantity": quantity}, 400))["code"] == "quantity_too_large"


async def test_a_backordered_variant_does_not_open_the_stock_to_its_sisters(
    buyer: Buyer, database: Database, ids: dict[str, Any]
) -> None:
    medium, large = buyer.variant("aurora/AUR-LS-M"), buyer.variant("aurora/AUR-LS-L")
    link = text("UPDATE variant_inventory_item SET item_id = :item WHERE variant_id = :variant")
    item, own = ids["inventory_items"]["aurora/AUR-LS-M"], ids["inventory_items"]["aurora/AUR-LS-L"]
    backorder = update(product_variant).where(product_variant.c.id == large)
    async with database.unit_of_work() as work:
        await work.execute(link, {"item": item, "variant": large})
        await work.execute(backorder.values(allow_backorder=True))
    try:
        cart = await buyer.cart(("aurora/AUR-LS-L", 1))
        body = {"variant_id": medium, "quantity": 5}
        refused = await buyer.post(f"/store/carts/{cart['id']}/line-items", body, 400)
        assert refused["code"] == "insufficient_inventory"
    finally:
        async with database.unit_of_work() as work:
            await work.execute(link, {"item": own, "variant": large})
            await work.execute(backorder.values(allow_backorder=False))


async def test_pieces_held_beyond_the_need_are_given_back_with_the_sale(
    buyer: Buyer, database: Database, ids: dict[str, Any]
) -> None:
    cart = await buyer.ready((MUG, 2), (SCARF, 1))
    stop = update(product_variant).where(product_variant.c.id == buyer.variant(MUG))
    async with database.unit_of_work() as work:
        await work.execute(stop.values(manage_inventory=False))
    try:
        placed = (await buyer.complete(cart["id"]))["order"]
    finally:
        async with database.unit_of_work() as work:
            await work.execute(stop.values(manage_inventory=True))
    sums = select(func.sum(inventory_movement.c.reserved)).where(
        inventory_movement.c.reference == placed["id"],
        inventory_movement.c.item_id == ids["inventory_items"][MUG],
    )
    async with database.reading() as work:
        assert (await work.execute(sums)).scalar_one() == 0


async def test_a_code_that_was_deleted_does_not_stop_another_from_being_added(buyer: Buyer, database: Database) -> None:
    cart = await buyer.cart((SHIRT, 1), promo_codes=["EUROPE4"])
    rename = text("UPDATE promotion SET code = :new WHERE code = :old")
    async with database.unit_of_work() as work:
        await work.execute(rename, {"old": "EUROPE4", "new": "EUROPE4-GONE"})
    try:
        path, body = f"/store/carts/{cart['id']}/promotions", {"promo_codes": ["WELCOME10"]}
        assert [known["code"] for known in (await buyer.post(path, body))["cart"]["promotions"]] == ["WELCOME10"]
    finally:
        async with database.unit_of_work() as work:
            await work.execute(rename, {"old": "EUROPE4-GONE", "new": "EUROPE4"})


async def test_options_are_listed_for_what_the_cart_costs_now(buyer: Buyer, database: Database) -> None:
    cart = await buyer.cart((MUG, 1))
    await buyer.post(f"/store/carts/{cart['id']}", {"shipping_address": ADDRESSES["Europe"]})
    raise_price = text("UPDATE price SET amount = :amount WHERE variant_id = :id AND currency_code = 'eur'")
    async with database.unit_of_work() as work:
        await work.execute(raise_price, {"amount": 19_900, "id": buyer.variant(MUG)})
    try:
        standard = next(option for option in await buyer.options(cart["id"]) if option["name"] == "Standard")
        assert standard["amount"] == 0
    finally:
        async with database.unit_of_work() as work:
            await work.execute(raise_price, {"amount": 999, "id": buyer.variant(MUG)})


async def test_a_cart_that_changed_between_snapshot_and_lock_is_known_by_its_version(
    buyer: Buyer, database: Database
) -> None:
    cart = await buyer.cart((SHIRT, 1))
    slow = LOAD_FREE_CART.compiled()[0].replace("WHERE cart.id", "WHERE pg_sleep(0.4) IS NOT NULL AND cart.id")

    async def load() -> str:
        async with database.unit_of_work() as work:
            rows = await work.raw.fetch(slow, *LOAD_FREE_CART.bound({"id": cart["id"], "who_id": None})[1])
            return str(rows[0][0])

    loading = asyncio.create_task(load())
    await asyncio.sleep(0.15)
    await buyer.post(f"/store/carts/{cart['id']}", {"metadata": {"a": 1}})
    assert read_cart(await loading).was_changed_while_loading


async def test_who_pays_may_live_anywhere_and_addresses_may_be_sent_back_as_they_came(buyer: Buyer) -> None:
    cart = await buyer.cart((SHIRT, 1))
    abroad = {"country_code": "us", "city": "New York"}
    body = {"shipping_address": ADDRESSES["Europe"], "billing_address": abroad}
    cart = (await buyer.post(f"/store/carts/{cart['id']}", body))["cart"]
    assert cart["billing_address"]["country_code"] == "us"
    echo = {"billing_address": cart["shipping_address"]}
    assert (await buyer.post(f"/store/carts/{cart['id']}", echo))["cart"]["billing_address"]["country_code"] == "de"


async def test_several_shipping_methods_may_be_chosen_at_once_and_sellers_named_by_handle(buyer: Buyer) -> None:
    cart = await buyer.cart((SHIRT, 1), (TOTE, 1))
    await buyer.post(f"/store/carts/{cart['id']}", {"shipping_address": ADDRESSES["Europe"]})
    chosen = [{"option_id": (await buyer.options(cart["id"], seller_id=h))[0]["id"]} for h in ("aurora", "borneo")]
    path = f"/store/carts/{cart['id']}/shipping-methods?fields=*shipping_methods.seller"
    assert len((await buyer.post(path, chosen))["cart"]["shipping_methods"]) == 2


@pytest.mark.parametrize("number", ["1e30", "1E18", "-1e300", "123456789012345678901"])
async def test_numbers_that_no_reader_takes_are_refused(buyer: Buyer, number: str) -> None:
    cart = await buyer.cart()
    headers = {"x-publishable-api-key": buyer.key, "content-type": "application/json"}
    body = f'{{"metadata": {{"x": {number}}}}}'
    reply = await buyer.client.post(f"/store/carts/{cart['id']}", data=body, headers=headers)
    assert (reply.status, (await reply.json())["code"]) == (400, "malformed_json")


async def test_what_was_written_into_metadata_is_read_back_on_cart_and_order(buyer: Buyer) -> None:
    odd = {"big": 10**17, "small": 1e-300, "half": 0.1, "text": "\u2028", "deep": [[[{"a": None}]]]}
    cart = await buyer.ready((SHIRT, 1), metadata=odd)
    placed = (await buyer.complete(cart["id"]))["order"]
    read = (await buyer.get(f"/store/orders/{placed['id']}?fields=metadata"))["order"]
    assert read["metadata"] == odd


async def test_creating_a_cart_of_many_lines_costs_no_more_statements(
    buyer: Buyer, count_statements: Callable[[], Any]
) -> None:
    sent = []
    for keys in ((SHIRT,), (SHIRT, SCARF, MUG, TOTE, BOTTLE, COFFEE)):
        # Nothing is held ready: whatever a product needs is loaded with the others.
        buyer.client.app[DEPS].snapshots.cache(ProductCache).clear()
        with count_statements() as statements:
            await buyer.cart(*((key, 1) for key in keys))
        sent.append([sql for sql in statements if "outbox" not in sql and "ending" not in sql])
    assert len(sent[0]) == len(sent[1]), sent
