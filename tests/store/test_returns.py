"""Returns over HTTP: reasons, and never more back than came."""

import asyncio
from typing import Any

from sqlalchemy import update

from models.schema.order import order_line
from services.infrastructure.database.database import Database
from tests.buying import Buyer, member
from tests.conftest import Client

SCARF, SHIRT, TOTE = "aurora/AUR-WS", "aurora/AUR-LS-S", "borneo/BOR-BT-RED"


def option(ids: dict[str, Any]) -> str:
    return str(next(v for k, v in ids["shipping_options"].items() if k.startswith("aurora/") and k.endswith("/Return")))


async def delivered(buyer: Buyer, database: Database, *items: tuple[str, int]) -> dict[str, Any]:
    """An order all of whose pieces have come."""
    cart = await buyer.ready(*items)
    order: dict[str, Any] = (await buyer.complete(cart["id"]))["order"]
    async with database.unit_of_work() as work:
        quantity = order_line.c.quantity
        come = {f"{step}_quantity": quantity for step in ("fulfilled", "shipped", "delivered")}
        await work.execute(update(order_line).where(order_line.c.order_id == order["id"]).values(come))
    return order


def asked(order: dict[str, Any], ids: dict[str, Any], *items: tuple[int, int], **more: Any) -> dict[str, Any]:
    wanted = [{"id": order["items"][index]["id"], "quantity": quantity} for index, quantity in items]
    return {"order_id": order["id"], "items": wanted, "return_shipping": {"option_id": option(ids)}, **more}


async def test_reasons_are_listed_with_those_above_and_below(buyer: Buyer, ids: dict[str, Any]) -> None:
    page = await buyer.get("/store/return-reasons")
    assert (page["count"], page["limit"], page["offset"]) == (3, 20, 0)
    by_value = {reason["value"]: reason for reason in page["return_reasons"]}
    above, below = by_value["wrong_size"], by_value["too_small"]
    assert below["parent_return_reason"]["id"] == below["parent_return_reason_id"] == above["id"]
    assert [child["id"] for child in above["return_reason_children"]] == [below["id"]]
    one = (await buyer.get(f"/store/return-reasons/{above['id']}"))["return_reason"]
    assert one == above
    assert above["id"] == ids["return_reasons"]["wrong_size"]
    unknown = await buyer.get("/store/return-reasons/rr_missing", 404)
    assert unknown["message"] == "Return reason with id: rr_missing was not found"


async def test_no_more_goes_back_than_came(buyer: Buyer, database: Database, ids: dict[str, Any]) -> None:
    order = await delivered(buyer, database, (SCARF, 3))
    reason = ids["return_reasons"]["damaged"]
    body = asked(order, ids, (0, 2), note="torn")
    body["items"][0] |= {"reason_id": reason, "note": "left sleeve"}
    fields = "?fields=%2Bdisplay_id,*items,%2Brequested_at"
    made = (await buyer.post(f"/store/returns{fields}", body))["return"]
    assert made["id"].startswith("return_")
    assert (made["order_id"], made["items"][0]["quantity"], made["items"][0]["reason_id"]) == (order["id"], 2, reason)
    plain = (await buyer.post("/store/returns", asked(order, ids, (0, 1))))["return"]
    moments = {"created_at", "updated_at", "deleted_at", "requested_at", "received_at", "canceled_at"}
    keys = {"id", "display_id", "order_id", "seller_order_id", "location_id", "claim_id", "exchange_id"}
    assert set(plain) == moments | keys | {"status", "refund_amount", "created_by", "metadata", "items"}
    refused = await buyer.post("/store/returns", asked(order, ids, (0, 1)), 400)
    line = order["items"][0]["id"]
    assert refused["message"] == f"Cannot request to return more items than what was fulfilled for item {line}."
    seen = (await buyer.get(f"/store/orders/{order['id']}"))["order"]
    assert (seen["version"], seen["items"][0]["detail"]["return_requested_quantity"]) == (3, 3)


async def test_what_has_not_come_cannot_go_back(buyer: Buyer, ids: dict[str, Any]) -> None:
    cart = await buyer.ready((SCARF, 1))
    order = (await buyer.complete(cart["id"]))["order"]
    refused = await buyer.post("/store/returns", asked(order, ids, (0, 1)), 400)
    assert refused["code"] == "return_quantity_too_large"


async def test_of_two_returns_at_once_for_the_last_piece_one_is_refused(
    buyer: Buyer, database: Database, ids: dict[str, Any]
) -> None:
    order = await delivered(buyer, database, (SCARF, 4))
    replies = await asyncio.gather(*(buyer.send("POST", "/store/returns", asked(order, ids, (0, 1))) for _ in range(8)))
    assert sorted(reply.status for reply in replies) == [200] * 4 + [400] * 4


async def test_a_return_names_items_of_the_order_and_of_one_seller(
    buyer: Buyer, database: Database, ids: dict[str, Any]
) -> None:
    order = await delivered(buyer, database, (SCARF, 1), (TOTE, 1))
    several = await buyer.post("/store/returns", asked(order, ids, (0, 1), (1, 1)), 400)
    assert several["code"] == "return_several_sellers"
    tote = next(n for n, line in enumerate(order["items"]) if line["variant_sku"] == "BOR-BT-RED")
    scarf = 1 - tote
    foreign = await buyer.post("/store/returns", asked(order, ids, (tote, 1)), 400)
    assert foreign["code"] == "return_option_invalid"
    other = await delivered(buyer, database, (SCARF, 1))
    mixed = {**asked(other, ids, (0, 1)), "order_id": order["id"]}
    assert (await buyer.post("/store/returns", mixed, 400))["code"] == "return_items_unknown"
    missing = {**asked(order, ids, (scarf, 1)), "order_id": "order_missing"}
    assert (await buyer.post("/store/returns", missing, 404))["message"] == "Order id not found: order_missing"
    reason = asked(order, ids, (scarf, 1))
    reason["items"][0]["reason_id"] = "rr_missing"
    assert (await buyer.post("/store/returns", reason, 404))["code"] == "return_reason_not_found"
    own = await buyer.post("/store/returns", asked(order, ids, (scarf, 1), receive_now=True), 400)
    assert own["type"] == "not_allowed"
    twice = asked(order, ids, (scarf, 1), (scarf, 1))
    assert (await buyer.post("/store/returns", twice, 400))["code"] == "return_quantity_too_large"
    told = await buyer.post("/store/returns", {}, 400)
    assert told["message"] == (
        "Invalid request: Field 'order_id' is required; Field 'items' is required; Field 'return_shipping' is required"
    )


async def test_a_customers_order_is_sent_back_by_himself_only(
    client: Client, buyer: Buyer, database: Database, ids: dict[str, Any]
) -> None:
    ana, bob = await member(client, ids, "back@example.com"), await member(client, ids, "notback@example.com")
    order = await delivered(ana, database, (SHIRT, 1))
    for stranger in (buyer, bob):
        told = await stranger.post("/store/returns", asked(order, ids, (0, 1)), 404)
        assert told["message"] == f"Order id not found: {order['id']}"
    made = await ana.post("/store/returns?fields=created_by", asked(order, ids, (0, 1)))
    assert made["return"]["created_by"].startswith("cus_")


async def test_there_are_no_translations(buyer: Buyer) -> None:
    assert await buyer.get("/store/locales") == {"locales": []}
