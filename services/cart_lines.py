"""Lines of carts: what may be put in, and whether the stock covers it."""

from collections import Counter
from typing import Any

from models.cart import Cart
from models.cart_document import Line, Sold
from models.offer import Product, Variant
from services import inventory
from services import product as products
from services.infra.database import UnitOfWork
from services.store import STORES
from utils.clock import now
from utils.errors import AppError
from utils.ids import new_id


class VariantNotSold(AppError):
    code, kind = "variant_not_available", "invalid"
    message = "Variants {variant_ids} do not exist or belong to a product that is not published"


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


async def purchasable(
    work: UnitOfWork, cart: Cart, variant_id: str, found: tuple[Product, Variant] | None
) -> tuple[Product, Variant]:
    """The product and variant, if the cart may take them; VariantNotSold or StoreClosed otherwise."""
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
        await purchasable(work, cart, line.variant_id, found.get(line.variant_id))


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
