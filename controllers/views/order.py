"""An order on the wire: the whole, its lines and methods, and each seller's part."""

from collections.abc import Mapping, Sequence
from typing import Any

from controllers.views import fulfillment as views_fulfillment
from controllers.views import shared as views_shared
from controllers.views.variant import views_of_variants
from models.order.order import Order, OrderLine, OrderMethod, SellerOrderPart
from models.pricing.totals import CART_SUMS, PART_SUMS
from services.pricing.sources import LineDetails
from services.seller.cache import Sellers
from utils.clock import to_iso
from utils.fields import Selection
from utils.money import charge_step, to_major

STEPS = ("fulfilled", "delivered", "shipped", "return_requested", "return_received", "return_dismissed", "canceled")
LATER = ("written_off",)


def view(order: Order, details: LineDetails, fields: Selection) -> dict[str, Any]:
    """The order on the wire, cut down to what was asked for."""
    (shown,) = views([order], details, fields)
    return shown


def views(orders: Sequence[Order], details: LineDetails, fields: Selection) -> list[dict[str, Any]]:
    """Several orders on the wire."""
    about = views_of_variants(details, fields, "items")
    return [fields(_whole(order, details.sellers, about, fields)) for order in orders]


def _whole(order: Order, sellers: Sellers, about: Mapping[str, Any], fields: Selection) -> dict[str, Any]:
    currency = order.currency_code
    lines = {line.id: line for line in order.lines}
    # An order's addresses are written once, with it.
    stamps = {"created_at": to_iso(order.created_at), "updated_at": to_iso(order.created_at), "deleted_at": None}
    return {
        **_head(order),
        **views_shared.NO_GIFT_CARDS,
        **views_shared.amounts(order.totals, CART_SUMS, currency),
        "summary": _summary(order),
        "shipping_address": views_shared.address(order.shipping_address, stamps),
        "billing_address": views_shared.address(order.billing_address, stamps),
        "items": [_line(order, line, sellers, about.get(line.variant_id, {"variant": None})) for line in order.lines],
        "shipping_methods": views_shared.shipping_methods(
            order.methods, fields, lambda method: _method(order, method, sellers)
        ),
        "payment_collections": [views_shared.payment_collection(order.payment)] if order.payment is not None else [],
        "promotions": [views_shared.promotion(known) for known in order.promotions],
        "seller_orders": [_seller_order(order, part, sellers) for part in order.seller_orders],
        "customer": {"id": order.customer_id, "email": order.email} if order.customer_id else None,
        "cart": {"id": order.cart_id},
        "fulfillments": [views_fulfillment.view(each, lines, for_seller=False) for each in order.fulfillments],
        "credit_lines": [],
    }


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
        "created_at": to_iso(order.created_at),
        "updated_at": to_iso(order.updated_at),
        "version": order.version,
    }


def _summary(order: Order) -> dict[str, Any]:
    """Where the money stands; nothing counts as paid before it is captured."""
    captured = (order.payment.captured_amount if order.payment is not None else None) or 0
    refunded = (order.payment.refunded_amount if order.payment is not None else None) or 0
    owed = order.total - order.canceled_total
    sums = {
        "paid_total": captured,
        "refunded_total": refunded,
        "accounting_total": owed,
        "credit_line_total": 0,
        "transaction_total": captured - refunded,
        "pending_difference": owed - captured + refunded,
        "current_order_total": owed,
        "original_order_total": order.total,
    }
    return {name: to_major(amount, order.currency_code) for name, amount in sums.items()}


def _line(order: Order, line: OrderLine, sellers: Sellers, about: Mapping[str, Any]) -> dict[str, Any]:
    currency = order.currency_code
    part = next(part for part in order.seller_orders if part.id == line.seller_order_id)
    stamps = {"created_at": to_iso(line.created_at), "updated_at": to_iso(line.updated_at), "deleted_at": None}
    mark = {"item_id": line.id, **stamps}
    owned = mark | {"order_id": order.id, "version": 1}
    return {
        **views_shared.sold(line.snapshot),
        **stamps,
        "id": line.id,
        "variant_id": line.variant_id,
        "product_id": line.product_id,
        "seller_id": part.seller_id,
        "seller": views_shared.seller(sellers.by_id.get(part.seller_id)),
        "seller_order_id": part.id,
        "is_tax_inclusive": line.is_tax_inclusive,
        "is_custom_price": False,
        "metadata": line.metadata,
        "line_item_metadata": line.metadata,
        "unit_price": to_major(line.unit_price, currency),
        "compare_at_unit_price": views_shared.optional(line.compare_at_unit_price, currency),
        "quantity": line.quantity,
        "tax_lines": [views_shared.tax_line(entry, currency, mark) for entry in line.tax_lines],
        "adjustments": [views_shared.adjustment(entry, currency, owned) for entry in line.adjustments],
        "detail": detail(line, version=order.version) | {"order_id": order.id} | stamps,
        **views_shared.amounts(line.totals, PART_SUMS, currency),
        **views_shared.item_amounts(line.totals, currency),
        **progress(line, currency),
        **about,
    }


