"""A guest's cart becomes the customer's who logs in, and takes over what he left in his cart on another device.

The declared rule: quantities of equal lines add up, capped at what the stock gives; what cannot be bought here stays
where it was. The reply lists every change.
"""

from typing import Any, Literal

import msgspec

from models.cart import cart as carts
from models.cart.cart import MAX_LINES, MAX_QUANTITY, Cart
from models.cart.document import Line
from models.identity.principal import Principal
from models.pricing.price import choose
from models.product.product import OrderLimit, Product, Variant
from services.cart import cart as cart_service
from services.cart import lines as cart_lines
from services.customer import customer as customer_service
from services.infrastructure.database.database import UnitOfWork
from services.inventory import hold as inventory_hold
from services.pricing import cart_totals
from services.product import cache as products
from services.region.cache import REGIONS
from utils.errors import AppError
from utils.ids import new_id
from utils.typed import code_key

Kind = Literal["email", "price", "added", "raised", "capped", "left_out"]


class Change(msgspec.Struct, omit_defaults=True):
    """One thing that the claim changed; prices in minor units of the cart's currency."""

    change: Kind
    line_id: str | None = None
    variant_id: str | None = None
    title: str | None = None
    quantity: int | None = None
    wanted_quantity: int | None = None
    reason: str | None = None
    from_cart_id: str | None = None
    before: Any = None
    after: Any = None


async def claim(work: UnitOfWork, *, who: Principal, cart_id: str) -> tuple[Cart, list[Change]]:
    """The cart, now of the customer who is logged in, and what changed; CartNotFound for another customer's."""
    cart = await cart_service.get_open_cart(work, who=who, cart_id=cart_id)
    if cart.customer is not None and cart.customer.has_account:
        return cart, []
    owner = await customer_service.get_customer(work, customer_id=who.customer_id)
    region = (await work.snapshot(REGIONS)).by_id[cart.region_id]
    prices = {line.id: line.unit_price for line in cart.document.items}
    email = cart.document.email
    cart_service.give_to(cart, owner, region)
    changes = [Change("email", before=email, after=owner.email)] if email not in (None, owner.email) else []
    terms = {"customer_id": owner.id, "not_this": cart.id}
    other_id = (await work.execute(carts.OTHER_CART, terms)).scalar_one_or_none()
    if other_id is not None:
        changes += await merge(work, cart, await cart_service.get_locked_cart(work, who=who, cart_id=other_id))
    await cart_service.save(work, cart, needs_changed=True)
    changes += [
        Change("price", line.id, line.variant_id, line.sold.title, before=prices[line.id], after=line.unit_price)
        for line in cart.document.items
        if prices.get(line.id, line.unit_price) != line.unit_price
    ]
    return cart, changes


async def merge(work: UnitOfWork, cart: Cart, other: Cart) -> list[Change]:
    """Take the other cart's lines over; it keeps only what cannot be taken. Nothing when it has become an order."""
    if other.completed_at is not None or not other.document.items:
        return []
    lines, other.document.items = other.document.items, []
    held = {code_key(code) for code in cart.document.promo_codes}
    codes = [code for code in other.document.promo_codes if code_key(code) not in held]
    cart.document.promo_codes = [*cart.document.promo_codes, *codes][:50]
    # Emptied first, so that what it held for a payment is free again.
    await cart_service.save(work, other, needs_changed=True)
    room = await _room(work, cart, lines)
    found = await products.products_by_variant(work, [line.variant_id for line in lines])
    changes, left = [], []
    for line in lines:
        change = await _take(work, cart, line, found.get(line.variant_id), room)
        change.from_cart_id = other.id
        changes.append(change)
        if change.change == "left_out":
            left.append(line)
    if left:
        other.document.items = left
        await cart_service.save(work, other)
    return changes


async def _room(work: UnitOfWork, cart: Cart, more: list[Line]) -> dict[str, int]:
    """Pieces on hand beyond what the cart has already, by item, for its own lines and those to come."""
    whole = msgspec.structs.replace(
        cart, document=msgspec.structs.replace(cart.document, items=[*cart.document.items, *more])
    )
    needs = (await cart_lines.stock_needs(work, whole)).pieces
    taken = (await cart_lines.stock_needs(work, cart)).pieces
    free = await inventory_hold.on_hand(work, needs, cart_id=cart.id) if needs else {}
    return {item: int(free[item]) - taken.get(item, 0) for item in needs}


async def _take(
    work: UnitOfWork, cart: Cart, line: Line, found: tuple[Product, Variant] | None, room: dict[str, int]
) -> Change:
    """Put one line of the other cart into this one, as far as that goes."""
    told = Change("left_out", None, line.variant_id, line.sold.title, 0, line.quantity)
    try:
        _, variant = await cart_lines.purchasable(work, cart, line.variant_id, found)
    except AppError as refused:
        told.reason = refused.code
        return told
    if choose(variant.prices, await cart_totals.context_of(work, cart), line.quantity) is None:
        told.reason = cart_totals.VariantNotPriced.code
        return told
    known = _equal(cart, line)
    quantity = min(line.quantity, _fitting(variant, room), MAX_QUANTITY - (known.quantity if known else 0))
    limit = work.snapshots.cache(OrderLimit).of(variant)
    if limit is not None:
        have = sum(other.quantity for other in cart.document.items if other.variant_id == variant.id)
        quantity = min(quantity, limit - have)
    if quantity <= 0 or (known is None and len(cart.document.items) >= MAX_LINES):
        told.reason = inventory_hold.OutOfStock.code if quantity <= 0 else carts.CartFull.code
        return told
    for need in variant.items if variant.manage_inventory else ():
        room[need.item_id] -= need.required_quantity * quantity
    taken = cart.put(msgspec.structs.replace(line, id=new_id("cali"), quantity=quantity))
    told.line_id, told.quantity = taken.id, taken.quantity
    told.change = "capped" if quantity < line.quantity else "raised" if known is not None else "added"
    return told


def _equal(cart: Cart, line: Line) -> Line | None:
    for known in cart.document.items:
        if known.variant_id == line.variant_id and known.metadata == line.metadata:
            return known
    return None


def _fitting(variant: Variant, room: dict[str, int]) -> int:
    """How many pieces of the variant the stock still gives."""
    if not variant.manage_inventory or variant.allow_backorder:
        return MAX_QUANTITY
    return min((room[need.item_id] // need.required_quantity for need in variant.items), default=MAX_QUANTITY)
