"""A seller order in hand: one seller's part of an order, as its staff sees it, and the rules by which it moves.

Its status is derived from what was accepted and from how far its pieces are; TRANSITIONS says who may do what when, and
PARCEL_TRANSITIONS (models/order/fulfillment.py) how a parcel moves.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    Text,
    bindparam,
    cast,
    func,
    insert,
    select,
    update,
)

from models.cart.document import Address
from models.order import change as order_change
from models.order import commands
from models.order.fulfillment import FULFILLMENT_JSON, Fulfillment
from models.order.order import PIECES, OrderLine, OrderMethod, Pieces, fulfillment_status_of, share
from models.schema import order as order_tables
from models.schema.base import json_of, json_rows
from models.schema.order import fulfillment, order, order_line, order_shipping_method, seller_order
from models.schema.payment import payment_collection
from models.shared.ownership import is_own
from utils.errors import AppError, NotFound
from utils.money import charge_step
from utils.sql import Prepared


class OrderStateForbids(AppError):
    code, kind = "order_state_forbids", "conflict"
    message = "The order is {status}: {action} is possible in these states only: {allowed}."


class QuantityNotOpen(AppError):
    code, kind = "quantity_not_open", "conflict"
    message = "Of item {item_id}, {open} pieces are neither packed nor canceled."


class Transition(NamedTuple):
    """Who may do something in which states, what states may come of it, the guard, and what it brings about."""

    actor: str
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    guard: str
    effects: str


TRANSITIONS: Mapping[str, Transition] = MappingProxyType(
    {
        "accept": Transition("seller", ("placed",), ("accepted",), "", "history"),
        "pack": Transition(
            "seller",
            ("placed", "accepted"),
            ("accepted", "packed"),
            "pieces that are neither packed nor canceled; their stock is there",
            "accepts; the reservation is assigned to the parcel",
        ),
        "unpack": Transition(
            "seller",
            ("accepted", "packed"),
            ("accepted",),
            "the parcel is not shipped",
            "its reservation is free again",
        ),
        "ship": Transition(
            "seller",
            ("accepted", "packed"),
            ("accepted", "packed", "shipped"),
            "the parcel is packed",
            "its pieces leave the stock; the buyer gets an e-mail",
        ),
        "deliver": Transition(
            "seller",
            ("accepted", "packed", "shipped"),
            ("accepted", "packed", "shipped", "delivered"),
            "the parcel is shipped, or needs no shipping",
            "the buyer gets an e-mail, and may send pieces back",
        ),
        "cancel": Transition(
            "seller",
            ("placed", "accepted"),
            ("placed", "accepted", "packed", "shipped", "delivered", "canceled"),
            "pieces that are neither packed nor canceled",
            "their reservations end; a posting reverses the sale; the buyer gets an e-mail",
        ),
    }
)


class OrderHead(msgspec.Struct, kw_only=True):
    """A seller order with what its seller needs of the whole: number, address, whether it is paid. Minor units."""

    id: str
    display_id: int
    seller_id: str
    status: str
    currency_code: str
    region_id: str
    total: int
    commission_rate: Decimal
    commission: int
    totals: dict[str, int]
    canceled_total: int
    canceled_commission: int
    created_at: datetime
    updated_at: datetime
    accepted_at: datetime | None = None
    canceled_at: datetime | None = None
    locale: str | None = None
    shipping_address: Address | None = None
    paid: str | None = None
    metadata: dict[str, Any] | None = None

    @property
    def payment_status(self) -> str:
        return "captured" if self.paid == "completed" else self.paid or "not_paid"


class BriefLine(Pieces):
    """What lists show of a line, under the names that it has there. Minor units."""

    id: str
    product_id: str
    variant_id: str
    unit_price: int
    total: int
    subtotal: int
    title: str
    thumbnail: str | None
    variant_sku: str | None
    variant_title: str | None
    metadata: dict[str, Any]


class BriefOrder(OrderHead):
    """A seller order as lists show it."""

    lines: list[BriefLine]

    @property
    def fulfillment_status(self) -> str:
        return fulfillment_status_of(self.lines)


class SellerOrder(OrderHead):
    """A whole seller order."""

    order_id: str
    lines: list[OrderLine]
    methods: list[OrderMethod]
    fulfillments: list[Fulfillment]

    @property
    def fulfillment_status(self) -> str:
        return fulfillment_status_of(self.lines)

    def line(self, line_id: str) -> OrderLine:
        """The line of this id; other orders' lines are missing."""
        for line in self.lines:
            if line.id == line_id:
                return line
        raise NotFound(what="Item", id=line_id)

    def parcel(self, fulfillment_id: str) -> Fulfillment:
        """The fulfillment of this id; other orders' are missing."""
        for each in self.fulfillments:
            if each.id == fulfillment_id:
                return each
        raise NotFound(what="Fulfillment", id=fulfillment_id)

    def ensure_allowed(self, action: str) -> None:
        """OrderStateForbids unless the table has this step in the order's state."""
        known = TRANSITIONS[action]
        if self.status not in known.sources:
            raise OrderStateForbids(status=self.status, action=action, allowed=", ".join(known.sources))

    def accept(self, when: datetime) -> None:
        """The seller will send the order; one that was accepted before stays so."""
        self.accepted_at = self.accepted_at or when

    def apply_status(self, action: str, when: datetime) -> None:
        """Set the status that follows from the pieces, after `action` has moved them."""
        self.status, self.updated_at = self._derived(), when
        assert self.status in TRANSITIONS[action].targets, f"{action} made the order {self.status}"
        if self.status == "canceled":
            self.canceled_at = when

    def _derived(self) -> str:
        kept = sum(line.kept_quantity for line in self.lines)
        if not kept:
            return "canceled"
        for status, step in (("delivered", "delivered"), ("shipped", "shipped"), ("packed", "fulfilled")):
            if sum(getattr(line, f"{step}_quantity") for line in self.lines) == kept:
                return status
        return "placed" if self.accepted_at is None else "accepted"

    def open_pieces(self, wanted: Sequence[commands.Pieces] | None) -> dict[str, int]:
        """The pieces asked for by line, by default all that can be packed; QuantityNotOpen when there are fewer."""
        if not wanted:
            return {line.id: line.unpacked_quantity for line in self.lines if line.unpacked_quantity}
        pieces: dict[str, int] = {}
        for item in wanted:
            line = self.line(item.id)
            pieces[line.id] = pieces.get(line.id, 0) + item.quantity
            if pieces[line.id] > line.unpacked_quantity:
                raise QuantityNotOpen(item_id=line.id, open=line.unpacked_quantity)
        return pieces

    def move(self, pieces: Mapping[str, int], step: str, sign: int = 1) -> None:
        """Count pieces by line on to a step (`fulfilled`, `shipped`, ...), or back."""
        for line_id, quantity in pieces.items():
            line = self.line(line_id)
            name = f"{step}_quantity"
            setattr(line, name, getattr(line, name) + sign * quantity)

    def recompute_canceled_totals(self) -> tuple[int, int]:
        """Recompute what is owed no more; what came to it now, of the total and of the commission.

        Each sum is worked out from all that was canceled so far, so that the parts add up to the whole to the unit.
        The way it is sent is owed as long as anything is.
        """
        before = self.canceled_total, self.canceled_commission
        step = charge_step(self.currency_code)
        if all(not line.kept_quantity for line in self.lines):
            self.canceled_total, self.canceled_commission = self.total, self.commission
        else:
            self.canceled_total = sum(line.amount_of(line.canceled_quantity, step) for line in self.lines)
            nets = [(line, line.totals.subtotal - line.totals.discount_subtotal) for line in self.lines]
            net = sum(share(net, line.canceled_quantity, line.quantity) for line, net in nets)
            whole = sum(net for _, net in nets)
            self.canceled_commission = (2 * self.commission * net + whole) // (2 * whole) if whole else 0
        return self.canceled_total - before[0], self.canceled_commission - before[1]


