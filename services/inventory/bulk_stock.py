"""Many inventory items and counts of them at once, as files state them: items are found by their SKUs.

A stated quantity is a count of what lies there. It is applied once: when it is not the number that was stated last
time for that item and place. So stating it again never undoes sales, and a new number is a new count. Nothing is noted
in the audit log; each count that is news is a movement.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from models.inventory.bulk import ITEM, LEVELS, STATED, STATED_BY
from models.inventory.commands import PutItem
from models.schema.inventory import inventory_level, inventory_movement
from services.infrastructure.database.database import UnitOfWork
from services.shared.sync import BATCH_ROWS, Key, Row, Tally, sync
from utils.bulk import change, insertion

# Ids by (seller's id, SKU).
Ids = Mapping[tuple[Any, ...], str]
# (item's id, location's id) -> pieces on hand
Place = tuple[str, str]
Counts = Mapping[Place, int]


async def put_items(work: UnitOfWork, *, items: Sequence[PutItem], tally: Tally) -> Ids:
    """Make or change inventory items of sellers; of two commands for one SKU the last one counts."""
    titles: dict[Key, str | None] = {}
    for item in items:
        titles.setdefault((item.seller_id, item.sku), item.first_title)
    stated = [{n: v for n, v in item.changes().items() if n != "first_title"} for item in items]
    return (await sync(work, ITEM, stated, tally=tally, fresh=lambda key: {"title": titles[key]})).ids


async def put_counts(work: UnitOfWork, *, counts: Counts, tally: Tally) -> dict[Place, int]:
    """Set levels to counts that are news, with a movement for each.

    Those below what is sold or held are left alone and come back, each with the least that it may be.
    """
    refused: dict[Place, int] = {}
    for part in parts_of(counts):
        items = {"items": sorted({item for item, _ in part})}
        last = {(row.item_id, row.location_id): row.reference for row in await work.execute(STATED, items)}
        news = {key: count for key, count in part.items() if last.get(key) != f"{STATED_BY}{count}"}
        tally.unchanged[inventory_level.name] += len(part) - len(news)
        if news:
            held = await work.execute(LEVELS, {"items": sorted({item for item, _ in news})})
            plan = plan_of(news, {(row.item_id, row.location_id): row for row in held})
            await write(work, plan)
            tally.count(inventory_level.name, len(news), len(plan.fresh), len(plan.changed), 0)
            refused |= plan.refused
    return refused


def parts_of(counts: Counts) -> Iterator[dict[Place, int]]:
    pairs = list(counts.items())
    for start in range(0, len(pairs), BATCH_ROWS):
        yield dict(pairs[start : start + BATCH_ROWS])


@dataclass(slots=True)
class Plan:
    """The rows of some counts, and the counts that cannot be."""

    fresh: list[Row] = field(default_factory=list)
    changed: list[Row] = field(default_factory=list)
    movements: list[Row] = field(default_factory=list)
    refused: dict[Place, int] = field(default_factory=dict)


def plan_of(counts: Counts, levels: Mapping[Place, Any]) -> Plan:
    plan = Plan()
    for (item_id, location_id), quantity in counts.items():
        level = levels.get((item_id, location_id))
        bound = level.reserved + level.held if level else 0
        if quantity < bound:
            plan.refused[item_id, location_id] = bound
            continue
        place = {"item_id": item_id, "location_id": location_id}
        difference = quantity - (level.stocked if level else 0)
        if level is None:
            plan.fresh.append({**place, "stocked": quantity})
        elif difference:
            plan.changed.append({**place, "stocked": quantity})
        kind = "receive" if difference > 0 else "adjust"
        plan.movements.append({**place, "kind": kind, "stocked": difference, "reference": f"{STATED_BY}{quantity}"})
    return plan


async def write(work: UnitOfWork, plan: Plan) -> None:
    if plan.fresh:
        await work.execute(insertion(inventory_level, ("item_id", "location_id", "stocked")), {"rows": plan.fresh})
    if plan.changed:
        await work.execute(change(inventory_level, ("stocked",)), {"rows": plan.changed})
    if plan.movements:
        names = ("item_id", "location_id", "kind", "stocked", "reference")
        await work.execute(insertion(inventory_movement, names), {"rows": plan.movements})
        work.touch("stock", {str(row["item_id"]) for row in plan.movements})
