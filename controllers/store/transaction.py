"""Completing carts, reading and listing orders."""

from collections.abc import Callable, Mapping
from typing import Any

from aiohttp import web

from controllers.http import CLAIM, DEPS, FIELDS, ORDER_TOKEN, PRINCIPAL, QUERY, reply
from controllers.store.cart import region_view
from controllers.store.cart import view as cart_view
from controllers.store.product import page_of, question
from controllers.views.order import view, views
from controllers.views.variant import wants_variants
from services.order import customer_orders
from services.order import order as order_service
from services.workflows import complete_cart
from services.workflows.complete_cart import Placed, Refused


async def complete(request: web.Request) -> web.Response:
    deps, who, cart_id = request.app[DEPS], request[PRINCIPAL], request.match_info["id"]
    with_variants = wants_variants(request[FIELDS], "items") or wants_variants(request[FIELDS].instead, "items")
    async with complete_cart.complete(
        deps, who=who, cart_id=cart_id, claim=request[CLAIM], with_variants=with_variants
    ) as outcome:
        return ANSWERS[type(outcome)](outcome, request)


async def retrieve(request: web.Request) -> web.Response:
    deps, who, order_id, fields = request.app[DEPS], request[PRINCIPAL], request.match_info["id"], request[FIELDS]
    token, with_variants = request.headers.get(ORDER_TOKEN), wants_variants(fields, "items")
    async with deps.database.reading() as work:
        order = await order_service.get_visible_order(work, deps.tokens, who=who, order_id=order_id, token=token)
        details = await order_service.details_of(work, [order], with_variants=with_variants)
    return reply({"order": view(order, details, fields)})


async def list_orders(request: web.Request) -> web.Response:
    customer_id, fields = request[PRINCIPAL].customer_id, request[FIELDS]
    assert customer_id is not None, "the row is not for customers only"
    async with request.app[DEPS].database.reading() as work:
        orders, count = await customer_orders.page(work, customer_id=customer_id, **question(request))
        details = await order_service.details_of(work, orders, with_variants=wants_variants(fields, "items"))
    return reply({"orders": views(orders, details, fields), "count": count, **page_of(request[QUERY])})


def _placed(placed: Placed, request: web.Request) -> web.Response:
    order = view(placed.order, placed.details, request[FIELDS])
    return reply({"type": "order", "order": order}, claim=request[CLAIM])


def _refused(refused: Refused, request: web.Request) -> web.Response:
    """The cart stays open; clients of the Store API expect status 200 and the reason beside the cart (`name`, as they
    know it, is our `code`).

    It is a refusal all the same: nothing was carried out that an Idempotency-Key could stand for.
    """
    request[CLAIM] = None
    error = {**refused.error.body(), "name": refused.error.code}
    cart = cart_view(refused.priced, request[FIELDS].instead, region_view(request, refused.priced))
    return reply({"type": "cart", "cart": cart, "error": error})


ANSWERS: Mapping[type, Callable[[Any, web.Request], web.Response]] = {Placed: _placed, Refused: _refused}
