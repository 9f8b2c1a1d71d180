"""A seller's places of stock, their fulfillment sets, and the zones that those serve."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec import UNSET

from models.identity.principal import Principal
from models.inventory import adjustment as inventory_adjustment
from models.inventory import location as rows
from models.inventory.commands import CreateLocation, CreateSet, CreateZone, PutGeoZone, UpdateLocation, UpdateZone
from models.inventory.location import (
    ADDRESS,
    LOCATION_COLUMNS,
    CountryUnknown,
    FulfillmentSet,
    Location,
    LocationInUse,
    NameTaken,
    ServiceZone,
)
from models.inventory.rules import (
    ALL_PARTS,
    MOST_LOCATIONS,
    MOST_SETS,
    MOST_ZONES,
    MOST_ZONES_OF_SELLER,
    covered,
    ensure_room,
)
from models.shared.commands import given
from models.shared.list_query import ListQuery, Order
from services.audit import log as audit_log
from services.infrastructure.database.database import UnitOfWork
from services.shared.listing import documents_of
from services.shared.ownership import lock_owned, seller_of
from services.shipping.quote import SHIPPING
from utils.errors import NotFound
from utils.ids import ordered_id
from utils.sql import Prepared


async def page(
    work: UnitOfWork, *, who: Principal, limit: int, offset: int, order: Order | None = None, **filters: Any
) -> tuple[list[Location], int]:
    """A page of the seller's locations with all that hangs on them, and how many fit."""
    query = ListQuery(limit, offset, order, filters)
    documents, count = await documents_of(work, rows.LOCATIONS, query, own_seller=seller_of(who))
    return [rows.read_location(document) for document in documents], count


async def get_owned_location(work: UnitOfWork, *, who: Principal, location_id: str) -> Location:
    """A location of the acting seller with all that hangs on it; NotFound for any other."""
    return rows.read_location(await _get_owned(work, rows.FIND_LOCATION, who, "Stock location", location_id))


async def get_owned_set(work: UnitOfWork, *, who: Principal, set_id: str) -> FulfillmentSet:
    """A fulfillment set of the acting seller; NotFound for any other."""
    return rows.read_set(await _get_owned(work, rows.FIND_SET, who, "Fulfillment set", set_id))


async def get_owned_zone(work: UnitOfWork, *, who: Principal, set_id: str, zone_id: str) -> ServiceZone:
    """A zone of this very set of the acting seller; NotFound for any other."""
    zone = rows.read_zone(await _get_owned(work, rows.FIND_ZONE, who, "Service zone", zone_id))
    if zone.fulfillment_set_id != set_id:
        raise NotFound(what="Service zone", id=zone_id)
    return zone


async def _get_owned(work: UnitOfWork, statement: Prepared, who: Principal, what: str, row_id: str) -> str:
    loaded: str | None = (
        await work.execute(statement, {"id": row_id, "own_seller": seller_of(who)})
    ).scalar_one_or_none()
    if loaded is None:
        raise NotFound(what=what, id=row_id)
    return loaded


async def create(work: UnitOfWork, *, who: Principal, command: CreateLocation) -> Location:
    """Create a location; it is sold from last unless a rank is given."""
    own = {"own_seller": seller_of(who)}
    last = (await work.execute(rows.NEXT_RANK, own)).first()
    ensure_room(last.locations + 1, MOST_LOCATIONS)
    values = {"rank": last.rank, **await _columns(work, command)}
    row = {"id": ordered_id("sloc"), "seller_id": seller_of(who), **dict.fromkeys(LOCATION_COLUMNS), **values}
    made = (await work.execute(rows.INSERT_LOCATION, row)).scalar_one_or_none()
    if made is None:
        raise NameTaken(what="stock location", name=values["name"])
    await _note(work, who, "create", "stock_location", made, after=values)
    return await get_owned_location(work, who=who, location_id=made)


