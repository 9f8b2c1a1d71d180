"""Stock in motion: holds of carts that are being paid, and the sale that turns them into reservations.

The statements are in models/inventory/hold.py: no two buyers take the same piece.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from models.cart.hold_limits import FREE_TO_HOLD, Holder, HoldLimits
from models.inventory import hold as inventory_hold
from services.infrastructure.database.database import UnitOfWork
from utils.errors import AppError

Needs = Mapping[str, int]  # pieces by inventory item id
Part = tuple[str, str, int]  # item, location, pieces
Window = tuple[datetime, datetime] | None  # when a cart's holds began, and when they end; None: it holds nothing
Trim = Callable[[list[Part], Sequence[Any]], list[Part]]


class OutOfStock(AppError):
    code, kind = "insufficient_inventory", "not_allowed"
    message = "Some variant does not have the required inventory"
    # Inventory items of which there is too little.
    short: tuple[str, ...] = ()


async def on_hand(work: UnitOfWork, needs: Needs, *, cart_id: str = "") -> dict[str, int]:
    """Pieces by item that the cart could get now."""
    found = dict.fromkeys(needs, 0)
    for row in await work.execute(inventory_hold.ON_HAND, {"items": sorted(needs), "cart_id": cart_id}):
        found[row.item_id] += row.available
    return found


async def release(work: UnitOfWork, *, cart_id: str) -> None:
    """Give back what the cart holds."""
    work.touch("stock", [row.item_id for row in await work.execute(inventory_hold.RELEASE_CART, {"cart_id": cart_id})])


async def release_expired(work: UnitOfWork) -> int:
    """Give back up to 500 holds whose time is over; the number of levels that changed."""
    items = [row.item_id for row in await work.execute(inventory_hold.RELEASE_EXPIRED)]
    work.touch("stock", items)
    return len(items)


async def release_expired_of(work: UnitOfWork, item_ids: Sequence[str]) -> bool:
    """Give back holds of these items whose time is over, though no sweep has come yet; were there any?"""
    items = [row.item_id for row in await work.execute(inventory_hold.RELEASE_EXPIRED_OF, {"items": item_ids})]
    work.touch("stock", items)
    return bool(items)


async def hold(
    work: UnitOfWork, needs: Needs, *, holder: Holder, limits: HoldLimits, window: Window, backorder: Needs
) -> None:
    """Hold the pieces for a cart that holds none; OutOfStock when they are not all to be had.

    So many of the pieces as `backorder` says may be short: what is there is held, the rest is left to the sale. So is
    what the limits do not let the cart hold. The buyer is locked (`LOCK_BUYER`).
    """
    if not needs:
        return
    who = {"buyer": holder.buyer, "address": holder.address}
    since, until = window or (None, None)
    terms = {"cart_id": holder.cart_id, "since": since, "expires_at": until, **who}

    def trim(parts: list[Part], levels: Sequence[Any]) -> list[Part]:
        return _allowed(parts, levels, limits, holder) if window is not None else []

    await _take(work, inventory_hold.HOLD_FREE, needs, terms, backorder, free=FREE_TO_HOLD, look=who, trim=trim)


def _allowed(parts: Sequence[Part], levels: Sequence[Any], limits: HoldLimits, holder: Holder) -> list[Part]:
    """What of the parts may be held: the share of each item, and no more pieces than the buyer and the address may."""
    unsold: Counter[str] = Counter()
    for row in levels:
        unsold[row.item_id] += row.unsold
    rooms = [limits.pieces - levels[0].buyer_pieces] if limits.pieces else []
    if holder.address is not None:
        rooms.append(limits.pieces_per_address - levels[0].address_pieces)
    left = max(min(rooms), 0) if rooms else sum(pieces for _, _, pieces in parts)
    share = {
        row.item_id: limits.share_of(unsold[row.item_id]) - max(row.buyer_of_item, row.address_of_item)
        for row in levels
    }
    allowed = []
    for item_id, location_id, pieces in parts:
        pieces = max(min(pieces, share[item_id], left), 0)
        share[item_id] -= pieces
        left -= pieces
        if pieces:
            allowed.append((item_id, location_id, pieces))
    return allowed


async def sell(work: UnitOfWork, needs: Needs, *, cart_id: str, order_id: str, backorder: Needs) -> None:
    """Reserve the pieces for an order: the cart's holds first, then what is free; OutOfStock when too few."""
    rows = (await work.execute(inventory_hold.SELL_HELD, {"cart_id": cart_id, "reference": order_id})).all()
    work.touch("stock", [row.item_id for row in rows])
    missing = dict(needs)
    for row in rows:
        surplus = row.reserved - missing.get(row.item_id, 0)
        if surplus > 0:  # the seller has stopped counting the item, or needs less of it, since it was held
            await _give_back(work, (row.item_id, row.location_id, surplus), order_id)
        missing[row.item_id] = max(-surplus, 0)
    missing = {item: quantity for item, quantity in missing.items() if quantity}
    if missing:
        short = await _take(work, inventory_hold.SELL_FREE, missing, {"reference": order_id}, backorder)
        await _backorder(work, short, order_id)


async def _take(
    work: UnitOfWork,
    statement: Any,
    needs: Needs,
    terms: Mapping[str, Any],
    backorder: Needs,
    *,
    free: Any = inventory_hold.FREE,
    look: Mapping[str, Any] | None = None,
    trim: Trim | None = None,
) -> dict[str, tuple[str, int]]:
    """Take the pieces by `statement`; what may be backordered and is short comes back as (location, pieces) by item.

    `free` finds the free pieces, with the terms `look`; `trim` says which of them are taken.
    """
    for attempt in range(2):
        levels = (await work.execute(free, {"items": sorted(needs), **(look or {})})).all()
        parts, short = _plan(levels, needs)
        if trim is not None and parts:
            parts = trim(parts, levels)
        if all(at and pieces <= backorder.get(item, 0) for item, (at, pieces) in short.items()):
            if await _moved(work, statement, parts, terms):
                return short
        elif attempt == 0:
            await release_expired_of(work, sorted(short))
        else:
            break
    refusal = OutOfStock()
    refusal.short = tuple(item for item, (at, pieces) in short.items() if not at or pieces > backorder.get(item, 0))
    raise refusal


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


def _plan(levels: Sequence[Any], needs: Needs) -> tuple[list[Part], dict[str, tuple[str, int]]]:
    """From which locations to take what, the lowest rank first, and what is short: (first location, pieces) by item."""
    left, first, parts = dict(needs), dict[str, str](), list[Part]()
    for row in sorted(levels, key=lambda row: (row.item_id, row.rank, row.location_id)):
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
        await work.execute(
            inventory_hold.BACKORDER, [{"level_item": i, "level_location": at, "quantity": q} for i, at, q in rows]
        )
        await work.execute(
            inventory_hold.RECORD, [_movement("sell", (i, at, 0), order_id, backordered=q) for i, at, q in rows]
        )


async def _give_back(work: UnitOfWork, part: Part, order_id: str) -> None:
    """Pieces that were reserved a moment ago are free again; their level is still locked."""
    item_id, location_id, quantity = part
    await work.execute(
        inventory_hold.GIVE_BACK, {"level_item": item_id, "level_location": location_id, "quantity": quantity}
    )
    await work.execute(inventory_hold.RECORD, _movement("release", (item_id, location_id, -quantity), order_id))


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
