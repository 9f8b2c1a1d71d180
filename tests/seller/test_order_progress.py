"""An order on its way: accepted, packed, shipped, delivered, and what buyer, stock and books see of it."""

import asyncio
from typing import Any

import pytest

from services.deps import Deps
from services.infrastructure.database.database import Database
from tests.buying import Buyer
from tests.seller.conftest import Books
from tests.seller.selling import (
    CARD,
    CHAIR,
    INDIGO,
    MUG,
    SCARF,
    SET,
    SHIRT,
    TOTE,
    bought,
    delivered,
    letters,
    packed,
    part_id,
    received,
    seen,
    sold,
    step,
    stock,
)
from tests.staff import Worker, hire

Json = dict[str, Any]


async def test_an_order_goes_its_whole_way_and_the_buyer_follows_it(
    buyer: Buyer, owner: Worker, database: Database, deps: Deps, ids: Json, books: Books
) -> None:
    order = await bought(buyer, (SCARF, 3), (TOTE, 1))
    id_, before = part_id(order), await stock(database, ids, SCARF)
    accepted = await step(owner, id_, "accept")
    assert (accepted["status"], accepted["accepted_at"] is not None) == ("accepted", True)
    parcel = await packed(owner, id_)
    assert (await seen(owner, id_))["status"] == "packed"
    assert await stock(database, ids, SCARF) == before
    label = {"tracking_number": "DHL 1", "tracking_url": "https://dhl.example/1", "label_url": "https://dhl.example/p"}
    shipped = await step(owner, id_, f"fulfillments/{parcel}/shipments", {"labels": [label], "carrier": "DHL"})
    assert (shipped["status"], shipped["fulfillments"][0]["labels"][0]["label_url"]) == ("shipped", label["label_url"])
    assert await stock(database, ids, SCARF) == (before[0] - 3, before[1] - 3, 0)
    on_way = (await buyer.get(f"/store/orders/{order['id']}"))["order"]
    assert (on_way["status"], on_way["fulfillment_status"]) == ("pending", "partially_shipped")
    (sent,) = on_way["fulfillments"]
    assert (sent["labels"][0]["tracking_url"], sent["carrier"], sent["seller_order_id"]) == (
        label["tracking_url"],
        "DHL",
        id_,
    )
    assert "label_url" not in sent["labels"][0]
    assert "created_by" not in sent
    done = await step(owner, id_, f"fulfillments/{parcel}/mark-as-delivered")
    assert (done["status"], done["fulfillment_status"]) == ("delivered", "delivered")
    scarf = next(line for line in on_way["items"] if line["variant_sku"] == "AUR-WS")
    assert (scarf["detail"]["fulfilled_quantity"], scarf["detail"]["shipped_quantity"]) == (3, 3)
    assert scarf["shipped_total"] == scarf["total"]
    (told,) = await letters(deps, "order-shipped", 1)
    assert "https://dhl.example/1" in told["text"]
    assert "3 x " in told["text"]
    assert await letters(deps, "order-delivered", 1)
    changes = await owner.get(f"/vendor/orders/{id_}/changes")
    assert [change["kind"] for change in changes["order_changes"]] == ["accepted", "packed", "shipped", "delivered"]
    assert {change["actor_id"] for change in changes["order_changes"]} == {owner.actor_id}
    assert await books() == []


async def test_an_order_is_completed_when_all_its_sellers_have_delivered(
    buyer: Buyer, owner: Worker, other_owner: Worker
) -> None:
    order = await bought(buyer, (SCARF, 1), (TOTE, 1))
    await delivered(owner, part_id(order))
    assert (await buyer.get(f"/store/orders/{order['id']}"))["order"]["status"] == "pending"
    await delivered(other_owner, part_id(order, "borneo"))
    done = (await buyer.get(f"/store/orders/{order['id']}"))["order"]
    assert (done["status"], done["fulfillment_status"]) == ("completed", "delivered")


