"""Orders of a seller: read, accepted, packed, shipped, delivered, canceled."""

from typing import Any

import msgspec
from aiohttp import web

from controllers.http import BODY, CLAIM, DEPS, FIELDS, PRINCIPAL, QUERY, reply
from controllers.seller.order_view import change_view, is_brief, view
from models.order import commands
from models.order.seller_order import SellerOrder
from services.order import cancellation, fulfillment, seller_orders


def _asked(request: web.Request) -> dict[str, Any]:
    """Who asks, and for which order."""
    return {"who": request[PRINCIPAL], "order_id": request.match_info["id"]}


def _asked_parcel(request: web.Request) -> dict[str, Any]:
    """The same with the parcel."""
    return {**_asked(request), "fulfillment_id": request.match_info["fulfillment_id"]}


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
        part = await seller_orders.get_owned_order(work, **_asked(request))
    return reply({"order": view(part, request[FIELDS])})


async def list_changes(request: web.Request) -> web.Response:
    query, asked = dict(request[QUERY]), _asked(request)
    async with request.app[DEPS].database.reading() as work:
        part = await seller_orders.get_owned_order(work, **asked)
        changes, count = await seller_orders.changes(work, **asked, **query)
    shown = [change_view(change, part.currency_code) for change in changes]
    return reply({"order_changes": shown, "count": count, **query})


async def accept(request: web.Request) -> web.Response:
    async with request.app[DEPS].database.unit_of_work(request[CLAIM]) as work:
        return _answer(request, await fulfillment.accept(work, **_asked(request)))


async def pack(request: web.Request) -> web.Response:
    command = msgspec.convert(request[BODY], commands.Pack)
    async with request.app[DEPS].database.unit_of_work(request[CLAIM]) as work:
        return _answer(request, await fulfillment.pack(work, **_asked(request), command=command))


async def ship(request: web.Request) -> web.Response:
    command = msgspec.convert(request[BODY], commands.Ship)
    async with request.app[DEPS].database.unit_of_work(request[CLAIM]) as work:
        return _answer(request, await fulfillment.ship(work, **_asked_parcel(request), command=command))


async def deliver(request: web.Request) -> web.Response:
    async with request.app[DEPS].database.unit_of_work(request[CLAIM]) as work:
        return _answer(request, await fulfillment.deliver(work, **_asked_parcel(request)))


async def cancel_fulfillment(request: web.Request) -> web.Response:
    async with request.app[DEPS].database.unit_of_work(request[CLAIM]) as work:
        return _answer(request, await fulfillment.cancel_fulfillment(work, **_asked_parcel(request)))


async def cancel(request: web.Request) -> web.Response:
    command = msgspec.convert(request[BODY], commands.CancelPieces)
    async with request.app[DEPS].database.unit_of_work(request[CLAIM]) as work:
        return _answer(request, await cancellation.cancel(work, **_asked(request), command=command))
