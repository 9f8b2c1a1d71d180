"""The cart: one row, always read and written whole; its lines, methods, taxes and totals are one validated document.

Amounts in the document are minor units of the cart's currency.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec
from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    bindparam,
    cast,
    func,
    insert,
    literal_column,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB

from models.base import id_column, metadata, moment, stamps
from models.customer import customer, customer_group_customer
from models.journal import change_counter
from models.payment import payment_collection, payment_session
from models.totals import ChargeTotals, Totals
from utils.clock import now
from utils.errors import AppError
from utils.sql import Prepared

MAX_LINES = 200
MAX_QUANTITY = 100_000

cart = Table(
    "cart",
    metadata,
    id_column(),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("region_id", ForeignKey("region.id"), nullable=False),
    Column("sales_channel_id", ForeignKey("sales_channel.id")),
    Column("customer_id", ForeignKey("customer.id"), index=True),
    Column("currency_code", Text, nullable=False),
    Column("document", JSONB, nullable=False),
    *stamps(),
    moment("completed_at"),
    CheckConstraint("version > 0", name="version"),
    Index("ix_cart_open", "updated_at", postgresql_where=text("completed_at IS NULL")),
)


class CartNotFound(AppError):
    code, kind = "cart_not_found", "missing"
    message = "Cart id not found: {id}"


class CartCompleted(AppError):
    code, kind = "cart_completed", "invalid"
    message = "Cart {id} is already completed."


class LineNotFound(AppError):
    code, kind = "line_item_not_found", "missing"
    message = "Line item with id: {id} was not found"


class CartFull(AppError):
    code, kind = "cart_full", "invalid"
    message = "A cart holds {limit} lines at the most. Remove some, or buy in two carts."


class QuantityTooLarge(AppError):
    code, kind = "quantity_too_large", "invalid"
    message = "A line holds {limit} pieces at the most."


class Address(msgspec.Struct, omit_defaults=True):
    """A postal address; country in lower case ISO 3166-1 alpha-2."""

    id: str
    first_name: str | None = None
    last_name: str | None = None
    company: str | None = None
    address_1: str | None = None
    address_2: str | None = None
    city: str | None = None
    postal_code: str | None = None
    country_code: str | None = None
    province: str | None = None
    phone: str | None = None
    metadata: dict[str, Any] | None = None


class TaxEntry(msgspec.Struct, omit_defaults=True):
    """One tax on a line or method: the rate in parts per million, and what it came to."""

    id: str
    tax_rate_id: str
    code: str | None
    description: str
    ppm: int
    provider_id: str
    subtotal: int = 0
    total: int = 0


class Discount(msgspec.Struct, omit_defaults=True):
    """One promotion's share of a line or method."""

    id: str
    promotion_id: str
    code: str
    is_tax_inclusive: bool = False
    amount: int = 0
    subtotal: int = 0
    total: int = 0


class Sold(msgspec.Struct, omit_defaults=True):
    """What the line said about its product when it was last priced."""

    title: str
    variant_title: str
    handle: str
    subtitle: str | None = None
    description: str | None = None
    thumbnail: str | None = None
    type: str | None = None
    type_id: str | None = None
    collection: str | None = None
    collection_id: str | None = None
    category_ids: list[str] = []
    tag_ids: list[str] = []
    sku: str | None = None
    barcode: str | None = None
    options: dict[str, str] = {}
    requires_shipping: bool = True
    is_giftcard: bool = False
    is_discountable: bool = True
    shipping_profile_id: str | None = None


class Line(msgspec.Struct, omit_defaults=True):
    """So many pieces of one variant."""

    id: str
    variant_id: str
    product_id: str
    store_id: str
    quantity: int
    created_at: datetime
    updated_at: datetime
    sold: Sold
    unit_price: int = 0
    compare_at_unit_price: int | None = None
    is_tax_inclusive: bool = False
    metadata: dict[str, Any] = {}
    tax_lines: list[TaxEntry] = []
    adjustments: list[Discount] = []
    totals: ChargeTotals | None = None


