"""Carts: what buyers put in, take out and change. Every change prices the whole cart anew."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from models.cart import cart as carts
from models.cart.cart import Cart, CartNotFound
from models.cart.document import Address, CartDocument
from models.customer.customer import Customer
from models.identity.principal import Principal
from models.region.region import Region
from services.cart import lines as cart_lines
from services.cart.details import (
    NoRegion,
    RegionNotFound,
    channel_of,
    ensure_applied,
    ensure_currency,
    region_of,
    say,
    set_codes,
)
from services.customer import customer as customer_service
from services.infrastructure.cache.snapshots import READ_COUNTERS
from services.infrastructure.database.database import Conflicted, UnitOfWork
from services.payment import payment
from services.pricing.cart_totals import refresh
from services.product import cache as products
from services.shipping import quote as shipping_quote
from utils.clock import now
from utils.ids import new_id
from utils.typed import code_key


async def find(work: UnitOfWork, *, who: Principal, cart_id: str, missing: type[CartNotFound] = CartNotFound) -> Cart:
    """The cart as it is stored; `missing` is raised when there is none, or it is the cart of another's account."""
    loaded = (await work.execute(carts.LOAD_CART, _wanted(who, cart_id))).scalar_one_or_none()
    if loaded is None:
        raise missing(id=cart_id)
    return _read(work, loaded)


def _wanted(who: Principal, cart_id: str) -> dict[str, str | None]:
    return {"id": cart_id, "who_id": who.customer_id}


def _read(work: UnitOfWork, loaded: str) -> Cart:
    cart = carts.read_cart(loaded)
    work.snapshots.observe(cart.counters)
    return cart


async def get_locked_cart(
    work: UnitOfWork, *, who: Principal, cart_id: str, missing: type[CartNotFound] = CartNotFound
) -> Cart:
    """The cart, locked until the transaction ends, with everything around it as it is once the lock is held."""
    await work.execute(carts.LOCK_CART, _wanted(who, cart_id))
    return await find(work, who=who, cart_id=cart_id, missing=missing)


async def get_open_cart(work: UnitOfWork, *, who: Principal, cart_id: str) -> Cart:
    """The cart, locked, and not completed yet: CartCompleted otherwise."""
    loaded = (await work.execute(carts.LOAD_FREE_CART, _wanted(who, cart_id))).scalar_one_or_none()
    if loaded is None:
        cart = await get_locked_cart(work, who=who, cart_id=cart_id)
    else:
        cart = _read(work, loaded)
        if cart.was_changed_while_loading:
            cart = await find(work, who=who, cart_id=cart_id)
    cart.ensure_open()
    return cart


def is_current(work: UnitOfWork, cart: Cart) -> bool:
    """True when what is stored still holds, or can no longer change."""
    return cart.completed_at is not None or cart.is_priced(work.snapshots.versions)


async def save(
    work: UnitOfWork, cart: Cart, *, needs_changed: bool = False, strict: Collection[str] | None = ()
) -> None:
    """Price the cart anew and store it; the payment session and its holds end when what it paid for changed.

    `strict` names the variants that must have a price (None: all of them), see `pricing.refresh`.
    """
    before = cart.total
    await refresh(work, cart, strict=strict)
    row = stored_row(cart)
    stored = await work.execute(carts.STORE_CART, {**row, "cart_id": cart.id, "known_version": cart.version})
    if stored.first() is None:
        raise Conflicted()
    cart.version, cart.updated_at = cart.version + 1, row["updated_at"]
    if cart.payment is not None and (needs_changed or cart.total != before or cart.payment.amount != cart.total):
        await payment.follow_cart(work, cart)


async def close(work: UnitOfWork, cart: Cart, *, moment: datetime) -> None:
    """The cart has become an order: it is stored as it was bought and changes no more."""
    cart.close(moment)
    terms = {"cart_id": cart.id, "known_version": cart.version}
    if (await work.execute(carts.STORE_CART, stored_row(cart) | terms)).first() is None:
        raise Conflicted()


def stored_row(cart: Cart) -> dict[str, Any]:
    return {name: getattr(cart, name) for name in carts.STORED} | {"updated_at": now()}


async def create(work: UnitOfWork, *, who: Principal, body: Mapping[str, Any]) -> Cart:
    """A new cart for the caller, in the region asked for or the first one."""
    counters = {row.scope: row.version for row in await work.execute(READ_COUNTERS)}
    work.snapshots.observe(counters)
    region = await region_of(work, body.get("region_id"), NoRegion())
    ensure_currency(region, body.get("currency_code"))
    moment = now()
    cart = Cart(
        id=new_id("cart"),
        version=1,
        region_id=region.id,
        currency_code=region.currency_code,
        document=CartDocument(locale=body.get("locale"), metadata=body.get("metadata")),
        created_at=moment,
        updated_at=moment,
        sales_channel_id=channel_of(who, body.get("sales_channel_id")),
        counters=counters,
    )
    if who.customer_id is not None:
        give_to(cart, await customer_service.get_customer(work, customer_id=who.customer_id), region)
    if cart.document.shipping_address is None:
        cart.document.shipping_address = _only_country(region)
    await say(work, cart, region, body)
    await _fill(work, cart, body.get("items", ()))
    await work.execute(carts.INSERT_CART, stored_row(cart) | {"id": cart.id, "created_at": cart.created_at})
    return cart


