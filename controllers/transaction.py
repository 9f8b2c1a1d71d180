"""Completing carts, reading and listing orders."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp import web

from controllers.cart import view as cart_view
from controllers.order_view import view, views
from controllers.product import page_of, question
from services import order_list, transaction
from services.flows import complete_cart
from services.flows.complete_cart import Placed, Refused
from services.infra.database import UnitOfWork
from utils.http import CLAIM, DEPS, FIELDS, ORDER_TOKEN, PRINCIPAL, QUERY, reply


async def complete(request: web.Request) -> web.Response:
    async def answer(work: UnitOfWork, outcome: Placed | Refused) -> web.Response:
        return await ANSWERS[type(outcome)](work, outcome, request)

    deps, who, cart_id = request.app[DEPS], request[PRINCIPAL], request.match_info["id"]
    return await complete_cart.complete(deps, who=who, cart_id=cart_id, claim=request[CLAIM], answer=answer)


async def retrieve(request: web.Request) -> web.Response:
    deps, who, order_id = request.app[DEPS], request[PRINCIPAL], request.match_info["id"]
    async with deps.database.reading() as work:
        token = request.headers.get(ORDER_TOKEN)
        order = await transaction.show(work, deps.tokens, who=who, order_id=order_id, token=token)
        return reply({"order": await view(work, order, request[FIELDS])})


async def list_orders(request: web.Request) -> web.Response:
    customer_id = request[PRINCIPAL].customer_id
    assert customer_id is not None, "the row is not for customers only"
    async with request.app[DEPS].database.reading() as work:
        found, count = await order_list.page(work, customer_id=customer_id, **question(request))
        shown = await views(work, found, request[FIELDS])
    return reply({"orders": shown, "count": count, **page_of(request[QUERY])})


async def _placed(work: UnitOfWork, placed: Placed, request: web.Request) -> web.Response:
    order = await view(work, placed.order, request[FIELDS])
    return reply({"type": "order", "order": order}, claim=request[CLAIM])


async def _refused(work: UnitOfWork, refused: Refused, request: web.Request) -> web.Response:
    """The cart stays open; clients of the Store API expect status 200 and the reason beside the cart (`name`, as they
    know it, is our `code`).

    It is a refusal all the same: nothing was carried out that an Idempotency-Key could stand for.
    """
    request[CLAIM] = None
    error = {**refused.error.body(), "name": refused.error.code}
    cart = await cart_view(work, refused.cart, request[FIELDS].instead)
    return reply({"type": "cart", "cart": cart, "error": error})


ANSWERS: Mapping[type, Callable[[UnitOfWork, Any, web.Request], Awaitable[web.Response]]] = {
    Placed: _placed,
    Refused: _refused,
}
