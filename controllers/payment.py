"""Payment providers, collections and sessions."""

from typing import Any

from aiohttp import web

from controllers import parts
from services import cart as cart_service
from services import payment
from services.flows.open_payment_session import open_payment_session
from services.region import REGIONS
from utils.http import BODY, CLAIM, DEPS, FIELDS, PRINCIPAL, QUERY, reply


async def list_providers(request: web.Request) -> web.Response:
    query = request[QUERY]
    async with request.app[DEPS].database.reading() as work:
        region = (await work.snapshot(REGIONS)).by_id.get(query["region_id"])
    ids = region.provider_ids if region is not None else ()
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
    body, collection_id = request[BODY], request.match_info["id"]
    terms = {"collection_id": collection_id, "provider_id": body["provider_id"], "data": body.get("data")}
    deps, claim = request.app[DEPS], request[CLAIM]
    cart = await open_payment_session(deps, who=request[PRINCIPAL], **terms)
    shown = {"payment_collection": view(cart.payment, request)}
    if claim is None:
        return reply(shown)
    async with deps.database.unit_of_work(claim):
        return reply(shown, claim=claim)


def view(collection: Any, request: web.Request) -> dict[str, Any]:
    shown: dict[str, Any] = request[FIELDS](parts.payment_collection(collection))
    return shown