async def change(work: UnitOfWork, *, who: Principal, location_id: str, command: UpdateLocation) -> Location:
    """Update the named fields of a location; parts of an address that are not named stay."""
    await lock_owned(work, who=who, kind="stock_location", row_id=location_id)
    known = msgspec.structs.asdict(await get_owned_location(work, who=who, location_id=location_id))
    values = {name: known[name] for name in LOCATION_COLUMNS} | await _columns(work, command)
    other = {"name": values["name"], "id": location_id, "own_seller": seller_of(who)}
    if (await work.execute(rows.LOCATION_OF_NAME, other)).first() is not None:
        raise NameTaken(what="stock location", name=values["name"])
    await work.execute(rows.STORE_LOCATION, {**values, "location_id": location_id})
    before, after = audit_log.changes(known, values)
    await _note(work, who, "update", "stock_location", location_id, before=before, after=after)
    return await get_owned_location(work, who=who, location_id=location_id)


async def remove(work: UnitOfWork, *, who: Principal, location_id: str) -> None:
    """Delete a location; LocationInUse while something lies there or is sent from there."""
    await lock_owned(work, who=who, kind="stock_location", row_id=location_id, wholly=True)
    levels = await work.execute(inventory_adjustment.LOCK_LOCATION_LEVELS, {"location_id": location_id})
    if any(level.stocked or level.reserved or level.held or level.backordered for level in levels):
        raise LocationInUse(what="stock")
    if (await work.execute(rows.COUNT_SETS, {"location_id": location_id})).scalar_one():
        raise LocationInUse(what="fulfillment sets")
    await work.execute(inventory_adjustment.DELETE_LOCATION_LEVELS, {"location_id": location_id})
    await work.execute(rows.DELETE_LOCATION, {"location_id": location_id})
    work.touch("stock", [level.item_id for level in levels])
    await _note(work, who, "delete", "stock_location", location_id)


async def add_set(work: UnitOfWork, *, who: Principal, location_id: str, command: CreateSet) -> Location:
    """Create a fulfillment set: a way in which goods leave a location."""
    await lock_owned(work, who=who, kind="stock_location", row_id=location_id)
    held = await work.execute(rows.COUNT_SETS, {"location_id": location_id})
    ensure_room(held.scalar_one() + 1, MOST_SETS)
    values = {"name": command.name, "type": command.type, "metadata": command.metadata}
    row = {"id": ordered_id("fuset"), "location_id": location_id, **values}
    made = (await work.execute(rows.INSERT_SET, row)).scalar_one_or_none()
    if made is None:
        raise NameTaken(what="fulfillment set", name=command.name)
    await _note(work, who, "create", "fulfillment_set", made, after={"location_id": location_id, **values})
    return await get_owned_location(work, who=who, location_id=location_id)


async def remove_set(work: UnitOfWork, *, who: Principal, set_id: str) -> None:
    """Delete a set with its zones and their shipping options: carts that chose one have to choose again."""
    await lock_owned(work, who=who, kind="fulfillment_set", row_id=set_id, wholly=True)
    options = (await work.execute(rows.OPTIONS_OF_SET, {"set_id": set_id})).scalars()
    await work.execute(rows.DELETE_SET, {"set_id": set_id})
    await _note(work, who, "delete", "fulfillment_set", set_id, before={"shipping_option_ids": options})


async def add_zone(work: UnitOfWork, *, who: Principal, set_id: str, command: CreateZone) -> FulfillmentSet:
    """Create a service zone: an area that a set serves."""
    await lock_owned(work, who=who, kind="fulfillment_set", row_id=set_id)
    of_set = await work.execute(rows.COUNT_ZONES, {"set_id": set_id})
    ensure_room(of_set.scalar_one() + 1, MOST_ZONES)
    of_seller = await work.execute(rows.COUNT_ZONES_OF_SELLER, {"own_seller": seller_of(who)})
    ensure_room(of_seller.scalar_one() + 1, MOST_ZONES_OF_SELLER)
    values = {"name": command.name, "metadata": command.metadata}
    row = {"id": ordered_id("serzo"), "fulfillment_set_id": set_id, **values}
    made = (await work.execute(rows.INSERT_ZONE, row)).scalar_one_or_none()
    if made is None:
        raise NameTaken(what="service zone", name=command.name)
    covered = await _cover(work, made, command.geo_zones)
    after = {"fulfillment_set_id": set_id, **values, "geo_zones": covered}
    await _note(work, who, "create", "service_zone", made, after=after)
    return await get_owned_set(work, who=who, set_id=set_id)


