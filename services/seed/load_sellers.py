"""Load shipping profiles, and sellers with their places."""

from collections.abc import Mapping
from typing import Any

from msgspec import UNSET

from models.seller.commands import PutSeller, PutSellerAddress
from models.shipping.profile import CreateProfile
from services.seed.load_places import Placed, load_places
from services.seed.loading import Loading, columns, rich_entry
from services.seller import bulk as seller_bulk
from services.shipping import bulk as shipping_bulk

NAMED = ("handle", "name", "description", "logo", "status", "commission_rate", "metadata")


async def load_profiles(loading: Loading) -> None:
    profiles = [CreateProfile(**columns(e, "name", "type", "metadata")) for e in loading.entries("shipping_profiles")]
    ids = await shipping_bulk.put_profiles(loading.work, profiles=profiles, tally=loading.tally)
    loading.put_all("shipping_profiles", ids)


async def load_sellers(loading: Loading) -> None:
    entries = {entry["handle"]: entry for entry in loading.entries("stores")}
    stated = [seller_of(entry) for entry in entries.values()]
    ids = await seller_bulk.put_sellers(loading.work, sellers=stated, tally=loading.tally)
    loading.put_all("stores", ids)
    await load_places(loading, [Placed(row_id, handle, entries[handle], row_id) for (handle,), row_id in ids.items()])


def seller_of(entry: Mapping[str, Any]) -> PutSeller:
    address = PutSellerAddress(**entry["address"]) if "address" in entry else UNSET
    return PutSeller(address=address, **columns(rich_entry(entry), *NAMED))
