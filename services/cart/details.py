"""What a cart says about its buyer: where it is sold, who buys, where to, and with which codes."""

from collections.abc import Collection, Sequence

from msgspec import UNSET, UnsetType

from models.cart.cart import Buyer, Cart
from models.cart.commands import AddressInput, UpdateCart
from models.cart.document import Address
from models.customer.guest import UPSERT_GUEST
from models.identity.principal import Principal
from models.pricing.promotion import PromotionBook
from models.region.region import Region
from models.shared.commands import given
from services.infrastructure.database.database import UnitOfWork
from services.pricing.sources import PricingSources
from services.region.cache import Regions
from services.shipping import quote as shipping_quote
from utils.errors import AppError
from utils.ids import new_id
from utils.typed import code_key

MAX_CODES = 50


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


def region_of(regions: Regions, region_id: str | None, missing: AppError) -> Region:
    """The region of this id, or the first one; `missing` is raised when there is none."""
    region = regions.by_id.get(region_id) if region_id else regions.default
    if region is None:
        raise missing
    return region


def channel_of(who: Principal, wanted: str | None) -> str | None:
    """The sales channel asked for, which must be the key's, or the key's first."""
    if wanted is not None and wanted not in who.sales_channel_ids:
        raise ChannelNotAllowed(id=wanted)
    return wanted or next(iter(who.sales_channel_ids), None)


def ensure_currency(region: Region, wanted: str | UnsetType) -> None:
    """A cart is in its region's currency; CurrencyMismatch when another one is asked for."""
    currency = given(wanted, region.currency_code).lower()
    if currency != region.currency_code:
        raise CurrencyMismatch(currency_code=currency, region_currency_code=region.currency_code)


async def apply(work: UnitOfWork, cart: Cart, sources: PricingSources, region: Region, command: UpdateCart) -> None:
    """Apply what a new or changed cart is told of its buyer: e-mail, addresses, codes."""
    document = cart.document
    if command.email is not UNSET:
        await _set_email(work, cart, command.email)
    if command.shipping_address is not UNSET:
        address = _applied(document.shipping_address, command.shipping_address)
        cart.set_shipping_address(address)
        ensure_within(region, address)
        await shipping_quote.ensure_province(work, address)
    if command.billing_address is not UNSET:
        cart.set_billing_address(_applied(document.billing_address, command.billing_address))
    if command.promo_codes is not UNSET:
        set_codes(cart, sources.promotions, command.promo_codes)


async def _set_email(work: UnitOfWork, cart: Cart, email: str | None) -> None:
    """The guest of this address is the cart's customer; another address is another guest, none is nobody."""
    email = email.lower() if email else None
    if email == cart.document.email:
        return
    cart.set_email(email)
    if cart.customer is not None and cart.customer.has_account:
        return  # an account's cart stays the account's; the order's e-mails go to the other address
    if email is None:
        cart.set_guest(None)
        return
    row = {"id": new_id("cus"), "email": email, "has_account": False}
    guest_id = str((await work.execute(UPSERT_GUEST, row)).scalar_one())
    # Groups are for account holders: anybody can type a guest's e-mail address.
    cart.set_guest(Buyer(id=guest_id, email=email))


def _applied(address: Address | None, change: AddressInput | None) -> Address | None:
    return None if change is None else change.applied_to(address)


def ensure_within(region: Region, address: Address | None) -> None:
    """A parcel goes to a country of the region, in lower case; whoever pays may live anywhere."""
    country = address.country_code if address is not None else None
    if country is not None and country not in region.country_codes:
        raise CountryNotInRegion(country_code=country, region=region.name)


def set_codes(cart: Cart, promotions: PromotionBook, codes: Sequence[str]) -> None:
    """These codes and no others, in the promotions' own writing.

    A new one that nobody knows is refused; one that gives nothing now is kept.
    """
    held = {code_key(code): code for code in cart.document.promo_codes}
    promotions.check_codes(code for code in codes if code_key(code) not in held)
    written = {}
    for code in codes:
        promotion = promotions.named(code)
        written[code_key(code)] = promotion.code if promotion is not None else held[code_key(code)]
    if len(written) > MAX_CODES:
        raise TooManyCodes(limit=MAX_CODES)
    cart.set_codes(written.values())


def ensure_applied(cart: Cart, promotions: PromotionBook, codes: Collection[str]) -> None:
    """PromotionNotApplicable for the first of these just typed codes that gives the priced cart nothing.

    One for shipping waits for a method: buyers type codes before they come to that.
    """
    typed = {code_key(code) for code in codes}
    for entry in cart.document.unapplied:
        if code_key(entry.code) not in typed:
            continue
        named = promotions.named(entry.code)
        waits = named is not None and named.target_type == "shipping_methods" and not cart.document.shipping_methods
        if entry.reason != "nothing" or not waits:
            raise PromotionNotApplicable(
                promotion_code=entry.code, reason=entry.reason, why=WHY_NOT.get(entry.reason, entry.reason)
            )
