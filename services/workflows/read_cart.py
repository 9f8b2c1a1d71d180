"""Reading a cart: one statement and no transaction, unless it was priced under older counters and is mended first."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from models.cart.cart import CartNotFound
from models.identity.principal import Principal
from services.cart import cart as carts
from services.cart.cart import PricedCart
from services.infrastructure.database.database import Database, UnitOfWork


@asynccontextmanager
async def current_cart(
    database: Database,
    *,
    who: Principal,
    cart_id: str,
    missing: type[CartNotFound] = CartNotFound,
    with_variants: bool = False,
) -> AsyncIterator[tuple[UnitOfWork, PricedCart]]:
    """The caller's cart with today's amounts, and the unit of work it was read in; `missing` when there is none."""
    async with database.reading() as work:
        cart = await carts.get_owned_cart(work, who=who, cart_id=cart_id, missing=missing)
        if carts.is_current(work, cart):
            yield work, await carts.with_details(work, cart, with_variants=with_variants)
            return
    async with database.unit_of_work() as work:
        cart = await carts.get_locked_cart(work, who=who, cart_id=cart_id, missing=missing)
        if carts.is_current(work, cart):
            yield work, await carts.with_details(work, cart, with_variants=with_variants)
        else:
            yield work, await carts.save_anew(work, cart)
