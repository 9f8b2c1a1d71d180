"""Which ways there are to send a cart: each seller's own options, and options of one type combined over all parcels."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from models.cart.cart import Cart
from models.cart.document import Address, Line, Method
from models.order import combined_method
from models.pricing.price import PricingContext
from models.region.region import Region
from models.shipping import quote as shipping_quote
from models.shipping.quote import OptionPrice, Place, ShippingCatalogue, ShippingOption
from services.infrastructure.cache.snapshots import Connection, Scope
from services.infrastructure.database.database import UnitOfWork
from services.region.cache import REGIONS
from services.seller.cache import SELLERS
from utils.clock import now
from utils.errors import AppError
from utils.ids import new_id
from utils.places import ProvinceUnknown, is_province, provinces_of
from utils.typed import trimmed

Parcel = tuple[str, str]  # seller, shipping profile


class OptionInvalid(AppError):
    code, kind = "shipping_option_invalid", "invalid"
    message = "Shipping Options are invalid for cart."


@dataclass(frozen=True, slots=True)
class Offer:
    """An option as a buyer sees it: one seller's, or (`type_code`, several `parts`) the sum over all parcels."""

    id: str
    parts: tuple[tuple[Parcel, ShippingOption, OptionPrice], ...]

    @property
    def option(self) -> ShippingOption:
        return self.parts[0][1]

    @property
    def is_combined(self) -> bool:
        return self.id.startswith(combined_method.COMBINED)

    @property
    def name(self) -> str:
        """What the buyer chooses by: the seller's own name for it, or what the sellers call the type."""
        if not self.is_combined:
            return self.option.name
        return combined_method.label(option.type_label for _, option, _ in self.parts)

    @property
    def amount(self) -> int:
        """In minor units of the cart's currency."""
        return sum(price.amount for _, _, price in self.parts)


async def load(connection: Connection) -> ShippingCatalogue:
    statements = {
        "locations": shipping_quote.LOAD_LOCATIONS,
        "sets": shipping_quote.LOAD_SETS,
        "zones": shipping_quote.LOAD_ZONES,
        "geo_zones": shipping_quote.LOAD_GEO_ZONES,
        "options": shipping_quote.LOAD_OPTIONS,
        "prices": shipping_quote.LOAD_OPTION_PRICES,
        "profiles": shipping_quote.LOAD_PROFILES,
    }
    rows: dict[str, Sequence[Any]] = {}
    for name, statement in statements.items():
        rows[name] = (await connection.execute(statement)).mappings().all()
    return ShippingCatalogue.from_rows(rows)


SHIPPING: Scope[ShippingCatalogue] = Scope("shipping", load)


def destination(cart: Cart) -> Place | None:
    """Where the cart goes; None while no country is known."""
    address = cart.document.shipping_address
    if address is None or address.country_code is None:
        return None
    return Place.of(address.country_code, address.province, address.city, address.postal_code)


async def ensure_province(work: UnitOfWork, address: Address | None) -> None:
    """ProvinceUnknown where taxes or zones depend on the province and nobody knows the one that was typed.

    Without it such an address would get the country's taxes, and be told that nobody ships there.
    """
    if address is None or not address.country_code or not trimmed(address.province or ""):
        return
    country, province = address.country_code, address.province or ""
    taxes, book = (await work.snapshot(REGIONS)).taxes, await work.snapshot(SHIPPING)
    zones = book.provinces.get(country, frozenset())
    if (country not in taxes.divided and not zones) or is_province(country, province):
        return
    if not taxes.knows(country, province) and zones.isdisjoint(provinces_of(country, province)):
        raise ProvinceUnknown(province=province, country_code=country)


def offered(
    book: ShippingCatalogue, cart: Cart, region: Region, wanted: Parcel, *, returns: bool = False
) -> list[Offer]:
    """A seller's options for one of the cart's parcels, cheapest first."""
    place = destination(cart)
    seller_id, profile_id = wanted
    item_total = cart.item_total_of(seller_id)
    found = []
    for option in book.by_seller.get(seller_id, ()):
        if not option.enabled_in_store or option.is_return != returns or option.shipping_profile_id != profile_id:
            continue
        if not option.reaches(place, region.country_codes):
            continue
        price = option.price(cart.currency_code, cart.region_id, item_total)
        if price is not None:
            found.append(Offer(option.id, ((wanted, option, price),)))
    return sorted(found, key=lambda offer: (offer.amount, offer.id))


def parcels(book: ShippingCatalogue, cart: Cart) -> dict[Parcel, list[Line]]:
    """The cart's parcels; lines whose product names no profile go by the default one."""
    return {
        (seller, profile or book.default_profile_id or ""): lines for (seller, profile), lines in cart.parcels().items()
    }


def combined(own: Iterable[list[Offer]]) -> list[Offer]:
    """One offer for each type that every parcel has: the sum of the cheapest of each."""
    by_type: list[dict[str, Offer]] = []
    for offers in own:
        cheapest: dict[str, Offer] = {}
        for offer in offers:  # cheapest first
            cheapest.setdefault(offer.option.type_code, offer)
        by_type.append(cheapest)
    if not by_type:
        return []
    shared = [code for code in by_type[0] if all(code in offers for offers in by_type)]
    return [
        Offer(combined_method.option_id(code), tuple(part for offers in by_type for part in offers[code].parts))
        for code in shared
    ]