class Method(msgspec.Struct, omit_defaults=True):
    """How one store sends its part of the cart: one method a store and shipping profile."""

    id: str
    shipping_option_id: str
    store_id: str
    shipping_profile_id: str
    name: str
    created_at: datetime
    amount: int = 0
    is_tax_inclusive: bool = False
    data: dict[str, Any] = {}
    tax_lines: list[TaxEntry] = []
    adjustments: list[Discount] = []
    totals: ChargeTotals | None = None


class Applied(msgspec.Struct, omit_defaults=True):
    """A promotion that takes something off, as it is shown; `value` in percent, or in minor units when fixed."""

    id: str
    code: str
    method_id: str
    method_type: str
    value: Decimal
    is_automatic: bool = False
    is_tax_inclusive: bool = False
    currency_code: str | None = None


class Unapplied(msgspec.Struct):
    """A code that the cart carries and that gives nothing now, and why."""

    code: str
    reason: str


class CartDocument(msgspec.Struct, omit_defaults=True):
    """Everything of the cart that is not asked for by itself.

    `priced` are the change counters it was priced under, `taxed` says that taxes were asked for in a region that does
    not work them out by itself.
    """

    email: str | None = None
    locale: str | None = None
    metadata: dict[str, Any] | None = None
    shipping_address: Address | None = None
    billing_address: Address | None = None
    items: list[Line] = []
    shipping_methods: list[Method] = []
    promo_codes: list[str] = []
    promotions: list[Applied] = []
    unapplied: list[Unapplied] = []
    totals: Totals | None = None
    taxed: bool = False
    priced: dict[str, int] = {}
    valid_until: datetime | None = None


class Session(msgspec.Struct):
    """A live payment session, amount in minor units."""

    id: str
    provider_id: str
    currency_code: str
    amount: int
    status: str
    data: dict[str, Any]
    context: dict[str, Any]
    payment_collection_id: str
    created_at: datetime
    updated_at: datetime
    metadata: dict[str, Any] | None = None
    authorized_at: datetime | None = None
    expires_at: datetime | None = None


class Collection(msgspec.Struct):
    """The cart's payment collection with its live session, if any."""

    id: str
    currency_code: str
    amount: int
    status: str
    created_at: datetime
    updated_at: datetime
    metadata: dict[str, Any] | None = None
    completed_at: datetime | None = None
    authorized_amount: int | None = None
    captured_amount: int | None = None
    refunded_amount: int | None = None
    payment_sessions: list[Session] = []


class Buyer(msgspec.Struct):
    """The cart's customer as far as pricing and the cart's view need him."""

    id: str
    email: str
    group_ids: list[str] = []


class Cart(msgspec.Struct):
    """A cart in hand: its row, its document, and what hangs on it."""

    id: str
    version: int
    region_id: str
    currency_code: str
    document: CartDocument
    created_at: datetime
    updated_at: datetime
    sales_channel_id: str | None = None
    customer_id: str | None = None
    completed_at: datetime | None = None
    payment: Collection | None = None
    customer: Buyer | None = None
    counters: dict[str, int] = {}

    @property
    def total(self) -> int:
        """What the buyer pays, in minor units."""
        return self.document.totals.total if self.document.totals is not None else 0

    def ensure_open(self) -> None:
        if self.completed_at is not None:
            raise CartCompleted(id=self.id)

    def is_priced(self, counters: dict[str, int]) -> bool:
        """True when nothing that decides a price has changed since the document was priced."""
        document = self.document
        if document.valid_until is not None and document.valid_until <= now():
            return False
        return document.priced == {scope: counters.get(scope, 0) for scope in PRICED_BY}

    def line(self, line_id: str) -> Line:
        for line in self.document.items:
            if line.id == line_id:
                return line
        raise LineNotFound(id=line_id)

    def put(self, line: Line, *, merge: bool = True) -> Line:
        """Add a line; a line of the same variant with the same metadata takes its quantity instead."""
        for known in self.document.items if merge else ():
            if known.variant_id == line.variant_id and known.metadata == line.metadata:
                known.quantity += line.quantity
                known.updated_at = line.updated_at
                return _within_limit(known)
        if len(self.document.items) >= MAX_LINES:
            raise CartFull(limit=MAX_LINES)
        self.document.items.append(_within_limit(line))
        return line

    def take_out(self, line_id: str) -> None:
        """Remove a line; one that is not there is gone already."""
        self.document.items = [line for line in self.document.items if line.id != line_id]

    def parcels(self) -> dict[tuple[str, str], list[Line]]:
        """The lines that must be sent, by (store, shipping profile): each needs a shipping method."""
        parcels: dict[tuple[str, str], list[Line]] = {}
        for line in self.document.items:
            if line.sold.requires_shipping:
                parcels.setdefault((line.store_id, line.sold.shipping_profile_id or ""), []).append(line)
        return parcels

    def choose(self, method: Method) -> None:
        """Send a parcel this way; an earlier choice for the same parcel is replaced."""
        parcel = (method.store_id, method.shipping_profile_id)
        kept = [m for m in self.document.shipping_methods if (m.store_id, m.shipping_profile_id) != parcel]
        self.document.shipping_methods = [*kept, method]


