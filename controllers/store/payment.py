"""Payment providers, collections and sessions."""

from typing import Any

import msgspec
from aiohttp import web

from controllers.http import ADDRESS, BODY, CLAIM, DEPS, FIELDS, PRINCIPAL, QUERY, reply
from controllers.views import shared as views_shared
from models.payment.commands import CreateCollection, CreateSession
from models.payment.session import Collection
from services.cart import cart as cart_service
from services.payment import payment
from services.workflows.open_payment_session import open_payment_session
from utils.fields import Selection


async def list_providers(request: web.Request) -> web.Response:
    query, deps = request[QUERY], request.app[DEPS]
    async with deps.database.reading() as work:
        ids = await payment.providers_of(work, region_id=query["region_id"], installed=deps.payments)
    page = ids[query["offset"] : query["offset"] + query["limit"]]
    found = [request[FIELDS]({"id": provider_id, "is_enabled": True}) for provider_id in page]
    counts = {"count": len(ids), "offset": query["offset"], "limit": query["limit"]}
    return reply({"payment_providers": found, **counts})


async def create_collection(request: web.Request) -> web.Response:
    claim, command = request[CLAIM], msgspec.convert(request[BODY], CreateCollection)
    async with request.app[DEPS].database.unit_of_work(claim) as work:
        collection = await cart_service.start_payment(work, who=request[PRINCIPAL], cart_id=command.cart_id)
        return reply({"payment_collection": view(collection, request[FIELDS])}, claim=claim)


async def create_session(request: web.Request) -> web.Response:
    claim = request[CLAIM]
    async with open_payment_session(
        request.app[DEPS],
        who=request[PRINCIPAL],
        address=request[ADDRESS],
        collection_id=request.match_info["id"],
        command=msgspec.convert(request[BODY], CreateSession),
        claim=claim,
    ) as collection:
        return reply({"payment_collection": view(collection, request[FIELDS])}, claim=claim)


def view(collection: Collection, fields: Selection) -> dict[str, Any]:
    shown: dict[str, Any] = fields(views_shared.payment_collection(collection))
    return shown