async def test_pieces_go_in_several_parcels_and_the_state_follows_the_slowest(
    buyer: Buyer, owner: Worker, books: Books
) -> None:
    order = await sold(buyer, owner, (SCARF, 3), (SHIRT, 2))
    scarf, shirt = (line["id"] for line in order["items"])
    first = await packed(owner, order["id"], {"items": [{"id": scarf, "quantity": 2}]})
    assert (await seen(owner, order["id"]))["status"] == "accepted"
    shipped = await step(owner, order["id"], f"fulfillments/{first}/shipments")
    assert (shipped["status"], shipped["fulfillment_status"]) == ("accepted", "partially_shipped")
    over = {"items": [{"id": scarf, "quantity": 1}, {"id": scarf, "quantity": 1}]}
    refused = await step(owner, order["id"], "fulfillments", over, 409)
    assert (refused["code"], refused["item_id"], refused["open"]) == ("quantity_not_open", scarf, 1)
    second = await packed(owner, order["id"])
    both = await seen(owner, order["id"])
    assert both["status"] == "packed"
    rest = {item["line_item_id"]: item["quantity"] for item in both["fulfillments"][1]["items"]}
    assert rest == {scarf: 1, shirt: 2}
    await step(owner, order["id"], f"fulfillments/{second}/shipments")
    await step(owner, order["id"], f"fulfillments/{second}/mark-as-delivered")
    assert (await seen(owner, order["id"]))["status"] == "shipped"
    await step(owner, order["id"], f"fulfillments/{first}/mark-as-delivered")
    assert (await seen(owner, order["id"]))["status"] == "delivered"
    assert await books() == []


async def test_a_step_out_of_turn_is_a_conflict_with_its_reason(buyer: Buyer, owner: Worker) -> None:
    order = await sold(buyer, owner, (SCARF, 1))
    await step(owner, order["id"], "accept")
    again = await step(owner, order["id"], "accept", None, 409)
    assert (again["code"], again["status"], again["allowed"]) == ("order_state_forbids", "accepted", "placed")
    parcel = f"fulfillments/{await packed(owner, order['id'])}"
    assert (await step(owner, order["id"], "fulfillments", None, 409))["code"] == "order_state_forbids"
    early = await step(owner, order["id"], f"{parcel}/mark-as-delivered", None, 409)
    assert (early["code"], early["status"]) == ("fulfillment_state_forbids", "packed")
    await step(owner, order["id"], f"{parcel}/shipments")
    for late in ("shipments", "cancel"):
        assert (await step(owner, order["id"], f"{parcel}/{late}", None, 409))["code"] == "fulfillment_state_forbids"
    await step(owner, order["id"], f"{parcel}/mark-as-delivered")
    for action in ("accept", "fulfillments"):
        assert (await step(owner, order["id"], action, None, 409))["status"] == "delivered"


async def test_a_parcel_that_is_taken_apart_can_be_packed_again(buyer: Buyer, owner: Worker, books: Books) -> None:
    order = await sold(buyer, owner, (SCARF, 2))
    first = await packed(owner, order["id"])
    apart = await step(owner, order["id"], f"fulfillments/{first}/cancel")
    assert (apart["status"], apart["fulfillments"][0]["status"]) == ("accepted", "canceled")
    assert apart["items"][0]["detail"]["fulfilled_quantity"] == 0
    assert (await delivered(owner, order["id"]))["status"] == "delivered"
    assert await books() == []


@pytest.mark.parametrize("action", ["fulfillments", "shipments", "cancel"])
async def test_of_many_who_do_the_same_at_once_one_does_it(
    buyer: Buyer, owner: Worker, database: Database, ids: Json, books: Books, action: str
) -> None:
    order = await sold(buyer, owner, (SET, 2))
    before, path = await stock(database, ids, SCARF), f"/vendor/orders/{order['id']}/{action}"
    if action == "shipments":
        path = f"/vendor/orders/{order['id']}/fulfillments/{await packed(owner, order['id'])}/shipments"
    body = {"reason": "twice"} if action == "cancel" else None
    replies = await asyncio.gather(*(owner.send("POST", path, body) for _ in range(8)))
    assert sorted(reply.status for reply in replies) == [200] + [409] * 7
    after = await stock(database, ids, SCARF)
    assert (before[0] - after[0], before[1] - after[1]) == {
        "fulfillments": (0, 0),
        "shipments": (2, 2),
        "cancel": (0, 2),
    }[action]
    assert await books() == []


async def test_a_repeated_request_with_its_key_gets_the_first_answer(buyer: Buyer, owner: Worker) -> None:
    order = await sold(buyer, owner, (SCARF, 1))
    path = f"/vendor/orders/{order['id']}/fulfillments"
    first, second = [await owner.post(path, None, idempotency_key="pack-once") for _ in range(2)]
    assert first == second
    assert len((await seen(owner, order["id"]))["fulfillments"]) == 1


