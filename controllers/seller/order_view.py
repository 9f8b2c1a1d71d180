"""A seller order on the wire, for its staff: its own part, and of the buyer what is needed to send it.

The whole order's id is a guest's only right to the order, so it stands nowhere here.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from controllers.views import fulfillment as views_fulfillment
from controllers.views import shared as views_shared
from controllers.views.order import detail, progress
from models.order.change import OrderChange
from models.order.order import OrderLine, OrderMethod
from models.order.seller_order import BriefLine, BriefOrder, SellerOrder
from models.pricing.totals import PART_SUMS
from utils.clock import to_iso
from utils.fields import Selection
from utils.money import to_major

MONEY = ("amount", "commission")
PROGRESS = (
    *("refundable_total", "refundable_total_per_unit", "fulfilled_total", "shipped_total", "return_requested_total"),
    *("return_received_total", "return_dismissed_total", "canceled_total", "write_off_total"),
)


def is_brief(fields: Selection) -> bool:
    """Does a BriefOrder hold all that was asked for?"""
    return _wanted(fields).is_brief


def view(part: SellerOrder | BriefOrder, fields: Selection) -> dict[str, Any]:
    """The order, cut down to what was asked for; what nobody asked for is not made."""
    wanted = _wanted(fields)
    shown = _head(part, wanted.head)
    if isinstance(part, BriefOrder):
        if fields.wants("items"):
            shown["items"] = [_brief_line(line, wanted, part.currency_code) for line in part.lines]
    else:
        shown |= _relations(part, fields, wanted)
    cut: dict[str, Any] = fields(shown)
    return cut


def _relations(part: SellerOrder, fields: Selection, wanted: "Wanted") -> dict[str, Any]:
    shown: dict[str, Any] = {}
    if fields.wants("items"):
        shown["items"] = [_line(part, line, wanted) for line in part.lines]
    if fields.wants("shipping_methods"):
        shown["shipping_methods"] = [_method(part, method) for method in part.methods]
    if fields.wants("fulfillments"):
        lines = {line.id: line for line in part.lines}
        shown["fulfillments"] = [views_fulfillment.view(each, lines, for_seller=True) for each in part.fulfillments]
    return shown


HEAD: Mapping[str, Callable[[SellerOrder | BriefOrder], Any]] = {
    "id": lambda part: part.id,
    "display_id": lambda part: part.display_id,
    "seller_id": lambda part: part.seller_id,
    "status": lambda part: part.status,
    "fulfillment_status": lambda part: part.fulfillment_status,
    "payment_status": lambda part: part.payment_status,
    "currency_code": lambda part: part.currency_code,
    "region_id": lambda part: part.region_id,
    "locale": lambda part: part.locale,
    "metadata": lambda part: part.metadata,
    "created_at": lambda part: to_iso(part.created_at),
    "updated_at": lambda part: to_iso(part.updated_at),
    "accepted_at": lambda part: to_iso(part.accepted_at),
    "canceled_at": lambda part: to_iso(part.canceled_at),
    "shipping_address": lambda part: _address(part),
    "commission_rate": lambda part: views_shared.number(part.commission_rate),
}
# A line's properties that lists show, each by itself.
LINE: Mapping[str, Callable[[BriefLine, str], Any]] = {
    "id": lambda line, _: line.id,
    "title": lambda line, _: line.title,
    "subtitle": lambda line, _: line.variant_title,
    "thumbnail": lambda line, _: line.thumbnail,
    "product_title": lambda line, _: line.title,
    "product_id": lambda line, _: line.product_id,
    "variant_id": lambda line, _: line.variant_id,
    "variant_sku": lambda line, _: line.variant_sku,
    "variant_title": lambda line, _: line.variant_title,
    "quantity": lambda line, _: line.quantity,
    "unit_price": lambda line, currency: to_major(line.unit_price, currency),
    "total": lambda line, currency: to_major(line.total, currency),
    "subtotal": lambda line, currency: to_major(line.subtotal, currency),
    "metadata": lambda line, _: line.metadata,
}


def _head(part: SellerOrder | BriefOrder, names: frozenset[str]) -> dict[str, Any]:
    shown = {name: make(part) for name, make in HEAD.items() if name in names}
    known = part.totals | _money(part)
    return shown | views_shared.amounts(known, [name for name in known if name in names], part.currency_code)


def _money(part: SellerOrder | BriefOrder) -> dict[str, int]:
    """What is left of the total and of the platform's share after what was canceled."""
    current, commission = part.total - part.canceled_total, part.commission - part.canceled_commission
    return {
        "canceled_total": part.canceled_total,
        "current_total": current,
        "commission_total": part.commission,
        "canceled_commission_total": part.canceled_commission,
        "payout_total": current - commission,
    }


