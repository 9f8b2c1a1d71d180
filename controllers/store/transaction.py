"""Completing carts, reading and listing orders."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp import web

from controllers.store.cart import view as cart_view
from controllers.store.product import page_of, question
from controllers.views.order import view, views
from services.infrastructure.database.database import UnitOfWork
from services.order import customer_orders
from services.order import order as order_service
from services.workflows import complete_cart
from services.workflows.complete_cart import Placed, Refused
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
        order = await order_service.show(work, deps.tokens, who=who, order_id=order_id, token=token)
        return reply({"order": await view(work, order, request[FIELDS])})


async def list_orders(request: web.Request) -> web.Response:
    customer_id = request[PRINCIPAL].customer_id
    assert customer_id is not None, "the row is not for customers only"
    async with request.app[DEPS].database.reading() as work:
        found, count = await customer_orders.page(work, customer_id=customer_id, **question(request))
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
