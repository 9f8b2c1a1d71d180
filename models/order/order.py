"""An order in hand: the parent with its seller orders, lines, methods and payment, loaded in one statement."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec
from sqlalchemy import Table, Text, bindparam, cast, insert, select

from models.cart.document import Address, Applied, Discount, Sold, TaxEntry
from models.customer.customer import is_open_to
from models.order.fulfillment import FULFILLMENT_JSON, Fulfillment
from models.pricing.seller_part import counted_for
from models.pricing.totals import ChargeTotals, Totals
from models.schema.base import json_of, json_rows
from models.schema.order import fulfillment, order, order_line, order_shipping_method, seller_order
from models.schema.payment import payment, payment_collection
from utils.errors import AppError
from utils.sql import Prepared


class OrderNotFound(AppError):
    code, kind = "order_not_found", "missing"
    message = "Order id not found: {id}"


def share(whole: int, pieces: int, of: int, step: int = 1) -> int:
    """What `pieces` of `of` come to of an amount, rounded down to a step; all of them come to the whole."""
    return whole if pieces == of else whole // step * pieces // of * step


def status_of(states: Iterable[str]) -> str:
    """What the states of the seller orders make of the order."""
    known = set(states)
    if known == {"canceled"}:
        return "canceled"
    return "completed" if known and known <= {"delivered", "canceled"} else "pending"


class Pieces(msgspec.Struct, kw_only=True):
    """How many pieces were bought in a line, and how far they have come."""

    quantity: int
    fulfilled_quantity: int = 0
    shipped_quantity: int = 0
    delivered_quantity: int = 0
    canceled_quantity: int = 0

    @property
    def kept_quantity(self) -> int:
        """Pieces that were not canceled."""
        return self.quantity - self.canceled_quantity

    @property
    def unpacked_quantity(self) -> int:
        """Pieces that can still be packed, or canceled."""
        return self.kept_quantity - self.fulfilled_quantity


PIECES = Pieces.__struct_fields__


class OrderLine(Pieces, kw_only=True):
    """What was bought, as it was; amounts in minor units."""

    id: str
    seller_order_id: str
    product_id: str
    variant_id: str
    rank: int
    unit_price: int
    compare_at_unit_price: int | None
    is_tax_inclusive: bool
    snapshot: Sold
    tax_lines: list[TaxEntry]
    adjustments: list[Discount]
    totals: ChargeTotals
    metadata: dict[str, Any]
    created_at: datetime
    updated_at: datetime
    return_requested_quantity: int = 0
    return_received_quantity: int = 0
    return_dismissed_quantity: int = 0
    stock_needs: dict[str, int] = {}

    def amount_of(self, pieces: int, step: int) -> int:
        """What so many pieces of the line come to, in whole charge steps of the currency."""
        return share(self.totals.total, pieces, self.quantity, step)


def fulfillment_status_of(lines: Sequence[Pieces]) -> str:
    """How far the pieces of the lines have come, in the Store API's words."""
    kept = sum(line.kept_quantity for line in lines)
    if not kept:
        return "canceled"
    for step in ("delivered", "shipped", "fulfilled"):
        come = sum(getattr(line, f"{step}_quantity") for line in lines)
        if come:
            return step if come == kept else f"partially_{step}"
    return "not_fulfilled"


class OrderMethod(msgspec.Struct):
    """How a seller order is sent."""

    id: str
    seller_order_id: str
    shipping_option_id: str
    name: str
    amount: int
    is_tax_inclusive: bool
    data: dict[str, Any]
    tax_lines: list[TaxEntry]
    adjustments: list[Discount]
    totals: ChargeTotals
    created_at: datetime
    updated_at: datetime
    shared_type: str | None = None
    type_label: str | None = None
    metadata: dict[str, Any] | None = None


class SellerOrderPart(msgspec.Struct):
    """One seller's part of the order, with the platform's share frozen at the sale."""

    id: str
    seller_id: str
    status: str
    currency_code: str
    total: int
    commission_rate: Decimal
    commission: int
    totals: dict[str, int]
    created_at: datetime
    updated_at: datetime
    accepted_at: datetime | None = None
    canceled_at: datetime | None = None
    canceled_total: int = 0
    canceled_commission: int = 0
    metadata: dict[str, Any] | None = None


class Payment(msgspec.Struct):
    """Money that a provider has authorized or taken."""

    id: str
    provider_id: str
    currency_code: str
    amount: int
    data: dict[str, Any]
    created_at: datetime
    updated_at: datetime
    payment_session_id: str
    captured_at: datetime | None = None
    canceled_at: datetime | None = None


