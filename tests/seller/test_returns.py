"""Goods that come back: counted by state, on stock where the seller says, and never more than were sent back."""

import asyncio
from typing import Any

from services.infrastructure.database.database import Database
from tests.buying import Buyer
from tests.seller.conftest import Books
from tests.seller.selling import SCARF, SET, SHIRT, bought, delivered, packed, part_id, seen, step, stock
from tests.staff import Worker

Json = dict[str, Any]
RETURNS = "/vendor/returns"


async def asked(buyer: Buyer, owner: Worker, ids: Json, *items: tuple[str, int]) -> Json:
    """A return of all pieces of an order that has come."""
    order = await bought(buyer, *items)
    await delivered(owner, part_id(order))
    wanted = [{"id": line["id"], "quantity": line["quantity"]} for line in order["items"]]
    body = {
        "order_id": order["id"],
        "items": wanted,
        "return_shipping": {"option_id": way_back(ids)},
        "note": "too warm",
    }
    made = (await buyer.post("/store/returns", body))["return"]
    back: Json = (await owner.get(f"{RETURNS}/{made['id']}"))["return"]
    return back | {"buyers_order": order["id"]}


def way_back(ids: Json) -> str:
    """The seller's way of taking things back."""
    options = ids["shipping_options"].items()
    return next(str(v) for k, v in options if k.startswith("aurora/") and k.endswith("/Return"))


def berlin(ids: Json) -> str:
    return str(ids["stock_locations"]["aurora/Berlin"])


async def test_a_return_is_received_piece_by_piece_as_the_seller_found_it(
    buyer: Buyer, owner: Worker, database: Database, ids: Json, books: Books
) -> None:
    back = await asked(buyer, owner, ids, (SCARF, 4))
    before = await stock(database, ids, SCARF)
    line, path = back["items"][0]["item_id"], f"{RETURNS}/{back['id']}/receive"
    first = {"items": [{"id": line, "quantity": 1, "damaged_quantity": 1, "location_id": berlin(ids)}]}
    partly = (await owner.post(path, first))["return"]
    item = partly["items"][0]
    assert (partly["status"], partly["received_at"]) == ("partially_received", None)
    assert (item["received_quantity"], item["damaged_quantity"], item["restocked_quantity"]) == (1, 1, 1)
    assert await stock(database, ids, SCARF) == (before[0] + 1, before[1], 0)
    over = await owner.post(path, {"items": [{"id": line, "quantity": 3}]}, 409)
    assert (over["code"], over["open"]) == ("return_quantity_not_open", 2)
    done = (await owner.post(path, {"items": [{"id": line, "quantity": 2}]}))["return"]
    assert (done["status"], done["items"][0]["restocked_quantity"]) == ("received", 1)
    assert await stock(database, ids, SCARF) == (before[0] + 1, before[1], 0)
    assert (await owner.post(path, first, 409))["code"] == "return_state_forbids"
    seen_by_buyer = (await buyer.get(f"/store/orders/{back['buyers_order']}"))["order"]["items"][0]["detail"]
    counts = [seen_by_buyer[f"return_{step}_quantity"] for step in ("requested", "received", "dismissed")]
    assert counts == [0, 3, 1]
    kinds = [each["kind"] for each in (await changes(owner, back))]
    assert kinds[-2:] == ["return_received", "return_received"]
    assert await books() == []


async def changes(owner: Worker, back: Json) -> list[Json]:
    found: list[Json] = (await owner.get(f"/vendor/orders/{back['seller_order_id']}/changes"))["order_changes"]
    return found


async def test_a_refused_return_can_be_asked_for_again(buyer: Buyer, owner: Worker, ids: Json, books: Books) -> None:
    back = await asked(buyer, owner, ids, (SCARF, 2))
    refused = (await owner.post(f"{RETURNS}/{back['id']}/cancel", {"reason": "worn"}))["return"]
    assert (refused["status"], refused["canceled_reason"]) == ("canceled", "worn")
    assert (await owner.post(f"{RETURNS}/{back['id']}/cancel", None, 409))["code"] == "return_state_forbids"
    detail = (await seen(owner, back["seller_order_id"]))["items"][0]["detail"]
    assert (detail["return_requested_quantity"], detail["delivered_quantity"]) == (0, 2)
    assert await books() == []


async def test_what_never_comes_is_awaited_no_more(buyer: Buyer, owner: Worker, ids: Json, books: Books) -> None:
    back = await asked(buyer, owner, ids, (SCARF, 3))
    line = back["items"][0]["item_id"]
    await owner.post(f"{RETURNS}/{back['id']}/receive", {"items": [{"id": line, "quantity": 1}]})
    done = (await owner.post(f"{RETURNS}/{back['id']}/cancel"))["return"]
    assert (done["status"], done["canceled_at"]) == ("received", None)
    detail = (await seen(owner, back["seller_order_id"]))["items"][0]["detail"]
    assert (detail["return_requested_quantity"], detail["return_received_quantity"]) == (0, 1)
    assert await books() == []


