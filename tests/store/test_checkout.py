"""The whole checkout, over HTTP: one cart, several sellers, one order."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select, text, update

from models.order.order import LOAD_ORDER
from models.schema.inventory import inventory_level, inventory_movement, stock_hold
from models.schema.journal import outbox
from models.schema.order import order, seller_order
from models.schema.payment import ledger_entry, ledger_posting
from services.infrastructure.database.database import Database
from tests.buying import Buyer

SHIRT, TOTE, BOTTLE, LAMP = "aurora/AUR-LS-S", "borneo/BOR-BT-RED", "cascade/CAS-TB", "cascade/CAS-RACE"


async def level(database: Database, ids: dict[str, Any], key: str) -> Any:
    """Stocked, reserved and held pieces of a variant's item over all locations."""
    sums = [func.sum(inventory_level.c[name]).label(name) for name in ("stocked", "reserved", "held")]
    async with database.reading() as work:
        statement = select(*sums).where(inventory_level.c.item_id == ids["inventory_items"][key])
        return (await work.execute(statement)).one()


async def test_one_checkout_over_two_sellers_makes_one_order_and_a_seller_order_each(
    buyer: Buyer, database: Database, ids: dict[str, Any]
) -> None:
    cart = await buyer.ready((SHIRT, 2), (TOTE, 1))
    done = await buyer.complete(cart["id"])
    assert done["type"] == "order"
    placed = done["order"]
    # 2 x 30 + 11.90 net, shipping 5 + 7, 19 % tax on all of it: 83.90 x 1.19 = 99.841
    assert (placed["item_subtotal"], placed["shipping_subtotal"], placed["total"]) == (71.9, 12, 99.84)
    assert {part["seller"]["handle"] for part in placed["seller_orders"]} == {"aurora", "borneo"}
    assert round(sum(part["total"] for part in placed["seller_orders"]), 2) == placed["total"]
    assert placed["payment_collections"][0]["status"] == "authorized"
    async with database.reading() as work:
        entries = (
            await work.execute(select(ledger_entry.c.amount).where(ledger_entry.c.currency_code == "eur"))
        ).scalars()
        assert sum(entries) == 0
        sold = select(func.sum(inventory_movement.c.reserved)).where(inventory_movement.c.reference == placed["id"])
        assert (await work.execute(sold)).scalar_one() == 3
    assert (await level(database, ids, SHIRT)).reserved == 2
    assert (await level(database, ids, SHIRT)).held == 0


async def test_the_order_read_by_its_id_is_the_one_that_complete_gave(buyer: Buyer) -> None:
    cart = await buyer.ready((SHIRT, 1), (BOTTLE, 2), promo_codes=["WELCOME10"])
    placed = (await buyer.complete(cart["id"]))["order"]
    fields = "*payment_collections.payments,*items,*items.metadata,*items.variant,*items.product"
    read = (await buyer.get(f"/store/orders/{placed['id']}?fields={fields}"))["order"]
    for name in ("total", "item_total", "shipping_total", "discount_total", "tax_total", "email", "display_id"):
        assert read[name] == placed[name], name
    assert read["payment_collections"][0]["payments"][0]["amount"] == placed["total"]
    assert read["items"][0]["variant"]["sku"] == "AUR-LS-S"
    assert read["items"][0]["product"]["handle"] == "linen-shirt"
    assert (read["payment_status"], read["fulfillment_status"]) == ("authorized", "not_fulfilled")
    assert placed["seller_orders"][0]["id"].startswith("sord_")


async def test_completing_again_also_at_once_and_with_other_keys_gives_the_same_order(
    buyer: Buyer, database: Database
) -> None:
    cart = await buyer.ready((SHIRT, 1))
    keys = [None, "a", "a", "b", None, "c", "a", "b"]
    tries = [buyer.complete(cart["id"], 200, **({"idempotency_key": key} if key else {})) for key in keys]
    done = await asyncio.gather(*tries)
    done.append(await buyer.complete(cart["id"]))
    assert {reply["order"]["id"] for reply in done} == {done[0]["order"]["id"]}
    async with database.reading() as work:
        count = select(func.count()).select_from(order).where(order.c.cart_id == cart["id"])
        assert (await work.execute(count)).scalar_one() == 1


async def test_a_payment_session_holds_the_stock_until_it_ends(
    buyer: Buyer, database: Database, ids: dict[str, Any]
) -> None:
    first = await buyer.ready(("aurora/AUR-LS-M", 1))
    assert (await level(database, ids, "aurora/AUR-LS-M")).held == 1
    refused = await buyer.post(
        "/store/carts",
        {
            "region_id": ids["regions"]["Europe"],
            "items": [{"variant_id": buyer.variant("aurora/AUR-LS-M"), "quantity": 1}],
        },
        400,
    )
    assert refused["code"] == "insufficient_inventory"
    line = first["items"][0]["id"]
    await buyer.ask("DELETE", f"/store/carts/{first['id']}/line-items/{line}")
    assert (await level(database, ids, "aurora/AUR-LS-M")).held == 0


