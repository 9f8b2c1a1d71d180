"""A seller's stock: items, what lies where, counts and movements."""

from collections.abc import Sequence
from typing import Any

from aiohttp import web
from msgspec import convert

from controllers.http import BODY, CLAIM, DEPS, PRINCIPAL, QUERY, reply
from controllers.store.product import page_of, question
from models.inventory import commands
from models.inventory.lists import Item, Level
from services.infrastructure.database.database import UnitOfWork
from services.inventory import adjustment as inventory_adjustment
from services.inventory import bulk_adjustment
from services.inventory import item as inventory_item
from services.inventory.adjustment import Count
from utils.clock import to_iso

COPIED = (
    *("id", "sku", "title", "description", "thumbnail", "weight", "length", "height", "width"),
    *("hs_code", "origin_country", "mid_code", "material", "metadata"),
)
QUANTITIES = ("stocked", "reserved", "held", "available", "backordered", "incoming")


def item_id(request: web.Request) -> str:
    return request.match_info["id"]


async def list_items(request: web.Request) -> web.Response:
    query = request[QUERY]
    async with request.app[DEPS].database.reading() as work:
        items, count = await inventory_item.page(work, who=request[PRINCIPAL], **question(request))
    return reply({"inventory_items": [view(item) for item in items], "count": count, **page_of(query)})


async def create(request: web.Request) -> web.Response:
    claim, command = request[CLAIM], convert(request[BODY], commands.CreateItem)
    async with request.app[DEPS].database.unit_of_work(claim) as work:
        item = await inventory_item.create(work, who=request[PRINCIPAL], command=command)
        return reply({"inventory_item": view(item)}, claim=claim)


async def retrieve(request: web.Request) -> web.Response:
    async with request.app[DEPS].database.reading() as work:
        return await _shown(request, work)


async def update(request: web.Request) -> web.Response:
    claim, command = request[CLAIM], convert(request[BODY], commands.UpdateItem)
    async with request.app[DEPS].database.unit_of_work(claim) as work:
        item = await inventory_item.change(work, who=request[PRINCIPAL], item_id=item_id(request), command=command)
        return reply({"inventory_item": view(item)}, claim=claim)


async def remove(request: web.Request) -> web.Response:
    claim = request[CLAIM]
    async with request.app[DEPS].database.unit_of_work(claim) as work:
        await inventory_item.remove(work, who=request[PRINCIPAL], item_id=item_id(request))
        return reply({"id": item_id(request), "object": "inventory_item", "deleted": True}, claim=claim)


async def list_levels(request: web.Request) -> web.Response:
    wanted = request[QUERY].get("location_id")
    async with request.app[DEPS].database.reading() as work:
        item = await inventory_item.get_owned_item(work, who=request[PRINCIPAL], item_id=item_id(request))
    shown = [level_view(level) for level in item.levels if wanted is None or level.location_id in wanted]
    return reply({"inventory_levels": shown, "count": len(shown), "offset": 0, "limit": len(shown)})


async def open_level(request: web.Request) -> web.Response:
    claim, level = request[CLAIM], convert(request[BODY], commands.CreateLevel)
    async with request.app[DEPS].database.unit_of_work(claim) as work:
        counts = inventory_adjustment.counts_of(item_id(request), [level])
        await inventory_adjustment.open_levels(work, who=request[PRINCIPAL], item_id=item_id(request), counts=counts)
        return await _shown(request, work)


async def set_level(request: web.Request) -> web.Response:
    claim, command = request[CLAIM], convert(request[BODY], commands.SetLevel)
    async with request.app[DEPS].database.unit_of_work(claim) as work:
        counts = inventory_adjustment.counts_of(item_id(request), [command.at(request.match_info["location_id"])])
        await inventory_adjustment.count(
            work, who=request[PRINCIPAL], item_id=item_id(request), counts=counts, reason=command.reason
        )
        return await _shown(request, work)


