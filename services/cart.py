"""Carts: what buyers put in, take out and say about themselves. Every change prices the whole cart anew."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert as upsert

from models import cart as carts
from models.access import Principal
from models.cart import Cart, CartNotFound
from models.cart_document import Address, CartDocument
from models.customer import Customer, customer
from services import cart_lines, payment, shipping
from services import customer as customer_service
from services.infra.database import Conflicted, UnitOfWork
from services.infra.snapshots import COUNTERS
from services.pricing import PROMOTIONS, refresh
from services.region import REGIONS, Region
from utils.clock import now
from utils.errors import AppError
from utils.ids import new_id
from utils.sql import Prepared


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


UPSERT_GUEST = Prepared(
    upsert(customer)
    .on_conflict_do_update(
        index_elements=["email", "has_account"],
        index_where=customer.c.deleted_at.is_(None),
        set_={"updated_at": func.now()},
    )
    .returning(customer.c.id),
    *("id", "email", "has_account"),
)


async def find(work: UnitOfWork, *, who: Principal, cart_id: str) -> Cart:
    """The cart as stored; CartNotFound when there is none, or when it is of an account that is not the caller's."""
    loaded = (await work.execute(carts.LOAD_CART, {"id": cart_id})).scalar_one_or_none()
    if loaded is None:
        raise CartNotFound(id=cart_id)
    cart = carts.read_cart(loaded)
    cart.ensure_open_to(who.customer_id)
    work.snapshots.observe(cart.counters)
    return cart


async def get_locked_cart(work: UnitOfWork, *, who: Principal, cart_id: str) -> Cart:
    """The cart, locked until the transaction ends."""
    await work.execute(carts.LOCK_CART, {"id": cart_id})
    return await find(work, who=who, cart_id=cart_id)


async def get_open_cart(work: UnitOfWork, *, who: Principal, cart_id: str) -> Cart:
    """The cart, locked, and not completed yet: CartCompleted otherwise."""
    cart = await get_locked_cart(work, who=who, cart_id=cart_id)
    cart.ensure_open()
    return cart


def is_current(work: UnitOfWork, cart: Cart) -> bool:
    """True when what is stored still holds, or can no longer change."""
    return cart.completed_at is not None or cart.is_priced(work.snapshots.versions)


async def bring_up_to_date(work: UnitOfWork, *, who: Principal, cart_id: str) -> Cart:
    """Price an open cart anew and store it: for a reader who found it priced under older counters."""
    cart = await get_locked_cart(work, who=who, cart_id=cart_id)
    if not is_current(work, cart):
        await save(work, cart)
    return cart


async def save(work: UnitOfWork, cart: Cart, *, needs_changed: bool = False) -> None:
    """Price the cart anew and store it; the payment session and its holds end when what it paid for changed."""
    before = cart.total
    await refresh(work, cart)
    row = stored_row(cart)
    stored = await work.execute(
        carts.STORE_CART,
        {**row, "cart_id": cart.id, "known_version": cart.version},
    )
    if stored.first() is None:
        raise Conflicted()
    cart.version, cart.updated_at = cart.version + 1, row["updated_at"]
    if cart.payment is not None and (needs_changed or cart.total != before or cart.payment.amount != cart.total):
        await payment.follow_cart(work, cart)


async def create(work: UnitOfWork, *, who: Principal, body: Mapping[str, Any]) -> Cart:
    """A new cart for the caller, in the region asked for or the first one."""
    region = await _region(work, body.get("region_id"), NoRegion())
    if body.get("currency_code", region.currency_code) != region.currency_code:
        raise CurrencyMismatch(currency_code=body["currency_code"], region_currency_code=region.currency_code)
    moment = now()
    owner = await customer_service.find(work, customer_id=who.customer_id) if who.customer_id is not None else None
    cart = Cart(
        id=new_id("cart"),
        version=1,
        region_id=region.id,
        currency_code=region.currency_code,
        document=CartDocument(locale=body.get("locale"), metadata=body.get("metadata")),
        created_at=moment,
        updated_at=moment,
        sales_channel_id=_channel(who, body.get("sales_channel_id")),
        counters=await _counters(work),
    )
    work.snapshots.observe(cart.counters)
    if owner is not None:
        give_to(cart, owner, region)
    if cart.document.shipping_address is None and len(region.country_codes) == 1:
        cart.document.shipping_address = Address(id=new_id("caaddr"), country_code=next(iter(region.country_codes)))
    await _say(work, cart, region, body)
    for item in body.get("items", ()):
        await cart_lines.put(work, cart, merge=False, **item)
    await cart_lines.ensure_stock(work, cart)
    await refresh(work, cart)
    await work.execute(carts.INSERT_CART, stored_row(cart) | {"id": cart.id, "created_at": cart.created_at})
    return cart


