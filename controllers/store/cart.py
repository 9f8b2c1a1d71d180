"""Carts: from the wire to the service and back."""

from collections.abc import Mapping
from typing import Any

import msgspec
from aiohttp import web

from controllers.http import BODY, CLAIM, DEPS, FIELDS, PRINCIPAL, QUERY, reply
from controllers.store.region import RegionViews
from controllers.views import shared as views_shared
from controllers.views.variant import views_of_variants, wants_variants
from models.cart import commands
from models.cart.cart import Cart, CartMissing
from models.cart.document import Line, Method
from models.pricing.totals import CART_SUMS, PART_SUMS
from services.cart import cart as cart_service
from services.cart import merge as cart_merge
from services.cart.cart import PricedCart
from services.cart.merge import Change
from services.seller.cache import Sellers
from services.workflows.read_cart import current_cart
from utils.clock import now, to_iso
from utils.fields import Selection
from utils.money import to_major

# What stands behind the title of a line that keeps its cart from being bought: storefronts show the title, and hide the
# texts of errors when they are built for production (ADR 58).
NOT_SOLD = {
    "store_closed": "not sold at the moment: remove it to buy the rest",
    "variant_not_available": "not sold any more: remove it to buy the rest",
    "variant_not_priced": "without a price now: remove it to buy the rest",
    "insufficient_inventory": "too few are left: take fewer, or remove it",
}


async def create(request: web.Request) -> web.Response:
    claim, named = request[CLAIM], {name: request[QUERY][name] for name in ("locale",) if name in request[QUERY]}
    command = msgspec.convert(named | request[BODY], commands.CreateCart)
    async with request.app[DEPS].database.unit_of_work(claim) as work:
        priced = await cart_service.create(work, who=request[PRINCIPAL], command=command)
        return reply({"cart": _shown(request, priced)}, claim=claim)


async def retrieve(request: web.Request) -> web.Response:
    deps, who, cart_id = request.app[DEPS], request[PRINCIPAL], request.match_info["id"]
    with_variants = wants_variants(request[FIELDS], "items")
    async with current_cart(
        deps.database, who=who, cart_id=cart_id, missing=CartMissing, with_variants=with_variants
    ) as (_, priced):
        return reply({"cart": _shown(request, priced)})


async def update(request: web.Request) -> web.Response:
    claim, command = request[CLAIM], msgspec.convert(request[BODY], commands.UpdateCart)
    async with request.app[DEPS].database.unit_of_work(claim) as work:
        priced = await cart_service.update(work, **_asked(request), command=command)
        return reply({"cart": _shown(request, priced)}, claim=claim)


async def add_item(request: web.Request) -> web.Response:
    claim, item = request[CLAIM], msgspec.convert(request[BODY], commands.AddItem)
    async with request.app[DEPS].database.unit_of_work(claim) as work:
        priced = await cart_service.add_item(work, **_asked(request), item=item)
        return reply({"cart": _shown(request, priced)}, claim=claim)


async def change_item(request: web.Request) -> web.Response:
    claim, line_id = request[CLAIM], request.match_info["line_id"]
    command = msgspec.convert(request[BODY], commands.ChangeItem)
    async with request.app[DEPS].database.unit_of_work(claim) as work:
        priced = await cart_service.change_item(work, **_asked(request), line_id=line_id, command=command)
        return reply({"cart": _shown(request, priced)}, claim=claim)


async def remove_item(request: web.Request) -> web.Response:
    claim, line_id = request[CLAIM], request.match_info["line_id"]
    async with request.app[DEPS].database.unit_of_work(claim) as work:
        priced = await cart_service.remove_item(work, **_asked(request), line_id=line_id)
        gone = {"id": line_id, "object": "line-item", "deleted": True, "parent": _shown(request, priced)}
        return reply(gone, claim=claim)


async def add_promotions(request: web.Request) -> web.Response:
    claim, command = request[CLAIM], msgspec.convert(request[BODY], commands.PromoCodes)
    async with request.app[DEPS].database.unit_of_work(claim) as work:
        priced = await cart_service.add_codes(work, **_asked(request), codes=command.promo_codes)
        return reply({"cart": _shown(request, priced)}, claim=claim)


