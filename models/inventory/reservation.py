"""Statements on the stock of placed orders: what an order holds, and how levels and movements change with it."""

from sqlalchemy import ARRAY, BigInteger, Text, and_, bindparam, cast, func, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.sql.elements import ColumnElement

from models.schema.inventory import inventory_level, inventory_movement
from utils.sql import Prepared

_level, _movement = inventory_level.c, inventory_movement.c
_items = func.any(bindparam("items", type_=ARRAY(Text)))


def _sum(name: str) -> ColumnElement[int]:
    return cast(func.sum(_movement[name]), BigInteger)


HELD_FOR = Prepared(
    select(
        _movement.item_id,
        _movement.location_id,
        _sum("reserved").label("reserved"),
        _sum("backordered").label("backordered"),
    )
    .where(_movement.reference == bindparam("order_id"), _movement.item_id == _items)
    .group_by(_movement.item_id, _movement.location_id)
)
# Backordered pieces that receipts have covered: what other movements than those of orders took from `backordered`; and
# those that still wait for one.
COVERED = Prepared(
    select(
        _level.item_id,
        _level.location_id,
        func.coalesce(-_sum("backordered"), 0).label("pieces"),
        _level.backordered.label("waiting"),
    )
    .outerjoin(
        inventory_movement,
        and_(
            _movement.item_id == _level.item_id,
            _movement.location_id == _level.location_id,
            _movement.backordered != 0,
            or_(_movement.reference.is_(None), ~_movement.reference.like("order\\_%")),
        ),
    )
    .where(_level.item_id == _items)
    .group_by(_level.item_id, _level.location_id)
)
MOVE = Prepared(
    update(inventory_level)
    .where(_level.item_id == bindparam("level_item"), _level.location_id == bindparam("level_location"))
    .values(
        {name: _level[name] + bindparam(name, type_=BigInteger) for name in ("stocked", "reserved", "backordered")}
        | {"updated_at": func.now()}
    )
)
RECORD = Prepared(
    insert(inventory_movement), "item_id", "location_id", "kind", "stocked", "reserved", "backordered", "reference"
)
_put = upsert(inventory_level)
PUT_BACK = Prepared(
    _put.on_conflict_do_update(
        index_elements=[_level.item_id, _level.location_id],
        set_={"stocked": _level.stocked + _put.excluded.stocked, "updated_at": func.now()},
    ),
    *("item_id", "location_id", "stocked"),
)
