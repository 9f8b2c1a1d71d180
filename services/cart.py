"""Carts: what buyers put in, take out and say about themselves. Every change prices the whole cart anew."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert as upsert

from models import cart as carts
from models.access import Principal
from models.cart import Cart, CartNotFound
from models.cart_document import Address, CartDocument, Line, Sold
from models.customer import customer
from models.offer import Product, Variant
from services import inventory, payment, shipping
from services import product as products
from services.infra.database import Conflicted, UnitOfWork
from services.infra.snapshots import COUNTERS
from services.pricing import PROMOTIONS, refresh
from services.region import REGIONS, Region
from services.store import STORES
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


class VariantNotSold(AppError):
    code, kind = "variant_not_available", "invalid"
    message = "Variants {variant_ids} do not exist or belong to a product that is not published"


class StoreClosed(AppError):
    code, kind = "store_closed", "not_allowed"
    message = "The seller {seller} does not sell at the moment."


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


async def find(work: UnitOfWork, *, cart_id: str) -> Cart:
    """The cart as it is stored; CartNotFound when there is none. Its id is a guest's right to it."""
    loaded = (await work.execute(carts.LOAD_CART, {"id": cart_id})).scalar_one_or_none()
    if loaded is None:
        raise CartNotFound(id=cart_id)
    cart = carts.read_cart(loaded)
    work.snapshots.observe(cart.counters)
    return cart


async def get_locked_cart(work: UnitOfWork, *, cart_id: str) -> Cart:
    """The cart, locked until the transaction ends."""
    await work.execute(carts.LOCK_CART, {"id": cart_id})
    return await find(work, cart_id=cart_id)


async def get_open_cart(work: UnitOfWork, *, cart_id: str) -> Cart:
    """The cart, locked, and not completed yet: CartCompleted otherwise."""
    cart = await get_locked_cart(work, cart_id=cart_id)
    cart.ensure_open()
    return cart


def is_current(work: UnitOfWork, cart: Cart) -> bool:
    """True when what is stored still holds, or can no longer change."""
    return cart.completed_at is not None or cart.is_priced(work.snapshots.versions)


async def bring_up_to_date(work: UnitOfWork, *, cart_id: str) -> Cart:
    """Price an open cart anew and store it: for a reader who found it priced under older counters."""
    cart = await get_locked_cart(work, cart_id=cart_id)
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
    cart = Cart(
        id=new_id("cart"),
        version=1,
        region_id=region.id,
        currency_code=region.currency_code,
        document=CartDocument(locale=body.get("locale"), metadata=body.get("metadata")),
        created_at=moment,
        updated_at=moment,
        sales_channel_id=_channel(who, body.get("sales_channel_id")),
        customer_id=who.customer_id,
        counters=await _counters(work),
    )
    work.snapshots.observe(cart.counters)
    if len(region.country_codes) == 1:
        cart.document.shipping_address = Address(id=new_id("caaddr"), country_code=next(iter(region.country_codes)))
    await _say(work, cart, region, body)
    for item in body.get("items", ()):
        await put(work, cart, merge=False, **item)
    await ensure_stock(work, cart)
    await refresh(work, cart)
    await work.execute(carts.INSERT_CART, stored_row(cart) | {"id": cart.id, "created_at": cart.created_at})
    return cart


async def change(work: UnitOfWork, *, cart_id: str, who: Principal, body: Mapping[str, Any]) -> Cart:
    """Change what the cart says: region, e-mail, addresses, codes, metadata, locale."""
    cart = await get_open_cart(work, cart_id=cart_id)
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
        if cart.customer is None or cart.customer_id is None:
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


async def add_codes(work: UnitOfWork, *, cart_id: str, codes: Sequence[str]) -> Cart:
    """Add codes to those the cart has; none given removes them all."""
    cart = await get_open_cart(work, cart_id=cart_id)
    await set_codes(work, cart, [*cart.document.promo_codes, *codes] if codes else [])
    await save(work, cart)
    return cart


async def remove_codes(work: UnitOfWork, *, cart_id: str, codes: Sequence[str]) -> Cart:
    cart = await get_open_cart(work, cart_id=cart_id)
    cart.document.promo_codes = [code for code in cart.document.promo_codes if code not in codes]
    await save(work, cart)
    return cart


async def add_item(work: UnitOfWork, *, cart_id: str, item: Mapping[str, Any]) -> Cart:
    """Put a variant into the cart at today's price; OutOfStock when the stock cannot cover it."""
    cart = await get_open_cart(work, cart_id=cart_id)
    await put(work, cart, **item)
    await ensure_stock(work, cart)
    await save(work, cart, needs_changed=True)
    return cart


