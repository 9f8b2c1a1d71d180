"""Opening a payment session: freeze the total and hold the stock, tell the provider, keep what it said.

The provider is called between two short transactions, never inside one.
"""

from collections.abc import Mapping
from typing import Any

from models.access import Principal
from models.cart import Cart, CartNotFound
from services import cart as carts
from services import cart_lines, inventory, payment
from services.deps import Deps
from services.gateways.ports import SessionRequest


async def open_payment_session(
    deps: Deps, *, who: Principal, collection_id: str, provider_id: str, data: Mapping[str, Any] | None = None
) -> Cart:
    """The cart with its new session; OutOfStock when not everything can be held for it."""
    async with deps.database.unit_of_work() as work:
        cart_id = await payment.cart_of(work, collection_id=collection_id)
        try:
            cart = await carts.get_open_cart(work, who=who, cart_id=cart_id)
        except CartNotFound:  # of somebody else's cart: the same answer as for one that is not there
            raise payment.CollectionNotFound(id=collection_id) from None
        await payment.ensure_enabled(work, cart, provider_id)
        if not carts.is_current(work, cart):
            await carts.save(work, cart)
        needs, backorder = await cart_lines.stock_needs(work, cart)
        session = await payment.start_session(work, cart, provider_id=provider_id)
        seconds = deps.settings.stock_hold_seconds
        await inventory.hold(work, needs, cart_id=cart.id, seconds=seconds, backorder=backorder)
    request = SessionRequest(
        reference=session.id,
        amount=session.amount,
        currency_code=session.currency_code,
        email=cart.document.email,
        data=data or {},
    )
    opened = await deps.payments[provider_id].open_session(request)
    if opened.state != session.status or opened.data:
        async with deps.database.unit_of_work() as work:
            await payment.note_opened(work, session, opened)
    return cart
