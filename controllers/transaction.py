"""Completing carts and reading orders."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp import web

from controllers import parts
from controllers.cart import view as cart_view
from controllers.sold_view import views_of_variants
from models.order import Order, OrderLine, OrderMethod, StoreOrder
from models.totals import CART_SUMS, PART_SUMS
from services import transaction
from services.flows import complete_cart
from services.flows.complete_cart import Placed, Refused
from services.infra.database import UnitOfWork
from services.store import STORES, Stores
from utils.clock import wire
from utils.fields import Selection
from utils.http import CLAIM, DEPS, FIELDS, reply
from utils.money import to_wire

STEPS = ("fulfilled", "delivered", "shipped")
LATER = ("return_requested", "return_received", "return_dismissed", "written_off")


async def complete(request: web.Request) -> web.Response:
    async def answer(work: UnitOfWork, outcome: Placed | Refused) -> web.Response:
        return await ANSWERS[type(outcome)](work, outcome, request)

    deps, cart_id = request.app[DEPS], request.match_info["id"]
    return await complete_cart.complete(deps, cart_id=cart_id, claim=request[CLAIM], answer=answer)


async def retrieve(request: web.Request) -> web.Response:
    async with request.app[DEPS].database.reading() as work:
        order = await transaction.find(work, order_id=request.match_info["id"])
        return reply({"order": await view(work, order, request[FIELDS])})


async def _placed(work: UnitOfWork, placed: Placed, request: web.Request) -> web.Response:
    order = await view(work, placed.order, request[FIELDS])
    return reply({"type": "order", "order": order}, claim=request[CLAIM])


async def _refused(work: UnitOfWork, refused: Refused, request: web.Request) -> web.Response:
    """The cart stays open; clients of the Store API expect status 200 and the reason beside the cart.

    It is a refusal all the same: nothing was carried out that an Idempotency-Key could stand for.
    """
    request[CLAIM] = None
    error = {"name": refused.error.code, "type": refused.error.body()["type"], "message": refused.error.text}
    cart = await cart_view(work, refused.cart, request[FIELDS].instead)
    return reply({"type": "cart", "cart": cart, "error": error})


ANSWERS: Mapping[type, Callable[[UnitOfWork, Any, web.Request], Awaitable[web.Response]]] = {
    Placed: _placed,
    Refused: _refused,
}


async def view(work: UnitOfWork, order: Order, fields: Selection) -> dict[str, Any]:
    """The order on the wire, cut down to what was asked for."""
    currency, stores = order.currency_code, await work.snapshot(STORES)
    about = await views_of_variants(work, [line.variant_id for line in order.lines], fields, "items")
    whole: dict[str, Any] = {
        **_head(order),
        **parts.amounts(order.totals, CART_SUMS, currency),
        "summary": _summary(order),
        "shipping_address": parts.address(order.shipping_address),
        "billing_address": parts.address(order.billing_address),
        "items": [_line(order, line, stores, about.get(line.variant_id, {"variant": None})) for line in order.lines],
        "shipping_methods": [_method(order, method, stores) for method in order.methods],
        "payment_collections": [parts.payment_collection(order.payment)] if order.payment is not None else [],
        "promotions": [parts.promotion(known) for known in order.promotions],
        "seller_orders": [_seller_order(order, part, stores) for part in order.store_orders],
        "customer": {"id": order.customer_id, "email": order.email} if order.customer_id else None,
        "cart": {"id": order.cart_id},
        "fulfillments": [],
        "credit_lines": [],
    }
    shown: dict[str, Any] = fields(whole)
    return shown


def _head(order: Order) -> dict[str, Any]:
    return {
        "id": order.id,
        "status": order.status,
        "payment_status": order.payment_status,
        "fulfillment_status": order.fulfillment_status,
        "currency_code": order.currency_code,
        "display_id": order.display_id,
        "custom_display_id": None,
        "region_id": order.region_id,
        "sales_channel_id": order.sales_channel_id,
        "customer_id": order.customer_id,
        "email": order.email,
        "locale": order.locale,
        "metadata": order.metadata,
        "created_at": wire(order.created_at),
        "updated_at": wire(order.updated_at),
        "version": 1,
    }


def _summary(order: Order) -> dict[str, Any]:
    """Where the money stands; nothing counts as paid before it is captured."""
    captured = (order.payment.captured_amount if order.payment is not None else None) or 0
    refunded = (order.payment.refunded_amount if order.payment is not None else None) or 0
    sums = {
        "paid_total": captured,
        "refunded_total": refunded,
        "accounting_total": order.total,
        "credit_line_total": 0,
        "transaction_total": captured - refunded,
        "pending_difference": order.total - captured + refunded,
        "current_order_total": order.total,
        "original_order_total": order.total,
    }
    return {name: to_wire(amount, order.currency_code) for name, amount in sums.items()}


def _line(order: Order, line: OrderLine, stores: Stores, about: Mapping[str, Any]) -> dict[str, Any]:
    currency = order.currency_code
    part = next(part for part in order.store_orders if part.id == line.store_order_id)
    per_unit = line.totals.total // line.quantity
    stamps = {"created_at": wire(line.created_at), "updated_at": wire(line.updated_at), "deleted_at": None}
    mark = {"item_id": line.id, **stamps}
    return {
        **parts.sold(line.snapshot),
        **stamps,
        "id": line.id,
        "variant_id": line.variant_id,
        "product_id": line.product_id,
        "seller_id": part.store_id,
        "seller": parts.seller(stores.by_id.get(part.store_id)),
        "seller_order_id": part.id,
        "is_tax_inclusive": line.is_tax_inclusive,
        "is_custom_price": False,
        "metadata": line.metadata,
        "line_item_metadata": line.metadata,
        "unit_price": to_wire(line.unit_price, currency),
        "compare_at_unit_price": parts.optional(line.compare_at_unit_price, currency),
        "quantity": line.quantity,
        "tax_lines": [{**parts.tax_line(entry, currency), **mark} for entry in line.tax_lines],
        "adjustments": [
            {**parts.adjustment(entry, currency), **mark, "version": 1, "description": None, "provider_id": None}
            for entry in line.adjustments
        ],
        "detail": _detail(order, line) | stamps,
        **parts.amounts(line.totals, PART_SUMS, currency),
        "refundable_total": to_wire(line.totals.total, currency),
        "refundable_total_per_unit": to_wire(per_unit, currency),
        **_progress(line, per_unit, currency),
        **about,
    }


def _progress(line: OrderLine, per_unit: int, currency: str) -> dict[str, Any]:
    amounts = {
        "fulfilled_total": line.fulfilled_quantity * per_unit,
        "shipped_total": line.shipped_quantity * per_unit,
        "return_requested_total": 0,
        "return_received_total": 0,
        "return_dismissed_total": 0,
        "write_off_total": 0,
    }
    return {name: to_wire(amount, currency) for name, amount in amounts.items()}


def _detail(order: Order, line: OrderLine) -> dict[str, Any]:
    return {
        "id": f"orditem{line.id.removeprefix('ordli')}",
        "version": 1,
        "metadata": line.metadata,
        "order_id": order.id,
        "item_id": line.id,
        "unit_price": None,
        "compare_at_unit_price": None,
        "quantity": line.quantity,
        **{f"{step}_quantity": getattr(line, f"{step}_quantity") for step in STEPS},
        **{f"{step}_quantity": 0 for step in LATER},
    }


def _method(order: Order, method: OrderMethod, stores: Stores) -> dict[str, Any]:
    currency = order.currency_code
    part = next(part for part in order.store_orders if part.id == method.store_order_id)
    stamps = {"created_at": wire(method.created_at), "updated_at": wire(method.updated_at), "deleted_at": None}
    mark = {"shipping_method_id": method.id, **stamps}
    return {
        **stamps,
        "id": method.id,
        "order_id": order.id,
        "name": method.name,
        "description": None,
        "amount": to_wire(method.amount, currency),
        "is_tax_inclusive": method.is_tax_inclusive,
        "is_custom_amount": False,
        "shipping_option_id": method.shipping_option_id,
        "seller_id": part.store_id,
        "seller": parts.seller(stores.by_id.get(part.store_id)),
        "seller_order_id": part.id,
        "data": method.data,
        "metadata": method.metadata,
        "tax_lines": [{**parts.tax_line(entry, currency), **mark} for entry in method.tax_lines],
        "adjustments": [{**parts.adjustment(entry, currency), **mark, "version": 1} for entry in method.adjustments],
        "detail": {"id": method.id, "order_id": order.id, "shipping_method_id": method.id, "version": 1},
        **parts.amounts(method.totals, PART_SUMS, currency),
    }


def _seller_order(order: Order, part: StoreOrder, stores: Stores) -> dict[str, Any]:
    """One store's part. What the platform takes of it is between the platform and the seller."""
    return {
        "id": part.id,
        "order_id": order.id,
        "seller_id": part.store_id,
        "seller": parts.seller(stores.by_id.get(part.store_id)),
        "status": part.status,
        "currency_code": part.currency_code,
        "item_ids": [line.id for line in order.lines if line.store_order_id == part.id],
        "shipping_method_ids": [method.id for method in order.methods if method.store_order_id == part.id],
        "created_at": wire(part.created_at),
        "updated_at": wire(part.updated_at),
        "canceled_at": wire(part.canceled_at),
        **{name: to_wire(amount, part.currency_code) for name, amount in part.totals.items()},
    }
