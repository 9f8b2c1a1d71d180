"""Shipping options of a cart."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from msgspec import convert

from controllers.http import BODY, DEPS, FIELDS, PRINCIPAL, QUERY, reply
from controllers.views import shared as views_shared
from models.cart.cart import Cart
from models.pricing.price import PricingContext
from models.shipping.commands import CalculateOption
from models.shipping.quote import OptionPrice, ShippingOption
from services.infrastructure.database.database import UnitOfWork
from services.pricing import cart_totals
from services.product.price_display import taxed
from services.seller.cache import SELLERS, Sellers
from services.shipping import quote as shipping_quote
from services.shipping.quote import Offer
from services.workflows.read_cart import current_cart
from utils.clock import to_iso
from utils.money import to_major
from utils.query import ordering


async def list_options(request: web.Request) -> web.Response:
    query, fields = request[QUERY], request[FIELDS]
    async with current_cart(request.app[DEPS].database, who=request[PRINCIPAL], cart_id=query["cart_id"]) as (
        work,
        priced,
    ):
        cart = priced.cart
        terms = {"seller_id": query.get("seller_id"), "returns": query.get("is_return", False)}
        offers = await shipping_quote.offers(work, cart, **terms)
        context = await context_of(work, cart, offers)
    found = [view(cart, offer, context) for offer in offers]
    wanted = ordering(query.get("order"))
    if wanted is not None:
        found.sort(key=lambda option: option[wanted[0]], reverse=wanted[1])
    page = found[query["offset"] : query["offset"] + query["limit"]]
    return reply({"shipping_options": [fields(option) for option in page]})


async def calculate(request: web.Request) -> web.Response:
    option_id, fields = request.match_info["id"], request[FIELDS]
    command = convert(request[BODY], CalculateOption)
    async with current_cart(request.app[DEPS].database, who=request[PRINCIPAL], cart_id=command.cart_id) as (
        work,
        priced,
    ):
        cart = priced.cart
        offer = await shipping_quote.offer(work, cart, option_id)
        context = await context_of(work, cart, [offer])
    return reply({"shipping_option": fields(view(cart, offer, context))})


@dataclass(frozen=True, slots=True)
class QuoteContext:
    """What offers are shown with: the sellers, what their prices include, and tax rates by option."""

    sellers: Sellers
    pricing: PricingContext
    rates: Mapping[str, tuple[int, ...]]


async def context_of(work: UnitOfWork, cart: Cart, offers: Iterable[Offer]) -> QuoteContext:
    options = {option.id: option for offer in offers for _, option, _ in offer.parts}
    rates = {option.id: await cart_totals.shipping_rates(work, cart, option) for option in options.values()}
    return QuoteContext(await work.snapshot(SELLERS), await cart_totals.context_of(work, cart), rates)


def view(cart: Cart, offer: Offer, context: QuoteContext) -> dict[str, Any]:
    """An option as this cart sees it: its amount is that of the whole cart's parcels when it is a combined one."""
    option, currency = offer.option, cart.currency_code
    inclusive = all(shipping_quote.includes_tax(price, context.pricing) for _, _, price in offer.parts)
    whole = {
        "id": offer.id,
        "name": offer.name,
        "price_type": option.price_type,
        "service_zone_id": option.zone["id"],
        "shipping_profile_id": option.shipping_profile_id,
        "provider_id": option.provider_id,
        "data": option.data,
        "metadata": None,
        "service_zone": _zone(option),
        "type": {
            "id": f"sotype_{option.type_code}",
            "label": option.type_label,
            "description": option.type_description,
            "code": option.type_code,
        },
        "provider": {"id": option.provider_id, "is_enabled": True},
        "rules": [],
        "calculated_price": _calculated(offer, currency, inclusive) | _with_tax(offer, currency, context),
        "prices": [] if offer.is_combined else [_price(option, price) for price in option.prices],
        "amount": to_major(offer.amount, currency),
        "is_tax_inclusive": inclusive,
        "insufficient_inventory": False,
    }
    return whole | _sellers(offer, context.sellers, currency)


def _sellers(offer: Offer, sellers: Sellers, currency: str) -> dict[str, Any]:
    seller_id = None if offer.is_combined else offer.option.seller_id
    return {
        "seller_id": seller_id,
        "seller": views_shared.seller(sellers.by_id.get(seller_id)) if seller_id else None,
        "seller_options": [
            {
                "seller_id": key[0],
                "shipping_option_id": option.id,
                "name": option.name,
                "amount": to_major(price.amount, currency),
            }
            for key, option, price in offer.parts
        ],
    }


def _zone(option: ShippingOption) -> dict[str, Any]:
    location = option.location
    names = "address_1 address_2 city province postal_code country_code phone metadata"
    address = {
        "id": location["id"],
        "company": None,
        **{name: location[name] for name in names.split()},
        "created_at": to_iso(location["created_at"]),
        "updated_at": to_iso(location["updated_at"]),
        "deleted_at": None,
    }
    return {
        "id": option.zone["id"],
        "name": option.zone["name"],
        "fulfillment_set_id": option.fulfillment_set["id"],
        "fulfillment_set": {
            "id": option.fulfillment_set["id"],
            "name": option.fulfillment_set["name"],
            "type": option.fulfillment_set["type"],
            "location": {"id": location["id"], "name": location["name"], "address": address},
        },
    }


def _calculated(offer: Offer, currency: str, inclusive: bool) -> dict[str, Any]:
    price = offer.parts[0][2]
    amount = to_major(offer.amount, currency)
    row = {
        "id": None if offer.is_combined else price.id,
        **dict.fromkeys(("price_list_id", "price_list_type", "min_quantity", "max_quantity")),
    }
    return {
        "id": offer.option.id,
        "is_calculated_price_price_list": False,
        "is_calculated_price_tax_inclusive": inclusive,
        "calculated_amount": amount,
        "is_original_price_price_list": False,
        "is_original_price_tax_inclusive": inclusive,
        "original_amount": amount,
        "currency_code": currency,
        "calculated_price": row,
        "original_price": row,
    }


def _with_tax(offer: Offer, currency: str, context: QuoteContext) -> dict[str, Any]:
    """What the option costs with and without its taxes, those of a combined one seller by seller."""
    gross = net = 0
    for _, option, price in offer.parts:
        inclusive = shipping_quote.includes_tax(price, context.pricing)
        part = taxed(price.amount, inclusive, context.rates[option.id])
        gross, net = gross + part.with_tax, net + part.without_tax
    amounts = {"with_tax": to_major(gross, currency), "without_tax": to_major(net, currency)}
    return {f"{kind}_amount_{name}": amount for kind in ("calculated", "original") for name, amount in amounts.items()}


def _price(option: ShippingOption, price: OptionPrice) -> dict[str, Any]:
    stamps = {
        "created_at": to_iso(price.row["created_at"]),
        "updated_at": to_iso(price.row["updated_at"]),
        "deleted_at": None,
    }
    rules = [
        {
            "id": f"{price.id}_{rank}",
            "attribute": "item_total",
            "operator": operator,
            "value": str(to_major(value, price.currency_code)),
            "priority": 0,
            "price_id": price.id,
            **stamps,
        }
        for rank, (operator, value) in enumerate(price.rules)
    ]
    return {
        "id": price.id,
        "title": None,
        "currency_code": price.currency_code,
        "rules_count": len(rules) + (price.region_id is not None),
        "price_set_id": option.id,
        "price_list_id": None,
        "price_list": None,
        **stamps,
        "price_rules": rules,
        "amount": to_major(price.amount, price.currency_code),
        "min_quantity": None,
        "max_quantity": None,
    }
