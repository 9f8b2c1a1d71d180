"""Products and stock are written while what they name goes: one comes second, and nobody meets a fault."""

import asyncio
from typing import Any

from sqlalchemy import delete

from models.product.write import LOCK_CATALOGUE
from models.schema.inventory import stock_location
from services.infrastructure.database.database import Database
from tests.seller.goods import PRODUCTS, shirt
from tests.staff import Worker

ITEMS, PLACES = "/vendor/inventory-items", "/vendor/stock-locations"
UNDER_WAY = 0.3  # seconds until a request stands before what holds it up


def taking(item_id: str, **said: Any) -> dict[str, Any]:
    """A product whose first variant takes from the item."""
    body = shirt(**said)
    body["variants"][0]["inventory_items"] = [{"inventory_item_id": item_id}]
    return body


async def test_an_item_that_a_product_is_about_to_take_from_is_not_deleted_under_it(
    owner: Worker, database: Database
) -> None:
    item = (await owner.post(ITEMS, {"sku": "TAKEN-SOON"}))["inventory_item"]
    async with database.unit_of_work() as work:
        await work.execute(LOCK_CATALOGUE)
        making = asyncio.create_task(owner.send("POST", PRODUCTS, taking(item["id"])))
        await asyncio.sleep(UNDER_WAY)
        deleting = asyncio.create_task(owner.send("DELETE", f"{ITEMS}/{item['id']}"))
        await asyncio.sleep(UNDER_WAY)
    assert (await making).status == 200
    refused = await deleting
    assert (refused.status, (await refused.json())["code"]) == (400, "inventory_item_in_use")


async def test_a_new_product_is_stocked_at_a_place_that_stays(owner: Worker, database: Database) -> None:
    place = (await owner.post(PLACES, {"name": "Closing down"}))["stock_location"]
    first = min((await owner.get(PLACES))["stock_locations"], key=lambda each: (each["rank"], each["id"]))
    await owner.post(f"{PLACES}/{first['id']}", {"rank": 10})
    await owner.post(f"{PLACES}/{place['id']}", {"rank": 0})
    async with database.unit_of_work() as work:
        await work.execute(delete(stock_location).where(stock_location.c.id == place["id"]))
        making = asyncio.create_task(owner.send("POST", PRODUCTS, shirt()))
        await asyncio.sleep(UNDER_WAY)
    reply = await making
    made = await reply.json()
    assert reply.status == 200, made
    item_id = made["product"]["variants"][0]["inventory_items"][0]["inventory_item_id"]
    levels = (await owner.get(f"{ITEMS}/{item_id}"))["inventory_item"]["location_levels"]
    assert [level["location_id"] for level in levels] == [first["id"]]


async def test_a_variants_items_and_its_product_are_changed_one_after_the_other(owner: Worker) -> None:
    item = (await owner.post(ITEMS, {"sku": "IN-A-BUNDLE"}))["inventory_item"]
    made = (await owner.post(PRODUCTS, shirt()))["product"]
    variant = f"{PRODUCTS}/{made['id']}/variants/{made['variants'][0]['id']}"
    need = {"inventory_item_id": item["id"], "required_quantity": 1}
    for turn in range(6):
        replies = await asyncio.gather(
            owner.send("POST", f"{variant}/inventory-items", need),
            owner.send("POST", variant, {"title": f"Title {turn}"}),
            owner.send("POST", f"{PRODUCTS}/{made['id']}", {"title": f"Title {turn}"}),
        )
        assert [reply.status for reply in replies] == [200, 200, 200], turn
        await owner.delete(f"{variant}/inventory-items/{item['id']}")