def give_to(cart: Cart, owner: Customer, region: Region) -> None:
    """The cart becomes the customer's: his e-mail and groups, and his default addresses where it has none yet."""
    cart.customer_id = owner.id
    cart.customer = carts.Buyer(id=owner.id, email=owner.email, has_account=True, group_ids=owner.group_ids)
    document = cart.document
    document.email = owner.email
    delivery, billing = owner.default("shipping"), owner.default("billing")
    bare = document.shipping_address is None or document.shipping_address.address_1 is None
    if delivery is not None and bare and delivery.country_code in region.country_codes:
        document.shipping_address = Address(id=new_id("caaddr"), **delivery.postal())
    if billing is not None and document.billing_address is None and billing.country_code in region.country_codes:
        document.billing_address = Address(id=new_id("caaddr"), **billing.postal())


async def change(work: UnitOfWork, *, who: Principal, cart_id: str, body: Mapping[str, Any]) -> Cart:
    """Change what the cart says: region, e-mail, addresses, codes, metadata, locale."""
    cart = await get_open_cart(work, who=who, cart_id=cart_id)
    region = await _region(work, body.get("region_id", cart.region_id), RegionNotFound(id=body.get("region_id")))
    if region.id != cart.region_id:
        cart.region_id, cart.currency_code = region.id, region.currency_code
        address = cart.document.shipping_address
        if address is not None and address.country_code not in region.country_codes:
            only = next(iter(region.country_codes)) if len(region.country_codes) == 1 else None
            cart.document.shipping_address = Address(id=new_id("caaddr"), country_code=only) if only else None
    if "sales_channel_id" in body:
        cart.sales_channel_id = _channel(who, body["sales_channel_id"])
    if "metadata" in body:
        cart.document.metadata = body["metadata"]
    if "locale" in body:
        cart.document.locale = body["locale"]
    await _say(work, cart, region, body)
    await save(work, cart)
    return cart


async def _say(work: UnitOfWork, cart: Cart, region: Region, body: Mapping[str, Any]) -> None:
    """What creating and changing a cart have in common: who buys, where to, and with which codes."""
    document = cart.document
    if body.get("email") and body["email"].lower() != document.email:
        document.email = body["email"].lower()
        if cart.customer is None or not cart.customer.has_account:
            await _become_guest(work, cart, document.email)
    for name in ("shipping_address", "billing_address"):
        if name in body:
            setattr(document, name, _address(getattr(document, name), body[name], region))
    if "promo_codes" in body:
        await set_codes(work, cart, body["promo_codes"])


async def _become_guest(work: UnitOfWork, cart: Cart, email: str) -> None:
    """The cart belongs to the guest of this address: a customer without an account."""
    terms = {"id": new_id("cus"), "email": email, "has_account": False}
    cart.customer_id = (await work.execute(UPSERT_GUEST, terms)).scalar_one()
    cart.customer = carts.Buyer(id=cart.customer_id, email=email)


def _address(known: Address | None, given: Mapping[str, Any] | None, region: Region) -> Address | None:
    """The address after a change; a country must be the region's, in lower case."""
    if given is None:
        return None
    country = given.get("country_code")
    if country is not None and country not in region.country_codes:
        raise CountryNotInRegion(country_code=country, region=region.name)
    if known is not None:
        return msgspec.structs.replace(known, **given)
    return Address(id=new_id("caaddr"), **given)


async def set_codes(work: UnitOfWork, cart: Cart, codes: Sequence[str]) -> None:
    """These codes and no others; an unknown one is refused, one that gives nothing now is forgotten by the pricing."""
    unique = list(dict.fromkeys(codes))
    (await work.snapshot(PROMOTIONS)).check_codes(unique)
    cart.document.promo_codes = unique


