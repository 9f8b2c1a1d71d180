"""What a cart says about its buyer: where it is sold, who buys, where to, and with which codes."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import msgspec

from models.cart.cart import Buyer, Cart
from models.cart.document import Address
from models.customer.guest import UPSERT_GUEST
from models.identity.principal import Principal
from services.infrastructure.database.database import UnitOfWork
from services.pricing.cart_totals import PROMOTIONS
from services.region.cache import REGIONS, Region
from services.shipping import quote as shipping_quote
from utils.errors import AppError
from utils.ids import new_id
from utils.typed import code_key

MAX_CODES = 50
# What a client may send back of an address that it was given; it says nothing new.
ECHOED = frozenset({"id", "customer_id", "created_at", "updated_at", "deleted_at"})


class RegionNotFound(AppError):
    code, kind = "region_not_found", "missing"
    message = "Region id not found: {id}"


class NoRegion(AppError):
    code, kind = "region_not_found", "missing"
    message = "No regions found"


class CurrencyMismatch(AppError):
    code, kind = "currency_mismatch", "invalid"
    message = "Currency code {currency_code} does not match the region's currency code {region_currency_code}"


class CountryNotInRegion(AppError):
    code, kind = "country_not_in_region", "invalid"
    message = "Country with code {country_code} is not within region {region}"


class ChannelNotAllowed(AppError):
    code, kind = "sales_channel_invalid", "invalid"
    message = "Sales channel {id} is not one of the publishable key's. Leave it out to use the key's own."


class TooManyCodes(AppError):
    code, kind = "too_many_promotion_codes", "invalid"
    message = "A cart holds {limit} promotion codes at the most. Remove some first."


class PromotionNotApplicable(AppError):
    """The code is known and gives this cart nothing; `reason` is one of WHY_NOT."""

    code, kind = "promotion_not_applicable", "invalid"
    message = "The promotion code {promotion_code} does not apply: {why}."


WHY_NOT = {
    "inactive": "it is not active",
    "not_started": "it is not valid yet",
    "ended": "it has expired",
    "used_up": "it has been used as often as it may be",
    "currency": "it is for another currency",
    "rules": "the cart does not meet its conditions",
    "nothing": "nothing in the cart is discounted by it",
}


async def region_of(work: UnitOfWork, region_id: str | None, missing: AppError) -> Region:
    """The region of this id, or the first one; `missing` is raised when there is none."""
    regions = await work.snapshot(REGIONS)
    region = regions.by_id.get(region_id) if region_id else regions.default
    if region is None:
        raise missing
    return region


def channel_of(who: Principal, wanted: str | None) -> str | None:
    """The sales channel asked for, which must be the key's, or the key's first."""
    if wanted is not None and wanted not in who.sales_channel_ids:
        raise ChannelNotAllowed(id=wanted)
    return wanted or next(iter(who.sales_channel_ids), None)


def ensure_currency(region: Region, wanted: str | None) -> None:
    """A cart is in its region's currency; CurrencyMismatch when another one is asked for."""
    currency = (wanted or region.currency_code).lower()
    if currency != region.currency_code:
        raise CurrencyMismatch(currency_code=currency, region_currency_code=region.currency_code)


async def say(work: UnitOfWork, cart: Cart, region: Region, body: Mapping[str, Any]) -> None:
    """Take what a new or changed cart says: e-mail, addresses, codes."""
    document = cart.document
    if "email" in body:
        await _write_to(work, cart, body["email"])
    if "shipping_address" in body:
        document.shipping_address = _address(document.shipping_address, body["shipping_address"])
        ensure_within(region, document.shipping_address)
        await shipping_quote.ensure_province(work, document.shipping_address)
    if "billing_address" in body:
        document.billing_address = _address(document.billing_address, body["billing_address"])
    if "promo_codes" in body:
        await set_codes(work, cart, body["promo_codes"])


async def _write_to(work: UnitOfWork, cart: Cart, email: str | None) -> None:
    """The guest of this address is the cart's customer; another address is another guest, none is nobody."""
    email = email.lower() if email else None
    if email == cart.document.email:
        return
    cart.document.email = email
    if cart.customer is not None and cart.customer.has_account:
        return  # an account's cart stays the account's; the order's letters go to the other address
    if email is None:
        cart.customer_id = cart.customer = None
        return
    terms = {"id": new_id("cus"), "email": email, "has_account": False}
    cart.customer_id = str((await work.execute(UPSERT_GUEST, terms)).scalar_one())
    # Groups are for account holders: anybody can type a guest's e-mail address.
    cart.customer = Buyer(id=cart.customer_id, email=email)


def _address(known: Address | None, given: Mapping[str, Any] | None) -> Address | None:
    if given is None:
        return None
    said = {name: value for name, value in given.items() if name not in ECHOED}
    if known is not None:
        return msgspec.structs.replace(known, **said)
    return Address(id=new_id("caaddr"), **said)


def ensure_within(region: Region, address: Address | None) -> None:
    """A parcel goes to a country of the region, in lower case; whoever pays may live anywhere."""
    country = address.country_code if address is not None else None
    if country is not None and country not in region.country_codes:
        raise CountryNotInRegion(country_code=country, region=region.name)


async def set_codes(work: UnitOfWork, cart: Cart, codes: Sequence[str]) -> None:
    """These codes and no others, in the promotions' own writing.

    A new one that nobody knows is refused; one that gives nothing now is kept.
    """
    book, held = await work.snapshot(PROMOTIONS), {code_key(code): code for code in cart.document.promo_codes}
    book.check_codes(code for code in codes if code_key(code) not in held)
    written = {}
    for code in codes:
        known = book.named(code)
        written[code_key(code)] = known.code if known is not None else held[code_key(code)]
    if len(written) > MAX_CODES:
        raise TooManyCodes(limit=MAX_CODES)
    cart.document.promo_codes = list(written.values())


async def ensure_applied(work: UnitOfWork, cart: Cart, codes: Collection[str]) -> None:
    """PromotionNotApplicable for the first of these just typed codes that gives the priced cart nothing.

    One for shipping waits for a method: buyers type codes before they come to that.
    """
    book, typed = await work.snapshot(PROMOTIONS), {code_key(code) for code in codes}
    for entry in cart.document.unapplied:
        if code_key(entry.code) not in typed:
            continue
        named = book.named(entry.code)
        waits = named is not None and named.target_type == "shipping_methods" and not cart.document.shipping_methods
        if entry.reason != "nothing" or not waits:
            raise PromotionNotApplicable(
                promotion_code=entry.code, reason=entry.reason, why=WHY_NOT.get(entry.reason, entry.reason)
            )
