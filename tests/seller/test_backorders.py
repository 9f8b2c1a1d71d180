"""Pieces sold beyond the stock: receipts cover them, and they may be sent from somewhere else all the same."""

from typing import Any

from services.infrastructure.database.database import Database
from tests.buying import Buyer
from tests.seller.conftest import Books
from tests.seller.selling import CHAIR, packed, sold, step, stock
from tests.staff import Worker

Json = dict[str, Any]
GONE = {"reason": "No rattan any more."}


async def free_chairs(database: Database, ids: Json) -> int:
    stocked, reserved, _ = await stock(database, ids, CHAIR)
    return stocked - reserved


async def come(owner: Worker, ids: Json, pieces: int) -> None:
    """Chairs come to Jakarta, where they are first for who waits."""
    level = f"/vendor/inventory-items/{ids['inventory_items'][CHAIR]}/location-levels"
    jakarta = ids["stock_locations"]["borneo/Jakarta"]
    await owner.post(f"{level}/{jakarta}/adjustments", {"adjustment": pieces})


async def test_pieces_that_a_receipt_covered_are_sent_from_another_location(
    buyer: Buyer, other_owner: Worker, database: Database, ids: Json, books: Books
) -> None:
    free = await free_chairs(database, ids)
    order = await sold(buyer, other_owner, (CHAIR, free + 4), handle="borneo")
    if free:
        await packed(other_owner, order["id"], {"items": [{"id": order["items"][0]["id"], "quantity": free}]})
    await come(other_owner, ids, 3)
    before = await stock(database, ids, CHAIR)
    assert before[2] == 1
    bali = (await other_owner.post("/vendor/stock-locations", {"name": "Bali"}))["stock_location"]["id"]
    levels = f"/vendor/inventory-items/{ids['inventory_items'][CHAIR]}/location-levels"
    await other_owner.post(levels, {"location_id": bali, "stocked_quantity": 4})
    done = await step(other_owner, order["id"], "fulfillments", {"location_id": bali})
    assert (done["status"], done["fulfillments"][-1]["location_id"]) == ("packed", bali)
    # The four that came from Bali are reserved there; the three that waited in Jakarta are for sale.
    assert await stock(database, ids, CHAIR) == (before[0] + 4, before[1] + 1, 0)
    assert await books() == []


async def test_what_a_receipt_covered_stays_for_others_who_wait(
    buyer: Buyer, other_owner: Worker, database: Database, ids: Json, books: Books
) -> None:
    free = await free_chairs(database, ids)
    first = await sold(buyer, other_owner, (CHAIR, free + 2), handle="borneo")
    second = await sold(buyer, other_owner, (CHAIR, 3), handle="borneo")
    if free:
        await packed(other_owner, first["id"], {"items": [{"id": first["items"][0]["id"], "quantity": free}]})
    await come(other_owner, ids, 3)
    stocked, reserved, backordered = await stock(database, ids, CHAIR)
    assert backordered == 2
    await step(other_owner, first["id"], "cancel", GONE)
    assert await stock(database, ids, CHAIR) == (stocked, reserved, 0)
    assert (await step(other_owner, second["id"], "fulfillments"))["status"] == "packed"
    assert await books() == []
