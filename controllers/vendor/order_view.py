"""A store order on the wire, for its staff: its own part, and of the buyer what is needed to send it.

The whole order's id is a guest's only right to the order, so it stands nowhere here.
"""

from functools import lru_cache
from typing import Any, NamedTuple

from controllers import fulfillment_view, parts
from controllers.order_view import detail, progress
from models.order import OrderLine, OrderMethod
from models.order_change import OrderChange
from models.store_order import SellerOrder
from models.totals import PART_SUMS
from utils.clock import wire
from utils.fields import Selection
from utils.money import to_wire

MONEY = ("amount", "commission")
PROGRESS = (
    *("refundable_total", "refundable_total_per_unit", "fulfilled_total", "shipped_total", "return_requested_total"),
    *("return_received_total", "return_dismissed_total", "canceled_total", "write_off_total"),
)


def view(part: SellerOrder, fields: Selection) -> dict[str, Any]:
    """The order, cut down to what was asked for; relations that nobody asked for are not made."""
    shown = _head(part)
    if fields.wants("items"):
        wanted = _wanted(fields)
        shown["items"] = [_line(part, line, wanted) for line in part.lines]
    if fields.wants("shipping_methods"):
        shown["shipping_methods"] = [_method(part, method) for method in part.methods]
    if fields.wants("fulfillments"):
        lines = {line.id: line for line in part.lines}
        shown["fulfillments"] = [fulfillment_view.view(each, lines, for_seller=True) for each in part.fulfillments]
    cut: dict[str, Any] = fields(shown)
    return cut


def _head(part: SellerOrder) -> dict[str, Any]:
    currency = part.currency_code
    return {
        "id": part.id,
        "display_id": part.display_id,
        "seller_id": part.store_id,
        "status": part.status,
        "fulfillment_status": part.fulfillment_status,
        "payment_status": part.payment_status,
        "currency_code": currency,
        "region_id": part.region_id,
        "locale": part.locale,
        "metadata": part.metadata,
        "created_at": wire(part.created_at),
        "updated_at": wire(part.updated_at),
        "accepted_at": wire(part.accepted_at),
        "canceled_at": wire(part.canceled_at),
        "shipping_address": parts.address(part.shipping_address),
        **parts.amounts(part.totals, tuple(part.totals), currency),
        "commission_rate": parts.number(part.commission_rate),
        **parts.amounts(_money(part), tuple(_money(part)), currency),
    }


def _money(part: SellerOrder) -> dict[str, int]:
    """What is left of the total and of the platform's share after what was called off."""
    current, commission = part.total - part.canceled_total, part.commission - part.canceled_commission
    return {
        "canceled_total": part.canceled_total,
        "current_total": current,
        "commission_total": part.commission,
        "canceled_commission_total": part.canceled_commission,
        "payout_total": current - commission,
    }


class Wanted(NamedTuple):
    """What is dear to make of a line, and shown only to who asks for it."""

    detail: bool
    taxes: bool
    progress: bool


@lru_cache(maxsize=512)
def _wanted(fields: Selection) -> Wanted:
    whole = "*items" in fields.paths
    return Wanted(
        detail=fields.wants("items.detail"),
        taxes=fields.wants("items.tax_lines") or fields.wants("items.adjustments"),
        progress=whole or any(fields.wants(f"items.{name}") for name in PROGRESS),
    )


def _line(part: SellerOrder, line: OrderLine, wanted: Wanted) -> dict[str, Any]:
    currency = part.currency_code
    stamps = {"created_at": wire(line.created_at), "updated_at": wire(line.updated_at), "deleted_at": None}
    shown = {
        **parts.sold(line.snapshot),
        **stamps,
        "id": line.id,
        "variant_id": line.variant_id,
        "product_id": line.product_id,
        "seller_id": part.store_id,
        "seller_order_id": part.id,
        "is_tax_inclusive": line.is_tax_inclusive,
        "is_custom_price": False,
        "metadata": line.metadata,
        "line_item_metadata": line.metadata,
        "unit_price": to_wire(line.unit_price, currency),
        "compare_at_unit_price": parts.optional(line.compare_at_unit_price, currency),
        "quantity": line.quantity,
        **parts.amounts(line.totals, PART_SUMS, currency),
    }
    if wanted.detail:
        shown["detail"] = detail(line, version=1) | stamps
    if wanted.progress:
        shown |= progress(line, currency)
    if wanted.taxes:
        shown |= _taxes(line, {"item_id": line.id, **stamps}, currency)
    return shown


def _taxes(charged: OrderLine | OrderMethod, mark: dict[str, Any], currency: str) -> dict[str, Any]:
    adjustments = [{**parts.adjustment(entry, currency), **mark, "version": 1} for entry in charged.adjustments]
    return {
        "tax_lines": [{**parts.tax_line(entry, currency), **mark} for entry in charged.tax_lines],
        "adjustments": adjustments,
    }


def _method(part: SellerOrder, method: OrderMethod) -> dict[str, Any]:
    currency = part.currency_code
    stamps = {"created_at": wire(method.created_at), "updated_at": wire(method.updated_at), "deleted_at": None}
    return {
        **stamps,
        "id": method.id,
        "name": method.name,
        "description": None,
        "amount": to_wire(method.amount, currency),
        "is_tax_inclusive": method.is_tax_inclusive,
        "is_custom_amount": False,
        "shipping_option_id": method.shipping_option_id,
        "seller_id": part.store_id,
        "seller_order_id": part.id,
        "data": method.data,
        "metadata": method.metadata,
        **_taxes(method, {"shipping_method_id": method.id, **stamps}, currency),
        **parts.amounts(method.totals, PART_SUMS, currency),
    }


def change_view(change: OrderChange, currency: str) -> dict[str, Any]:
    data = {name: to_wire(value, currency) if name in MONEY else value for name, value in change.data.items()}
    return {
        "id": change.id,
        "seller_order_id": change.store_order_id,
        "kind": change.kind,
        "status": change.status,
        "actor_type": change.actor_type,
        "actor_id": change.actor_id,
        "reason": change.reason,
        "data": data,
        "created_at": wire(change.created_at),
    }