async def remove_promotions(request: web.Request) -> web.Response:
    claim, command = request[CLAIM], msgspec.convert(request[BODY], commands.PromoCodes)
    async with request.app[DEPS].database.unit_of_work(claim) as work:
        priced = await cart_service.remove_codes(work, **_asked(request), codes=command.promo_codes)
        return reply({"cart": _shown(request, priced)}, claim=claim)


async def add_shipping_method(request: web.Request) -> web.Response:
    claim, body = request[CLAIM], request[BODY]
    choices = msgspec.convert(body if isinstance(body, list) else [body], list[commands.ChooseShipping])
    async with request.app[DEPS].database.unit_of_work(claim) as work:
        priced = await cart_service.add_shipping_methods(work, **_asked(request), choices=choices)
        return reply({"cart": _shown(request, priced)}, claim=claim)


async def work_out_taxes(request: web.Request) -> web.Response:
    claim = request[CLAIM]
    async with request.app[DEPS].database.unit_of_work(claim) as work:
        priced = await cart_service.ask_for_taxes(work, **_asked(request))
        return reply({"cart": _shown(request, priced)}, claim=claim)


async def claim_for_customer(request: web.Request) -> web.Response:
    claim = request[CLAIM]
    async with request.app[DEPS].database.unit_of_work(claim) as work:
        priced, changes = await cart_merge.take_over(work, **_asked(request))
        told = [_change(change, priced.cart.currency_code) for change in changes]
        return reply({"cart": _shown(request, priced), "changes": told}, claim=claim)


def _asked(request: web.Request) -> dict[str, Any]:
    """Who asks, and for which cart."""
    return {"who": request[PRINCIPAL], "cart_id": request.match_info["id"]}


def _shown(request: web.Request, priced: PricedCart) -> dict[str, Any]:
    return view(priced, request[FIELDS], region_view(request, priced))


def region_view(request: web.Request, priced: PricedCart) -> dict[str, Any]:
    """The wire form of the cart's region, which the process makes once."""
    return request.app[DEPS].database.snapshots.cache(RegionViews).of(priced.region)


def _change(change: Change, currency: str) -> dict[str, Any]:
    shown: dict[str, Any] = msgspec.to_builtins(change)
    if change.change == "price":
        shown |= {"before": to_major(change.before, currency), "after": to_major(change.after, currency)}
    return shown


def view(priced: PricedCart, fields: Selection, region: dict[str, Any]) -> dict[str, Any]:
    """The cart on the wire, cut down to what was asked for."""
    cart, sellers = priced.cart, priced.details.sellers
    document, currency = cart.document, cart.currency_code
    about = views_of_variants(priced.details, fields, "items")
    stamps = {"created_at": to_iso(cart.created_at), "updated_at": to_iso(cart.updated_at), "deleted_at": None}
    whole: dict[str, Any] = {
        **views_shared.NO_GIFT_CARDS,
        "id": cart.id,
        "currency_code": currency,
        "email": document.email,
        "locale": document.locale,
        "region_id": cart.region_id,
        "created_at": stamps["created_at"],
        "updated_at": stamps["updated_at"],
        "completed_at": to_iso(cart.completed_at),
        "metadata": document.metadata,
        "sales_channel_id": cart.sales_channel_id,
        "customer_id": cart.customer_id,
        "shipping_address": views_shared.address(document.shipping_address, stamps),
        "billing_address": views_shared.address(document.billing_address, stamps),
        "region": region,
        "items": [_line(cart, line, sellers, about.get(line.variant_id, {})) for line in document.items],
        "shipping_methods": views_shared.shipping_methods(
            document.shipping_methods, fields, lambda method: _method(cart, method, sellers)
        ),
        "promotions": [views_shared.promotion(known) for known in document.promotions],
        "unapplied_promotions": [{"code": entry.code, "reason": entry.reason} for entry in document.unapplied],
        "credit_lines": [],
        **views_shared.amounts(document.totals or {}, CART_SUMS, currency),
    }
    shown: dict[str, Any] = fields(whole | _once_known(cart))
    return shown


