"""Returns to a seller: listed, received, refused."""

from typing import Any

import msgspec
from aiohttp import web

from controllers.http import BODY, CLAIM, DEPS, FIELDS, PRINCIPAL, QUERY, reply
from controllers.store.returns import view as buyers_view
from models.order.commands import CancelReturn, ReceiveReturn
from models.order.return_request import Return
from services.order import return_receipt
from utils.money import to_major


async def list_returns(request: web.Request) -> web.Response:
    query = {name: value for name, value in request[QUERY].items() if name != "fields"}
    async with request.app[DEPS].database.reading() as work:
        found, count = await return_receipt.page(work, who=request[PRINCIPAL], **query)
    shown = [request[FIELDS](view(back)) for back in found]
    return reply({"returns": shown, "count": count, "limit": query["limit"], "offset": query["offset"]})


async def retrieve(request: web.Request) -> web.Response:
    async with request.app[DEPS].database.reading() as work:
        back = await return_receipt.get_owned_return(work, who=request[PRINCIPAL], return_id=request.match_info["id"])
    return reply({"return": request[FIELDS](view(back))})


async def receive(request: web.Request) -> web.Response:
    claim, return_id = request[CLAIM], request.match_info["id"]
    command = msgspec.convert(request[BODY], ReceiveReturn)
    async with request.app[DEPS].database.unit_of_work(claim) as work:
        back = await return_receipt.receive(work, who=request[PRINCIPAL], return_id=return_id, command=command)
        return reply({"return": request[FIELDS](view(back))}, claim=claim)


async def cancel(request: web.Request) -> web.Response:
    claim, return_id = request[CLAIM], request.match_info["id"]
    reason = msgspec.convert(request[BODY], CancelReturn).reason
    async with request.app[DEPS].database.unit_of_work(claim) as work:
        back = await return_receipt.cancel(work, who=request[PRINCIPAL], return_id=return_id, reason=reason)
        return reply({"return": request[FIELDS](view(back))}, claim=claim)


def view(back: Return) -> dict[str, Any]:
    """The whole order's id is a guest's only right to the order: it is not for the seller."""
    shown = buyers_view(back)
    del shown["order_id"], shown["created_by"], shown["claim_id"], shown["exchange_id"], shown["refund_amount"]
    for item, known in zip(shown["items"], back.items, strict=True):
        item["restocked_quantity"] = known.restocked_quantity
    return shown | {
        "note": back.note,
        "canceled_reason": back.canceled_reason,
        "shipping_option_id": back.shipping_option_id,
        "currency_code": back.currency_code,
        "shipping_amount": to_major(back.shipping_amount, back.currency_code),
    }
