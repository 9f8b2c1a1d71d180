"""Order transfers: asked for, accepted, declined, taken back."""

import msgspec
from aiohttp import web

from controllers.http import BODY, CLAIM, DEPS, FIELDS, PRINCIPAL, reply
from controllers.views.order import view
from controllers.views.variant import wants_variants
from models.order.commands import AcceptTransfer, DeclineTransfer, RequestTransfer
from models.order.order import Order
from services.infrastructure.database.database import UnitOfWork
from services.order import order as order_service
from services.order import transfer


async def request_transfer(request: web.Request) -> web.Response:
    command, order_id = msgspec.convert(request[BODY], RequestTransfer), request.match_info["id"]
    async with request.app[DEPS].database.unit_of_work(request[CLAIM]) as work:
        order = await transfer.request(work, who=request[PRINCIPAL], order_id=order_id, command=command)
        return await _shown(request, work, order)


async def accept_transfer(request: web.Request) -> web.Response:
    command, order_id = msgspec.convert(request[BODY], AcceptTransfer), request.match_info["id"]
    async with request.app[DEPS].database.unit_of_work(request[CLAIM]) as work:
        order = await transfer.accept(work, order_id=order_id, command=command)
        return await _shown(request, work, order)


async def decline_transfer(request: web.Request) -> web.Response:
    command, order_id = msgspec.convert(request[BODY], DeclineTransfer), request.match_info["id"]
    async with request.app[DEPS].database.unit_of_work(request[CLAIM]) as work:
        order = await transfer.decline(work, order_id=order_id, token=command.token)
        return await _shown(request, work, order)


async def cancel_transfer(request: web.Request) -> web.Response:
    async with request.app[DEPS].database.unit_of_work(request[CLAIM]) as work:
        order = await transfer.cancel(work, who=request[PRINCIPAL], order_id=request.match_info["id"])
        return await _shown(request, work, order)


async def _shown(request: web.Request, work: UnitOfWork, order: Order) -> web.Response:
    fields = request[FIELDS]
    details = await order_service.details_of(work, [order], with_variants=wants_variants(fields, "items"))
    return reply({"order": view(order, details, fields)}, claim=request[CLAIM])