def progress(line: OrderLine, currency: str) -> dict[str, Any]:
    """What the pieces that have come to each step are worth."""
    step = charge_step(currency)
    amounts = {
        "refundable_total": line.totals.total - line.amount_of(line.canceled_quantity, step),
        "refundable_total_per_unit": line.amount_of(1, step),
        "fulfilled_total": line.amount_of(line.fulfilled_quantity, step),
        "shipped_total": line.amount_of(line.shipped_quantity, step),
        "return_requested_total": line.amount_of(line.return_requested_quantity, step),
        "return_received_total": line.amount_of(line.return_received_quantity, step),
        "return_dismissed_total": line.amount_of(line.return_dismissed_quantity, step),
        "canceled_total": line.amount_of(line.canceled_quantity, step),
        "write_off_total": 0,
    }
    return {name: to_major(amount, currency) for name, amount in amounts.items()}


def detail(line: OrderLine, *, version: int) -> dict[str, Any]:
    """How far a line's pieces are."""
    return {
        "id": f"orditem{line.id.removeprefix('ordli')}",
        "version": version,
        "metadata": line.metadata,
        "item_id": line.id,
        "unit_price": None,
        "compare_at_unit_price": None,
        "quantity": line.quantity,
        **{f"{step}_quantity": getattr(line, f"{step}_quantity") for step in STEPS},
        **{f"{step}_quantity": 0 for step in LATER},
    }


def _method(order: Order, method: OrderMethod, sellers: Sellers) -> dict[str, Any]:
    currency = order.currency_code
    part = next(part for part in order.seller_orders if part.id == method.seller_order_id)
    stamps = {"created_at": to_iso(method.created_at), "updated_at": to_iso(method.updated_at), "deleted_at": None}
    mark = {"shipping_method_id": method.id, **stamps}
    owned = mark | {"order_id": order.id, "version": 1}
    return {
        **stamps,
        "id": method.id,
        "order_id": order.id,
        "name": method.name,
        "description": None,
        "amount": to_major(method.amount, currency),
        "is_tax_inclusive": method.is_tax_inclusive,
        "is_custom_amount": False,
        "shipping_option_id": method.shipping_option_id,
        "seller_id": part.seller_id,
        "seller": views_shared.seller(sellers.by_id.get(part.seller_id)),
        "seller_order_id": part.id,
        "data": method.data,
        "metadata": method.metadata,
        "tax_lines": [views_shared.tax_line(entry, currency, mark) for entry in method.tax_lines],
        "adjustments": [views_shared.adjustment(entry, currency, owned) for entry in method.adjustments],
        "detail": {"id": method.id, "version": 1, "order_id": order.id, **mark},
        **views_shared.amounts(method.totals, PART_SUMS, currency),
    }


def _seller_order(order: Order, part: SellerOrderPart, sellers: Sellers) -> dict[str, Any]:
    """One seller's part. What the platform takes of it is between the platform and the seller."""
    return {
        "id": part.id,
        "order_id": order.id,
        "seller_id": part.seller_id,
        "seller": views_shared.seller(sellers.by_id.get(part.seller_id)),
        "status": part.status,
        "currency_code": part.currency_code,
        "item_ids": [line.id for line in order.lines if line.seller_order_id == part.id],
        "shipping_method_ids": [method.id for method in order.methods if method.seller_order_id == part.id],
        "created_at": to_iso(part.created_at),
        "updated_at": to_iso(part.updated_at),
        "accepted_at": to_iso(part.accepted_at),
        "canceled_at": to_iso(part.canceled_at),
        "canceled_total": to_major(part.canceled_total, part.currency_code),
        **{name: to_major(amount, part.currency_code) for name, amount in part.totals.items()},
    }
