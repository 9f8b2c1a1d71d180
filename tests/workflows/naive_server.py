"""The server with the mistake that test_races.py must find: stock is read, checked and written back.

Only the sale at `complete` is replaced; everything around it is the server itself.
"""

import sys
from typing import Any

from sqlalchemy import text

import app
from services.infrastructure.database.database import UnitOfWork
from services.inventory import hold as inventory_hold

READ = text("SELECT location_id, stocked, reserved, held FROM inventory_level WHERE item_id = :item")
WRITE = text("UPDATE inventory_level SET reserved = :reserved WHERE item_id = :item AND location_id = :location")
RECORD = text(
    "INSERT INTO inventory_movement (item_id, location_id, kind, reserved, reference)"
    " VALUES (:item, :location, 'sell', :pieces, :order)"
)


async def naive_sell(work: UnitOfWork, needs: inventory_hold.Needs, *, cart_id: str, order_id: str, **_: Any) -> None:
    await inventory_hold.release(work, cart_id=cart_id)
    for item, pieces in needs.items():
        level = (await work.execute(READ, {"item": item})).one()
        if level.stocked - level.reserved - level.held < pieces:
            raise inventory_hold.OutOfStock()
        where = {"item": item, "location": level.location_id}
        await work.execute(WRITE, {**where, "reserved": level.reserved + pieces})
        await work.execute(RECORD, {**where, "pieces": pieces, "order": order_id})


if __name__ == "__main__":
    inventory_hold.sell = naive_sell
    sys.exit(app.main(sys.argv[1:]))
