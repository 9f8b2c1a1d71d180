"""Stock in motion: the statements that hold pieces, turn them into reservations, and give them back.

Every quantity moves by a conditional UPDATE on levels locked in sorted order, so no two buyers take the same piece.
"""

from typing import Any

from sqlalchemy import (
    Text,
    and_,
    bindparam,
    column,
    delete,
    func,
    insert,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, BIGINT
from sqlalchemy.sql.expression import CTE

from models.schema.cart import cart
from models.schema.inventory import inventory_level, inventory_movement, stock_hold, stock_location
from utils.sql import Prepared

_level = inventory_level.c
AVAILABLE = _level.stocked - _level.reserved - _level.held

OF_ITEMS = func.any(bindparam("items", type_=ARRAY(Text)))

# Free pieces by item and location. Locked in the order of `_locked`, so that what is planned on them can be taken: a
# buyer who loses the last piece of one location is not refused while another location has some.
FREE = Prepared(
    select(_level.item_id, _level.location_id, stock_location.c.rank, AVAILABLE.label("available"))
    .join(stock_location, stock_location.c.id == _level.location_id)
    .where(_level.item_id == OF_ITEMS)
    .order_by(_level.item_id, _level.location_id)
    .with_for_update(of=inventory_level)
)
# What a cart could get: free pieces, its own holds, and holds whose time is over though nobody has released them yet.
_to_be_had = (
    select(func.coalesce(func.sum(stock_hold.c.quantity), 0))
    .where(
        stock_hold.c.item_id == _level.item_id,
        stock_hold.c.location_id == _level.location_id,
        or_(stock_hold.c.cart_id == bindparam("cart_id"), stock_hold.c.expires_at <= func.now()),
    )
    .scalar_subquery()
)
ON_HAND = Prepared(
    select(_level.item_id, (AVAILABLE + _to_be_had).label("available")).where(_level.item_id == OF_ITEMS)
)


def _locked(name: str, source: Any) -> CTE:
    """The source's levels, locked one after the other in sorted order."""
    return (
        select(_level.item_id, _level.location_id, source.c.quantity)
        .join(source, (source.c.item_id == _level.item_id) & (source.c.location_id == _level.location_id))
        .order_by(_level.item_id, _level.location_id)
        .with_for_update(of=inventory_level)
        .cte(name)
    )


def _on_level(locked: CTE) -> Any:
    return (_level.item_id == locked.c.item_id) & (_level.location_id == locked.c.location_id)


def _wanted() -> Any:
    return (
        func.unnest(
            bindparam("items", type_=ARRAY(Text)),
            bindparam("locations", type_=ARRAY(Text)),
            bindparam("quantities", type_=ARRAY(BIGINT)),
        )
        .table_valued(column("item_id", Text), column("location_id", Text), column("quantity", BIGINT))
        .render_derived("wanted")
    )


def _movements(moved: CTE) -> Any:
    """The sale's movements; the statement gives back what was moved."""
    names = ["item_id", "location_id", "kind", "reserved", "reference"]
    sold = select(
        moved.c.item_id,
        moved.c.location_id,
        literal_column("'sell'"),
        moved.c.quantity,
        bindparam("reference", type_=Text),
    )
    movement = inventory_movement.c
    return (
        insert(inventory_movement)
        .from_select(names, sold)
        .returning(movement.item_id, movement.location_id, movement.reserved)
    )


def _held_becomes_reserved() -> Any:
    """The cart's holds become reservations: one statement, nothing to check, for held pieces are the cart's already."""
    gone = delete(stock_hold).where(stock_hold.c.cart_id == bindparam("cart_id"))
    held = gone.returning(stock_hold.c.item_id, stock_hold.c.location_id, stock_hold.c.quantity).cte("gone")
    locked = _locked("locked", held)
    moved = (
        update(inventory_level)
        .where(_on_level(locked))
        .values(held=_level.held - locked.c.quantity, reserved=_level.reserved + locked.c.quantity)
        .returning(_level.item_id, _level.location_id, locked.c.quantity)
        .cte("moved")
    )
    return _movements(moved)


def _free_becomes_reserved() -> Any:
    """Pieces on hand become reservations where there are enough; rows that come back were taken."""
    locked = _locked("locked", _wanted())
    moved = (
        update(inventory_level)
        .where(_on_level(locked), locked.c.quantity <= AVAILABLE)
        .values(reserved=_level.reserved + locked.c.quantity)
        .returning(_level.item_id, _level.location_id, locked.c.quantity)
        .cte("moved")
    )
    return _movements(moved)


def _free_becomes_held() -> Any:
    locked = _locked("locked", _wanted())
    moved = (
        update(inventory_level)
        .where(_on_level(locked), locked.c.quantity <= AVAILABLE)
        .values(held=_level.held + locked.c.quantity)
        .returning(_level.item_id, _level.location_id, locked.c.quantity)
        .cte("moved")
    )
    names = ["cart_id", "item_id", "location_id", "quantity", "expires_at", "buyer", "address"]
    cart_id, expiry = bindparam("cart_id", type_=Text), bindparam("expires_at", type_=stock_hold.c.expires_at.type)
    holder = [bindparam(name, type_=Text) for name in ("buyer", "address")]
    rows = select(cart_id, moved.c.item_id, moved.c.location_id, moved.c.quantity, expiry, *holder)
    began = update(cart).where(cart.c.id == cart_id).values(holds_since=bindparam("since"))
    return (
        insert(stock_hold)
        .from_select(names, rows)
        .add_cte(began.returning(cart.c.id).cte("began"))
        .returning(stock_hold.c.item_id, stock_hold.c.location_id, stock_hold.c.quantity)
    )


def _holds_released(condition: Any) -> Any:
    """Holds end and their pieces are free again. Skips holds that another transaction is busy with."""
    ending = (
        select(stock_hold.c.cart_id, stock_hold.c.item_id, stock_hold.c.location_id)
        .where(condition)
        .order_by(stock_hold.c.item_id, stock_hold.c.location_id)
        .limit(500)
        .with_for_update(skip_locked=True)
        .cte("ending")
    )
    gone = (
        delete(stock_hold)
        .where(
            stock_hold.c.cart_id == ending.c.cart_id,
            stock_hold.c.item_id == ending.c.item_id,
            stock_hold.c.location_id == ending.c.location_id,
        )
        .returning(stock_hold.c.item_id, stock_hold.c.location_id, stock_hold.c.quantity)
        .cte("gone")
    )
    summed = (
        select(gone.c.item_id, gone.c.location_id, func.sum(gone.c.quantity).cast(BIGINT).label("quantity"))
        .group_by(gone.c.item_id, gone.c.location_id)
        .cte("summed")
    )
    locked = _locked("locked", summed)
    return (
        update(inventory_level)
        .where(_on_level(locked))
        .values(held=_level.held - locked.c.quantity)
        .returning(_level.item_id)
    )


SELL_HELD = Prepared(_held_becomes_reserved())
SELL_FREE = Prepared(_free_becomes_reserved())
HOLD_FREE = Prepared(_free_becomes_held())
RELEASE_CART = Prepared(_holds_released(stock_hold.c.cart_id == bindparam("cart_id")))
RELEASE_EXPIRED = Prepared(_holds_released(stock_hold.c.expires_at <= func.now()))
RELEASE_EXPIRED_OF = Prepared(
    _holds_released(and_(stock_hold.c.expires_at <= func.now(), stock_hold.c.item_id == OF_ITEMS))
)
BACKORDER = Prepared(
    update(inventory_level)
    .where(_level.item_id == bindparam("level_item"), _level.location_id == bindparam("level_location"))
    .values(backordered=_level.backordered + bindparam("quantity", type_=BIGINT))
)
GIVE_BACK = Prepared(
    update(inventory_level)
    .where(_level.item_id == bindparam("level_item"), _level.location_id == bindparam("level_location"))
    .values(reserved=_level.reserved - bindparam("quantity", type_=BIGINT))
)
RECORD = Prepared(insert(inventory_movement), "item_id", "location_id", "kind", "reserved", "backordered", "reference")
