"""Load price lists; and a price as files state it, as columns."""

from collections.abc import Mapping
from typing import Any

from models.schema.pricing import price, price_list
from models.shared.kinds import Kind
from services.seed.loading import Loading, columns
from services.seed.survey import instant
from services.shared.sync import Row

PLACE = ("currency_code", "region_id", "min_quantity", "max_quantity")
PRICE_LIST = Kind(price_list, "title", ("title",), "plist")
LIST_PRICE = Kind(price, "price_list_id", ("price_list_id", "variant_id", *PLACE), "price")


def price_row(loading: Loading, entry: Mapping[str, Any]) -> Row:
    bounds = {"min_quantity": entry.get("min_quantity"), "max_quantity": entry.get("max_quantity")}
    return loading.price(entry) | bounds


async def load_price_lists(loading: Loading) -> None:
    entries = {entry["title"]: entry for entry in loading.entries("price_lists")}
    rows = [price_list_row(loading, entry) for entry in entries.values()]
    found = await loading.rows(PRICE_LIST, rows, fresh=lambda _: {"status": "active"})
    prices: list[Row] = []
    for (title,), identity in found.ids.items():
        loading.names.put("price_lists", title, identity)
        prices += [
            {"price_list_id": identity, "variant_id": loading.names.variant(entry["sku"], entry.get("store"))}
            | price_row(loading, entry)
            for entry in entries[title]["prices"]
        ]
    await loading.rows(LIST_PRICE, prices, owners=found.ids.values(), whole=True)
    loading.progress(len(entries))


def price_list_row(loading: Loading, entry: Mapping[str, Any]) -> Row:
    row = columns(entry, "title", "description", "type", "status")
    for key in ("starts_at", "ends_at"):
        if key in entry:
            row[key] = instant(entry[key]) if entry[key] is not None else None
    if "rules" in entry:
        rules = entry["rules"]
        row["region_ids"] = sorted(loading.names.id("regions", name) for name in rules.get("regions", ()))
        row["customer_group_ids"] = sorted(
            loading.names.id("customer_groups", n) for n in rules.get("customer_groups", ())
        )
    return row
