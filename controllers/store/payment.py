"""Payment providers, collections and sessions."""

from typing import Any

from aiohttp import web

from controllers.views import shared as views_shared
from models.cart.cart import Cart
from services.cart import cart as cart_service
from services.payment import payment
from services.workflows.open_payment_session import open_payment_session
from utils.http import ADDRESS, BODY, CLAIM, DEPS, FIELDS, PRINCIPAL, QUERY, reply


async def list_providers(request: web.Request) -> web.Response:
    query, deps = request[QUERY], request.app[DEPS]
    async with deps.database.reading() as work:
        ids = await payment.providers_of(work, region_id=query["region_id"], installed=deps.payments)
    page = ids[query["offset"] : query["offset"] + query["limit"]]
    found = [request[FIELDS]({"id": provider_id, "is_enabled": True}) for provider_id in page]
    counts = {"count": len(ids), "offset": query["offset"], "limit": query["limit"]}
    return reply({"payment_providers": found, **counts})


async def create_collection(request: web.Request) -> web.Response:
    claim = request[CLAIM]
    async with request.app[DEPS].database.unit_of_work(claim) as work:
        cart = await cart_service.get_open_cart(work, who=request[PRINCIPAL], cart_id=request[BODY]["cart_id"])
        collection = await payment.collection_for(work, cart)
        return reply({"payment_collection": view(collection, request)}, claim=claim)


async def create_session(request: web.Request) -> web.Response:
    body, claim = request[BODY], request[CLAIM]

    def answer(cart: Cart) -> web.Response:
        return reply({"payment_collection": view(cart.payment, request)}, claim=claim)

    return await open_payment_session(
        request.app[DEPS],
        who=request[PRINCIPAL],
        address=request[ADDRESS],
        collection_id=request.match_info["id"],
        provider_id=body["provider_id"],
        data=body.get("data"),
        claim=claim,
        answer=answer,
    )


def view(collection: Any, request: web.Request) -> dict[str, Any]:
    shown: dict[str, Any] = request[FIELDS](views_shared.payment_collection(collection))
    return shown
