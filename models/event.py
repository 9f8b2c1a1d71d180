"""Facts that leave with a transaction: written to the outbox with it, delivered after it."""

from typing import ClassVar

import msgspec


class OrderPlaced(msgspec.Struct, frozen=True):
    """A buyer's order was made; its store orders wait for their sellers. `total` in minor units."""

    topic: ClassVar[str] = "order.placed"
    order_id: str
    cart_id: str
    store_order_ids: tuple[str, ...]
    total: int
    currency_code: str
