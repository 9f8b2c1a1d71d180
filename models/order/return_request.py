"""Goods that buyers send back: what was asked for by line and quantity, and the reasons to choose from."""

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import (
    Integer,
    bindparam,
    func,
    insert,
    select,
    update,
)

from models.schema.order import order, order_line, order_return, return_item, return_reason
from utils.errors import AppError
from utils.sql import Prepared


class ReasonNotFound(AppError):
    code, kind = "return_reason_not_found", "missing"
    message = "Return reason with id: {id} was not found"


class TooManyReturned(AppError):
    code, kind = "return_quantity_too_large", "invalid"
    message = "Cannot request to return more items than what was fulfilled for item {item_id}."


class ItemsNotInOrder(AppError):
    code, kind = "return_items_unknown", "invalid"
    message = "Items with ids {ids} do not exist in order with id {order_id}."


class SeveralSellers(AppError):
    code, kind = "return_several_sellers", "invalid"
    message = "The items are of several sellers. Make one return for each seller, with an option of that seller."


class ReturnOptionInvalid(AppError):
    code, kind = "return_option_invalid", "invalid"
    message = "Shipping option {option_id} is not one that takes items of this seller back."


class ReturnLocationInvalid(AppError):
    code, kind = "return_location_invalid", "invalid"
    message = "Location {location_id} is not one to which this seller takes items back. Leave it out, or name another."


class ReceiptNotAllowed(AppError):
    code, kind = "return_receipt_not_allowed", "not_allowed"
    message = "Only the seller can say that items have come back. Leave receive_now out."


class ReturnStateForbids(AppError):
    code, kind = "return_state_forbids", "conflict"
    message = "The return is {status}: nothing more comes of it."


class ReturnQuantityNotOpen(AppError):
    code, kind = "return_quantity_not_open", "conflict"
    message = "Of item {item_id}, {open} pieces of the return are still awaited."


class NothingReceived(AppError):
    code, kind = "nothing_received", "invalid"
    message = "Item {item_id} names no piece: say how many came, in good state or damaged."


OPEN = ("requested", "partially_received")


class Reason(msgspec.Struct):
    """A reason to send something back."""

    id: str
    value: str
    label: str
    description: str | None
    parent_return_reason_id: str | None
    created_at: datetime
    updated_at: datetime
    metadata: dict[str, Any] | None = None


class ReturnItem(msgspec.Struct):
    """So many pieces of an order's line."""

    id: str
    return_id: str
    order_line_id: str
    quantity: int
    created_at: datetime
    updated_at: datetime
    reason_id: str | None = None
    note: str | None = None
    received_quantity: int = 0
    damaged_quantity: int = 0
    restocked_quantity: int = 0
    metadata: dict[str, Any] | None = None

    @property
    def awaited_quantity(self) -> int:
        """Pieces that are still to come."""
        return self.quantity - self.received_quantity - self.damaged_quantity

    def receive(self, good: int, damaged: int) -> None:
        """Count pieces that came, in good state or damaged; refused for none, and for more than are awaited."""
        if not good + damaged:
            raise NothingReceived(item_id=self.order_line_id)
        if good + damaged > self.awaited_quantity:
            raise ReturnQuantityNotOpen(item_id=self.order_line_id, open=self.awaited_quantity)
        self.received_quantity += good
        self.damaged_quantity += damaged


class Return(msgspec.Struct):
    """A request to send back items of one seller order; `shipping_amount` in minor units."""

    id: str
    display_id: int
    order_id: str
    seller_order_id: str
    status: str
    shipping_option_id: str
    currency_code: str
    shipping_amount: int
    created_at: datetime
    updated_at: datetime
    requested_at: datetime
    items: list[ReturnItem]
    location_id: str | None = None
    note: str | None = None
    created_by: str | None = None
    received_at: datetime | None = None
    canceled_at: datetime | None = None
    canceled_reason: str | None = None
    metadata: dict[str, Any] | None = None

    def ensure_open(self) -> None:
        """ReturnStateForbids when nothing is awaited any more."""
        if self.status not in OPEN:
            raise ReturnStateForbids(status=self.status)

    def apply_received(self, when: datetime) -> None:
        """Set the status that follows from what has come; it ends when nothing is awaited any more."""
        is_all = all(item.awaited_quantity == 0 for item in self.items)
        self.status = "received" if is_all else "partially_received"
        self.received_at = when if is_all else None

    def cancel(self, when: datetime, reason: str | None) -> None:
        """Await nothing more: one of which something has come ends as received, any other as canceled."""
        if self.status == "requested":
            self.status, self.canceled_at = "canceled", when
        else:
            self.status, self.received_at = "received", when
        self.canceled_reason = reason


REASONS = (
    select(
        *(return_reason.c[name] for name in Reason.__struct_fields__),
    )
    .where(return_reason.c.deleted_at.is_(None))
    .order_by(return_reason.c.created_at, return_reason.c.id)
)
INSERT_RETURN = Prepared(
    insert(order_return).returning(order_return.c.display_id),
    *(name for name in Return.__struct_fields__ if name not in ("display_id", "items")),
)
INSERT_ITEMS = Prepared(insert(return_item), *ReturnItem.__struct_fields__)
_back = (
    order_line.c.return_requested_quantity
    + order_line.c.return_received_quantity
    + order_line.c.return_dismissed_quantity
)
# Decided by the row itself: two requests at once cannot both take the last piece.
TAKE_BACK = Prepared(
    update(order_line)
    .where(
        order_line.c.id == bindparam("line_id"),
        order_line.c.order_id == bindparam("of_order"),
        _back + bindparam("pieces", type_=Integer) <= order_line.c.delivered_quantity,
    )
    .values(
        return_requested_quantity=order_line.c.return_requested_quantity + bindparam("pieces", type_=Integer),
        updated_at=func.now(),
    )
    .returning(order_line.c.id)
)
RAISE_VERSION = Prepared(
    update(order).where(order.c.id == bindparam("order_id")).values(version=order.c.version + 1, updated_at=func.now())
)
