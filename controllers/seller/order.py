"""Orders of a store: read, accepted, packed, shipped, delivered, called off."""

from typing import Any

from aiohttp import web

from controllers.seller.order_view import change_view, is_brief, view
from models.order.seller_order import SellerOrder
from services.order import cancellation, seller_orders
from services.order import fulfillment as order_fulfillment
from utils.http import BODY, CLAIM, DEPS, FIELDS, PRINCIPAL, QUERY, reply


def _asked(request: web.Request) -> dict[str, Any]:
    """Whose order, and which."""
    return {"who": request[PRINCIPAL], "order_id": request.match_info["id"]}


def _answer(request: web.Request, part: SellerOrder) -> web.Response:
    return reply({"order": view(part, request[FIELDS])}, claim=request[CLAIM])


async def list_orders(request: web.Request) -> web.Response:
    query = {name: value for name, value in request[QUERY].items() if name not in ("fields", "order", "status")}
    descending, brief = request[QUERY]["order"].startswith("-"), is_brief(request[FIELDS])
    async with request.app[DEPS].database.reading() as work:
        page = await seller_orders.page(
            work,
            who=request[PRINCIPAL],
            descending=descending,
            brief=brief,
            statuses=request[QUERY].get("status"),
            **query,
        )
    shown = [view(part, request[FIELDS]) for part in page.orders]
    counted = {} if page.count is None else {"count": page.count, "count_is_exact": page.is_exact}
    sizes = {"limit": query["limit"], "offset": query["offset"]}
    return reply({"orders": shown, **sizes, "next_cursor": page.next_cursor, **counted})


async def retrieve(request: web.Request) -> web.Response:
    async with request.app[DEPS].database.reading() as work:
        part = await seller_orders.find(work, who=request[PRINCIPAL], order_id=request.match_info["id"])
    return reply({"order": view(part, request[FIELDS])})


async def list_changes(request: web.Request) -> web.Response:
    query = dict(request[QUERY])
    terms = _asked(request)
    async with request.app[DEPS].database.reading() as work:
        part = await seller_orders.find(work, **terms)
        found, count = await seller_orders.changes(work, **terms, **query)
    shown = [change_view(change, part.currency_code) for change in found]
    return reply({"order_changes": shown, "count": count, **query})


async def accept(request: web.Request) -> web.Response:
    async with request.app[DEPS].database.unit_of_work(request[CLAIM]) as work:
        part = await order_fulfillment.accept(work, who=request[PRINCIPAL], order_id=request.match_info["id"])
        return _answer(request, part)


async def pack(request: web.Request) -> web.Response:
    async with request.app[DEPS].database.unit_of_work(request[CLAIM]) as work:
        terms = _asked(request)
        return _answer(request, await order_fulfillment.pack(work, **terms, **request[BODY]))


async def ship(request: web.Request) -> web.Response:
    async with request.app[DEPS].database.unit_of_work(request[CLAIM]) as work:
        terms = _asked(request)
        parcel = request.match_info["fulfillment_id"]
        return _answer(request, await order_fulfillment.ship(work, **terms, fulfillment_id=parcel, **request[BODY]))


async def deliver(request: web.Request) -> web.Response:
    async with request.app[DEPS].database.unit_of_work(request[CLAIM]) as work:
        terms = _asked(request)
        parcel = request.match_info["fulfillment_id"]
        return _answer(request, await order_fulfillment.deliver(work, **terms, fulfillment_id=parcel))


async def unpack(request: web.Request) -> web.Response:
    async with request.app[DEPS].database.unit_of_work(request[CLAIM]) as work:
        terms = _asked(request)
        parcel = request.match_info["fulfillment_id"]
        return _answer(request, await order_fulfillment.unpack(work, **terms, fulfillment_id=parcel))


async def cancel(request: web.Request) -> web.Response:
    async with request.app[DEPS].database.unit_of_work(request[CLAIM]) as work:
        terms = _asked(request)
        return _answer(request, await cancellation.cancel(work, **terms, **request[BODY]))