async def adjust_level(request: web.Request) -> web.Response:
    claim, command = request[CLAIM], convert(request[BODY], commands.AdjustLevel)
    async with request.app[DEPS].database.unit_of_work(claim) as work:
        change = Count(item_id(request), request.match_info["location_id"], adjustment=command.adjustment)
        await inventory_adjustment.count(
            work, who=request[PRINCIPAL], item_id=item_id(request), counts=[change], reason=command.reason
        )
        return await _shown(request, work)


async def close_level(request: web.Request) -> web.Response:
    claim, location_id = request[CLAIM], request.match_info["location_id"]
    async with request.app[DEPS].database.unit_of_work(claim) as work:
        terms: dict[str, Any] = {"item_id": item_id(request), "location_ids": [location_id]}
        await inventory_adjustment.close_levels(work, who=request[PRINCIPAL], **terms)
        item = await inventory_item.get_owned_item(work, who=request[PRINCIPAL], item_id=item_id(request))
        gone = {"id": location_id, "object": "inventory-level", "deleted": True, "parent": view(item)}
        return reply(gone, claim=claim)


async def batch_levels(request: web.Request) -> web.Response:
    claim, command = request[CLAIM], convert(request[BODY], commands.UpdateLevels)
    terms: dict[str, Any] = {"item_id": item_id(request), "command": command}
    async with request.app[DEPS].database.unit_of_work(claim) as work:
        item = await inventory_item.batch_levels(work, who=request[PRINCIPAL], **terms)
        entries: dict[str, Sequence[commands.CreateLevel]] = {"create": command.create, "update": command.update}
        named = {verb: {entry.location_id for entry in levels} for verb, levels in entries.items()}
        done = {
            f"{verb}d": [level_view(level) for level in item.levels if level.location_id in places]
            for verb, places in named.items()
        }
        return reply({**done, "deleted": command.delete}, claim=claim)


async def list_movements(request: web.Request) -> web.Response:
    query = request[QUERY]
    async with request.app[DEPS].database.reading() as work:
        rows, count = await inventory_item.movements(work, who=request[PRINCIPAL], item_id=item_id(request), **query)
    return reply({"inventory_movements": [movement_view(row) for row in rows], "count": count, **page_of(query)})


async def apply_sheet(request: web.Request) -> web.Response:
    claim, command = request[CLAIM], convert(request[BODY], commands.ApplySheet)
    async with request.app[DEPS].database.unit_of_work(claim) as work:
        sheet = await bulk_adjustment.apply(work, who=request[PRINCIPAL], command=command)
        done = {"id": sheet.id, "row_count": sheet.rows, "changed_count": sheet.changed}
        return reply({"inventory_sheet": done}, claim=claim)


async def _shown(request: web.Request, work: UnitOfWork) -> web.Response:
    item = await inventory_item.get_owned_item(work, who=request[PRINCIPAL], item_id=item_id(request))
    return reply({"inventory_item": view(item)}, claim=request[CLAIM] if request.method != "GET" else None)


def view(item: Item) -> dict[str, Any]:
    return {
        **{name: getattr(item, name) for name in COPIED},
        "seller_id": item.seller_id,
        **{f"{name}_quantity": item.total(name) for name in QUANTITIES},
        "location_levels": [level_view(level) for level in item.levels],
        "variants": [
            {"variant_id": need.variant_id, "product_id": need.product_id, "required_quantity": need.required_quantity}
            for need in item.needs
        ],
        "created_at": to_iso(item.created_at),
        "updated_at": to_iso(item.updated_at),
    }


def level_view(level: Level) -> dict[str, Any]:
    return {
        "id": f"{level.item_id}:{level.location_id}",
        "inventory_item_id": level.item_id,
        "location_id": level.location_id,
        "location_name": level.location_name,
        **{f"{name}_quantity": getattr(level, name) for name in QUANTITIES},
        "created_at": to_iso(level.created_at),
        "updated_at": to_iso(level.updated_at),
    }


def movement_view(row: Any) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "inventory_item_id": row.item_id,
        "location_id": row.location_id,
        "kind": row.kind,
        **{f"{name}_change": row[name] for name in ("stocked", "reserved", "backordered")},
        "reference": row.reference,
        "reason": row.reason,
        "created_at": to_iso(row.created_at),
    }