async def test_many_at_once_with_one_key_get_one_answer(buyer: Buyer, owner: Worker, books: Books) -> None:
    order = await sold(buyer, owner, (SCARF, 1))
    path, body = f"/vendor/orders/{order['id']}/cancel", {"reason": "Sent twice by a client that lost patience."}
    replies = await asyncio.gather(*(owner.send("POST", path, body, idempotency_key="cancel-once") for _ in range(8)))
    assert [reply.status for reply in replies] == [200] * 8
    assert len({await reply.read() for reply in replies}) == 1
    assert (await owner.post(path, body, 409))["code"] == "order_state_forbids"
    assert await books() == []


async def test_a_bundle_takes_the_pieces_that_its_variant_needed_at_the_sale(
    buyer: Buyer, owner: Worker, database: Database, ids: Json, books: Books
) -> None:
    before = await stock(database, ids, MUG)
    order = await sold(buyer, owner, (SET, 2), (MUG, 1))
    await delivered(owner, order["id"])
    assert await stock(database, ids, MUG) == (before[0] - 5, before[1], 0)
    assert await books() == []


async def test_a_parcel_is_packed_where_the_seller_says_if_there_is_stock(
    buyer: Buyer, other_owner: Worker, database: Database, ids: Json, books: Books
) -> None:
    order = await sold(buyer, other_owner, (INDIGO, 2), handle="borneo")
    places = {key: value for key, value in ids["stock_locations"].items() if key.startswith("borneo/")}
    surabaya = places["borneo/Surabaya"]
    done = await step(other_owner, order["id"], "fulfillments", {"location_id": surabaya})
    assert done["fulfillments"][0]["location_id"] == surabaya
    await step(other_owner, order["id"], f"fulfillments/{done['fulfillments'][0]['id']}/shipments")
    assert await books() == []
    more = await sold(buyer, other_owner, (INDIGO, 3), handle="borneo")
    refused = await step(other_owner, more["id"], "fulfillments", {"location_id": surabaya}, 409)
    assert refused["code"] == "stock_missing"
    assert (await seen(other_owner, more["id"]))["status"] == "placed"
    foreign = next(value for key, value in ids["stock_locations"].items() if key.startswith("aurora/"))
    for unknown in (foreign, "sloc_none"):
        assert (await step(other_owner, more["id"], "fulfillments", {"location_id": unknown}, 404))[
            "code"
        ] == "not_found"


@pytest.mark.parametrize("covering", [0, 3])
async def test_backordered_pieces_are_packed_once_they_are_there(
    buyer: Buyer, other_owner: Worker, database: Database, ids: Json, books: Books, covering: int
) -> None:
    stocked, reserved, _ = await stock(database, ids, CHAIR)
    free = stocked - reserved
    order = await sold(buyer, other_owner, (CHAIR, free + 3), handle="borneo")
    assert await stock(database, ids, CHAIR) == (stocked, stocked, 3)
    first = {"items": [{"id": order["items"][0]["id"], "quantity": free}]}
    if free:
        await packed(other_owner, order["id"], first)
    refused = await step(other_owner, order["id"], "fulfillments", None, 409)
    assert (refused["code"], refused["missing"]) == ("stock_missing", 3)
    await received(database, ids, CHAIR, 4, covering)
    await packed(other_owner, order["id"])
    assert await stock(database, ids, CHAIR) == (stocked + 4, stocked + 3, 0)
    assert await books() == []


async def test_what_is_not_sent_by_post_is_delivered_at_once(
    buyer: Buyer, deps: Deps, sellers: list[str], owner: Worker, books: Books
) -> None:
    seller = await hire(owner.client, deps, seller_id=sellers[2])
    order = await sold(buyer, seller, (CARD, 1), ("cascade/CAS-TB", 1), handle="cascade")
    card = next(line["id"] for line in order["items"] if line["variant_sku"] == "CAS-GC-25")
    parcel = await packed(seller, order["id"], {"items": [{"id": card, "quantity": 1}]})
    done = await step(seller, order["id"], f"fulfillments/{parcel}/mark-as-delivered")
    assert (done["status"], done["fulfillments"][0]["status"]) == ("accepted", "delivered")
    assert done["fulfillments"][0]["requires_shipping"] is False
    assert await books() == []


async def test_a_stock_movement_names_the_sellers_own_order_never_the_buyers(
    buyer: Buyer, owner: Worker, ids: Json
) -> None:
    order = await bought(buyer, (SCARF, 1))
    moved = await owner.get(f"/vendor/inventory-items/{ids['inventory_items'][SCARF]}/movements")
    assert moved["inventory_movements"][0]["reference"] == part_id(order)
    assert order["id"] not in str(moved)
