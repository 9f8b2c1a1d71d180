"""Load shipping profiles, and sellers with their places."""

from decimal import Decimal

from models.schema.product import shipping_profile
from models.schema.seller import seller
from models.shared.kinds import Kind
from services.seed.load_places import Placed, load_places
from services.seed.loading import Loading, columns, rich_entry

PROFILE = Kind(shipping_profile, "name", ("name",), "sp")
SELLER = Kind(seller, "handle", ("handle",), "sel")
ADDRESS = ("address_1", "address_2", "city", "province", "postal_code", "country_code", "phone")


async def load_profiles(loading: Loading) -> None:
    rows = [columns(entry, "name", "type", "metadata") for entry in loading.entries("shipping_profiles")]
    for (name,), identity in (await loading.rows(PROFILE, rows)).ids.items():
        loading.names.put("shipping_profiles", name, identity)


async def load_sellers(loading: Loading) -> None:
    entries = {entry["handle"]: entry for entry in loading.entries("stores")}
    rows = [
        columns(rich_entry(entry), "handle", "name", "description", "logo", "status", "metadata")
        | ({"commission_rate": Decimal(str(entry["commission_rate"]))} if "commission_rate" in entry else {})
        | columns(entry.get("address", {}), *ADDRESS, "latitude", "longitude")
        for entry in entries.values()
    ]
    sellers: list[Placed] = []
    for (handle,), identity in (await loading.rows(SELLER, rows)).ids.items():
        loading.names.put("stores", handle, identity)
        sellers.append(Placed(identity, handle, entries[handle], identity))
    await load_places(loading, sellers)
