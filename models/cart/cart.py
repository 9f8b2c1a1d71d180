"""The cart: one row, always read and written whole; its lines, methods, taxes and totals are one validated document.

Amounts in the document are minor units of the cart's currency.
"""

from datetime import datetime

import msgspec
from sqlalchemy import (
    Text,
    bindparam,
    cast,
    func,
    insert,
    literal_column,
    select,
    update,
)

from models.cart.document import CartDocument, Line, Method
from models.customer.customer import GROUPS_OF_CUSTOMER, is_open_to
from models.payment.session import Collection
from models.pricing.seller_part import counted_for
from models.schema.base import json_list, json_of
from models.schema.cart import cart
from models.schema.customer import customer
from models.schema.journal import change_counter
from models.schema.payment import payment_collection, payment_session
from utils.clock import now
from utils.errors import AppError
from utils.sql import Prepared

MAX_LINES = 200
MAX_QUANTITY = 100_000


class CartNotFound(AppError):
    code, kind = "cart_not_found", "missing"
    message = "Cart id not found: {id}"


class CartMissing(CartNotFound):
    """The same, in the words that reading and completing have for it."""

    message = "Cart with id '{id}' not found"


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


class Buyer(msgspec.Struct):
    """The cart's customer as far as pricing and the cart's view need him."""

    id: str
    email: str
    has_account: bool = False
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
    holds_since: datetime | None = None
    seen_version: int | None = None

    @property
    def total(self) -> int:
        """What the buyer pays, in minor units."""
        return self.document.totals.total if self.document.totals is not None else 0

    def item_total_of(self, seller_id: str) -> int:
        """What the seller's lines come to after discounts, with taxes, in minor units: what its conditions count."""
        lines = counted_for(seller_id, ((line.store_id, line) for line in self.document.items))
        return sum(line.totals.total for line in lines if line.totals is not None)

    @property
    def group_ids(self) -> list[str]:
        """The buyer's customer groups, sorted."""
        return sorted(self.customer.group_ids) if self.customer is not None else []

    @property
    def buyer(self) -> str:
        """Whose stock holds count together: the account's, or the guest's cart alone. Anybody can type an e-mail."""
        return self.customer.id if self.customer is not None and self.customer.has_account else self.id

    @property
    def was_changed_while_loading(self) -> bool:
        """The row was locked in a newer version than the statement saw: what hangs on the cart may be older than it."""
        return self.seen_version is not None and self.seen_version != self.version

    def close(self, moment: datetime) -> None:
        """The cart has become an order."""
        self.ensure_open()
        self.completed_at = moment

    def ensure_open(self) -> None:
        if self.completed_at is not None:
            raise CartCompleted(id=self.id)

    def is_priced(self, counters: dict[str, int]) -> bool:
        """True when nothing that decides a price has changed since the document was priced."""
        document = self.document
        if document.valid_until is not None and document.valid_until <= now():
            return False
        if document.groups != self.group_ids:
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

    def set_quantity(self, line: Line, quantity: int) -> None:
        """So many pieces from now on; none removes the line."""
        line.quantity, line.updated_at = quantity, now()
        if _within_limit(line).quantity == 0:
            self.take_out(line.id)

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
        self.document.is_method_withdrawn = False


def _within_limit(line: Line) -> Line:
    if line.quantity > MAX_QUANTITY:
        raise QuantityTooLarge(limit=MAX_QUANTITY)
    return line


# The counters of what a cart's amounts are made of.
PRICED_BY = ("catalogue", "promotions", "regions", "shipping", "stores")


_live_sessions = (
    select(func.json_agg(json_of(payment_session)))
    .where(payment_session.c.payment_collection_id == payment_collection.c.id, payment_session.c.voided_at.is_(None))
    .correlate(payment_collection)
    .scalar_subquery()
)
_payment = (
    select(json_of(payment_collection, payment_sessions=json_list(_live_sessions)))
    .where(payment_collection.c.cart_id == cart.c.id)
    .correlate(cart)
    .scalar_subquery()
)
_customer = (
    select(
        json_of(
            id=customer.c.id,
            email=customer.c.email,
            has_account=customer.c.has_account,
            group_ids=func.coalesce(GROUPS_OF_CUSTOMER, literal_column("'[]'::jsonb")),
        )
    )
    .where(customer.c.id == cart.c.customer_id)
    .correlate(cart)
    .scalar_subquery()
)
_counters = select(func.json_object_agg(change_counter.c.scope, change_counter.c.version)).scalar_subquery()

# The version as the statement's snapshot has it, whatever the row is by the time it is locked.
_seen = cart.alias("seen")
_seen_version = select(_seen.c.version).where(_seen.c.id == cart.c.id).correlate(cart).scalar_subquery()
_parts = {"payment": _payment, "customer": _customer, "counters": _counters, "seen_version": _seen_version}
# The whole cart as one JSON text in the shape of `Cart`.
_wanted = (cart.c.id == bindparam("id"), is_open_to(cart.c.customer_id))
_whole = select(cast(json_of(cart, **_parts), Text)).where(*_wanted)
LOAD_CART = Prepared(_whole)
# Loaded and locked at once, unless somebody else holds the lock: a statement that waits for a lock still sees the other
# tables as they were before the wait. Somebody may also finish between the snapshot and the lock: see `seen_version`.
LOAD_FREE_CART = Prepared(_whole.with_for_update(of=cart, skip_locked=True))
LOCK_CART = Prepared(select(cart.c.version).where(*_wanted).with_for_update(of=cart))
# The customer's other cart that was changed last and has something in it, for the claim of a guest's.
OTHER_CART = Prepared(
    select(cart.c.id)
    .where(
        cart.c.customer_id == bindparam("customer_id"),
        cart.c.id != bindparam("not_this"),
        cart.c.completed_at.is_(None),
        func.json_array_length(json_list(cart.c.document["items"])) > 0,
    )
    .order_by(cart.c.updated_at.desc(), cart.c.id)
    .limit(1)
)
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
