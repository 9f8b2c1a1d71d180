"""The stock of an order that was placed: its reservations are assigned to parcels, leave with them, or end.

Every movement carries the order's id, so an order's movements add up to what it still holds of each item. Backordered
pieces become reserved ones when they are packed, from what is free by then. A receipt of stock may have covered them
already, with a movement that is no order's: what those movements say is then taken over first.
Levels are locked in the order that buyers lock them in, before anything is planned.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from models.inventory import reservation
from models.inventory.hold import FREE
from models.order import fulfillment as parcels
from services.infrastructure.database.database import UnitOfWork
from utils.errors import AppError

Needs = Mapping[str, int]  # pieces by inventory item id
Place = tuple[str, str]  # item, location


class StockMissing(AppError):
    code, kind = "stock_missing", "conflict"
    message = "Of inventory item {item_id}, {missing} pieces are not on hand at the chosen location."


@dataclass(slots=True)
class Level:
    """What an order has to do with an item at a location, while the level is locked."""

    rank: int
    available: int
    held_for_it: int = 0  # reserved for the order, and in no parcel
    backordered: int = 0  # sold to the order beyond the stock
    covered: int = 0  # backordered pieces, of whatever order, that a receipt has reserved already
    waiting: int = 0  # those that no receipt has reserved yet


@dataclass(slots=True)
class Plan:
    """Changes of levels, written at the end in one order: (kind, stocked, reserved, backordered, of the order)."""

    reference: str
    changes: dict[Place, list[tuple[str, int, int, int, bool]]] = field(default_factory=dict)

    def add(
        self, place: Place, kind: str, *, stocked: int = 0, reserved: int = 0, backordered: int = 0, own: bool = True
    ) -> None:
        self.changes.setdefault(place, []).append((kind, stocked, reserved, backordered, own))

    async def write(self, work: UnitOfWork) -> None:
        levels, movements = [], []
        for (item_id, location_id), steps in sorted(self.changes.items()):
            place = {"item_id": item_id, "location_id": location_id}
            moved = {
                "stocked": sum(stocked for _, stocked, _, _, _ in steps),
                "reserved": sum(reserved for _, _, reserved, _, _ in steps),
                "backordered": sum(backordered for _, _, _, backordered, _ in steps),
            }
            if any(moved.values()):
                levels.append({"level_item": item_id, "level_location": location_id, **moved})
            movements += [
                {
                    **place,
                    "kind": kind,
                    "stocked": s,
                    "reserved": r,
                    "backordered": b,
                    "reference": self.reference if own else None,
                }
                for kind, s, r, b, own in steps
            ]
        if levels:
            await work.execute(reservation.MOVE, levels)
        if movements:
            await work.execute(reservation.RECORD, movements)
        work.touch("stock", {item_id for item_id, _ in self.changes})


async def assign(
    work: UnitOfWork, *, order_id: str, fulfillment_id: str, needs: Needs, location_id: str | None
) -> str | None:
    """Assign reserved pieces to a parcel, at the location or where they are; the location that gives the most.

    Pieces reserved elsewhere move to the named location when it has free ones; StockMissing when it has not.
    """
    if not needs:
        return location_id
    levels = await _levels(work, order_id, needs)
    plan, taken = Plan(order_id), dict[Place, int]()
    for item_id, wanted in sorted(needs.items()):
        places = sorted((place for place in levels if place[0] == item_id), key=lambda p: (levels[p].rank, p[1]))
        chosen = [place for place in places if location_id in (None, place[1])]
        left = _take_reserved(levels, chosen, wanted, taken)
        if left and location_id is not None and chosen:
            left = _move_here(levels, places, chosen[0], left, taken, plan)
        for place in chosen if location_id is not None else places:
            left = _take_backordered(levels, places, place, left, taken, plan)
        if left:
            raise StockMissing(item_id=item_id, missing=left)
    await plan.write(work)
    rows = [
        {"fulfillment_id": fulfillment_id, "item_id": i, "location_id": at, "quantity": n}
        for (i, at), n in taken.items()
    ]
    await work.execute(parcels.INSERT_STOCK, rows)
    return location_id or max(taken, key=lambda place: taken[place])[1]


def _take_reserved(levels: Mapping[Place, Level], places: Iterable[Place], left: int, taken: dict[Place, int]) -> int:
    for place in places:
        n = min(left, levels[place].held_for_it)
        if n > 0:
            levels[place].held_for_it -= n
            taken[place] = taken.get(place, 0) + n
            left -= n
    return left


def _move_here(
    levels: Mapping[Place, Level], places: Iterable[Place], here: Place, left: int, taken: dict[Place, int], plan: Plan
) -> int:
    """What is reserved elsewhere becomes free there, and free pieces here are reserved in their place."""
    for place in places:
        n = min(left, levels[place].held_for_it, levels[here].available) if place != here else 0
        if n > 0:
            levels[place].held_for_it -= n
            levels[here].available -= n
            plan.add(place, "adjust", reserved=-n)
            plan.add(here, "adjust", reserved=n)
            taken[here] = taken.get(here, 0) + n
            left -= n
    return left


def _take_backordered(
    levels: Mapping[Place, Level], places: Iterable[Place], here: Place, left: int, taken: dict[Place, int], plan: Plan
) -> int:
    """Backordered pieces become reserved ones here: of what a receipt has covered, then of what is free."""
    for place in places:
        known = levels[place]
        if place == here and (n := min(left, known.backordered, known.covered)) > 0:
            known.covered -= n
            known.backordered -= n
            plan.add(here, "adjust", reserved=n, backordered=-n)
            plan.add(here, "adjust", reserved=-n, backordered=n, own=False)
            taken[here] = taken.get(here, 0) + n
            left -= n
        if (n := min(left, known.backordered, levels[here].available)) > 0:
            levels[here].available -= n
            _end_backorder(known, place, n, "adjust", plan)
            plan.add(here, "adjust", reserved=n)
            taken[here] = taken.get(here, 0) + n
            left -= n
    return left


async def ship(work: UnitOfWork, *, order_id: str, fulfillment_id: str) -> None:
    """The parcel's pieces leave the stock, and with it the reservation."""
    rows = await work.execute(parcels.STOCK_OF, {"fulfillment_id": fulfillment_id})
    plan = Plan(order_id)
    for row in rows:
        plan.add((row.item_id, row.location_id), "ship", stocked=-row.quantity, reserved=-row.quantity)
    await plan.write(work)


