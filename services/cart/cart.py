"""Carts: what buyers put in, take out and change. Every change prices the whole cart anew."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from msgspec import UNSET

from models.cart import storage
from models.cart.cart import Cart, CartNotFound, only_country
from models.cart.commands import AddItem, ChangeItem, ChooseShipping, CreateCart, UpdateCart
from models.cart.document import CartDocument
from models.identity.principal import Principal
from models.journal.counters import READ_COUNTERS
from models.payment.session import Collection as PaymentCollection
from models.region.region import Region
from models.shared.commands import given
from services.cart import details, lines
from services.customer import customer as customer_service
from services.infrastructure.database.database import UnitOfWork
from services.infrastructure.database.failures import ConcurrencyConflict
from services.payment import payment
from services.pricing.cart_totals import refresh
from services.pricing.sources import LineDetails, PricingSources, find_details, find_sources
from services.region.cache import REGIONS
from services.shipping import quote as shipping_quote
from utils.clock import now
from utils.errors import AppError
from utils.ids import new_id
from utils.typed import code_key


@dataclass(frozen=True, slots=True)
class PricedCart:
    """A cart with today's amounts, and what a view shows beside it."""

    cart: Cart
    region: Region
    details: LineDetails


async def get_owned_cart(
    work: UnitOfWork, *, who: Principal, cart_id: str, missing: type[CartNotFound] = CartNotFound
) -> Cart:
    """The cart as it is stored; `missing` is raised when there is none, or it is the cart of another's account."""
    loaded = (await work.execute(storage.LOAD_CART, _key(who, cart_id))).scalar_one_or_none()
    if loaded is None:
        raise missing(id=cart_id)
    return _read(work, loaded)


def _key(who: Principal, cart_id: str) -> dict[str, str | None]:
    return {"id": cart_id, "who_id": who.customer_id}


def _read(work: UnitOfWork, loaded: str) -> Cart:
    cart = storage.read_cart(loaded)
    work.snapshots.observe(cart.counters)
    return cart


async def get_locked_cart(
    work: UnitOfWork, *, who: Principal, cart_id: str, missing: type[CartNotFound] = CartNotFound
) -> Cart:
    """The caller's cart, locked until the transaction ends, with all that hangs on it as it is under the lock."""
    await work.execute(storage.LOCK_CART, _key(who, cart_id))
    return await get_owned_cart(work, who=who, cart_id=cart_id, missing=missing)


async def get_open_cart(work: UnitOfWork, *, who: Principal, cart_id: str) -> Cart:
    """The caller's cart, locked, and not completed yet: CartCompleted otherwise."""
    loaded = (await work.execute(storage.LOAD_FREE_CART, _key(who, cart_id))).scalar_one_or_none()
    if loaded is None:
        cart = await get_locked_cart(work, who=who, cart_id=cart_id)
    else:
        cart = _read(work, loaded)
        if cart.was_changed_while_loading:
            cart = await get_owned_cart(work, who=who, cart_id=cart_id)
    cart.ensure_open()
    return cart


def is_current(work: UnitOfWork, cart: Cart) -> bool:
    """True when what is stored still holds, or can no longer change."""
    return cart.completed_at is not None or cart.is_priced(work.snapshots.versions)


async def with_details(work: UnitOfWork, cart: Cart, *, with_variants: bool) -> PricedCart:
    """A current cart with what it is shown with; its variants are looked up only where they are asked for."""
    found = await find_details(work, cart.variant_ids if with_variants else ())
    return PricedCart(cart, (await work.snapshot(REGIONS)).by_id[cart.region_id], found)


async def save(
    work: UnitOfWork,
    cart: Cart,
    sources: PricingSources,
    *,
    needs_changed: bool = False,
    strict: Collection[str] | None = (),
) -> PricedCart:
    """Price the cart anew and store it; the payment session and its holds end when what it paid for changed.

    `strict` names the variants that must have a price (None: all of them), see `cart_totals.refresh`.
    """
    before = cart.total
    await refresh(work, cart, sources, strict=strict)
    row = stored_row(cart)
    stored = await work.execute(storage.STORE_CART, {**row, "cart_id": cart.id, "known_version": cart.version})
    if stored.first() is None:
        raise ConcurrencyConflict()
    cart.mark_stored(row["updated_at"])
    if cart.payment is not None and (needs_changed or cart.total != before or cart.payment.amount != cart.total):
        await payment.follow_cart(work, cart)
    return _priced(cart, sources)


