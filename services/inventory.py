"""Stock in motion: holds of carts that are being paid, and the sale that turns them into reservations.

Every quantity moves by a conditional UPDATE on levels locked in sorted order, so no two buyers take the same piece.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
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

from models.inventory import inventory_level, inventory_movement, stock_hold, stock_location
from services.infra.database import UnitOfWork
from utils.clock import now
from utils.errors import AppError
from utils.sql import Prepared

Needs = Mapping[str, int]  # pieces by inventory item id
Part = tuple[str, str, int]  # item, location, pieces


class OutOfStock(AppError):
    code, kind = "insufficient_inventory", "not_allowed"
    message = "Some variant does not have the required inventory"


_level = inventory_level.c
AVAILABLE = _level.stocked - _level.reserved - _level.held

_OF_ITEMS = func.any(bindparam("items", type_=ARRAY(Text)))

# Free pieces by item and location. Locked in the order of `_locked`, so that what is planned on them can be taken: a
# buyer who loses the last piece of one location is not refused while another location has some.
FREE = Prepared(
    select(_level.item_id, _level.location_id, stock_location.c.rank, AVAILABLE.label("available"))
    .join(stock_location, stock_location.c.id == _level.location_id)
    .where(_level.item_id == _OF_ITEMS)
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
    select(_level.item_id, (AVAILABLE + _to_be_had).label("available")).where(_level.item_id == _OF_ITEMS)
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
    names = ["cart_id", "item_id", "location_id", "quantity", "expires_at"]
    cart, expiry = bindparam("cart_id", type_=Text), bindparam("expires_at", type_=stock_hold.c.expires_at.type)
    rows = select(cart, moved.c.item_id, moved.c.location_id, moved.c.quantity, expiry)
    return (
        insert(stock_hold)
        .from_select(names, rows)
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
    _holds_released(and_(stock_hold.c.expires_at <= func.now(), stock_hold.c.item_id == _OF_ITEMS))
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


async def on_hand(work: UnitOfWork, needs: Needs, *, cart_id: str = "") -> dict[str, int]:
    """Pieces by item that the cart could get now."""
    found = dict.fromkeys(needs, 0)
    for row in await work.execute(ON_HAND, {"items": sorted(needs), "cart_id": cart_id}):
        found[row.item_id] += row.available
    return found


async def release(work: UnitOfWork, *, cart_id: str) -> None:
    """Give back what the cart holds."""
    work.touch("stock", [row.item_id for row in await work.execute(RELEASE_CART, {"cart_id": cart_id})])


async def release_expired(work: UnitOfWork) -> int:
    """Give back up to 500 holds whose time is over; the number of levels that changed."""
    items = [row.item_id for row in await work.execute(RELEASE_EXPIRED)]
    work.touch("stock", items)
    return len(items)


async def release_expired_of(work: UnitOfWork, item_ids: Sequence[str]) -> bool:
    """Give back holds of these items whose time is over, though no sweep has come yet; were there any?"""
    items = [row.item_id for row in await work.execute(RELEASE_EXPIRED_OF, {"items": item_ids})]
    work.touch("stock", items)
    return bool(items)


async def hold(work: UnitOfWork, needs: Needs, *, cart_id: str, seconds: int, backorder: Needs) -> None:
    """Hold the pieces for a cart that holds none until `seconds` from now; OutOfStock when they are not all to be had.

    So many of the pieces as `backorder` says may be short: what is there is held, the rest is left to the sale.
    """
    if needs:
        terms = {"cart_id": cart_id, "expires_at": now() + timedelta(seconds=seconds)}
        await _take(work, HOLD_FREE, needs, terms, backorder)


async def sell(work: UnitOfWork, needs: Needs, *, cart_id: str, order_id: str, backorder: Needs) -> None:
    """Reserve the pieces for an order: the cart's holds first, then what is free; OutOfStock when too few."""
    rows = (await work.execute(SELL_HELD, {"cart_id": cart_id, "reference": order_id})).all()
    work.touch("stock", [row.item_id for row in rows])
    missing = dict(needs)
    for row in rows:
        surplus = row.reserved - missing.get(row.item_id, 0)
        if surplus > 0:  # the seller has stopped counting the item, or needs less of it, since it was held
            await _give_back(work, (row.item_id, row.location_id, surplus), order_id)
        missing[row.item_id] = max(-surplus, 0)
    missing = {item: quantity for item, quantity in missing.items() if quantity}
    if missing:
        short = await _take(work, SELL_FREE, missing, {"reference": order_id}, backorder)
        await _backorder(work, short, order_id)


async def _take(
    work: UnitOfWork, statement: Any, needs: Needs, terms: Mapping[str, Any], backorder: Needs
) -> dict[str, tuple[str, int]]:
    """Take the pieces by `statement`; what may be backordered and is short comes back as (location, pieces) by item."""
    for attempt in range(2):
        parts, short = await _plan(work, needs)
        if all(at and pieces <= backorder.get(item, 0) for item, (at, pieces) in short.items()):
            if await _moved(work, statement, parts, terms):
                return short
        elif attempt == 0:
            await release_expired_of(work, sorted(short))
        else:
            break
    raise OutOfStock()


async def _moved(work: UnitOfWork, statement: Any, parts: Sequence[Part], terms: Mapping[str, Any]) -> bool:
    if not parts:
        return True
    items, locations, quantities = (list(values) for values in zip(*parts, strict=True))
    rows = (
        await work.execute(statement, {**terms, "items": items, "locations": locations, "quantities": quantities})
    ).all()
    if len(rows) != len(parts):
        raise OutOfStock()  # cannot be: the levels were locked when this was planned
    work.touch("stock", items)
    return True


async def _plan(work: UnitOfWork, needs: Needs) -> tuple[list[Part], dict[str, tuple[str, int]]]:
    """From which locations to take what, the lowest rank first, and what is short: (first location, pieces) by item."""
    left, first, parts = dict(needs), dict[str, str](), list[Part]()
    free = await work.execute(FREE, {"items": sorted(needs)})
    for row in sorted(free, key=lambda row: (row.item_id, row.rank, row.location_id)):
        first.setdefault(row.item_id, row.location_id)
        taken = max(min(left[row.item_id], row.available), 0)
        if taken:
            parts.append((row.item_id, row.location_id, taken))
            left[row.item_id] -= taken
    return parts, {item: (first.get(item, ""), quantity) for item, quantity in left.items() if quantity}


async def _backorder(work: UnitOfWork, short: Mapping[str, tuple[str, int]], order_id: str) -> None:
    """Count what is sold beyond the stock, at the item's first location."""
    rows = [(item, location, quantity) for item, (location, quantity) in sorted(short.items())]
    if rows:
        await work.execute(BACKORDER, [{"level_item": i, "level_location": at, "quantity": q} for i, at, q in rows])
        await work.execute(RECORD, [_movement("sell", (i, at, 0), order_id, backordered=q) for i, at, q in rows])


async def _give_back(work: UnitOfWork, part: Part, order_id: str) -> None:
    """Pieces that were reserved a moment ago are free again; their level is still locked."""
    item_id, location_id, quantity = part
    await work.execute(GIVE_BACK, {"level_item": item_id, "level_location": location_id, "quantity": quantity})
    await work.execute(RECORD, _movement("release", (item_id, location_id, -quantity), order_id))


def _movement(kind: str, part: Part, order_id: str, backordered: int = 0) -> dict[str, Any]:
    item_id, location_id, reserved = part
    return {
        "item_id": item_id,
        "location_id": location_id,
        "kind": kind,
        "reserved": reserved,
        "backordered": backordered,
        "reference": order_id,
    }
