"""Counting stock: a seller states what lies at a place, or what came and went.

Levels are locked in the order in which buyers lock them, so a count and a sale come one after the other; the stock
never falls below what is sold or held. Pieces that come are first reserved for buyers who wait for backordered ones at
that place.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from models.identity.principal import Principal
from models.inventory import adjustment as rows
from models.inventory.adjustment import (
    LevelExists,
    LevelInUse,
    LevelNamedTwice,
    LevelNotFound,
    StockChanged,
    StockReserved,
)
from models.inventory.commands import CreateLevel, UpdateLevel
from services.audit import log as audit_log
from services.infrastructure.database.database import UnitOfWork
from services.inventory import hold as inventory_hold
from services.shared.ownership import ensure_owned, keep_owned
from utils.errors import AppError

Place = tuple[str, str]  # item, location


@dataclass(frozen=True, slots=True)
class Count:
    """What a seller states of one level: that `stocked` pieces lie there, or that `adjustment` came (or went)."""

    item_id: str
    location_id: str
    stocked: int | None = None
    adjustment: int = 0
    expected: int | None = None  # only where so many were known to lie there
    incoming: int | None = None

    @property
    def place(self) -> Place:
        return self.item_id, self.location_id


@dataclass(frozen=True, slots=True)
class Moved:
    """What a count does to a level: `change` pieces, of which `cover` are for buyers who wait."""

    place: Place
    before: int
    change: int
    cover: int


async def count(
    work: UnitOfWork, *, who: Principal, item_id: str, counts: Sequence[Count], reason: str | None = None
) -> None:
    """Counts of an item's levels, all of them or none; the first refusal is raised."""
    await ensure_owned(work, who=who, kind="inventory_item", ids=(item_id,))
    await ensure_owned(work, who=who, kind="stock_location", ids=[count.location_id for count in counts])
    moved, refusals = await apply(work, counts, reason=reason)
    for error in refusals.values():
        raise error
    await note(work, who, item_id, moved, reason)


async def open_levels(work: UnitOfWork, *, who: Principal, item_id: str, counts: Sequence[Count]) -> None:
    """Put an item at places where it is not yet, with what lies there; LevelExists where it is."""
    await keep_owned(work, who=who, kind="inventory_item", ids=(item_id,))
    await keep_owned(work, who=who, kind="stock_location", ids=[count.location_id for count in counts])
    new = await open_at(work, [count.place for count in counts])
    for each in counts:
        if each.place not in new:
            raise LevelExists(inventory_item_id=each.item_id, location_id=each.location_id)
    moved, refusals = await apply(work, counts)
    for error in refusals.values():
        raise error
    await note(work, who, item_id, moved, None, opened=[count.location_id for count in counts])


async def open_at(work: UnitOfWork, places: Iterable[Place]) -> set[Place]:
    """Empty levels at these places; those that are new."""
    wanted = sorted(set(places))
    if not wanted:
        return set()
    found = await work.execute(rows.OPEN_LEVELS, _lists(wanted))
    work.touch("stock", {item_id for item_id, _ in wanted})
    return {(row.item_id, row.location_id) for row in found}


async def close_levels(work: UnitOfWork, *, who: Principal, item_id: str, location_ids: Sequence[str]) -> None:
    """The item is no longer kept at these places; LevelInUse where something is left there."""
    await ensure_owned(work, who=who, kind="inventory_item", ids=(item_id,))
    await ensure_owned(work, who=who, kind="stock_location", ids=location_ids)
    places = [(item_id, location_id) for location_id in sorted(set(location_ids))]
    levels = await lock_levels(work, (item_id,))
    for place in places:
        level = levels.get(place)
        if level is None:
            raise LevelNotFound(inventory_item_id=item_id, location_id=place[1])
        pieces = max(level.stocked, level.reserved, level.held) + level.backordered
        if pieces:
            raise LevelInUse(pieces=pieces, location_id=place[1])
    if places:
        await work.execute(rows.CLOSE_LEVELS, _lists(places))
        work.touch("stock", (item_id,))
        await audit_log.record(
            work,
            who=who,
            action="inventory_level.delete",
            entity="inventory_item",
            entity_id=item_id,
            before={"location_ids": [location_id for _, location_id in places]},
        )