async def test_an_expired_hold_is_given_to_the_next_buyer_before_any_sweep(
    buyer: Buyer, database: Database, ids: dict[str, Any]
) -> None:
    late = await buyer.ready(("borneo/BOR-BT-IND", 7))
    async with database.unit_of_work() as work:
        await work.execute(update(stock_hold).values(expires_at=func.now() - text("interval '1 minute'")))
    waiting = await buyer.cart(region="Europe")
    body = {"variant_id": buyer.variant("borneo/BOR-BT-IND"), "quantity": 7}
    await buyer.post(f"/store/carts/{waiting['id']}/line-items", body, 200)
    await buyer.send_to(waiting["id"])
    await buyer.pay(waiting["id"])
    assert (await buyer.complete(waiting["id"]))["type"] == "order"
    refused = await buyer.refused(late["id"])
    assert (refused["code"], refused["type"]) == ("insufficient_inventory", "not_allowed")
    assert (await level(database, ids, "borneo/BOR-BT-IND")).reserved == 7


async def test_a_seller_without_a_method_is_refused_by_name(buyer: Buyer, ids: dict[str, Any]) -> None:
    cart = await buyer.cart((SHIRT, 1), (TOTE, 1))
    await buyer.post(f"/store/carts/{cart['id']}", {"shipping_address": {"country_code": "de"}})
    own = await buyer.options(cart["id"], seller_id=ids["stores"]["aurora"])
    await buyer.post(f"/store/carts/{cart['id']}/shipping-methods", {"option_id": own[0]["id"]})
    await buyer.pay(cart["id"])
    refused = await buyer.complete(cart["id"], 400)
    assert (refused["code"], refused["seller_handle"]) == ("seller_shipping_method_missing", "borneo")


@pytest.mark.parametrize(
    ("steps", "code"),
    [
        ((), "payment_collection_missing"),
        (("collection",), "payment_session_missing"),
        (("collection", "session"), "shipping_method_missing"),
    ],
)
async def test_what_is_missing_at_complete_is_said(buyer: Buyer, steps: tuple[str, ...], code: str) -> None:
    cart = await buyer.cart((SHIRT, 1))
    if "collection" in steps:
        made = (await buyer.post("/store/payment-collections", {"cart_id": cart["id"]}))["payment_collection"]
        if "session" in steps:
            path = f"/store/payment-collections/{made['id']}/payment-sessions"
            await buyer.post(path, {"provider_id": "pp_system_default"})
    assert (await buyer.complete(cart["id"], 400))["code"] == code


async def test_an_empty_cart_is_not_completed(buyer: Buyer) -> None:
    assert (await buyer.complete((await buyer.cart())["id"], 400))["code"] == "cart_empty"


async def test_a_completed_cart_changes_no_more_and_can_still_be_read(buyer: Buyer) -> None:
    cart = await buyer.ready((SHIRT, 1))
    await buyer.complete(cart["id"])
    body = {"variant_id": buyer.variant(SHIRT), "quantity": 1}
    refused = await buyer.post(f"/store/carts/{cart['id']}/line-items", body, 400)
    assert refused["message"] == f"Cart {cart['id']} is already completed."
    assert (await buyer.get(f"/store/carts/{cart['id']}"))["cart"]["completed_at"] is not None


async def test_a_price_that_changed_after_the_session_is_not_charged_silently(
    buyer: Buyer, database: Database, ids: dict[str, Any]
) -> None:
    cart = await buyer.ready((LAMP, 1))
    async with database.unit_of_work() as work:
        await work.execute(
            text("UPDATE price SET amount = 1100 WHERE variant_id = :id AND currency_code = 'eur'"),
            {"id": buyer.variant(LAMP)},
        )
    refused = await buyer.refused(cart["id"])
    assert refused["code"] == "cart_changed"
    assert refused["total_now"] - refused["total_before"] > 0
    now = (await buyer.get(f"/store/carts/{cart['id']}"))["cart"]
    assert now["items"][0]["unit_price"] == 11
    assert now["payment_collection"]["payment_sessions"] == []
    assert now["payment_collection"]["amount"] == now["total"]
    await buyer.pay(cart["id"])
    assert (await buyer.complete(cart["id"]))["order"]["total"] == now["total"]


