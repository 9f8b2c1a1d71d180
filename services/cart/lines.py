"""Lines of carts: what may be put in, and whether the stock covers it."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from models.cart.cart import Cart
from models.cart.commands import AddItem
from models.cart.document import Line, Sold
from models.product.product import Product, Variant
from services.infrastructure.database.database import UnitOfWork
from services.inventory import hold as inventory_hold
from services.pricing.cart_totals import VariantNotPriced
from services.pricing.sources import PricingSources
from services.shipping import quote as shipping_quote
from utils.clock import now, to_iso
from utils.errors import AppError
from utils.ids import new_id


class VariantNotSold(AppError):
    code, kind = "variant_not_available", "invalid"
    message = "Variants {variant_ids} do not exist or belong to a product that is not published"


class OrderLimitPassed(AppError):
    code, kind = "order_quantity_limit", "not_allowed"
    message = "An order takes {limit} pieces of {title} at the most. Put fewer of them into the cart."


class LinesNotSold(VariantNotSold):
    """The same of lines that are in the cart already."""

    message = "Not sold any more: {titles}. Remove it from the cart to buy the rest."


class SellerClosed(AppError):
    code, kind = "store_closed", "not_allowed"
    message = "The seller {seller} does not sell at the moment."


class LinesOfClosedSeller(SellerClosed):
    """The same of lines that are in the cart already."""

    message = "The seller {seller} does not sell at the moment: remove {titles} from the cart to buy the rest."


class LinesNotPriced(VariantNotPriced):
    """The same of lines that are in the cart already."""

    message = "No price in {currency_code} any more: {titles}. Remove it from the cart to buy the rest."


class CartEmpty(AppError):
    code, kind = "cart_empty", "invalid"
    message = "Cannot complete a cart with no items"


def put(cart: Cart, sources: PricingSources, item: AddItem, *, merge: bool = True) -> Line:
    """Put a line into the cart in hand; VariantNotSold or StoreClosed when it cannot be bought here."""
    product, variant = get_purchasable(cart, item.variant_id, sources)
    moment = now()
    line = Line(
        id=new_id("cali"),
        variant_id=variant.id,
        product_id=product.id,
        seller_id=product.seller_id,
        quantity=item.quantity,
        created_at=moment,
        updated_at=moment,
        sold=Sold(title=product.title, variant_title=variant.title, handle=product.handle),
        metadata=item.metadata or {},
    )
    return cart.put(line, merge=merge)


def get_purchasable(cart: Cart, variant_id: str, sources: PricingSources) -> tuple[Product, Variant]:
    """The variant with its product; VariantNotSold or StoreClosed when it cannot be bought in this cart."""
    sold = sources.variants.get(variant_id)
    channels = (cart.sales_channel_id,) if cart.sales_channel_id else ()
    if sold is None or not sold[0].is_sold_in(channels):
        raise VariantNotSold(variant_ids=variant_id)
    seller = sources.details.sellers.by_id[sold[0].seller_id]
    if not seller.is_listed:
        raise VariantNotSold(variant_ids=variant_id)
    moment = now()
    if not seller.is_open(moment):
        back_at = seller.closed_to if seller.is_away(moment) else None
        raise SellerClosed(seller=seller.name, seller_id=seller.id, closed_to=to_iso(back_at))
    return sold


async def ensure_purchasable(work: UnitOfWork, cart: Cart, sources: PricingSources) -> None:
    """The cart can be bought as far as goods go: asked when its payment starts, and again when it is completed.

    Every product published in its channel, every seller open, every price there, and the province one that is known.
    What stands in the way is named by the titles of all its lines. Stock is asked by holding or selling it.
    """
    if not cart.document.items:
        raise CartEmpty()
    await shipping_quote.ensure_province(work, cart.document.shipping_address)
    gone: list[Line] = []
    closed: dict[str, tuple[SellerClosed, list[Line]]] = {}
    for line in cart.document.items:
        try:
            get_purchasable(cart, line.variant_id, sources)
        except VariantNotSold:
            gone.append(line)
        except SellerClosed as closure:
            closed.setdefault(line.seller_id, (closure, []))[1].append(line)
    if gone:
        raise LinesNotSold(variant_ids=", ".join(line.variant_id for line in gone), **_named(gone))
    for refusal, lines in closed.values():
        raise LinesOfClosedSeller(**refusal.facts, **_named(lines))
    unpriced = [line for line in cart.document.items if line.is_unpriced]
    if unpriced:
        facts = {"variant_id": unpriced[0].variant_id, "currency_code": cart.currency_code}
        raise LinesNotPriced(**facts, **_named(unpriced))
    ensure_order_limits(cart, sources, cart.variant_ids)


def ensure_order_limits(cart: Cart, sources: PricingSources, variant_ids: Collection[str]) -> None:
    """OrderLimitPassed when the lines take more of one of these variants, together, than an order may."""
    pieces: Counter[str] = Counter()
    for line in cart.document.items:
        pieces[line.variant_id] += line.quantity
    for variant_id in dict.fromkeys(variant_ids):
        product, variant = sources.variants[variant_id]
        limit = sources.order_limit.of(variant)
        if limit is not None and pieces[variant_id] > limit:
            raise OrderLimitPassed(limit=limit, variant_id=variant_id, title=product.title)


def _named(lines: Sequence[Line]) -> dict[str, Any]:
    """Facts that tell buyers and clients which lines of the cart are meant."""
    titles = ", ".join(dict.fromkeys(_title(line) for line in lines))
    return {"titles": titles, "line_ids": [line.id for line in lines]}


def _title(line: Line) -> str:
    """The product's title, with the variant's where there is a choice of variants."""
    return f"{line.sold.title} ({line.sold.variant_title})" if line.sold.options else line.sold.title


@contextmanager
def naming_lines(cart: Cart, of_one: dict[str, dict[str, int]]) -> Iterator[None]:
    """An OutOfStock from inside names the lines that take what is short; `of_one` as in Needs."""
    try:
        yield
    except inventory_hold.OutOfStock as refusal:
        short = set(refusal.short)
        lines = [line for line in cart.document.items if not short.isdisjoint(of_one.get(line.variant_id, ()))]
        raise out_of_stock(lines) from None


def out_of_stock(lines: Sequence[Line]) -> inventory_hold.OutOfStock:
    """The refusal of these lines."""
    if not lines:
        return inventory_hold.OutOfStock()
    named = _named(lines)
    message = f"{inventory_hold.OutOfStock.message}: {named['titles']}. Take fewer, or remove it from the cart."
    return inventory_hold.OutOfStock(message, **named)


class Needs(NamedTuple):
    """What a cart takes of the stock: pieces by inventory item, how many of them may be short since their variants are
    backordered, and by variant what one piece of a line takes. All from one look: a seller may change it meanwhile."""

    pieces: dict[str, int]
    backorder: dict[str, int]
    of_one: dict[str, dict[str, int]]


def stock_needs(cart: Cart, variants: Mapping[str, tuple[Product, Variant]]) -> Needs:
    """What the lines of the cart take, those aside whose stock is not counted."""
    counted = {
        variant_id: variants[variant_id][1]
        for variant_id in dict.fromkeys(cart.variant_ids)
        if variant_id in variants and variants[variant_id][1].manage_inventory
    }
    of_one = {v.id: {need.item_id: need.required_quantity for need in v.items} for v in counted.values()}
    pieces: Counter[str] = Counter()
    backorder: Counter[str] = Counter()
    for line in cart.document.items:
        for item_id, each in of_one.get(line.variant_id, {}).items():
            pieces[item_id] += each * line.quantity
            if counted[line.variant_id].allow_backorder:
                backorder[item_id] += each * line.quantity
    return Needs(dict(pieces), dict(backorder), of_one)


async def ensure_stock(work: UnitOfWork, cart: Cart, sources: PricingSources, variant_ids: Collection[str]) -> None:
    """OutOfStock when what is on hand does not cover the cart's need of these variants; nothing is taken.

    Only what was just asked for is looked at: a line that others have bought empty must not stop the buyer from
    changing another.
    """
    needs, backorder, of_one = stock_needs(cart, sources.variants)
    ensure_order_limits(cart, sources, variant_ids)
    asked = {need.item_id for variant_id in variant_ids for need in sources.variants[variant_id][1].items}
    wanted = {item: needs[item] - backorder.get(item, 0) for item in asked if item in needs}
    wanted = {item: pieces for item, pieces in wanted.items() if pieces > 0}
    if not wanted:
        return
    on_hand = await inventory_hold.on_hand(work, wanted, cart_id=cart.id)
    short = {item for item, pieces in wanted.items() if on_hand[item] < pieces}
    if short:
        raise out_of_stock([x for x in cart.document.items if not short.isdisjoint(of_one.get(x.variant_id, ()))])