async def test_a_bundle_goes_back_on_stock_as_its_parts(
    buyer: Buyer, owner: Worker, database: Database, ids: Json, books: Books
) -> None:
    back = await asked(buyer, owner, ids, (SET, 1))
    before = await stock(database, ids, "aurora/AUR-MUG")
    came = {"id": back["items"][0]["item_id"], "quantity": 1, "location_id": berlin(ids)}
    await owner.post(f"{RETURNS}/{back['id']}/receive", {"items": [came]})
    assert (await stock(database, ids, "aurora/AUR-MUG"))[0] == before[0] + 2
    assert await books() == []


async def test_of_many_who_receive_the_same_pieces_at_once_one_counts(
    buyer: Buyer, owner: Worker, database: Database, ids: Json, books: Books
) -> None:
    back = await asked(buyer, owner, ids, (SCARF, 2))
    before = await stock(database, ids, SCARF)
    came = {"items": [{"id": back["items"][0]["item_id"], "quantity": 2, "location_id": berlin(ids)}]}
    replies = await asyncio.gather(*(owner.send("POST", f"{RETURNS}/{back['id']}/receive", came) for _ in range(6)))
    assert sorted(reply.status for reply in replies) == [200] + [409] * 5
    assert (await stock(database, ids, SCARF))[0] == before[0] + 2
    assert await books() == []


async def test_returns_of_others_are_missing_and_say_nothing_of_the_buyer(
    buyer: Buyer, owner: Worker, other_owner: Worker, ids: Json
) -> None:
    back = await asked(buyer, owner, ids, (SHIRT, 1))
    order_id = back.pop("buyers_order")
    assert order_id not in str(back)
    for method, path in (("GET", ""), ("POST", "/cancel")):
        told = await other_owner.ask(method, f"{RETURNS}/{back['id']}{path}", None, 404)
        assert told["message"] == f"Return with id: {back['id']} was not found"
    assert (await other_owner.get(RETURNS))["count"] == 0
    page = await owner.get(f"{RETURNS}?status=requested&order_id={back['seller_order_id']}")
    assert [each["id"] for each in page["returns"]] == [back["id"]]
    foreign = next(v for k, v in ids["stock_locations"].items() if k.startswith("borneo/"))
    line = back["items"][0]["item_id"]
    path = f"{RETURNS}/{back['id']}/receive"
    wrong = {"items": [{"id": line, "quantity": 1, "location_id": foreign}]}
    assert (await owner.post(path, wrong, 404))["code"] == "not_found"
    assert (await owner.post(path, {"items": [{"id": "ordli_none", "quantity": 1}]}, 404))["code"] == "not_found"
    none = {"items": [{"id": line, "quantity": 0}]}
    assert (await owner.post(path, none, 400))["code"] == "nothing_received"


async def test_a_buyer_sends_back_while_the_seller_goes_on(
    buyer: Buyer, owner: Worker, ids: Json, books: Books
) -> None:
    order = await bought(buyer, (SET, 4))
    part, line = part_id(order), order["items"][0]["id"]
    one = {"items": [{"id": line, "quantity": 1}]}
    parcels = [f"fulfillments/{await packed(owner, part, one)}" for _ in range(4)]
    for parcel in parcels:
        await step(owner, part, f"{parcel}/shipments")
    for parcel in parcels[:2]:
        await step(owner, part, f"{parcel}/mark-as-delivered")
    back = {"order_id": order["id"], **one, "return_shipping": {"option_id": way_back(ids)}}
    steps = [owner.send("POST", f"/vendor/orders/{part}/{parcel}/mark-as-delivered") for parcel in parcels[2:]]
    replies = await asyncio.gather(*steps, *(buyer.send("POST", "/store/returns", back) for _ in range(2)))
    # Each waits for the other where they meet; none is told to come again.
    assert [reply.status for reply in replies] == [200] * 4
    assert await books() == []


async def test_of_an_item_that_is_gone_nothing_goes_on_stock(
    buyer: Buyer, owner: Worker, ids: Json, books: Books
) -> None:
    back = await asked(buyer, owner, ids, (SHIRT, 1))
    line = (await seen(owner, back["seller_order_id"]))["items"][0]
    item, variant = ids["inventory_items"][SHIRT], f"{line['product_id']}/variants/{line['variant_id']}"
    await owner.delete(f"/vendor/products/{variant}/inventory-items/{item}")
    await owner.delete(f"/vendor/inventory-items/{item}")
    came = {"id": line["id"], "quantity": 1}
    path = f"{RETURNS}/{back['id']}/receive"
    refused = await owner.post(path, {"items": [{**came, "location_id": berlin(ids)}]}, 404)
    assert refused["message"] == f"Inventory item with id: {item} was not found"
    assert (await owner.post(path, {"items": [came]}))["return"]["status"] == "received"