async def add_codes(work: UnitOfWork, *, who: Principal, cart_id: str, codes: Sequence[str]) -> Cart:
    """Add codes to those the cart has; none given removes them all."""
    cart = await get_open_cart(work, who=who, cart_id=cart_id)
    await set_codes(work, cart, [*cart.document.promo_codes, *codes] if codes else [])
    await save(work, cart)
    return cart


async def remove_codes(work: UnitOfWork, *, who: Principal, cart_id: str, codes: Sequence[str]) -> Cart:
    cart = await get_open_cart(work, who=who, cart_id=cart_id)
    cart.document.promo_codes = [code for code in cart.document.promo_codes if code not in codes]
    await save(work, cart)
    return cart


async def add_item(work: UnitOfWork, *, who: Principal, cart_id: str, item: Mapping[str, Any]) -> Cart:
    """Put a variant into the cart at today's price; OutOfStock when the stock cannot cover it."""
    cart = await get_open_cart(work, who=who, cart_id=cart_id)
    await cart_lines.put(work, cart, **item)
    await cart_lines.ensure_stock(work, cart)
    await save(work, cart, needs_changed=True)
    return cart


async def change_item(work: UnitOfWork, *, who: Principal, cart_id: str, line_id: str, body: Mapping[str, Any]) -> Cart:
    """Another quantity (0 removes the line) or other metadata."""
    cart = await get_open_cart(work, who=who, cart_id=cart_id)
    line = cart.line(line_id)
    line.quantity, line.updated_at = body["quantity"], now()
    if body.get("metadata") is not None:
        line.metadata = body["metadata"]
    if line.quantity == 0:
        cart.take_out(line_id)
    await cart_lines.ensure_stock(work, cart)
    await save(work, cart, needs_changed=True)
    return cart


async def remove_item(work: UnitOfWork, *, who: Principal, cart_id: str, line_id: str) -> Cart:
    cart = await get_open_cart(work, who=who, cart_id=cart_id)
    cart.take_out(line_id)
    await save(work, cart, needs_changed=True)
    return cart


async def close(work: UnitOfWork, cart: Cart, *, moment: datetime) -> None:
    """The cart has become an order: it is stored as it was bought and changes no more."""
    cart.completed_at = moment
    terms = {"cart_id": cart.id, "known_version": cart.version}
    if (await work.execute(carts.STORE_CART, stored_row(cart) | terms)).first() is None:
        raise Conflicted()


def stored_row(cart: Cart) -> dict[str, Any]:
    return {name: getattr(cart, name) for name in carts.STORED} | {"updated_at": now()}


async def add_shipping_method(
    work: UnitOfWork, *, who: Principal, cart_id: str, option_id: str, data: dict[str, Any] | None = None
) -> Cart:
    """Send the cart this way: a store's own option for its parcel, a combined one for every parcel."""
    cart = await get_open_cart(work, who=who, cart_id=cart_id)
    for method in shipping.methods_of(await shipping.offer(work, cart, option_id), data):
        cart.choose(method)
    await save(work, cart)
    return cart


async def ask_for_taxes(work: UnitOfWork, *, who: Principal, cart_id: str) -> Cart:
    """Work out taxes also where the region does not do so by itself."""
    cart = await get_open_cart(work, who=who, cart_id=cart_id)
    cart.document.taxed = True
    await save(work, cart)
    return cart


async def _region(work: UnitOfWork, region_id: str | None, missing: AppError) -> Region:
    regions = await work.snapshot(REGIONS)
    region = regions.by_id.get(region_id) if region_id else next(iter(regions.by_id.values()), None)
    if region is None:
        raise missing
    return region


def _channel(who: Principal, wanted: str | None) -> str | None:
    if wanted is not None and wanted not in who.sales_channel_ids:
        raise ChannelNotAllowed(id=wanted)
    return wanted or next(iter(who.sales_channel_ids), None)


async def _counters(work: UnitOfWork) -> dict[str, int]:
    return {row.scope: row.version for row in await work.execute(COUNTERS)}
