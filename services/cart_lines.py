"""Lines of carts: what may be put in, and whether the stock covers it."""

from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from models.cart import Cart
from models.cart_document import Line, Sold
from models.offer import Product, Variant
from services import inventory
from services import product as products
from services.infra.database import UnitOfWork
from services.pricing import VariantNotPriced
from services.store import STORES
from utils.clock import now, wire
from utils.errors import AppError
from utils.ids import new_id

Found = tuple[Product, Variant]


class VariantNotSold(AppError):
    code, kind = "variant_not_available", "invalid"
    message = "Variants {variant_ids} do not exist or belong to a product that is not published"


class OrderLimitPassed(AppError):
    code, kind = "order_quantity_limit", "not_allowed"
    message = "An order takes {limit} pieces of {title} at the most. Put fewer of them into the cart."


class StoreClosed(AppError):
    code, kind = "store_closed", "not_allowed"
    message = "The seller {seller} does not sell at the moment."


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
    product, variant = await purchasable(work, cart, variant_id, found.get(variant_id))
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


async def purchasable(work: UnitOfWork, cart: Cart, variant_id: str, found: Found | None) -> Found:
    """The variant with its product; VariantNotSold or StoreClosed when it cannot be bought in this cart."""
    channels = (cart.sales_channel_id,) if cart.sales_channel_id else ()
    if found is None or not found[0].is_sold_in(channels):
        raise VariantNotSold(variant_ids=variant_id)
    store = (await work.snapshot(STORES)).by_id[found[0].store_id]
    if not store.is_listed:
        raise VariantNotSold(variant_ids=variant_id)
    moment = now()
    if not store.is_open(moment):
        back_at = store.closed_to if store.is_away(moment) else None
        raise StoreClosed(seller=store.name, seller_id=store.id, closed_to=wire(back_at))
    return found


async def ensure_purchasable(work: UnitOfWork, cart: Cart) -> None:
    """Every line can still be bought: its product published, its store open, its price there."""
    found = await products.products_by_variant(work, [line.variant_id for line in cart.document.items])
    for line in cart.document.items:
        await purchasable(work, cart, line.variant_id, found.get(line.variant_id))
        if line.is_unpriced:
            raise VariantNotPriced(variant_id=line.variant_id, currency_code=cart.currency_code)
    ensure_order_limits(cart, found)


async def found_of(work: UnitOfWork, cart: Cart) -> Mapping[str, Found]:
    """The products and variants of the cart's lines, by variant id."""
    return await products.products_by_variant(work, [line.variant_id for line in cart.document.items])


def ensure_order_limits(cart: Cart, found: Mapping[str, Found]) -> None:
    """OrderLimitPassed when the lines take more of a found variant, together, than an order may."""
    pieces: Counter[str] = Counter()
    for line in cart.document.items:
        pieces[line.variant_id] += line.quantity
    for variant_id, (product, variant) in found.items():
        if variant.order_limit is not None and pieces[variant_id] > variant.order_limit:
            raise OrderLimitPassed(limit=variant.order_limit, variant_id=variant_id, title=product.title)


class Needs(NamedTuple):
    """What a cart takes of the stock: pieces by inventory item, how many of them may be short since their variants are
    backordered, and by variant what one piece of a line takes. All from one look: a seller may change it meanwhile."""

    pieces: dict[str, int]
    backorder: dict[str, int]
    of_one: dict[str, dict[str, int]]


async def stock_needs(work: UnitOfWork, cart: Cart) -> Needs:
    """What the lines of the cart take, those aside whose stock is not counted."""
    found = await products.products_by_variant(work, [line.variant_id for line in cart.document.items])
    variants = {variant.id: variant for _, variant in found.values() if variant.manage_inventory}
    of_one = {v.id: {need.item_id: need.required_quantity for need in v.items} for v in variants.values()}
    pieces: Counter[str] = Counter()
    backorder: Counter[str] = Counter()
    for line in cart.document.items:
        for item_id, each in of_one.get(line.variant_id, {}).items():
            pieces[item_id] += each * line.quantity
            if variants[line.variant_id].allow_backorder:
                backorder[item_id] += each * line.quantity
    return Needs(dict(pieces), dict(backorder), of_one)


async def ensure_stock(work: UnitOfWork, cart: Cart, variant_ids: Collection[str]) -> None:
    """OutOfStock when what is on hand does not cover the cart's need of these variants; nothing is taken.

    Only what was just asked for is looked at: a line that others have bought empty must not stop the buyer from
    changing another.
    """
    needs, backorder, _ = await stock_needs(work, cart)
    found = await products.products_by_variant(work, variant_ids)
    ensure_order_limits(cart, found)
    asked = {need.item_id for variant_id in variant_ids if variant_id in found for need in found[variant_id][1].items}
    wanted = {item: needs[item] - backorder.get(item, 0) for item in asked if item in needs}
    wanted = {item: pieces for item, pieces in wanted.items() if pieces > 0}
    if not wanted:
        return
    on_hand = await inventory.on_hand(work, wanted, cart_id=cart.id)
    if any(on_hand[item] < pieces for item, pieces in wanted.items()):
        raise inventory.OutOfStock()