def _once_known(cart: Cart) -> dict[str, Any]:
    """What is absent, not null, until it is there."""
    known: dict[str, Any] = {}
    for name in ("shipping_address", "billing_address"):
        if (address := getattr(cart.document, name)) is not None:
            known[f"{name}_id"] = address.id
    if cart.customer is not None:
        groups = [{"id": group} for group in cart.customer.group_ids]
        known["customer"] = {"id": cart.customer.id, "email": cart.customer.email, "groups": groups}
    if cart.payment is not None:
        known["payment_collection"] = views_shared.payment_collection(cart.payment)
    return known


def _line(cart: Cart, line: Line, sellers: Sellers, about: Mapping[str, Any]) -> dict[str, Any]:
    currency = cart.currency_code
    brief = {
        "id": line.product_id,
        "collection_id": line.sold.collection_id,
        "type_id": line.sold.type_id,
        "categories": [{"id": category} for category in line.sold.category_ids],
        "tags": [{"id": tag} for tag in line.sold.tag_ids],
    }
    stamps = {"created_at": to_iso(line.created_at), "updated_at": to_iso(line.updated_at), "deleted_at": None}
    mark = {"item_id": line.id, **stamps}
    compare_at = views_shared.optional(line.compare_at_unit_price, currency)
    return {
        **views_shared.sold(line.sold),
        "product_title": _product_title(cart, line, sellers),
        "id": line.id,
        "cart_id": cart.id,
        "variant_id": line.variant_id,
        "product_id": line.product_id,
        "seller_id": line.seller_id,
        "seller": views_shared.seller(sellers.by_id.get(line.seller_id)),
        "quantity": line.quantity,
        "unit_price": to_major(line.unit_price, currency),
        "compare_at_unit_price": compare_at,
        "is_tax_inclusive": line.is_tax_inclusive,
        "metadata": line.metadata,
        "created_at": stamps["created_at"],
        "updated_at": stamps["updated_at"],
        "tax_lines": [views_shared.tax_line(entry, currency, mark) for entry in line.tax_lines],
        "adjustments": [
            views_shared.adjustment(entry, currency, mark | {"cart_id": cart.id}) for entry in line.adjustments
        ],
        "product": brief,
        **views_shared.amounts(line.totals or {}, PART_SUMS, currency),
        **about,
    }


def _product_title(cart: Cart, line: Line, sellers: Sellers) -> str:
    open_still = cart.completed_at is None
    reason = line.not_sold(sellers.by_id.get(line.seller_id), now()) if open_still else None
    told = None if reason is None else NOT_SOLD.get(reason)
    return line.sold.title if told is None else f"{line.sold.title} ({told})"


def _method(cart: Cart, method: Method, sellers: Sellers) -> dict[str, Any]:
    currency, moment = cart.currency_code, to_iso(method.created_at)
    mark = {"shipping_method_id": method.id, "created_at": moment, "updated_at": moment, "deleted_at": None}
    return {
        "id": method.id,
        "cart_id": cart.id,
        "name": method.name,
        "description": None,
        "amount": to_major(method.amount, currency),
        "is_tax_inclusive": method.is_tax_inclusive,
        "shipping_option_id": method.shipping_option_id,
        "seller_id": method.seller_id,
        "seller": views_shared.seller(sellers.by_id.get(method.seller_id)),
        "data": method.data,
        "metadata": None,
        "created_at": moment,
        "updated_at": moment,
        "tax_lines": [views_shared.tax_line(entry, currency, mark) for entry in method.tax_lines],
        "adjustments": [
            views_shared.adjustment(entry, currency, mark | {"cart_id": cart.id}) for entry in method.adjustments
        ],
        **views_shared.amounts(method.totals or {}, PART_SUMS, currency),
    }
