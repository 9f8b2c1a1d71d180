"""Load inventory items and the stock a file states.

A stated quantity is a count of what lies there. It is applied once: when it is not the number that was stated last
time for that item and place. So loading a file again never undoes sales, and a new number is a new count.
"""

from collections.abc import Mapping
from typing import Any

from models.inventory.bulk import LEVELS, LOCATIONS_BY_RANK, STATED, STATED_BY
from models.schema.inventory import (
    inventory_item,
    inventory_level,
    inventory_movement,
)
from models.shared.kinds import Kind
from services.infrastructure.database.database import UnitOfWork
from services.seed.loading import Loading, columns
from services.seed.problems import Problem, SeedErrors
from services.seed.survey import each
from services.shared.sync import BATCH_ROWS, Row, Tally
from utils.bulk import change, insertion

ITEM = Kind(inventory_item, "sku", ("seller_id", "sku"), "iitem")
# (item id, location id) -> (pieces on hand, where the file says so)
Counts = dict[tuple[str, str], tuple[int, str]]


async def load_items(loading: Loading) -> None:
    """Items of the section, and one for every variant that does not take others; before the variants that need them."""
    entries: dict[tuple[str, str], Row] = {}
    titles: dict[tuple[str, str], str] = {}
    for entry in loading.entries("products"):
        seller_id = loading.names.id("stores", entry["store"])
        for variant in entry["variants"]:
            if owns_item(variant):
                entries[(seller_id, variant["sku"])] = {"seller_id": seller_id, "sku": variant["sku"]}
                titles[(seller_id, variant["sku"])] = entry["title"]
    for entry in loading.entries("inventory_items"):
        seller_id = loading.names.id("stores", entry["store"])
        entries[(seller_id, entry["sku"])] = {"seller_id": seller_id} | columns(entry, "sku", "title", "metadata")
    handles = {identity: handle for handle, identity in loading.names.ids["stores"].items()}
    found = await loading.rows(ITEM, entries.values(), fresh=lambda key: {"title": titles.get((key[0], key[1]))})
    for (seller_id, sku), identity in found.ids.items():
        loading.names.put("inventory_items", f"{handles[seller_id]}/{sku}", identity)


def owns_item(variant: Mapping[str, Any]) -> bool:
    return "inventory_items" not in variant and variant.get("manage_inventory", True)


def needs_of(loading: Loading, seller: str, variant: Mapping[str, Any]) -> Row:
    """What a variant takes of items, where it says so. One that states neither items nor stock keeps what it has.

    Stock that is counted is that of an item of its own, which products get by themselves.
    """
    named = variant.get("inventory_items")
    if named is None and owns_item(variant) and "stock" in variant:
        named = [{"sku": variant["sku"]}]
    if named is None:
        return {}
    ids = {one["sku"]: loading.names.id("inventory_items", f"{seller}/{one['sku']}") for one in named}
    needs = [
        {"inventory_item_id": ids[one["sku"]], "required_quantity": one.get("required_quantity", 1)} for one in named
    ]
    return {"inventory_items": needs}


async def load_stock(loading: Loading) -> None:
    """Apply every count of the file; SeedErrors where a count is below what is sold or held."""
    counts: Counts = {}
    stated = [(entry["store"], entry, path) for path, entry in each(dict(loading.document), "inventory_items")]
    for path, entry in each(dict(loading.document), "products"):
        stated += [(entry["store"], variant, place) for place, variant in each(entry, "variants", path)]
    stated = [row for row in stated if row[1].get("stock") is not None]
    first = await first_locations(loading, {handle for handle, _, _ in stated})
    for handle, entry, path in stated:
        item_id = loading.names.id("inventory_items", f"{handle}/{entry['sku']}")
        stock = entry["stock"]
        places = stock if isinstance(stock, dict) else {first[handle]: stock}
        for name, quantity in places.items():
            counts[(item_id, loading.names.id("stock_locations", f"{handle}/{name}"))] = (quantity, f"{path}.stock")
    problems = await apply_counts(loading.work, counts, loading.tally)
    if problems:
        raise SeedErrors(problems)


async def first_locations(loading: Loading, handles: set[str]) -> dict[str, str]:
    """The name of each seller's location of the lowest rank."""
    if not handles:
        return {}
    by_id = {loading.names.id("stores", handle): handle for handle in handles}
    first: dict[str, str] = {}
    for row in await loading.work.execute(LOCATIONS_BY_RANK, {"sellers": list(by_id)}):
        handle = by_id[row.seller_id]
        loading.names.put("stock_locations", f"{handle}/{row.name}", row.id)
        first.setdefault(handle, row.name)
    return first


async def apply_counts(work: UnitOfWork, counts: Counts, tally: Tally) -> list[Problem]:
    """Set levels to counts that are news, with a movement for each; what cannot be is returned and left alone."""
    problems: list[Problem] = []
    for start in range(0, len(counts), BATCH_ROWS):
        part = dict(list(counts.items())[start : start + BATCH_ROWS])
        items = {"items": sorted({item for item, _ in part})}
        last = {(row.item_id, row.location_id): row.reference for row in await work.execute(STATED, items)}
        news = {key: count for key, count in part.items() if last.get(key) != f"{STATED_BY}{count[0]}"}
        tally.unchanged["inventory_level"] += len(part) - len(news)
        if news:
            held = await work.execute(LEVELS, {"items": sorted({item for item, _ in news})})
            levels = {(row.item_id, row.location_id): row for row in held}
            problems += await write_counts(work, news, levels, tally)
    return problems


async def write_counts(work: UnitOfWork, news: Counts, levels: Mapping[Any, Any], tally: Tally) -> list[Problem]:
    problems: list[Problem] = []
    fresh, changed, movements = [], [], []
    for (item_id, location_id), (quantity, path) in news.items():
        level = levels.get((item_id, location_id))
        bound = level.reserved + level.held if level else 0
        if quantity < bound:
            hint = f"Count again, or state {bound} or more"
            problems.append(Problem(path, f"is {quantity}, but {bound} pieces are sold or held already", hint))
            continue
        place = {"item_id": item_id, "location_id": location_id}
        difference = quantity - (level.stocked if level else 0)
        if level is None:
            fresh.append({**place, "stocked": quantity})
        elif difference:
            changed.append({**place, "stocked": quantity})
        kind = "receive" if difference > 0 else "adjust"
        movements.append({**place, "kind": kind, "stocked": difference, "reference": f"{STATED_BY}{quantity}"})
    if fresh:
        await work.execute(insertion(inventory_level, ("item_id", "location_id", "stocked")), {"rows": fresh})
    if changed:
        await work.execute(change(inventory_level, ("stocked",)), {"rows": changed})
    if movements:
        names = ("item_id", "location_id", "kind", "stocked", "reference")
        await work.execute(insertion(inventory_movement, names), {"rows": movements})
        work.touch("stock", {str(row["item_id"]) for row in movements})
    tally.count("inventory_level", len(news), len(fresh), len(changed), 0)
    return problems
