"""Reading a cart: one statement and no transaction, unless it was priced under older counters and is mended first."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from models.cart.cart import Cart, CartNotFound
from models.identity.principal import Principal
from services.cart import cart as carts
from services.infrastructure.database.database import Database, UnitOfWork


@asynccontextmanager
async def current_cart(
    database: Database, *, who: Principal, cart_id: str, missing: type[CartNotFound] = CartNotFound
) -> AsyncIterator[tuple[UnitOfWork, Cart]]:
    """The cart with today's amounts, and the unit of work to show it in; `missing` is raised when there is none."""
    async with database.reading() as work:
        cart = await carts.find(work, who=who, cart_id=cart_id, missing=missing)
        if carts.is_current(work, cart):
            yield work, cart
            return
    async with database.unit_of_work() as work:
        cart = await carts.get_locked_cart(work, who=who, cart_id=cart_id, missing=missing)
        if not carts.is_current(work, cart):
            await carts.save(work, cart)
        yield work, cart