def _priced(cart: Cart, sources: PricingSources) -> PricedCart:
    return PricedCart(cart, sources.regions.by_id[cart.region_id], sources.details)


async def save_anew(work: UnitOfWork, cart: Cart) -> PricedCart:
    """Price the unchanged cart by today's prices and store it."""
    return await save(work, cart, await find_sources(work, cart.variant_ids))


async def note_refusal(work: UnitOfWork, cart: Cart, refusal: AppError) -> PricedCart:
    """Price the cart anew, and note on its lines whether they were what this refusal named."""
    if "line_ids" in refusal.facts:
        cart.note_refusal(refusal.code, refusal.facts["line_ids"])
    return await save_anew(work, cart)


async def close(work: UnitOfWork, cart: Cart, *, moment: datetime) -> None:
    """The cart has become an order: it is stored as it was bought and changes no more."""
    cart.close(moment)
    version = {"cart_id": cart.id, "known_version": cart.version}
    if (await work.execute(storage.STORE_CART, stored_row(cart) | version)).first() is None:
        raise ConcurrencyConflict()


def stored_row(cart: Cart) -> dict[str, Any]:
    return {name: getattr(cart, name) for name in storage.STORED} | {"updated_at": now()}


async def create(work: UnitOfWork, *, who: Principal, command: CreateCart) -> PricedCart:
    """Create a cart for the caller, in the region asked for or the first one."""
    counters = {row.scope: row.version for row in await work.execute(READ_COUNTERS)}
    work.snapshots.observe(counters)
    sources = await find_sources(work, [item.variant_id for item in command.items])
    region = details.region_of(sources.regions, given(command.region_id, None), details.NoRegion())
    details.ensure_currency(region, command.currency_code)
    moment = now()
    cart = Cart(
        id=new_id("cart"),
        version=1,
        region_id=region.id,
        currency_code=region.currency_code,
        document=CartDocument(locale=given(command.locale, None), metadata=given(command.metadata, None)),
        created_at=moment,
        updated_at=moment,
        sales_channel_id=details.channel_of(who, given(command.sales_channel_id, None)),
        counters=counters,
    )
    if who.customer_id is not None:
        cart.give_to(await customer_service.get_customer(work, customer_id=who.customer_id), region.country_codes)
    if cart.document.shipping_address is None:
        cart.set_shipping_address(only_country(region.country_codes))
    await details.apply(work, cart, sources, region, command)
    await _fill(work, cart, sources, command.items)
    await work.execute(storage.INSERT_CART, stored_row(cart) | {"id": cart.id, "created_at": cart.created_at})
    return _priced(cart, sources)


async def _fill(work: UnitOfWork, cart: Cart, sources: PricingSources, items: Sequence[AddItem]) -> None:
    """The first lines of a new cart; equal ones stay apart, as clients know it."""
    for item in items:
        lines.put(cart, sources, item, merge=False)
    await lines.ensure_stock(work, cart, sources, [item.variant_id for item in items])
    await refresh(work, cart, sources, strict=None)


async def update(work: UnitOfWork, *, cart_id: str, who: Principal, command: UpdateCart) -> PricedCart:
    """Update the cart's region, e-mail, addresses, codes, metadata or locale."""
    cart = await get_open_cart(work, who=who, cart_id=cart_id)
    sources = await find_sources(work, cart.variant_ids)
    region_id = given(command.region_id, cart.region_id)
    region = details.region_of(sources.regions, region_id, details.RegionNotFound(id=region_id))
    details.ensure_currency(region, command.currency_code)
    moved = region.id != cart.region_id
    if moved:
        cart.move_to(region.id, region.currency_code, region.country_codes)
    if command.sales_channel_id is not UNSET:
        cart.set_sales_channel(details.channel_of(who, command.sales_channel_id))
    if command.metadata is not UNSET:
        cart.set_metadata(command.metadata)
    if command.locale is not UNSET:
        cart.set_locale(command.locale)
    before = frozenset(cart.document.promo_codes)
    await details.apply(work, cart, sources, region, command)
    priced = await save(work, cart, sources, strict=None if moved else ())
    details.ensure_applied(cart, sources.promotions, frozenset(cart.document.promo_codes) - before)
    return priced