def _within_limit(line: Line) -> Line:
    if line.quantity > MAX_QUANTITY:
        raise QuantityTooLarge(limit=MAX_QUANTITY)
    return line


# The counters of what a cart's amounts are made of.
PRICED_BY = ("catalogue", "promotions", "regions", "shipping", "stores")


_live_sessions = (
    select(func.jsonb_agg(func.to_jsonb(literal_column("payment_session"))))
    .select_from(payment_session)
    .where(payment_session.c.payment_collection_id == payment_collection.c.id, payment_session.c.voided_at.is_(None))
    .correlate(payment_collection)
    .scalar_subquery()
)
_payment = (
    select(
        func.to_jsonb(literal_column("payment_collection")).op("||")(
            func.jsonb_build_object("payment_sessions", func.coalesce(_live_sessions, literal_column("'[]'::jsonb")))
        )
    )
    .select_from(payment_collection)
    .where(payment_collection.c.cart_id == cart.c.id)
    .correlate(cart)
    .scalar_subquery()
)
_groups = (
    select(func.jsonb_agg(customer_group_customer.c.group_id))
    .where(customer_group_customer.c.customer_id == customer.c.id)
    .correlate(customer)
    .scalar_subquery()
)
_customer = (
    select(
        func.jsonb_build_object(
            "id",
            customer.c.id,
            "email",
            customer.c.email,
            "group_ids",
            func.coalesce(_groups, literal_column("'[]'::jsonb")),
        )
    )
    .where(customer.c.id == cart.c.customer_id)
    .correlate(cart)
    .scalar_subquery()
)
COUNTERS_OBJECT = select(func.jsonb_object_agg(change_counter.c.scope, change_counter.c.version)).scalar_subquery()

# The whole cart as one JSON text in the shape of `Cart`.
LOAD_CART = Prepared(
    select(
        cast(
            func.to_jsonb(literal_column("cart")).op("||")(
                func.jsonb_build_object("payment", _payment, "customer", _customer, "counters", COUNTERS_OBJECT)
            ),
            Text,
        )
    ).where(cart.c.id == bindparam("id"))
)
# Locked in a statement of its own: one that waits for a lock still sees other tables as they were before the wait.
LOCK_CART = Prepared(select(cart.c.version).where(cart.c.id == bindparam("id")).with_for_update())
STORED = ("region_id", "sales_channel_id", "customer_id", "currency_code", "document", "completed_at")
INSERT_CART = Prepared(insert(cart), *STORED, "id", "created_at", "updated_at")
STORE_CART = Prepared(
    update(cart)
    .where(cart.c.id == bindparam("cart_id"), cart.c.version == bindparam("known_version"))
    .values(version=cart.c.version + 1)
    .returning(cart.c.version),
    *(*STORED, "updated_at"),
)

_decode = msgspec.json.Decoder(Cart)


def read_cart(loaded: str) -> Cart:
    """A Cart from the text that LOAD_CART gives."""
    return _decode.decode(loaded)
