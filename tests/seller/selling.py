"""Steps of a sale that tests of sellers' orders share."""

import asyncio
from typing import Any

import orjson
from sqlalchemy import BigInteger, cast, func, insert, select, update

from models.schema.inventory import inventory_level, inventory_movement
from services.deps import Deps
from services.infrastructure.database.database import Database
from tests.buying import Buyer
from tests.staff import Worker

Json = dict[str, Any]
ORDERS = "/vendor/orders"
SCARF, SHIRT, MUG, SET = "aurora/AUR-WS", "aurora/AUR-LS-S", "aurora/AUR-MUG", "aurora/AUR-SET"
TOTE, INDIGO, CHAIR, CARD = "borneo/BOR-BT-RED", "borneo/BOR-BT-IND", "borneo/BOR-RC", "cascade/CAS-GC-25"


async def bought(buyer: Buyer, *items: tuple[str, int], **said: Any) -> Json:
    """The order that a buyer placed."""
    cart = await buyer.ready(*items, **said)
    order: Json = (await buyer.complete(cart["id"]))["order"]
    return order


def part_id(order: Json, handle: str = "aurora") -> str:
    return next(str(part["id"]) for part in order["seller_orders"] if part["seller"]["handle"] == handle)


async def sold(buyer: Buyer, seller: Worker, *items: tuple[str, int], handle: str = "aurora", **said: Any) -> Json:
    """The seller order that comes of a purchase, as its seller sees it."""
    return await seen(seller, part_id(await bought(buyer, *items, **said), handle))


async def seen(seller: Worker, order_id: str) -> Json:
    order: Json = (await seller.get(f"{ORDERS}/{order_id}"))["order"]
    return order


async def step(seller: Worker, order_id: str, action: str, body: Any = None, status: int = 200) -> Json:
    """An action on an order: the order after it, or the refusal."""
    reply = await seller.post(f"{ORDERS}/{order_id}/{action}", body, status)
    return reply["order"] if status == 200 else reply


async def packed(seller: Worker, order_id: str, body: Any = None) -> str:
    """The id of a new parcel."""
    order = await step(seller, order_id, "fulfillments", body)
    return str(order["fulfillments"][-1]["id"])


async def delivered(seller: Worker, order_id: str) -> Json:
    """All that is left goes to the buyer in one parcel, and comes."""
    parcel = f"fulfillments/{await packed(seller, order_id)}"
    await step(seller, order_id, f"{parcel}/shipments", {"labels": []})
    return await step(seller, order_id, f"{parcel}/mark-as-delivered")


async def stock(database: Database, ids: Json, key: str) -> tuple[int, int, int]:
    """Stocked, reserved and backordered pieces of an item over all its locations."""
    names = ("stocked", "reserved", "backordered")
    sums = (cast(func.sum(inventory_level.c[name]), BigInteger) for name in names)
    statement = select(*sums).where(inventory_level.c.item_id == ids["inventory_items"][key])
    async with database.reading() as work:
        return tuple((await work.execute(statement)).one())


async def letters(deps: Deps, template: str, wanted: int, to: str = "ana@example.com") -> list[Json]:
    """So many letters of a kind, once they were sent."""
    folder = deps.settings.data_dir / "outbox"
    for _ in range(100):
        found = [orjson.loads(path.read_bytes()) for path in folder.glob("*.json")] if folder.is_dir() else []
        found = [letter for letter in found if letter["template"] == template and letter["to"] == to]
        if len(found) >= wanted:
            break
        await asyncio.sleep(0.1)
    return found


async def received(database: Database, ids: Json, key: str, pieces: int, covering: int = 0) -> None:
    """Pieces come into an item's only location; so many of them are reserved at once for what was sold before."""
    item_id, level = ids["inventory_items"][key], inventory_level.c
    moved = {"stocked": pieces, "reserved": covering, "backordered": -covering}
    async with database.unit_of_work() as work:
        mine = update(inventory_level).where(level.item_id == item_id).returning(level.location_id)
        changed = mine.values({name: level[name] + n for name, n in moved.items()})
        location_id = (await work.execute(changed)).scalar_one()
        row = {"item_id": item_id, "location_id": location_id, "kind": "receive", **moved}
        await work.execute(insert(inventory_movement), row)