async def _fill(work: UnitOfWork, cart: Cart, items: Sequence[Mapping[str, Any]]) -> None:
    """The first lines of a new cart; equal ones stay apart, as clients know it."""
    wanted = [item["variant_id"] for item in items]
    await products.products_by_variant(work, wanted)  # all at once, so that each is at hand below
    for item in items:
        await cart_lines.put(work, cart, merge=False, **item)
    await cart_lines.ensure_stock(work, cart, wanted)
    await refresh(work, cart, strict=None)


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
    if billing is not None and document.billing_address is None:
        document.billing_address = Address(id=new_id("caaddr"), **billing.postal())


def _only_country(region: Region) -> Address | None:
    """Where a cart of this region goes when there is no choice."""
    codes = region.country_codes
    return Address(id=new_id("caaddr"), country_code=codes[0]) if len(codes) == 1 else None


async def change(work: UnitOfWork, *, cart_id: str, who: Principal, body: Mapping[str, Any]) -> Cart:
    """Change what the cart says: region, e-mail, addresses, codes, metadata, locale."""
    cart = await get_open_cart(work, who=who, cart_id=cart_id)
    region = await region_of(work, body.get("region_id", cart.region_id), RegionNotFound(id=body.get("region_id")))
    ensure_currency(region, body.get("currency_code"))
    moved = region.id != cart.region_id
    if moved:
        cart.region_id, cart.currency_code = region.id, region.currency_code
        address = cart.document.shipping_address
        if address is None or address.country_code not in region.country_codes:
            cart.document.shipping_address = _only_country(region)
    if "sales_channel_id" in body:
        cart.sales_channel_id = channel_of(who, body["sales_channel_id"])
    for name in ("metadata", "locale"):
        if name in body:
            setattr(cart.document, name, body[name])
    held = frozenset(cart.document.promo_codes)
    await say(work, cart, region, body)
    await save(work, cart, strict=None if moved else ())
    await ensure_applied(work, cart, frozenset(cart.document.promo_codes) - held)
    return cart


async def add_codes(work: UnitOfWork, *, who: Principal, cart_id: str, codes: Sequence[str]) -> Cart:
    """Add codes to those the cart has; none given removes them all."""
    cart = await get_open_cart(work, who=who, cart_id=cart_id)
    await set_codes(work, cart, [*cart.document.promo_codes, *codes] if codes else [])
    await save(work, cart)
    return cart


async def remove_codes(work: UnitOfWork, *, who: Principal, cart_id: str, codes: Sequence[str]) -> Cart:
    cart = await get_open_cart(work, who=who, cart_id=cart_id)
    gone = {code_key(code) for code in codes}
    cart.document.promo_codes = [code for code in cart.document.promo_codes if code_key(code) not in gone]
    await save(work, cart)
    return cart


async def add_item(work: UnitOfWork, *, who: Principal, cart_id: str, item: Mapping[str, Any]) -> Cart:
    """Put a variant into the cart at today's price; OutOfStock when the stock cannot cover it."""
    cart = await get_open_cart(work, who=who, cart_id=cart_id)
    line = await cart_lines.put(work, cart, **item)
    await cart_lines.ensure_stock(work, cart, [line.variant_id])
    await save(work, cart, needs_changed=True, strict=[line.variant_id])
    return cart


async def change_item(work: UnitOfWork, *, who: Principal, cart_id: str, line_id: str, body: Mapping[str, Any]) -> Cart:
    """Another quantity (0 removes the line) or other metadata."""
    cart = await get_open_cart(work, who=who, cart_id=cart_id)
    line = cart.line(line_id)
    grows = body["quantity"] > line.quantity
    cart.set_quantity(line, body["quantity"])
    if body.get("metadata") is not None:
        line.metadata = body["metadata"]
    if grows:
        found = await products.products_by_variant(work, [line.variant_id])
        await cart_lines.purchasable(work, cart, line.variant_id, found.get(line.variant_id))
        await cart_lines.ensure_stock(work, cart, [line.variant_id])
    await save(work, cart, needs_changed=True, strict=[line.variant_id] if grows else ())
    return cart


async def remove_item(work: UnitOfWork, *, who: Principal, cart_id: str, line_id: str) -> Cart:
    cart = await get_open_cart(work, who=who, cart_id=cart_id)
    cart.take_out(line_id)
    await save(work, cart, needs_changed=True)
    return cart


async def add_shipping_methods(
    work: UnitOfWork, *, who: Principal, cart_id: str, chosen: Sequence[Mapping[str, Any]]
) -> Cart:
    """Send the cart this way: a store's own option for its parcel, a combined one for every parcel."""
    cart = await get_open_cart(work, who=who, cart_id=cart_id)
    for choice in chosen:
        offer = await shipping_quote.offer(work, cart, choice["option_id"])
        for method in shipping_quote.methods_of(offer, choice.get("data")):
            cart.choose(method)
    await save(work, cart)
    return cart


async def ask_for_taxes(work: UnitOfWork, *, who: Principal, cart_id: str) -> Cart:
    """Work out taxes also where the region does not do so by itself."""
    cart = await get_open_cart(work, who=who, cart_id=cart_id)
    cart.document.taxed = True
    await save(work, cart)
    return cart
