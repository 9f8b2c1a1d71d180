"""Order transfers: asked for, accepted, declined, taken back."""

from aiohttp import web

from controllers.views.order import view
from models.order.order import Order
from services.infrastructure.database.database import Claim, UnitOfWork
from services.order import transfer
from utils.http import BODY, CLAIM, DEPS, FIELDS, PRINCIPAL, reply


async def request_transfer(request: web.Request) -> web.Response:
    claim, body = request[CLAIM], request[BODY]
    async with request.app[DEPS].database.unit_of_work(claim) as work:
        terms = {"order_id": request.match_info["id"], "description": body.get("description")}
        order = await transfer.request(work, who=request[PRINCIPAL], **terms)
        return await _shown(request, work, order, claim)


async def accept_transfer(request: web.Request) -> web.Response:
    claim, body = request[CLAIM], request[BODY]
    async with request.app[DEPS].database.unit_of_work(claim) as work:
        update_email = body.get("update_order_email", False)
        terms = {"order_id": request.match_info["id"], "token": body["token"]}
        order = await transfer.accept(work, **terms, update_email=update_email)
        return await _shown(request, work, order, claim)


async def decline_transfer(request: web.Request) -> web.Response:
    claim = request[CLAIM]
    async with request.app[DEPS].database.unit_of_work(claim) as work:
        order = await transfer.decline(work, order_id=request.match_info["id"], token=request[BODY]["token"])
        return await _shown(request, work, order, claim)


async def cancel_transfer(request: web.Request) -> web.Response:
    claim = request[CLAIM]
    async with request.app[DEPS].database.unit_of_work(claim) as work:
        order = await transfer.cancel(work, who=request[PRINCIPAL], order_id=request.match_info["id"])
        return await _shown(request, work, order, claim)


async def _shown(request: web.Request, work: UnitOfWork, order: Order, claim: Claim | None) -> web.Response:
    return reply({"order": await view(work, order, request[FIELDS])}, claim=claim)