async def apply(
    work: UnitOfWork, counts: Sequence[Count], *, reference: str | None = None, reason: str | None = None
) -> tuple[list[Moved], dict[int, AppError]]:
    """Bring levels to their counts with a movement for each that changes; or nothing, and what is wrong by position.

    Holds whose time is over do not stand in the way: they are given back, and it is tried once more.
    """
    if not counts:
        return [], {}
    for attempt in range(2):
        moved, refusals = await _plan(work, counts)
        short = sorted({counts[n].item_id for n, error in refusals.items() if isinstance(error, StockReserved)})
        if not short or attempt or not await inventory_hold.release_expired_of(work, short):
            break
    if refusals:
        return [], refusals
    await _write(work, [each for each in moved if each.change], reference, reason)
    await _expect(work, counts)
    return moved, {}


async def lock_levels(work: UnitOfWork, item_ids: Iterable[str]) -> dict[Place, Any]:
    """The levels of the items as they stand, locked."""
    found = await work.execute(rows.LOCK_LEVELS, {"items": sorted(item_ids)})
    return {(row.item_id, row.location_id): row for row in found}


async def _plan(work: UnitOfWork, counts: Sequence[Count]) -> tuple[list[Moved], dict[int, AppError]]:
    levels = await lock_levels(work, {count.item_id for count in counts})
    moved: dict[Place, Moved] = {}
    refusals: dict[int, AppError] = {}
    for n, each in enumerate(counts):
        planned = _moved(each, levels.get(each.place), is_twice=each.place in moved)
        if isinstance(planned, AppError):
            refusals[n] = planned
        else:
            moved[each.place] = planned
    return list(moved.values()), refusals


def _moved(count: Count, level: Any, *, is_twice: bool) -> Moved | AppError:
    """What the count does to its level as it stands, or why it cannot be."""
    place = {"inventory_item_id": count.item_id, "location_id": count.location_id}
    if is_twice:
        return LevelNamedTwice(**place)
    if level is None:
        return LevelNotFound(**place)
    if count.expected is not None and count.expected != level.stocked:
        return StockChanged(expected_quantity=count.expected, stocked_quantity=level.stocked)
    aim = level.stocked + count.adjustment if count.stocked is None else count.stocked
    bound = level.reserved + level.held
    if aim < bound:
        return StockReserved(bound=bound, stocked_quantity=aim, **place)
    change = aim - level.stocked
    cover = min(level.backordered, aim - bound) if change > 0 else 0
    return Moved(count.place, level.stocked, change, cover)


async def _write(work: UnitOfWork, moved: Sequence[Moved], reference: str | None, reason: str | None) -> None:
    if not moved:
        return
    lists = _lists([each.place for each in moved])
    lists |= {"changes": [each.change for each in moved], "covers": [each.cover for each in moved]}
    done = (await work.execute(rows.MOVE, {**lists, "reference": reference, "reason": reason})).all()
    assert len(done) == len(moved), "the levels were locked when this was planned"
    work.touch("stock", {each.place[0] for each in moved})


async def _expect(work: UnitOfWork, counts: Sequence[Count]) -> None:
    """Write down what is on its way, where that is said."""
    said = {count.place: count.incoming for count in counts if count.incoming is not None}
    if said:
        await work.execute(rows.SET_INCOMING, {**_lists(list(said)), "quantities": list(said.values())})


async def note(
    work: UnitOfWork,
    who: Principal,
    item_id: str,
    moved: Sequence[Moved],
    reason: str | None,
    opened: Sequence[str] | None = None,
) -> None:
    """One row of the audit log for the counts of an item."""
    after: dict[str, Any] = {each.place[1]: each.before + each.change for each in moved}
    await audit_log.record(
        work,
        who=who,
        action="inventory_level.count" if opened is None else "inventory_level.create",
        entity="inventory_item",
        entity_id=item_id,
        before={each.place[1]: each.before for each in moved} if opened is None else None,
        after=after | ({"reason": reason} if reason else {}),
    )


def _lists(places: Sequence[Place]) -> dict[str, Any]:
    return {"items": [item_id for item_id, _ in places], "locations": [location_id for _, location_id in places]}


def counts_of(item_id: str, levels: Iterable[CreateLevel]) -> list[Count]:
    """The counts that commands state of an item's levels."""
    return [
        Count(
            item_id,
            level.location_id,
            stocked=level.stocked_quantity,
            expected=level.expected_quantity if isinstance(level, UpdateLevel) else None,
            incoming=level.incoming_quantity,
        )
        for level in levels
    ]
