"""Load inventory items, and the stock that a file states of them."""

from collections.abc import Mapping
from typing import Any

from models.inventory.bulk import LOCATIONS_BY_RANK
from models.inventory.commands import PutItem
from services.inventory import bulk_stock
from services.seed.loading import Loading, columns
from services.seed.problems import Problem, SeedErrors
from services.seed.survey import each
from services.shared.sync import Row


async def load_items(loading: Loading) -> None:
    """Items of the section, and one for every variant that does not take others; before the variants that need them."""
    sellers = loading.names.ids["stores"]
    items = [
        PutItem(seller_id=sellers[entry["store"]], sku=variant["sku"], first_title=entry["title"])
        for entry in loading.entries("products")
        for variant in entry["variants"]
        if owns_item(variant)
    ]
    items += [
        PutItem(seller_id=sellers[entry["store"]], **columns(entry, "sku", "title", "metadata"))
        for entry in loading.entries("inventory_items")
    ]
    handles = {identity: handle for handle, identity in sellers.items()}
    ids = await bulk_stock.put_items(loading.work, items=items, tally=loading.tally)
    for (seller_id, sku), identity in ids.items():
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
    counts: dict[bulk_stock.Place, int] = {}
    paths: dict[bulk_stock.Place, str] = {}
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
            place = item_id, loading.names.id("stock_locations", f"{handle}/{name}")
            counts[place], paths[place] = quantity, f"{path}.stock"
    refused = await bulk_stock.put_counts(loading.work, counts=counts, tally=loading.tally)
    if refused:
        raise SeedErrors([too_low(paths[place], counts[place], least) for place, least in refused.items()])


def too_low(path: str, quantity: int, least: int) -> Problem:
    message = f"is {quantity}, but {least} pieces are sold or held already"
    return Problem(path, message, f"Count again, or state {least} or more")


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