async def change_zone(
    work: UnitOfWork, *, who: Principal, set_id: str, zone_id: str, command: UpdateZone
) -> FulfillmentSet:
    """Update the named fields of a zone; named geo zones replace all that were."""
    await lock_owned(work, who=who, kind="service_zone", row_id=zone_id)
    zone = await get_owned_zone(work, who=who, set_id=set_id, zone_id=zone_id)
    known = {"name": zone.name, "metadata": zone.metadata}
    values = {"name": given(command.name, zone.name), "metadata": given(command.metadata, zone.metadata)}
    other = {"name": values["name"], "id": zone_id, "set_id": set_id}
    if (await work.execute(rows.ZONE_OF_NAME, other)).first() is not None:
        raise NameTaken(what="service zone", name=values["name"])
    await work.execute(rows.STORE_ZONE, {**values, "zone_id": zone_id})
    before, after = audit_log.changes(known, values)
    if command.geo_zones is not UNSET:
        before["geo_zones"] = [_parts(geo) for geo in zone.geo_zones]
        await work.execute(rows.DELETE_GEO_ZONES, {"zone_id": zone_id})
        after["geo_zones"] = await _cover(work, zone_id, command.geo_zones)
    await _note(work, who, "update", "service_zone", zone_id, before=before, after=after)
    return await get_owned_set(work, who=who, set_id=set_id)


async def remove_zone(work: UnitOfWork, *, who: Principal, set_id: str, zone_id: str) -> FulfillmentSet:
    """Delete a zone with its shipping options."""
    await lock_owned(work, who=who, kind="service_zone", row_id=zone_id, wholly=True)
    await get_owned_zone(work, who=who, set_id=set_id, zone_id=zone_id)
    options = (await work.execute(rows.OPTIONS_OF_ZONE, {"zone_id": zone_id})).scalars()
    await work.execute(rows.DELETE_ZONE, {"zone_id": zone_id})
    await _note(work, who, "delete", "service_zone", zone_id, before={"shipping_option_ids": options})
    return await get_owned_set(work, who=who, set_id=set_id)


async def _cover(work: UnitOfWork, zone_id: str, geo_zones: Sequence[PutGeoZone]) -> list[dict[str, Any]]:
    """Write the geo zones of a zone that has none; what each covers."""
    await ensure_countries(work, {geo.country_code.lower() for geo in geo_zones})
    values = [covered(geo) for geo in geo_zones]
    table = [
        {"id": ordered_id("fgz"), "service_zone_id": zone_id, **geo, "metadata": command.metadata}
        for geo, command in zip(values, geo_zones, strict=True)
    ]
    if table:
        await work.execute(rows.INSERT_GEO_ZONES, table)
    return values


def _parts(geo: rows.GeoZone) -> dict[str, Any]:
    return {name: getattr(geo, name) for name in ("type", "country_code", *ALL_PARTS)}


async def ensure_countries(work: UnitOfWork, codes: set[str]) -> None:
    """CountryUnknown unless all of the codes are countries'."""
    known = set((await work.execute(rows.KNOWN_COUNTRIES, {"codes": sorted(codes)})).scalars()) if codes else set()
    for code in sorted(codes - known):
        raise CountryUnknown(country_code=code)


def columns_of(command: UpdateLocation) -> dict[str, Any]:
    """The columns that the command names; an address of null is none at all."""
    values = {name: value for name, value in command.changes().items() if name != "address"}
    if command.address is not UNSET:
        values |= command.address.changes() if command.address is not None else dict.fromkeys(ADDRESS)
    if values.get("country_code"):
        values["country_code"] = values["country_code"].lower()
    return values


async def _columns(work: UnitOfWork, command: UpdateLocation) -> dict[str, Any]:
    """As above; CountryUnknown."""
    values = columns_of(command)
    if values.get("country_code"):
        await ensure_countries(work, {values["country_code"]})
    return values


async def _note(
    work: UnitOfWork,
    who: Principal,
    verb: str,
    entity: str,
    row_id: str,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """The audit row of a change; what is offered to buyers is read anew after it."""
    work.touch(SHIPPING.name)
    terms: dict[str, Any] = {"entity": entity, "entity_id": row_id, "before": before, "after": after}
    await audit_log.record(work, who=who, action=f"{entity}.{verb}", **terms)
