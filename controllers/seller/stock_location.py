"""A seller's places of stock with their fulfillment sets and the zones those serve."""

from typing import Any

from aiohttp import web
from msgspec import convert

from controllers.http import BODY, CLAIM, DEPS, PRINCIPAL, QUERY, reply
from controllers.store.product import page_of, question
from models.inventory import commands
from models.inventory.location import ADDRESS, FulfillmentSet, GeoZone, Location, ServiceZone
from services.inventory import location as inventory_location
from utils.clock import to_iso


def path_id(request: web.Request) -> str:
    return request.match_info["id"]


def zone_path(request: web.Request) -> dict[str, str]:
    return {"set_id": path_id(request), "zone_id": request.match_info["zone_id"]}


async def list_locations(request: web.Request) -> web.Response:
    query = request[QUERY]
    async with request.app[DEPS].database.reading() as work:
        locations, count = await inventory_location.page(work, who=request[PRINCIPAL], **question(request))
    return reply({"stock_locations": [view(location) for location in locations], "count": count, **page_of(query)})


async def create(request: web.Request) -> web.Response:
    claim, command = request[CLAIM], convert(request[BODY], commands.CreateLocation)
    async with request.app[DEPS].database.unit_of_work(claim) as work:
        location = await inventory_location.create(work, who=request[PRINCIPAL], command=command)
        return reply({"stock_location": view(location)}, claim=claim)


async def retrieve(request: web.Request) -> web.Response:
    async with request.app[DEPS].database.reading() as work:
        location = await inventory_location.get_owned_location(
            work, who=request[PRINCIPAL], location_id=path_id(request)
        )
    return reply({"stock_location": view(location)})


async def update(request: web.Request) -> web.Response:
    claim = request[CLAIM]
    terms: dict[str, Any] = {
        "location_id": path_id(request),
        "command": convert(request[BODY], commands.UpdateLocation),
    }
    async with request.app[DEPS].database.unit_of_work(claim) as work:
        location = await inventory_location.change(work, who=request[PRINCIPAL], **terms)
        return reply({"stock_location": view(location)}, claim=claim)


async def remove(request: web.Request) -> web.Response:
    claim, location_id = request[CLAIM], path_id(request)
    async with request.app[DEPS].database.unit_of_work(claim) as work:
        await inventory_location.remove(work, who=request[PRINCIPAL], location_id=location_id)
        return reply({"id": location_id, "object": "stock_location", "deleted": True}, claim=claim)


async def add_set(request: web.Request) -> web.Response:
    claim = request[CLAIM]
    terms: dict[str, Any] = {"location_id": path_id(request), "command": convert(request[BODY], commands.CreateSet)}
    async with request.app[DEPS].database.unit_of_work(claim) as work:
        location = await inventory_location.add_set(work, who=request[PRINCIPAL], **terms)
        return reply({"stock_location": view(location)}, claim=claim)


async def remove_set(request: web.Request) -> web.Response:
    claim, set_id = request[CLAIM], path_id(request)
    async with request.app[DEPS].database.unit_of_work(claim) as work:
        await inventory_location.remove_set(work, who=request[PRINCIPAL], set_id=set_id)
        return reply({"id": set_id, "object": "fulfillment_set", "deleted": True}, claim=claim)


async def add_zone(request: web.Request) -> web.Response:
    claim = request[CLAIM]
    terms: dict[str, Any] = {"set_id": path_id(request), "command": convert(request[BODY], commands.CreateZone)}
    async with request.app[DEPS].database.unit_of_work(claim) as work:
        fulfillment_set = await inventory_location.add_zone(work, who=request[PRINCIPAL], **terms)
        return reply({"fulfillment_set": set_view(fulfillment_set)}, claim=claim)


async def retrieve_zone(request: web.Request) -> web.Response:
    async with request.app[DEPS].database.reading() as work:
        zone = await inventory_location.get_owned_zone(work, who=request[PRINCIPAL], **zone_path(request))
    return reply({"service_zone": zone_view(zone)})


async def update_zone(request: web.Request) -> web.Response:
    claim, command = request[CLAIM], convert(request[BODY], commands.UpdateZone)
    terms: dict[str, Any] = {**zone_path(request), "command": command}
    async with request.app[DEPS].database.unit_of_work(claim) as work:
        changed = await inventory_location.change_zone(work, who=request[PRINCIPAL], **terms)
        return reply({"fulfillment_set": set_view(changed)}, claim=claim)


async def remove_zone(request: web.Request) -> web.Response:
    claim, zone_id = request[CLAIM], request.match_info["zone_id"]
    async with request.app[DEPS].database.unit_of_work(claim) as work:
        parent = await inventory_location.remove_zone(work, who=request[PRINCIPAL], **zone_path(request))
        gone = {"id": zone_id, "object": "service_zone", "deleted": True, "parent": set_view(parent)}
        return reply(gone, claim=claim)


def _shared(row: Location | FulfillmentSet | ServiceZone | GeoZone) -> dict[str, Any]:
    """What every one of these rows shows."""
    return {
        "id": row.id,
        "metadata": row.metadata,
        "created_at": to_iso(row.created_at),
        "updated_at": to_iso(row.updated_at),
    }


def view(location: Location) -> dict[str, Any]:
    return {
        **_shared(location),
        "seller_id": location.seller_id,
        "name": location.name,
        "rank": location.rank,
        "address_id": location.id,
        "address": {"id": location.id, **{name: getattr(location, name) for name in ADDRESS}},
        "fulfillment_sets": [set_view(each) for each in location.fulfillment_sets],
    }


def set_view(row: FulfillmentSet) -> dict[str, Any]:
    return {
        **_shared(row),
        "name": row.name,
        "type": row.type,
        "location_id": row.location_id,
        "service_zones": [zone_view(zone) for zone in row.service_zones],
    }


def zone_view(zone: ServiceZone) -> dict[str, Any]:
    return {
        **_shared(zone),
        "name": zone.name,
        "fulfillment_set_id": zone.fulfillment_set_id,
        "geo_zones": [
            {
                **_shared(geo),
                **{
                    name: getattr(geo, name)
                    for name in ("type", "country_code", "province_code", "city", "postal_expression")
                },
            }
            for geo in zone.geo_zones
        ],
    }