_method = order_shipping_method
_of_order = {name: order.c[name] for name in ("display_id", "region_id", "locale", "shipping_address")}


def with_order(rows: FromClause) -> FromClause:
    """Rows of seller orders with what WHOLE and BRIEF take of the whole order and its payment."""
    paid = payment_collection.c.id == order.c.payment_collection_id
    return rows.join(order, order.c.id == seller_order.c.order_id).outerjoin(payment_collection, paid)


def _order_json(line: ColumnElement[Any], **relations: ColumnElement[Any]) -> ColumnElement[str]:
    """A seller order in the shape of SellerOrder; `line` is what is made of each line."""
    lines = json_rows(line, order_line.c.seller_order_id == seller_order.c.id, order_line.c.rank)
    return cast(json_of(seller_order, **_of_order, paid=payment_collection.c.status, lines=lines, **relations), Text)


WHOLE = _order_json(
    json_of(order_line),
    methods=json_rows(_method, _method.c.seller_order_id == seller_order.c.id, _method.c.id),
    fulfillments=json_rows(FULFILLMENT_JSON, fulfillment.c.seller_order_id == seller_order.c.id, fulfillment.c.id),
)
_line, _sold, _sums = order_line.c, order_line.c.snapshot, order_line.c.totals
# What lists show in most cases: a third of the bytes, and half the work.
BRIEF = _order_json(
    json_of(
        None,
        variant_sku=_sold["sku"],
        **{name: _line[name] for name in ("id", "product_id", "variant_id", "unit_price", "metadata", *PIECES)},
        **{name: _sold[name] for name in ("title", "thumbnail", "variant_title")},
        **{name: _sums[name] for name in ("total", "subtotal")},
    )
)
_own = is_own("seller_order")
LOAD = Prepared(select(WHOLE).select_from(with_order(seller_order)).where(seller_order.c.id == bindparam("id"), _own))
# Locked on its own: a statement that waits for a lock still sees the other tables as they were before. Rows that refer
# to the order do not wait: a buyer's return has locked lines by the time it refers to it.
_locked = select(seller_order.c.id).where(seller_order.c.id == bindparam("id"), _own)
LOCK = Prepared(_locked.with_for_update(key_share=True))
_moved = ("status", "accepted_at", "canceled_at", "canceled_total", "canceled_commission", "updated_at")
UPDATE = Prepared(
    update(seller_order)
    .where(seller_order.c.id == bindparam("of_id"))
    .values({name: bindparam(name, type_=seller_order.c[name].type) for name in _moved})
)
_steps = tuple(f"{step}_quantity" for step in ("fulfilled", "shipped", "delivered", "canceled"))
UPDATE_LINES = Prepared(
    update(order_line)
    .where(order_line.c.id == bindparam("of_id"))
    .values({name: bindparam(name, type_=Integer) for name in _steps} | {"updated_at": func.now()})
)
INSERT_CHANGE = Prepared(insert(order_tables.order_change), *order_change.OrderChange.__struct_fields__)
# After the parent's row is locked: how many of its seller orders are not canceled.
OPEN_PARTS = Prepared(
    select(func.count())
    .select_from(seller_order)
    .where(seller_order.c.order_id == bindparam("order_id"), seller_order.c.status != "canceled")
)

_decode, _decode_brief = msgspec.json.Decoder(SellerOrder), msgspec.json.Decoder(BriefOrder)


def read(loaded: str) -> SellerOrder:
    """A SellerOrder from the text that LOAD gives."""
    return _decode.decode(loaded)


def read_brief(loaded: str) -> BriefOrder:
    """A BriefOrder from the text that BRIEF gives."""
    return _decode_brief.decode(loaded)