async def add_codes(work: UnitOfWork, *, who: Principal, cart_id: str, codes: Sequence[str]) -> PricedCart:
    """Add promotion codes to those the cart has; none given removes them all."""
    cart = await get_open_cart(work, who=who, cart_id=cart_id)
    sources = await find_sources(work, cart.variant_ids)
    details.set_codes(cart, sources.promotions, [*cart.document.promo_codes, *codes] if codes else [])
    return await save(work, cart, sources)


async def remove_codes(work: UnitOfWork, *, who: Principal, cart_id: str, codes: Sequence[str]) -> PricedCart:
    """Remove these promotion codes from the cart."""
    cart = await get_open_cart(work, who=who, cart_id=cart_id)
    removed = {code_key(code) for code in codes}
    cart.set_codes(code for code in cart.document.promo_codes if code_key(code) not in removed)
    return await save_anew(work, cart)


async def add_item(work: UnitOfWork, *, who: Principal, cart_id: str, item: AddItem) -> PricedCart:
    """Put a variant into the cart at today's price; OutOfStock when the stock cannot cover it."""
    cart = await get_open_cart(work, who=who, cart_id=cart_id)
    sources = await find_sources(work, [*cart.variant_ids, item.variant_id])
    line = lines.put(cart, sources, item)
    await lines.ensure_stock(work, cart, sources, [line.variant_id])
    return await save(work, cart, sources, needs_changed=True, strict=[line.variant_id])


async def change_item(
    work: UnitOfWork, *, who: Principal, cart_id: str, line_id: str, command: ChangeItem
) -> PricedCart:
    """Set another quantity of a line (0 removes it) or other metadata."""
    cart = await get_open_cart(work, who=who, cart_id=cart_id)
    line = cart.line(line_id)
    grows = command.quantity > line.quantity
    cart.change_line(line, command.quantity, command.metadata)
    sources = await find_sources(work, cart.variant_ids)
    if grows:
        lines.get_purchasable(cart, line.variant_id, sources)
        await lines.ensure_stock(work, cart, sources, [line.variant_id])
    return await save(work, cart, sources, needs_changed=True, strict=[line.variant_id] if grows else ())


async def remove_item(work: UnitOfWork, *, who: Principal, cart_id: str, line_id: str) -> PricedCart:
    """Remove a line from the cart; one that is not there is gone already."""
    cart = await get_open_cart(work, who=who, cart_id=cart_id)
    cart.take_out(line_id)
    return await save(work, cart, await find_sources(work, cart.variant_ids), needs_changed=True)


async def add_shipping_methods(
    work: UnitOfWork, *, who: Principal, cart_id: str, choices: Sequence[ChooseShipping]
) -> PricedCart:
    """Send the cart this way: a seller's own option for its parcel, a combined one for every parcel."""
    cart = await get_open_cart(work, who=who, cart_id=cart_id)
    for choice in choices:
        offer = await shipping_quote.offer(work, cart, choice.option_id)
        for method in shipping_quote.methods_of(offer, given(choice.data, None)):
            cart.choose(method)
    return await save_anew(work, cart)


async def ask_for_taxes(work: UnitOfWork, *, who: Principal, cart_id: str) -> PricedCart:
    """Work out taxes also where the region does not do so by itself."""
    cart = await get_open_cart(work, who=who, cart_id=cart_id)
    cart.ask_for_taxes()
    return await save_anew(work, cart)


async def start_payment(work: UnitOfWork, *, who: Principal, cart_id: str) -> PaymentCollection:
    """The open cart's payment collection, made when there is none."""
    cart = await get_open_cart(work, who=who, cart_id=cart_id)
    return await payment.collection_for(work, cart)
