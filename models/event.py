"""Facts that leave with a transaction: written to the outbox with it, delivered after it."""

from typing import ClassVar

import msgspec


class PaymentSessionVoided(msgspec.Struct, frozen=True):
    """A payment session ended without an order: whatever the provider still holds under its id is to be given up."""

    topic: ClassVar[str] = "payment.session_voided"
    session_id: str


class OrderPlaced(msgspec.Struct, frozen=True):
    """A buyer's order was made; its store orders wait for their sellers. `total` in minor units."""

    topic: ClassVar[str] = "order.placed"
    order_id: str
    cart_id: str
    store_order_ids: tuple[str, ...]
    total: int
    currency_code: str
