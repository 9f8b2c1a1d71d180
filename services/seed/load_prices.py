"""Load price lists; and a price as files state it, as columns."""

from collections.abc import Mapping
from typing import Any

from models.pricing.commands import ListPrice, PutPriceList
from services.pricing import bulk
from services.seed.loading import Loading, columns
from services.seed.promotion_entries import window_of
from services.shared.sync import Row


def price_row(loading: Loading, entry: Mapping[str, Any]) -> Row:
    bounds = {"min_quantity": entry.get("min_quantity"), "max_quantity": entry.get("max_quantity")}
    return loading.price(entry) | bounds


async def load_price_lists(loading: Loading) -> None:
    lists = [price_list_of(loading, entry) for entry in loading.entries("price_lists")]
    ids = await bulk.put_price_lists(loading.work, lists=lists, tally=loading.tally)
    loading.put_all("price_lists", ids)
    loading.progress(len(lists))


def price_list_of(loading: Loading, entry: Mapping[str, Any]) -> PutPriceList:
    said = columns(entry, "title", "description", "type", "status") | window_of(entry)
    if "rules" in entry:
        rules = entry["rules"]
        said["region_ids"] = sorted(loading.names.id("regions", name) for name in rules.get("regions", ()))
        groups = rules.get("customer_groups", ())
        said["customer_group_ids"] = sorted(loading.names.id("customer_groups", name) for name in groups)
    prices = [
        ListPrice(variant_id=loading.names.variant(one["sku"], one.get("store")), **price_row(loading, one))
        for one in entry["prices"]
    ]
    return PutPriceList(prices=prices, **said)