class OrderPayment(msgspec.Struct):
    """The order's payment collection."""

    id: str
    currency_code: str
    amount: int
    status: str
    created_at: datetime
    updated_at: datetime
    authorized_amount: int | None = None
    captured_amount: int | None = None
    refunded_amount: int | None = None
    completed_at: datetime | None = None
    metadata: dict[str, Any] | None = None
    payments: list[Payment] = []


class Order(msgspec.Struct):
    """One purchase by one buyer."""

    id: str
    display_id: int
    cart_id: str
    region_id: str
    currency_code: str
    total: int
    totals: Totals
    promotions: list[Applied]
    created_at: datetime
    updated_at: datetime
    lines: list[OrderLine]
    methods: list[OrderMethod]
    seller_orders: list[SellerOrderPart]
    fulfillments: list[Fulfillment] = []
    payment: OrderPayment | None = None
    payment_collection_id: str | None = None
    customer_id: str | None = None
    email: str | None = None
    sales_channel_id: str | None = None
    locale: str | None = None
    shipping_address: Address | None = None
    billing_address: Address | None = None
    metadata: dict[str, Any] | None = None
    version: int = 1

    def __post_init__(self) -> None:
        """Parts and methods stand in the order in which the buyer put their first lines into the cart."""
        ranks: dict[str, int] = {}
        for line in self.lines:
            ranks.setdefault(line.seller_order_id, len(ranks))
        self.seller_orders.sort(key=lambda part: ranks.get(part.id, len(ranks)))
        self.methods.sort(key=lambda method: ranks.get(method.seller_order_id, len(ranks)))

    @property
    def status(self) -> str:
        """Derived: canceled or completed when every seller order is, pending otherwise."""
        return status_of(part.status for part in self.seller_orders)

    @property
    def fulfillment_status(self) -> str:
        open_parts = {part.id for part in self.seller_orders if part.status != "canceled"}
        return fulfillment_status_of([line for line in self.lines if line.seller_order_id in open_parts])

    def item_total_of(self, seller_id: str) -> int:
        """What the seller's lines came to when they were bought, in minor units: what its conditions count."""
        owners = {part.id: part.seller_id for part in self.seller_orders}
        lines = counted_for(seller_id, ((owners.get(line.seller_order_id), line) for line in self.lines))
        return sum(line.totals.total for line in lines)

    @property
    def canceled_total(self) -> int:
        """What the buyer owes no more of the total."""
        return sum(part.canceled_total for part in self.seller_orders)

    @property
    def payment_status(self) -> str:
        """As the collection's, in the order's words: a collection that is completed was captured."""
        status = self.payment.status if self.payment is not None else "not_paid"
        return "captured" if status == "completed" else status


_payments = json_rows(payment, payment.c.payment_collection_id == payment_collection.c.id, payment.c.id)
_payment = (
    select(json_of(payment_collection, payments=_payments))
    .where(payment_collection.c.id == order.c.payment_collection_id)
    .correlate(order)
    .scalar_subquery()
)
WHOLE_ORDER = cast(
    json_of(
        order,
        lines=json_rows(order_line, order_line.c.order_id == order.c.id, order_line.c.rank),
        methods=json_rows(
            order_shipping_method, order_shipping_method.c.order_id == order.c.id, order_shipping_method.c.id
        ),
        fulfillments=json_rows(FULFILLMENT_JSON, fulfillment.c.order_id == order.c.id, fulfillment.c.id),
        seller_orders=json_rows(seller_order, seller_order.c.order_id == order.c.id, seller_order.c.id),
        payment=_payment,
    ),
    Text,
)
LOAD_ORDER = Prepared(select(WHOLE_ORDER).select_from(order).where(order.c.id == bindparam("id")))
LOAD_OPEN_ORDER = Prepared(
    select(WHOLE_ORDER).select_from(order).where(order.c.id == bindparam("id"), is_open_to(order.c.customer_id))
)
LOAD_ORDER_OF_CART = Prepared(select(WHOLE_ORDER).select_from(order).where(order.c.cart_id == bindparam("id")))


def _insert(table: Table, struct: type[msgspec.Struct], *more: str) -> Prepared:
    """The table's row of a struct: what the struct has and the table has not hangs on other tables."""
    names = [name for name in (*struct.__struct_fields__, *more) if name in table.c and name != "display_id"]
    statement = insert(table)
    return Prepared(statement.returning(table.c.display_id) if "display_id" in table.c else statement, *names)


INSERT_ORDER = _insert(order, Order)
INSERT_SELLER_ORDERS = _insert(seller_order, SellerOrderPart, "order_id")
INSERT_LINES = _insert(order_line, OrderLine, "order_id")
INSERT_METHODS = _insert(order_shipping_method, OrderMethod, "order_id")

_decode = msgspec.json.Decoder(Order)


def read_order(loaded: str) -> Order:
    """An Order from the text that LOAD_ORDER gives."""
    return _decode.decode(loaded)