async def offers(work: UnitOfWork, cart: Cart, *, seller_id: str | None = None, returns: bool = False) -> list[Offer]:
    """What the buyer may choose: with several parcels the combined options, of one seller (id or handle) its own."""
    book, region = await work.snapshot(SHIPPING), (await work.snapshot(REGIONS)).by_id[cart.region_id]
    wanted = parcels(book, cart)
    if seller_id is not None:
        known = (await work.snapshot(SELLERS)).by_handle.get(seller_id)
        seller_id = known.id if known is not None else seller_id
        wanted = {key: lines for key, lines in wanted.items() if key[0] == seller_id}
    own = [offered(book, cart, region, key, returns=returns) for key in wanted]
    if seller_id is None and len(own) > 1:
        return combined(own)
    return [offer for options in own for offer in options]


async def offer(work: UnitOfWork, cart: Cart, option_id: str) -> Offer:
    """The offer of this id for the cart; OptionInvalid when the cart cannot be sent that way."""
    book, region = await work.snapshot(SHIPPING), (await work.snapshot(REGIONS)).by_id[cart.region_id]
    own = [offered(book, cart, region, key) for key in parcels(book, cart)]
    candidates = [*combined(own), *(o for options in own for o in options)]
    for candidate in candidates:
        if candidate.id == option_id:
            return candidate
    raise OptionInvalid(option_id=option_id)


def methods_of(chosen: Offer, data: dict[str, Any] | None) -> list[Method]:
    """One shipping method a parcel for the chosen offer."""
    return [
        Method(
            id=new_id("casm"),
            shipping_option_id=option.id,
            seller_id=key[0],
            shipping_profile_id=key[1],
            name=option.name,
            created_at=now(),
            amount=price.amount,
            data=data or {},
        )
        for key, option, price in chosen.parts
    ]


def follows_item_total(book: ShippingCatalogue, cart: Cart) -> bool:
    """True when the price of a chosen method depends on what the lines come to: they are worked out first then."""
    chosen = (book.options.get(method.shipping_option_id) for method in cart.document.shipping_methods)
    return any(price.rules for option in chosen if option is not None for price in option.prices)


def awaits_method(book: ShippingCatalogue, cart: Cart) -> list[Parcel]:
    """The parcels that came into a cart after every parcel of it had its method; none of a cart that never had."""
    if not cart.document.is_sent_whole:
        return []
    return _without_method(book, cart)


def _without_method(book: ShippingCatalogue, cart: Cart) -> list[Parcel]:
    served = {(method.seller_id, method.shipping_profile_id) for method in cart.document.shipping_methods}
    return [key for key in parcels(book, cart) if key not in served]


def extend(book: ShippingCatalogue, cart: Cart, region: Region, wanted: Sequence[Parcel]) -> None:
    """Send these parcels too by the type that all others are sent by, each by its cheapest option of the type.

    A parcel that cannot be sent that way stays without a method (ADR 73).
    """
    chosen = cart.document.shipping_methods
    types = {method.shared_type for method in chosen}
    if not wanted or len(types) != 1:
        return
    (code,), data = types, combined_method.combined(chosen).data
    for key in wanted:
        same = (offer for offer in offered(book, cart, region, key) if offer.option.type_code == code)
        for cheapest in islice(same, 1):
            cart.add_methods(methods_of(cheapest, data))


def keep(book: ShippingCatalogue, cart: Cart, kept: list[Method]) -> list[Method]:
    """The methods that the cart goes on with, see `Cart.keep_methods`."""
    return cart.keep_methods(kept, parcels(book, cart))


def includes_tax(price: OptionPrice, context: PricingContext) -> bool:
    """By the same preferences as prices of goods: the region's for a price of the region, else the currency's."""
    return context.is_region_tax_inclusive if price.region_id is not None else context.is_tax_inclusive


def still_valid(
    book: ShippingCatalogue, cart: Cart, region: Region, context: PricingContext
) -> list[tuple[Method, ShippingOption]]:
    """The chosen methods that can still be used, at today's price; the others are dropped."""
    kept = []
    wanted = parcels(book, cart)
    for method in cart.document.shipping_methods:
        key = (method.seller_id, method.shipping_profile_id)
        if key not in wanted:
            continue
        types: set[str] = set()
        for candidate in offered(book, cart, region, key):
            code = candidate.option.type_code
            is_cheapest = code not in types
            types.add(code)
            if candidate.id == method.shipping_option_id:
                _, option, price = candidate.parts[0]
                method.set_option(
                    name=option.name,
                    type_label=option.type_label,
                    shared_type=code if is_cheapest else None,
                    amount=price.amount,
                    is_tax_inclusive=includes_tax(price, context),
                )
                kept.append((method, option))
    return kept
