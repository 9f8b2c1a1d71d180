"""What sellers do to levels: put an item at a place, count what lies there, receive, take away."""

from typing import Any

from sqlalchemy import BigInteger, Text, bindparam, case, column, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.sql.expression import CTE

from models.schema.inventory import inventory_item, inventory_level, inventory_movement, stock_location
from models.shared.ownership import is_own
from utils.errors import AppError
from utils.sql import Prepared


class StockReserved(AppError):
    code, kind = "stock_reserved", "not_allowed"
    message = (
        "{bound} pieces of {inventory_item_id} at {location_id} are sold or held by buyers who are paying: "
        "the stock cannot be {stocked_quantity}."
    )


class StockChanged(AppError):
    code, kind = "stock_changed", "conflict"
    message = "The stock is not {expected_quantity} any more but {stocked_quantity}. Look again, then count."


class LevelExists(AppError):
    code, kind = "inventory_level_exists", "duplicate"
    message = "The item {inventory_item_id} is kept at {location_id} already. Change that level."


class LevelInUse(AppError):
    code, kind = "inventory_level_in_use", "not_allowed"
    message = (
        "{pieces} pieces of the item are at {location_id}, or owed from there. Only an empty level can be removed."
    )


class LevelNotFound(AppError):
    code, kind = "inventory_level_not_found", "missing"
    message = "The item {inventory_item_id} is not kept at {location_id}"


class LevelNamedTwice(AppError):
    code, kind = "inventory_level_named_twice", "invalid"
    message = "The item {inventory_item_id} at {location_id} is named twice. Name it once."


_level = inventory_level.c


def _rows(name: str, *quantities: str) -> Any:
    """Rows of the parameters `items`, `locations`, and one list for each of the quantities."""
    lists: list[Any] = [bindparam("items", type_=ARRAY(Text)), bindparam("locations", type_=ARRAY(Text))]
    lists += [bindparam(quantity, type_=ARRAY(BigInteger)) for quantity in quantities]
    columns: list[Any] = [
        column("item_id", Text),
        column("location_id", Text),
        *(column(q, BigInteger) for q in quantities),
    ]
    return func.unnest(*lists).table_valued(*columns).render_derived(name)


def _at(source: Any) -> Any:
    return (_level.item_id == source.c.item_id) & (_level.location_id == source.c.location_id)


def _locked(condition: Any) -> Any:
    """Levels, locked one after the other in the order in which buyers lock them."""
    return (
        select(_level.item_id, _level.location_id, _level.stocked, _level.reserved, _level.held, _level.backordered)
        .where(condition)
        .order_by(_level.item_id, _level.location_id)
        .with_for_update()
    )


def _moved() -> Any:
    """Pieces come or go, and so many of them are reserved for buyers who wait; rows that come back were changed.

    A level where too few would be left for what is sold and held is left alone.
    """
    wanted = _rows("wanted", "changes", "covers")
    moved: CTE = (
        update(inventory_level)
        .where(_at(wanted), _level.stocked + wanted.c.changes - _level.reserved - wanted.c.covers - _level.held >= 0)
        .values(
            stocked=_level.stocked + wanted.c.changes,
            reserved=_level.reserved + wanted.c.covers,
            backordered=_level.backordered - wanted.c.covers,
            updated_at=func.now(),
        )
        .returning(_level.item_id, _level.location_id, wanted.c.changes, wanted.c.covers)
        .cte("moved")
    )
    said = [bindparam(name, type_=Text) for name in ("reference", "reason")]
    kind = case((moved.c.changes > 0, "receive"), else_="adjust")
    values = [moved.c.item_id, moved.c.location_id, kind, moved.c.changes, moved.c.covers, -moved.c.covers, *said]
    names = ["item_id", "location_id", "kind", "stocked", "reserved", "backordered", "reference", "reason"]
    return insert(inventory_movement).from_select(names, select(*values)).returning(inventory_movement.c.item_id)


_opened = _rows("opened")
_closed = _rows("closed")
_incoming = _rows("incoming", "quantities")
_empty = (_level.stocked == 0) & (_level.reserved == 0) & (_level.held == 0) & (_level.backordered == 0)

# All levels of the items, wherever they are: holds that ran out are given back under these locks.
LOCK_LEVELS = Prepared(_locked(_level.item_id == func.any(bindparam("items", type_=ARRAY(Text)))))
MOVE = Prepared(_moved())
# Items at places where they have not been; those that come back are new.
OPEN_LEVELS = Prepared(
    upsert(inventory_level)
    .from_select(["item_id", "location_id"], select(_opened.c.item_id, _opened.c.location_id))
    .on_conflict_do_nothing()
    .returning(_level.item_id, _level.location_id)
)
CLOSE_LEVELS = Prepared(delete(inventory_level).where(_at(_closed), _empty).returning(_level.location_id))
SET_INCOMING = Prepared(
    update(inventory_level).where(_at(_incoming)).values(incoming=_incoming.c.quantities, updated_at=func.now())
)
LOCK_LOCATION_LEVELS = Prepared(_locked(_level.location_id == bindparam("location_id")))
DELETE_LOCATION_LEVELS = Prepared(delete(inventory_level).where(_level.location_id == bindparam("location_id"), _empty))

ITEMS_BY_SKU = Prepared(
    select(inventory_item.c.id, inventory_item.c.sku)
    .where(inventory_item.c.sku == func.any(bindparam("skus", type_=ARRAY(Text))), is_own("inventory_item"))
    .order_by(inventory_item.c.id)
    .with_for_update(read=True, key_share=True)
)
LOCATIONS_OF_SELLER = Prepared(
    select(stock_location.c.id, stock_location.c.name)
    .where(is_own("stock_location"))
    .order_by(stock_location.c.rank, stock_location.c.id)
    .with_for_update(read=True, key_share=True)
)
