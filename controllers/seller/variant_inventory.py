"""What a variant takes of the seller's items for each piece that is sold."""

from typing import Any

from aiohttp import web
from msgspec import convert

from controllers.http import BODY, CLAIM, DEPS, PRINCIPAL, reply
from models.inventory.commands import CreateNeed, UpdateNeed
from services.inventory import item as inventory_item
from services.inventory.item import Kit


def path(request: web.Request) -> dict[str, Any]:
    return {"product_id": request.match_info["product_id"], "variant_id": request.match_info["variant_id"]}


async def retrieve(request: web.Request) -> web.Response:
    async with request.app[DEPS].database.reading() as work:
        kit = await inventory_item.get_owned_kit(work, who=request[PRINCIPAL], **path(request))
    return reply({"variant": view(kit)})


async def add(request: web.Request) -> web.Response:
    claim, command = request[CLAIM], convert(request[BODY], CreateNeed)
    need: dict[str, Any] = {"item_id": command.inventory_item_id, "pieces": command.required_quantity, "is_new": True}
    async with request.app[DEPS].database.unit_of_work(claim) as work:
        kit = await inventory_item.put_need(work, who=request[PRINCIPAL], **path(request), **need)
        return reply({"variant": view(kit)}, claim=claim)


async def change(request: web.Request) -> web.Response:
    claim, pieces = request[CLAIM], convert(request[BODY], UpdateNeed).required_quantity
    need: dict[str, Any] = {"item_id": request.match_info["inventory_item_id"], "pieces": pieces, "is_new": False}
    async with request.app[DEPS].database.unit_of_work(claim) as work:
        kit = await inventory_item.put_need(work, who=request[PRINCIPAL], **path(request), **need)
        return reply({"variant": view(kit)}, claim=claim)


async def remove(request: web.Request) -> web.Response:
    claim, gone = request[CLAIM], request.match_info["inventory_item_id"]
    async with request.app[DEPS].database.unit_of_work(claim) as work:
        kit = await inventory_item.remove_need(work, who=request[PRINCIPAL], **path(request), item_id=gone)
        done = {"id": gone, "object": "variant-inventory-item-link", "deleted": True, "parent": view(kit)}
        return reply(done, claim=claim)


def view(kit: Kit) -> dict[str, Any]:
    return {
        **{name: getattr(kit, name) for name in ("id", "product_id", "sku", "title")},
        "manage_inventory": kit.manage_inventory,
        "allow_backorder": kit.allow_backorder,
        "inventory_items": [
            {
                "variant_id": kit.id,
                "inventory_item_id": need["item_id"],
                "required_quantity": need["required_quantity"],
                "sku": need["sku"],
                "title": need["title"],
            }
            for need in kit.needs
        ],
    }