async def test_a_coupon_of_one_use_is_used_once(buyer: Buyer) -> None:
    carts = [await buyer.ready((SHIRT, 1), promo_codes=["ONLYONE"]) for _ in range(3)]
    replies = await asyncio.gather(*(buyer.send("POST", f"/store/carts/{cart['id']}/complete") for cart in carts))
    bodies = [await reply.json() for reply in replies]
    assert sorted(body["type"] for body in bodies) == ["cart", "cart", "order"]
    refused = [body["error"] for body in bodies if body["type"] == "cart"]
    assert {error["code"] for error in refused} == {"promotion_usage_exceeded"}


async def test_backorders_sell_what_is_there_and_count_the_rest(
    buyer: Buyer, database: Database, ids: dict[str, Any]
) -> None:
    cart = await buyer.ready(("borneo/BOR-RC", 5))
    assert (await buyer.complete(cart["id"]))["type"] == "order"
    async with database.reading() as work:
        levels = select(func.sum(inventory_level.c.reserved), func.sum(inventory_level.c.backordered)).where(
            inventory_level.c.item_id == ids["inventory_items"]["borneo/BOR-RC"]
        )
        assert tuple((await work.execute(levels)).one()) == (2, 3)


async def test_an_order_writes_its_event_with_it(buyer: Buyer, database: Database) -> None:
    cart = await buyer.ready((SHIRT, 1))
    placed = (await buyer.complete(cart["id"]))["order"]
    async with database.reading() as work:
        payloads = (
            (await work.execute(select(outbox.c.payload).where(outbox.c.topic == "order.placed"))).scalars().all()
        )
        assert placed["id"] in {payload["order_id"] for payload in payloads}
        parts = (await work.execute(select(seller_order).where(seller_order.c.order_id == placed["id"]))).all()
        assert [part.status for part in parts] == ["placed"]
        assert (await work.execute(LOAD_ORDER, {"id": placed["id"]})).scalar_one()


async def test_the_statements_of_a_checkout_do_not_grow_with_the_lines(
    buyer: Buyer, count_statements: Callable[[], Any]
) -> None:
    counts = []
    for items in (((SHIRT, 1),), ((SHIRT, 1), ("aurora/AUR-WS", 1), ("aurora/AUR-SET", 1), ("aurora/AUR-FG", 2))):
        cart = await buyer.ready(*items)
        with count_statements() as statements:
            await buyer.complete(cart["id"])
        # The delivery of the event runs beside the request, and is not the request's.
        counts.append([sql.split("(")[0] for sql in statements if "outbox" not in sql or sql.startswith("INSERT")])
    assert len(counts[0]) == len(counts[1]) <= 16, counts


async def test_a_free_order_needs_no_payment_and_moves_no_money(buyer: Buyer, database: Database) -> None:
    cart = await buyer.cart(("aurora/AUR-WS", 1))
    await buyer.send_to(cart["id"])
    free = (await buyer.post(f"/store/carts/{cart['id']}", {"promo_codes": ["FREEBIE", "SHIPFREE"]}))["cart"]
    assert (free["total"], free["original_total"]) == (0, 29.74)  # (19.99 + 5) x 1.19
    placed = (await buyer.complete(cart["id"]))["order"]
    assert (placed["total"], placed["payment_collections"]) == (0, [])
    async with database.reading() as work:
        posted = select(func.count()).select_from(ledger_posting).where(ledger_posting.c.reference == placed["id"])
        assert (await work.execute(posted)).scalar_one() == 0


async def test_a_session_that_ended_unseen_is_said_to_whoever_completes_with_it(
    buyer: Buyer, database: Database
) -> None:
    cart = await buyer.ready((LAMP, 1))
    async with database.unit_of_work() as work:
        await work.execute(
            text("UPDATE price SET amount = amount + 100 WHERE variant_id = :id AND currency_code = 'eur'"),
            {"id": buyer.variant(LAMP)},
        )
    await buyer.options(cart["id"])  # prices the cart anew, which ends its session
    assert (await buyer.refused(cart["id"]))["code"] == "payment_session_ended"
    await buyer.pay(cart["id"])
    assert (await buyer.complete(cart["id"]))["type"] == "order"


async def test_a_key_of_a_refused_cart_is_not_kept_and_the_order_is_replayed(buyer: Buyer, database: Database) -> None:
    cart = await buyer.ready((LAMP, 1))
    async with database.unit_of_work() as work:
        await work.execute(
            text("UPDATE price SET amount = amount + 100 WHERE variant_id = :id AND currency_code = 'eur'"),
            {"id": buyer.variant(LAMP)},
        )
    assert (await buyer.complete(cart["id"], idempotency_key="once"))["type"] == "cart"
    await buyer.pay(cart["id"])
    placed = await buyer.complete(cart["id"], idempotency_key="once")
    assert placed["type"] == "order"
    assert await buyer.complete(cart["id"], idempotency_key="once") == placed
