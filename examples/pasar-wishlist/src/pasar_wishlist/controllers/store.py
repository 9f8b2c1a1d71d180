"""Customers and their lists, on the wire."""

from typing import Any

from aiohttp import web

from pasar.web import BODY, CLAIM, DEPS, PRINCIPAL, QUERY, iso, reply
from pasar_wishlist.models.wishlist import Wishlist
from pasar_wishlist.services import wishlist as service


async def index(request: web.Request) -> web.Response:
    page = {name: request[QUERY][name] for name in ("limit", "offset")}
    async with request.app[DEPS].database.reading() as work:
        found, count = await service.page(work, customer_id=request[PRINCIPAL].customer_id, **page)
    return reply({"wishlists": [view(each) for each in found], "count": count, **page})


async def create(request: web.Request) -> web.Response:
    deps, claim, who = request.app[DEPS], request[CLAIM], request[PRINCIPAL]
    async with deps.database.unit_of_work(claim) as work:
        settings = deps.settings_of("wishlist")
        wishlist_id = await service.create(work, who=who, name=request[BODY]["name"], settings=settings)
        found = await service.get_owned(work, who=who, wishlist_id=wishlist_id)
        return reply({"wishlist": view(found)}, claim=claim)


async def retrieve(request: web.Request) -> web.Response:
    async with request.app[DEPS].database.reading() as work:
        found = await service.get_owned(work, who=request[PRINCIPAL], wishlist_id=request.match_info["id"])
    return reply({"wishlist": view(found)})


async def rename(request: web.Request) -> web.Response:
    claim, terms = request[CLAIM], which(request)
    async with request.app[DEPS].database.unit_of_work(claim) as work:
        await service.rename(work, **terms, name=request[BODY]["name"])
        return reply({"wishlist": view(await service.get_owned(work, **terms))}, claim=claim)


async def remove(request: web.Request) -> web.Response:
    claim, wishlist_id = request[CLAIM], request.match_info["id"]
    async with request.app[DEPS].database.unit_of_work(claim) as work:
        await service.remove(work, who=request[PRINCIPAL], wishlist_id=wishlist_id)
        return reply({"id": wishlist_id, "object": "wishlist", "deleted": True}, claim=claim)


async def add_item(request: web.Request) -> web.Response:
    deps, claim = request.app[DEPS], request[CLAIM]
    terms = which(request)
    async with deps.database.unit_of_work(claim) as work:
        settings = deps.settings_of("wishlist")
        await service.add_item(work, **terms, product_id=request[BODY]["product_id"], settings=settings)
        return reply({"wishlist": view(await service.get_owned(work, **terms))}, claim=claim)


async def remove_item(request: web.Request) -> web.Response:
    claim, terms = request[CLAIM], which(request)
    async with request.app[DEPS].database.unit_of_work(claim) as work:
        await service.remove_item(work, **terms, item_id=request.match_info["item_id"])
        return reply({"wishlist": view(await service.get_owned(work, **terms))}, claim=claim)


def which(request: web.Request) -> Any:
    """Who asks, and for which list."""
    return {"who": request[PRINCIPAL], "wishlist_id": request.match_info["id"]}


def view(wishlist: Wishlist) -> dict[str, Any]:
    return {
        "id": wishlist.id,
        "name": wishlist.name,
        "items": [
            {"id": item.id, "product_id": item.product_id, "created_at": iso(item.created_at)}
            for item in wishlist.items
        ],
        "created_at": iso(wishlist.created_at),
        "updated_at": iso(wishlist.updated_at),
    }
