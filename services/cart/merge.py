"""A guest's cart becomes the customer's who logs in, and takes over what he left in his cart on another device.

The declared rule: quantities of equal lines add up, capped at what the stock gives; what cannot be bought here stays
where it was. The reply lists every change.
"""

from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from models.cart.cart import MAX_LINES, MAX_QUANTITY, Cart, CartFull
from models.cart.document import Line
from models.cart.storage import OTHER_CART
from models.identity.principal import Principal
from models.pricing.price import choose
from models.product.product import Variant
from services.cart import cart as cart_service
from services.cart import lines as cart_lines
from services.cart.cart import PricedCart
from services.cart.details import MAX_CODES
from services.customer import customer as customer_service
from services.infrastructure.database.database import UnitOfWork
from services.inventory import hold as inventory_hold
from services.pricing import cart_totals
from services.pricing.sources import PricingSources, find_sources
from services.region.cache import REGIONS
from utils.errors import AppError
from utils.ids import new_id
from utils.typed import code_key

Kind = Literal["email", "price", "added", "raised", "capped", "left_out"]


class Change(msgspec.Struct, omit_defaults=True):
    """One thing that the take-over changed; prices in minor units of the cart's currency."""

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


async def take_over(work: UnitOfWork, *, who: Principal, cart_id: str) -> tuple[PricedCart, list[Change]]:
    """Make the cart the logged in customer's; the cart and what changed; CartNotFound for another customer's."""
    cart = await cart_service.get_open_cart(work, who=who, cart_id=cart_id)
    if cart.customer is not None and cart.customer.has_account:
        return await cart_service.with_details(work, cart, with_variants=True), []
    owner = await customer_service.get_customer(work, customer_id=who.customer_id)
    region = (await work.snapshot(REGIONS)).by_id[cart.region_id]
    prices = {line.id: line.unit_price for line in cart.document.items}
    email = cart.document.email
    cart.give_to(owner, region.country_codes)
    changes = [Change("email", before=email, after=owner.email)] if email not in (None, owner.email) else []
    other = await _find_other_cart(work, who, cart, owner.id)
    sources = await find_sources(work, [*cart.variant_ids, *(other.variant_ids if other is not None else ())])
    if other is not None:
        changes += await merge(work, cart, other, sources)
    priced = await cart_service.save(work, cart, sources, needs_changed=True)
    changes += [
        Change("price", line.id, line.variant_id, line.sold.title, before=prices[line.id], after=line.unit_price)
        for line in cart.document.items
        if prices.get(line.id, line.unit_price) != line.unit_price
    ]
    return priced, changes


async def _find_other_cart(work: UnitOfWork, who: Principal, cart: Cart, customer_id: str) -> Cart | None:
    """The customer's other open cart that has something in it, locked."""
    params = {"customer_id": customer_id, "not_this": cart.id}
    other_id = (await work.execute(OTHER_CART, params)).scalar_one_or_none()
    return None if other_id is None else await cart_service.get_locked_cart(work, who=who, cart_id=other_id)


async def merge(work: UnitOfWork, cart: Cart, other: Cart, sources: PricingSources) -> list[Change]:
    """Take the other cart's lines over; it keeps only what cannot be taken. Nothing when it has become an order."""
    if other.completed_at is not None or not other.document.items:
        return []
    lines = other.take_all_lines()
    held = {code_key(code) for code in cart.document.promo_codes}
    codes = [code for code in other.document.promo_codes if code_key(code) not in held]
    cart.set_codes([*cart.document.promo_codes, *codes][:MAX_CODES])
    # Emptied first, so that what it held for a payment is free again.
    await cart_service.save(work, other, sources, needs_changed=True)
    merging = Merging(cart, sources, await _room(work, cart, lines, sources))
    changes, left = [], []
    for line in lines:
        change = merging.take(line)
        change.from_cart_id = other.id
        changes.append(change)
        if change.change == "left_out":
            left.append(line)
    if left:
        other.put_back(left)
        await cart_service.save(work, other, sources)
    return changes


async def _room(work: UnitOfWork, cart: Cart, more: list[Line], sources: PricingSources) -> dict[str, int]:
    """Pieces on hand beyond what the cart has already, by item, for its own lines and those to come."""
    whole = msgspec.structs.replace(
        cart, document=msgspec.structs.replace(cart.document, items=[*cart.document.items, *more])
    )
    needs = cart_lines.stock_needs(whole, sources.variants).pieces
    taken = cart_lines.stock_needs(cart, sources.variants).pieces
    free = await inventory_hold.on_hand(work, needs, cart_id=cart.id) if needs else {}
    return {item: int(free[item]) - taken.get(item, 0) for item in needs}


@dataclass(frozen=True, slots=True)
class Merging:
    """A cart that takes lines over; `room` are the pieces of each item that are left for them."""

    cart: Cart
    sources: PricingSources
    room: dict[str, int]

    def take(self, line: Line) -> Change:
        """Put one line of the other cart into this one, as far as that goes."""
        change = Change("left_out", None, line.variant_id, line.sold.title, 0, line.quantity)
        try:
            _, variant = cart_lines.get_purchasable(self.cart, line.variant_id, self.sources)
        except AppError as refused:
            change.reason = refused.code
            return change
        if choose(variant.prices, self.sources.context_of(self.cart), line.quantity) is None:
            change.reason = cart_totals.VariantNotPriced.code
            return change
        same = _equal(self.cart, line)
        quantity = self._quantity(variant, line, same)
        if quantity <= 0 or (same is None and len(self.cart.document.items) >= MAX_LINES):
            change.reason = inventory_hold.OutOfStock.code if quantity <= 0 else CartFull.code
            return change
        for need in variant.items if variant.manage_inventory else ():
            self.room[need.item_id] -= need.required_quantity * quantity
        taken = self.cart.put(msgspec.structs.replace(line, id=new_id("cali"), quantity=quantity, refused=None))
        change.line_id, change.quantity = taken.id, taken.quantity
        change.change = "capped" if quantity < line.quantity else "raised" if same is not None else "added"
        return change

    def _quantity(self, variant: Variant, line: Line, same: Line | None) -> int:
        """How many pieces of the line can be taken: as stock, a line's and an order's limit allow."""
        quantity = min(line.quantity, _fitting(variant, self.room), MAX_QUANTITY - (same.quantity if same else 0))
        limit = self.sources.order_limit.of(variant)
        if limit is None:
            return quantity
        have = sum(other.quantity for other in self.cart.document.items if other.variant_id == variant.id)
        return min(quantity, limit - have)


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
