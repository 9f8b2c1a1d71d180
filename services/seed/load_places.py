"""Load the places of sellers: stock locations, fulfillment sets, service zones, shipping options with their prices."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from services.inventory import bulk as inventory_bulk
from services.seed import place_entries as entries
from services.seed.loading import Loading
from services.shipping import bulk as shipping_bulk
from utils.text import take_in


@dataclass(frozen=True, slots=True)
class Placed:
    """A thing of the file with its row's id, its natural path and the seller whose it is."""

    id: str
    path: str
    entry: Mapping[str, Any]
    seller_id: str


async def load_places(loading: Loading, sellers: list[Placed]) -> None:
    locations = await load_locations(loading, sellers)
    sets = await load_sets(loading, locations)
    zones = await load_zones(loading, sets)
    await load_options(loading, zones)


async def load_locations(loading: Loading, sellers: list[Placed]) -> list[Placed]:
    """Locations stay when a file does not name them any more: there may be stock in them."""
    below = [
        (seller, seller.id, place, take_in(entry))
        for seller in sellers
        for place, entry in enumerate(seller.entry.get("stock_locations") or ())
    ]
    stated = [entries.location_of(entry, owner, place) for _, owner, place, entry in below]
    ids = await inventory_bulk.put_locations(loading.work, locations=stated, tally=loading.tally)
    return placed(loading, "stock_locations", [(seller, entry) for seller, _, _, entry in below], ids)


async def load_sets(loading: Loading, locations: list[Placed]) -> list[Placed]:
    below, owners = children(locations, "fulfillment_sets")
    stated = [entries.set_of(entry, location.id) for location, entry in below]
    ids = await inventory_bulk.put_sets(loading.work, sets=stated, location_ids=owners, tally=loading.tally)
    return placed(loading, "fulfillment_sets", below, ids)


async def load_zones(loading: Loading, sets: list[Placed]) -> list[Placed]:
    below, owners = children(sets, "service_zones")
    stated = [entries.zone_of(entry, group.id, group.seller_id) for group, entry in below]
    ids = await inventory_bulk.put_zones(loading.work, zones=stated, set_ids=owners, tally=loading.tally)
    return placed(loading, "service_zones", below, ids)


async def load_options(loading: Loading, zones: list[Placed]) -> None:
    below, owners = children(zones, "shipping_options")
    region_id = partial(loading.names.id, "regions")
    stated = [
        entries.option_of(
            entry,
            zone_id=zone.id,
            seller_id=zone.seller_id,
            profile_id=loading.names.id("shipping_profiles", entry["profile"]),
            region_id=region_id,
        )
        for zone, entry in below
    ]
    ids = await shipping_bulk.put_options(loading.work, options=stated, zone_ids=owners, tally=loading.tally)
    placed(loading, "shipping_options", below, ids)


Below = list[tuple[Placed, Mapping[str, Any]]]


def children(parents: list[Placed], key: str) -> tuple[Below, list[str]]:
    """The entries of a list with their parents, and the ids of the parents that state one: those lists are whole."""
    below = [(parent, entry) for parent in parents for entry in parent.entry.get(key) or ()]
    return below, [parent.id for parent in parents if key in parent.entry]


def placed(loading: Loading, kind: str, below: Below, ids: Mapping[tuple[Any, ...], str]) -> list[Placed]:
    """The entries with the ids of their rows, which later sections may refer to by their paths."""
    found = []
    for parent, entry in below:
        identity, path = ids[parent.id, entry["name"]], f"{parent.path}/{entry['name']}"
        loading.names.put(kind, path, identity)
        found.append(Placed(identity, path, entry, parent.seller_id))
    return found
