"""Parcels of a seller order: what is in them, where it was taken from, how they are tracked, and how far they are."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import (
    BigInteger,
    Text,
    bindparam,
    cast,
    func,
    insert,
    select,
    update,
)

from models.order.commands import LabelInput
from models.schema.base import json_of, json_rows
from models.schema.order import fulfillment, fulfillment_item, fulfillment_label, fulfillment_stock
from utils.errors import AppError
from utils.ids import new_id
from utils.sql import Prepared


class FulfillmentStateForbids(AppError):
    code, kind = "fulfillment_state_forbids", "conflict"
    message = "The fulfillment is {status}, and cannot be {done} any more or yet."


class FulfillmentItem(msgspec.Struct):
    """So many pieces of an order's line in a parcel."""

    id: str
    fulfillment_id: str
    order_line_id: str
    quantity: int
    created_at: datetime
    updated_at: datetime


class Label(msgspec.Struct):
    """How a parcel is tracked."""

    id: str
    fulfillment_id: str
    tracking_number: str
    tracking_url: str
    label_url: str
    created_at: datetime
    updated_at: datetime


# What may be done to a parcel in which state, and the state it is in then.
PARCEL_TRANSITIONS = {
    "shipped": ("packed",),
    "delivered": ("shipped",),
    "canceled": ("packed",),
}


class Fulfillment(msgspec.Struct):
    """A parcel. `requires_shipping` is false when nothing in it is sent by post: it is delivered without being sent."""

    id: str
    order_id: str
    seller_order_id: str
    requires_shipping: bool
    created_at: datetime
    updated_at: datetime
    packed_at: datetime
    items: list[FulfillmentItem] = []
    labels: list[Label] = []
    location_id: str | None = None
    shipping_option_id: str | None = None
    carrier: str | None = None
    created_by: str | None = None
    metadata: dict[str, Any] | None = None
    shipped_at: datetime | None = None
    delivered_at: datetime | None = None
    canceled_at: datetime | None = None

    @property
    def status(self) -> str:
        if self.canceled_at is not None:
            return "canceled"
        if self.delivered_at is not None:
            return "delivered"
        return "shipped" if self.shipped_at is not None else "packed"

    def become(self, state: str, when: datetime) -> None:
        """Move on; FulfillmentStateForbids where the table has no such step."""
        if self.status not in PARCEL_TRANSITIONS[state]:
            raise FulfillmentStateForbids(status=self.status, done=state)
        setattr(self, f"{state}_at", when)
        self.updated_at = when

    def ship(self, when: datetime, carrier: str | None, labels: Iterable[LabelInput]) -> None:
        """The parcel is handed over, with how it is tracked."""
        self.become("shipped", when)
        self.carrier = carrier
        self.labels = [
            Label(
                id=new_id("fullab"),
                fulfillment_id=self.id,
                tracking_number=label.tracking_number,
                tracking_url=label.tracking_url,
                label_url=label.label_url,
                created_at=when,
                updated_at=when,
            )
            for label in labels
        ]

    @property
    def pieces(self) -> dict[str, int]:
        """How many pieces of which line are in it."""
        return {item.order_line_id: item.quantity for item in self.items}


_items = json_rows(fulfillment_item, fulfillment_item.c.fulfillment_id == fulfillment.c.id, fulfillment_item.c.id)
_labels = json_rows(fulfillment_label, fulfillment_label.c.fulfillment_id == fulfillment.c.id, fulfillment_label.c.id)
FULFILLMENT_JSON = json_of(fulfillment, items=_items, labels=_labels)

INSERT = Prepared(
    insert(fulfillment), *(name for name in Fulfillment.__struct_fields__ if name not in ("items", "labels"))
)
INSERT_ITEMS = Prepared(insert(fulfillment_item), *FulfillmentItem.__struct_fields__)
INSERT_LABELS = Prepared(insert(fulfillment_label), *Label.__struct_fields__)
INSERT_STOCK = Prepared(insert(fulfillment_stock), "fulfillment_id", "item_id", "location_id", "quantity")
UPDATE = Prepared(
    update(fulfillment)
    .where(fulfillment.c.id == bindparam("of_id"))
    .values(
        {
            name: bindparam(name, type_=fulfillment.c[name].type)
            for name in ("shipped_at", "delivered_at", "canceled_at")
        }
        | {"carrier": bindparam("carrier", type_=Text), "updated_at": func.now()}
    )
)
SET_LOCATION = Prepared(
    update(fulfillment)
    .where(fulfillment.c.id == bindparam("of_id"))
    .values(location_id=bindparam("location_id", type_=Text))
)
STOCK_OF = Prepared(
    select(fulfillment_stock.c.item_id, fulfillment_stock.c.location_id, fulfillment_stock.c.quantity)
    .where(fulfillment_stock.c.fulfillment_id == bindparam("fulfillment_id"))
    .order_by(fulfillment_stock.c.item_id, fulfillment_stock.c.location_id)
)
# Pieces of an order that wait in packed parcels.
PACKED_OF = Prepared(
    select(
        fulfillment_stock.c.item_id,
        fulfillment_stock.c.location_id,
        cast(func.sum(fulfillment_stock.c.quantity), BigInteger).label("quantity"),
    )
    .join(fulfillment, fulfillment.c.id == fulfillment_stock.c.fulfillment_id)
    .where(
        fulfillment.c.order_id == bindparam("order_id"),
        fulfillment.c.shipped_at.is_(None),
        fulfillment.c.canceled_at.is_(None),
    )
    .group_by(fulfillment_stock.c.item_id, fulfillment_stock.c.location_id)
)
