"""Wire forms that carts and orders share: amounts, addresses, taxes, adjustments, sellers."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import cache
from operator import attrgetter
from typing import Any

import msgspec

from models.cart.document import Address, Applied, Discount, Sold, TaxEntry
from models.order.combined_method import M, combined
from models.seller.seller import Seller
from utils.clock import to_iso
from utils.fields import Selection
from utils.money import in_wholes, scale, to_major

Wire = dict[str, Any]
PPM_PER_PERCENT = 10_000
getter = cache(attrgetter)  # of the few tuples of names that totals are shown by


def amounts(totals: msgspec.Struct | dict[str, int], names: Sequence[str], currency: str) -> Wire:
    """Totals by name as numbers in major units; the same as `to_major` of each, in one go."""
    parts = scale(currency)
    if isinstance(totals, dict):
        minors: Sequence[int] = [totals.get(name, 0) for name in names]
    else:
        minors = getter(*names)(totals)
    return {name: minor / parts if minor % parts else minor // parts for name, minor in zip(names, minors, strict=True)}


def optional(amount: int | None, currency: str) -> int | float | None:
    return None if amount is None else to_major(amount, currency)


def number(value: Decimal) -> int | float:
    """A rate as a JSON number; whole ones stay integers."""
    return int(value) if value == value.to_integral_value() else float(value)


NO_GIFT_CARDS = {"gift_card_total": 0, "gift_card_tax_total": 0}  # clients read them; there are none


def address(known: Address | None, stamps: Wire) -> Wire | None:
    """An address of a cart or order; `stamps` are its owner's, whose part it is."""
    if known is None:
        return None
    return {**msgspec.structs.asdict(known), "customer_id": None, **stamps}


def tax_line(entry: TaxEntry, currency: str, mark: Wire) -> Wire:
    """`mark` says of which line or method it is, and since when."""
    return {
        **mark,
        "id": entry.id,
        "description": entry.description,
        "code": entry.code or "",  # the published schema knows no tax line without one
        "rate": in_wholes(entry.ppm, PPM_PER_PERCENT),
        "provider_id": entry.provider_id,
        "tax_rate_id": entry.tax_rate_id,
        "data": None,
        "metadata": None,
        "total": to_major(entry.total, currency),
        "subtotal": to_major(entry.subtotal, currency),
    }


def adjustment(entry: Discount, currency: str, mark: Wire) -> Wire:
    """`mark` says of which line or method of which cart or order it is, and since when."""
    return {
        **mark,
        "description": None,
        "provider_id": None,
        "id": entry.id,
        "code": entry.code,
        "promotion_id": entry.promotion_id,
        "is_tax_inclusive": entry.is_tax_inclusive,
        "amount": to_major(entry.amount, currency),
        "total": to_major(entry.total, currency),
        "subtotal": to_major(entry.subtotal, currency),
    }


def item_amounts(totals: msgspec.Struct | dict[str, int], currency: str) -> Wire:
    """The amounts of an order's line under both of their names."""
    shown = amounts(totals, ("total", "subtotal", "tax_total"), currency)
    return {f"item_{name}": amount for name, amount in shown.items()}


def sold(known: Sold) -> Wire:
    """What a line says about its product."""
    return {
        "title": known.title,
        "subtitle": known.variant_title,
        "thumbnail": known.thumbnail,
        "product_title": known.title,
        "product_description": known.description,
        "product_subtitle": known.subtitle,
        "product_type": known.type,
        "product_type_id": known.type_id,
        "product_collection": known.collection,
        "product_handle": known.handle,
        "variant_sku": known.sku,
        "variant_barcode": known.barcode,
        "variant_title": known.variant_title,
        "variant_option_values": known.options or None,
        "requires_shipping": known.requires_shipping,
        "is_giftcard": known.is_giftcard,
        "is_discountable": known.is_discountable,
    }


def seller(seller: Seller | None) -> Wire | None:
    if seller is None:
        return None
    return {"id": seller.id, "handle": seller.handle, "name": seller.name, "logo": seller.logo}


def shipping_methods(methods: Sequence[M], fields: Selection, view: Callable[[M], Wire]) -> list[Wire]:
    """The methods as one with their sums; each by itself for who asks for its seller.

    `seller_methods` has each of them in either case.
    """
    each = [view(method) for method in methods]
    if len(methods) < 2 or fields.wants("shipping_methods.seller"):
        return [one | {"seller_methods": [one]} for one in each]
    sellers = {one["seller_id"] for one in each}
    about: Wire = {"seller_methods": each}
    if len(sellers) > 1:
        about |= {"seller_id": None, "seller": None}
    if "seller_order_id" in each[0] and len(sellers) > 1:
        about["seller_order_id"] = None
    return [view(combined(methods)) | about]


def promotion(known: Applied) -> Wire:
    currency, fixed = known.currency_code, known.method_type == "fixed"
    value = to_major(int(known.value), currency) if fixed and currency else number(known.value)
    return {
        "id": known.id,
        "code": known.code,
        "is_automatic": known.is_automatic,
        "is_tax_inclusive": known.is_tax_inclusive,
        "application_method": {
            "id": known.method_id,
            "type": known.method_type,
            "value": value,
            "currency_code": currency,
        },
    }


def payment_collection(known: Any) -> Wire:
    """A collection with its live session; amounts that nobody has authorized yet are null."""
    currency = known.currency_code
    return {
        "id": known.id,
        "currency_code": currency,
        "completed_at": to_iso(known.completed_at),
        "status": known.status,
        "metadata": known.metadata,
        "created_at": to_iso(known.created_at),
        "updated_at": to_iso(known.updated_at),
        "deleted_at": None,
        "amount": to_major(known.amount, currency),
        "authorized_amount": optional(known.authorized_amount, currency),
        "captured_amount": optional(known.captured_amount, currency),
        "refunded_amount": optional(known.refunded_amount, currency),
        "payment_providers": payment_providers(known),
        # One that the provider has not confirmed is left out: a client would pay with it instead of starting anew.
        "payment_sessions": [
            payment_session(one) for one in getattr(known, "payment_sessions", ()) if one.status != "unknown"
        ],
        "payments": [payment(paid) for paid in getattr(known, "payments", ())],
    }


def payment_providers(known: Any) -> list[Wire]:
    """The providers that the collection was started or paid with."""
    used = (*getattr(known, "payment_sessions", ()), *getattr(known, "payments", ()))
    return [{"id": provider_id} for provider_id in dict.fromkeys(each.provider_id for each in used)]


def payment_session(known: Any) -> Wire:
    return {
        "id": known.id,
        "currency_code": known.currency_code,
        "provider_id": known.provider_id,
        "data": known.data,
        "context": known.context,
        "status": known.status,
        "authorized_at": to_iso(known.authorized_at),
        "expires_at": to_iso(known.expires_at),
        "payment_collection_id": known.payment_collection_id,
        "payment": None,
        "metadata": known.metadata,
        "created_at": to_iso(known.created_at),
        "updated_at": to_iso(known.updated_at),
        "deleted_at": None,
        "amount": to_major(known.amount, known.currency_code),
    }


def payment(known: Any) -> Wire:
    return {
        "id": known.id,
        "amount": to_major(known.amount, known.currency_code),
        "currency_code": known.currency_code,
        "provider_id": known.provider_id,
        "payment_session_id": known.payment_session_id,
        "data": known.data,
        "captured_at": to_iso(known.captured_at),
        "canceled_at": to_iso(known.canceled_at),
        "created_at": to_iso(known.created_at),
        "updated_at": to_iso(known.updated_at),
    }