async def change_item(work: UnitOfWork, *, cart_id: str, line_id: str, body: Mapping[str, Any]) -> Cart:
    """Another quantity (0 removes the line) or other metadata."""
    cart = await get_open_cart(work, cart_id=cart_id)
    line = cart.line(line_id)
    line.quantity, line.updated_at = body["quantity"], now()
    if body.get("metadata") is not None:
        line.metadata = body["metadata"]
    if line.quantity == 0:
        cart.take_out(line_id)
    await ensure_stock(work, cart)
    await save(work, cart, needs_changed=True)
    return cart


async def remove_item(work: UnitOfWork, *, cart_id: str, line_id: str) -> Cart:
    cart = await get_open_cart(work, cart_id=cart_id)
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
    work: UnitOfWork, *, cart_id: str, option_id: str, data: dict[str, Any] | None = None
) -> Cart:
    """Send the cart this way: a store's own option for its parcel, a combined one for every parcel."""
    cart = await get_open_cart(work, cart_id=cart_id)
    for method in shipping.methods_of(await shipping.offer(work, cart, option_id), data):
        cart.choose(method)
    await save(work, cart)
    return cart


async def ask_for_taxes(work: UnitOfWork, *, cart_id: str) -> Cart:
    """Work out taxes also where the region does not do so by itself."""
    cart = await get_open_cart(work, cart_id=cart_id)
    cart.document.taxed = True
    await save(work, cart)
    return cart


async def put(
    work: UnitOfWork,
    cart: Cart,
    *,
    variant_id: str,
    quantity: int,
    metadata: dict[str, Any] | None = None,
    merge: bool = True,
    **_: Any,
) -> Line:
    """Put a line into the cart in hand; VariantNotSold or StoreClosed when it cannot be bought here."""
    found = await products.products_by_variant(work, [variant_id])
    product, variant = await _purchasable(work, cart, variant_id, found.get(variant_id))
    moment = now()
    line = Line(
        id=new_id("cali"),
        variant_id=variant.id,
        product_id=product.id,
        store_id=product.store_id,
        quantity=quantity,
        created_at=moment,
        updated_at=moment,
        sold=Sold(title=product.title, variant_title=variant.title, handle=product.handle),
        metadata=metadata or {},
    )
    return cart.put(line, merge=merge)


async def _purchasable(
    work: UnitOfWork, cart: Cart, variant_id: str, found: tuple[Product, Variant] | None
) -> tuple[Product, Variant]:
    channels = (cart.sales_channel_id,) if cart.sales_channel_id else ()
    if found is None or not found[0].is_sold_in(channels):
        raise VariantNotSold(variant_ids=variant_id)
    store = (await work.snapshot(STORES)).by_id[found[0].store_id]
    if not store.is_open:
        raise (
            StoreClosed(seller=store.name, seller_id=store.id)
            if store.is_listed
            else VariantNotSold(variant_ids=variant_id)
        )
    return found


async def ensure_purchasable(work: UnitOfWork, cart: Cart) -> None:
    """Every line can still be bought: its product published, its store open."""
    found = await products.products_by_variant(work, [line.variant_id for line in cart.document.items])
    for line in cart.document.items:
        await _purchasable(work, cart, line.variant_id, found.get(line.variant_id))


async def stock_needs(work: UnitOfWork, cart: Cart) -> tuple[dict[str, int], frozenset[str]]:
    """Pieces the cart needs by inventory item, and the items that may be sold beyond what is on hand."""
    found = await products.products_by_variant(work, [line.variant_id for line in cart.document.items])
    needs: Counter[str] = Counter()
    backorder: set[str] = set()
    for line in cart.document.items:
        if line.variant_id not in found:
            continue
        variant = found[line.variant_id][1]
        if not variant.manage_inventory:
            continue
        for need in variant.items:
            needs[need.item_id] += need.required_quantity * line.quantity
            if variant.allow_backorder:
                backorder.add(need.item_id)
    return dict(needs), frozenset(backorder)


async def ensure_stock(work: UnitOfWork, cart: Cart) -> None:
    """OutOfStock when what is on hand does not cover the cart; nothing is taken."""
    needs, backorder = await stock_needs(work, cart)
    wanted = {item: quantity for item, quantity in needs.items() if item not in backorder}
    if not wanted:
        return
    found = await inventory.on_hand(work, wanted, cart_id=cart.id)
    if any(found[item] < quantity for item, quantity in wanted.items()):
        raise inventory.OutOfStock()


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
