"""Completing carts, reading and listing orders."""

from aiohttp import web

from controllers.cart import view as cart_view
from controllers.order_view import view, views
from models.order import Order
from services import order_list, transaction
from services.flows import complete_cart
from services.flows.complete_cart import Refused
from services.infra.database import Claim, UnitOfWork
from utils.fields import Selection
from utils.http import CLAIM, DEPS, FIELDS, PRINCIPAL, QUERY, reply
from utils.query import ordering


async def complete(request: web.Request) -> web.Response:
    deps, who, cart_id = request.app[DEPS], request[PRINCIPAL], request.match_info["id"]
    paid = await complete_cart.ask_provider(deps, who=who, cart_id=cart_id)
    if isinstance(paid, Refused):
        return await _refused(request, paid)
    try:
        async with deps.database.unit_of_work(request[CLAIM]) as work:
            order = await complete_cart.place_order(work, who=who, cart_id=cart_id, paid=paid)
            return await _placed(work, order, request[FIELDS], request[CLAIM])
    except complete_cart.FINAL:
        if paid is not None:
            await complete_cart.give_up_payment(deps, who=who, cart_id=cart_id, paid=paid)
        raise


async def retrieve(request: web.Request) -> web.Response:
    async with request.app[DEPS].database.reading() as work:
        order = await transaction.find(work, who=request[PRINCIPAL], order_id=request.match_info["id"])
        return reply({"order": await view(work, order, request[FIELDS])})


async def list_orders(request: web.Request) -> web.Response:
    query, customer_id = request[QUERY], request[PRINCIPAL].customer_id
    assert customer_id is not None, "the row is not for customers only"
    page = {"limit": query["limit"], "offset": query["offset"]}
    wanted = {"order": ordering(query.get("order")), "ids": query.get("id"), "statuses": query.get("status")}
    async with request.app[DEPS].database.reading() as work:
        found, count = await order_list.page(work, customer_id=customer_id, **page, **wanted)
        shown = await views(work, found, request[FIELDS])
    return reply({"orders": shown, "count": count, **page})


async def _placed(work: UnitOfWork, order: Order, fields: Selection, claim: Claim | None) -> web.Response:
    return reply({"type": "order", "order": await view(work, order, fields)}, claim=claim)


async def _refused(request: web.Request, refused: Refused) -> web.Response:
    """The cart stays open; clients of the Store API expect status 200 and the reason beside the cart."""
    async with request.app[DEPS].database.reading() as work:
        cart = await cart_view(work, refused.cart, request[FIELDS])
    error = {"name": refused.error.code, "type": refused.error.body()["type"], "message": refused.error.text}
    return reply({"type": "cart", "cart": cart, "error": error})
