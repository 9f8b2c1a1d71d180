"""Products of all sellers, as the platform sees them, and its word on them."""

from typing import Any

from aiohttp import web
from msgspec import convert

from controllers.http import BODY, CLAIM, DEPS, FIELDS, PRINCIPAL, QUERY, reply
from controllers.seller.product import views
from controllers.store.product import question
from models.product.commands import RejectProduct
from services.product import moderation


async def list_products(request: web.Request) -> web.Response:
    query = request[QUERY]
    async with request.app[DEPS].database.reading() as work:
        found, count = await moderation.search_all(work, **question(request))
        shown = await views(work, found, request[FIELDS])
    return reply({"products": shown, "count": count, "offset": query["offset"], "limit": query["limit"]})


async def retrieve(request: web.Request) -> web.Response:
    async with request.app[DEPS].database.reading() as work:
        found = await moderation.get_product(work, product_id=request.match_info["id"])
        (shown,) = await views(work, [found], request[FIELDS])
    return reply({"product": shown})


async def reject(request: web.Request) -> web.Response:
    claim, command = request[CLAIM], convert(request[BODY], RejectProduct)
    terms: dict[str, Any] = {"who": request[PRINCIPAL], "product_id": request.match_info["id"]}
    async with request.app[DEPS].database.unit_of_work(claim) as work:
        made = await moderation.reject(work, **terms, reason=command.reason)
        (shown,) = await views(work, [made], request[FIELDS])
        return reply({"product": shown}, claim=claim)


async def publish(request: web.Request) -> web.Response:
    claim = request[CLAIM]
    terms: dict[str, Any] = {"who": request[PRINCIPAL], "product_id": request.match_info["id"]}
    async with request.app[DEPS].database.unit_of_work(claim) as work:
        made = await moderation.publish(work, **terms)
        (shown,) = await views(work, [made], request[FIELDS])
        return reply({"product": shown}, claim=claim)
