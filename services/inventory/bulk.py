"""Many places at once, as files state them: found by their names, brought to what is said of them.

What is not said stays. The rules are those of single requests (models/inventory/rules.py); after a refusal the caller's
transaction is to be undone. The caller is trusted with the sellers it names, and touches the scope `shipping` when the
tally changed. Nothing is noted in the audit log.
"""

from collections.abc import Collection, Mapping, Sequence
from itertools import chain
from typing import Any

from models.inventory.bulk import (
    GEO_ZONE,
    LARGEST_COUNT_OF_LOCATIONS,
    LARGEST_COUNT_OF_ZONES,
    LOCATION,
    SET,
    ZONE,
)
from models.inventory.commands import PutLocation, PutSet, PutZone
from models.inventory.rules import (
    MOST_LOCATIONS,
    MOST_SETS,
    MOST_ZONES,
    MOST_ZONES_OF_SELLER,
    covered,
    ensure_room,
    ensure_room_each,
)
from services.infrastructure.database.database import UnitOfWork
from services.inventory.location import columns_of, ensure_countries
from services.shared.sync import Tally, sync
from utils.sql import Prepared

# Ids by (owner's id, name).
Ids = Mapping[tuple[Any, ...], str]


async def put_locations(work: UnitOfWork, *, locations: Sequence[PutLocation], tally: Tally) -> Ids:
    """Make or change locations of sellers; those that nobody names stay, for there may be stock in them.

    CountryUnknown; TooMany when a seller comes to more than it may have by one that is new.
    """
    ranks = {(location.seller_id, location.name): location.first_rank for location in locations}
    stated = [
        {name: value for name, value in columns_of(location).items() if name != "first_rank"} for location in locations
    ]
    await ensure_countries(work, {row["country_code"] for row in stated if row.get("country_code")})
    found = await sync(work, LOCATION, stated, tally=tally, fresh=lambda key: {"rank": ranks[key[0], key[1]]})
    growing = {seller_id for seller_id, _ in found.created}
    await ensure_sellers_room(work, LARGEST_COUNT_OF_LOCATIONS, growing, MOST_LOCATIONS)
    return found.ids


async def put_sets(work: UnitOfWork, *, sets: Sequence[PutSet], location_ids: Collection[str], tally: Tally) -> Ids:
    """Make the fulfillment sets of these locations what is stated; others of theirs are deleted. TooMany."""
    ensure_room_each((group.location_id for group in sets), MOST_SETS)
    stated = [group.changes() for group in sets]
    return (await sync(work, SET, stated, tally=tally, owners=location_ids, whole=True)).ids


async def put_zones(work: UnitOfWork, *, zones: Sequence[PutZone], set_ids: Collection[str], tally: Tally) -> Ids:
    """Make the service zones of these sets what is stated; others of theirs are deleted, with their options.

    TooMany, CountryUnknown, GeoZoneIncomplete, ProvinceUnknown.
    """
    ensure_room_each((zone.fulfillment_set_id for zone in zones), MOST_ZONES)
    parts = chain.from_iterable(zone.geo_zones for zone in zones)
    await ensure_countries(work, {part.country_code.lower() for part in parts})
    areas = [[covered(part) for part in zone.geo_zones] for zone in zones]
    stated = [{n: v for n, v in zone.changes().items() if n not in ("seller_id", "geo_zones")} for zone in zones]
    found = await sync(work, ZONE, stated, tally=tally, owners=set_ids, whole=True)
    growing = {zone.seller_id for zone in zones if (zone.fulfillment_set_id, zone.name) in found.created}
    await ensure_sellers_room(work, LARGEST_COUNT_OF_ZONES, growing, MOST_ZONES_OF_SELLER)
    covers = [
        {"service_zone_id": found.ids[zone.fulfillment_set_id, zone.name], **part}
        for zone, parts in zip(zones, areas, strict=True)
        for part in parts
    ]
    await sync(work, GEO_ZONE, covers, tally=tally, owners=found.ids.values(), whole=True)
    return found.ids


async def ensure_sellers_room(work: UnitOfWork, count: Prepared, seller_ids: Collection[str], limit: int) -> None:
    """TooMany when one of the sellers has more of what is counted than it may have."""
    if seller_ids:
        ensure_room((await work.execute(count, {"seller_ids": sorted(seller_ids)})).scalar_one(), limit)
