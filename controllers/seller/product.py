"""A seller's products: list, write whole, write several, delete."""

from collections.abc import Sequence
from typing import Any

from aiohttp import web
from msgspec import convert

from controllers.http import BODY, CLAIM, DEPS, FIELDS, PRINCIPAL, QUERY, reply
from controllers.seller.product_view import parts_of, view
from controllers.store.product import question
from controllers.views.product import Json
from models.product.commands import CreateProduct, UpdateProduct, UpdateProducts
from models.product.product import Product
from services.infrastructure.database.database import UnitOfWork
from services.product import moderation
from services.product import write as product_write
from services.product.related import related_to
from utils.fields import Selection


async def views(work: UnitOfWork, products: Sequence[Product], fields: Selection) -> list[Json]:
    """The products cut to the fields; a constant number of statements."""
    related = await related_to(work, products, **parts_of(fields))
    return [fields(view(product, related)) for product in products]


async def list_products(request: web.Request) -> web.Response:
    query = request[QUERY]
    async with request.app[DEPS].database.reading() as work:
        found, count = await moderation.search_own(work, who=request[PRINCIPAL], **question(request))
        shown = await views(work, found, request[FIELDS])
    return reply({"products": shown, "count": count, "offset": query["offset"], "limit": query["limit"]})


async def retrieve(request: web.Request) -> web.Response:
    async with request.app[DEPS].database.reading() as work:
        found = await moderation.get_owned_product(work, who=request[PRINCIPAL], product_id=request.match_info["id"])
        (shown,) = await views(work, [found], request[FIELDS])
    return reply({"product": shown})


async def create(request: web.Request) -> web.Response:
    deps, claim, command = request.app[DEPS], request[CLAIM], convert(request[BODY], CreateProduct)
    async with deps.database.unit_of_work(claim) as work:
        made = await product_write.create(work, deps.files, who=request[PRINCIPAL], command=command)
        (shown,) = await views(work, [made], request[FIELDS])
        return reply({"product": shown}, claim=claim)


async def update(request: web.Request) -> web.Response:
    deps, claim, command = request.app[DEPS], request[CLAIM], convert(request[BODY], UpdateProduct)
    terms: dict[str, Any] = {"who": request[PRINCIPAL], "product_id": request.match_info["id"]}
    async with deps.database.unit_of_work(claim) as work:
        made = await product_write.update(work, deps.files, **terms, command=command)
        (shown,) = await views(work, [made], request[FIELDS])
        return reply({"product": shown}, claim=claim)


async def remove(request: web.Request) -> web.Response:
    claim, product_id = request[CLAIM], request.match_info["id"]
    async with request.app[DEPS].database.unit_of_work(claim) as work:
        await product_write.remove(work, who=request[PRINCIPAL], product_ids=[product_id])
        return reply({"id": product_id, "object": "product", "deleted": True}, claim=claim)


async def batch(request: web.Request) -> web.Response:
    deps, claim, command = request.app[DEPS], request[CLAIM], convert(request[BODY], UpdateProducts)
    async with deps.database.unit_of_work(claim) as work:
        made, created = await product_write.batch(work, deps.files, who=request[PRINCIPAL], command=command)
        shown = await views(work, made, request[FIELDS])
        gone = {"ids": command.delete, "object": "product", "deleted": True}
        return reply({"created": shown[:created], "updated": shown[created:], "deleted": gone}, claim=claim)