async def release(work: UnitOfWork, *, order_id: str, needs: Needs) -> None:
    """Pieces that will not be sent are free again: backordered ones first, then those of the last locations."""
    if not needs:
        return
    levels = await _levels(work, order_id, needs)
    plan = Plan(order_id)
    for item_id, wanted in sorted(needs.items()):
        places = sorted((place for place in levels if place[0] == item_id), key=lambda p: (levels[p].rank, p[1]))
        left = wanted
        for place in reversed(places):
            n = max(min(left, levels[place].backordered), 0)
            _end_backorder(levels[place], place, n, "release", plan)
            left -= n
        for place in reversed(places):
            n = min(left, levels[place].held_for_it)
            if n > 0:
                plan.add(place, "release", reserved=-n)
                left -= n
        if left:
            raise StockMissing(item_id=item_id, missing=left)
    await plan.write(work)


def _end_backorder(known: Level, place: Place, n: int, kind: str, plan: Plan) -> None:
    """So many of the order's backordered pieces are wanted here no more. A receipt's reservation ends only where fewer
    wait than it has covered: as long as others wait, it is theirs."""
    covered = max(n - known.waiting, 0)
    known.backordered -= n
    known.waiting -= n - covered
    known.covered -= covered
    if n:
        plan.add(place, kind, backordered=-n)
    if covered:
        plan.add(place, kind, reserved=-covered, backordered=covered, own=False)


async def restock(work: UnitOfWork, *, reference: str, pieces: Mapping[Place, int]) -> None:
    """Pieces that came back are on hand at their locations."""
    rows = [
        {"item_id": item_id, "location_id": location_id, "stocked": n, "kind": "return", "reference": reference}
        for (item_id, location_id), n in sorted(pieces.items())
    ]
    if rows:
        await work.execute(reservation.PUT_BACK, rows)
        await work.execute(reservation.RECORD, [{**row, "reserved": 0, "backordered": 0} for row in rows])
        work.touch("stock", {item_id for item_id, _ in pieces})


async def _levels(work: UnitOfWork, order_id: str, needs: Needs) -> dict[Place, Level]:
    """The items' levels, locked, with what the order has of them."""
    terms = {"items": sorted(needs), "order_id": order_id}
    levels = {
        (row.item_id, row.location_id): Level(row.rank, max(row.available, 0))
        for row in await work.execute(FREE, {"items": sorted(needs)})
    }
    for row in await work.execute(reservation.HELD_FOR, terms):
        if (known := levels.get((row.item_id, row.location_id))) is not None:
            known.held_for_it, known.backordered = row.reserved, row.backordered
    for row in await work.execute(parcels.PACKED_OF, {"order_id": order_id}):
        if (known := levels.get((row.item_id, row.location_id))) is not None:
            known.held_for_it -= row.quantity
    if any(known.backordered for known in levels.values()):
        for row in await work.execute(reservation.COVERED, {"items": sorted(needs)}):
            if (known := levels.get((row.item_id, row.location_id))) is not None:
                known.covered, known.waiting = max(row.pieces, 0), row.waiting
    return levels