class Wanted(NamedTuple):
    """What a selection asks of an order and its lines, by name; and what is dear to make of a line."""

    head: frozenset[str]
    line: frozenset[str]
    is_brief: bool
    detail: bool
    taxes: bool
    progress: bool


@lru_cache(maxsize=512)
def _wanted(fields: Selection) -> Wanted:
    whole = "*items" in fields.paths
    paths = [path.removeprefix("*") for path in fields.paths]
    line = frozenset(path.split(".")[1] for path in paths if path.startswith("items."))
    return Wanted(
        head=frozenset(path.split(".")[0] for path in paths),
        line=line,
        is_brief=not (whole or line - LINE.keys() or any(map(fields.wants, ("fulfillments", "shipping_methods")))),
        detail=fields.wants("items.detail"),
        taxes=fields.wants("items.tax_lines") or fields.wants("items.adjustments"),
        progress=whole or any(fields.wants(f"items.{name}") for name in PROGRESS),
    )


def _brief_line(line: BriefLine, wanted: Wanted, currency: str) -> dict[str, Any]:
    return {name: LINE[name](line, currency) for name in wanted.line}


def _line(part: SellerOrder, line: OrderLine, wanted: Wanted) -> dict[str, Any]:
    currency = part.currency_code
    stamps = {"created_at": to_iso(line.created_at), "updated_at": to_iso(line.updated_at), "deleted_at": None}
    shown = {
        **views_shared.sold(line.snapshot),
        **stamps,
        "id": line.id,
        "variant_id": line.variant_id,
        "product_id": line.product_id,
        "seller_id": part.seller_id,
        "seller_order_id": part.id,
        "is_tax_inclusive": line.is_tax_inclusive,
        "is_custom_price": False,
        "metadata": line.metadata,
        "line_item_metadata": line.metadata,
        "unit_price": to_major(line.unit_price, currency),
        "compare_at_unit_price": views_shared.optional(line.compare_at_unit_price, currency),
        "quantity": line.quantity,
        **views_shared.amounts(line.totals, PART_SUMS, currency),
    }
    if wanted.detail:
        shown["detail"] = detail(line, version=1) | stamps
    if wanted.progress:
        shown |= progress(line, currency)
    if wanted.taxes:
        shown |= _taxes(line, {"item_id": line.id, **stamps}, currency)
    return shown


def _address(part: Any) -> dict[str, Any] | None:
    """Where the parcel goes; whose account it is stays with the marketplace."""
    stamps = {"created_at": to_iso(part.created_at), "updated_at": to_iso(part.created_at), "deleted_at": None}
    shown = views_shared.address(part.shipping_address, stamps)
    return shown and {name: value for name, value in shown.items() if name != "customer_id"}


def _taxes(charged: OrderLine | OrderMethod, mark: dict[str, Any], currency: str) -> dict[str, Any]:
    adjustments = [views_shared.adjustment(entry, currency, mark | {"version": 1}) for entry in charged.adjustments]
    return {
        "tax_lines": [views_shared.tax_line(entry, currency, mark) for entry in charged.tax_lines],
        "adjustments": adjustments,
    }


def _method(part: SellerOrder, method: OrderMethod) -> dict[str, Any]:
    currency = part.currency_code
    stamps = {"created_at": to_iso(method.created_at), "updated_at": to_iso(method.updated_at), "deleted_at": None}
    return {
        **stamps,
        "id": method.id,
        "name": method.name,
        "description": None,
        "amount": to_major(method.amount, currency),
        "is_tax_inclusive": method.is_tax_inclusive,
        "is_custom_amount": False,
        "shipping_option_id": method.shipping_option_id,
        "seller_id": part.seller_id,
        "seller_order_id": part.id,
        "data": method.data,
        "metadata": method.metadata,
        **_taxes(method, {"shipping_method_id": method.id, **stamps}, currency),
        **views_shared.amounts(method.totals, PART_SUMS, currency),
    }


def change_view(change: OrderChange, currency: str) -> dict[str, Any]:
    data = {name: to_major(value, currency) if name in MONEY else value for name, value in change.data.items()}
    return {
        "id": change.id,
        "seller_order_id": change.seller_order_id,
        "kind": change.kind,
        "status": change.status,
        "actor_type": change.actor_type,
        "actor_id": change.actor_id,
        "reason": change.reason,
        "data": data,
        "created_at": to_iso(change.created_at),
    }
