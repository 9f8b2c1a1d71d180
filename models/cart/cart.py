"""The cart: one row, always read and written whole; its lines, methods, taxes and totals are one validated document.

Amounts in the document are minor units of the cart's currency.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec

from models.cart.document import Address, Applied, CartDocument, Line, Method, Unapplied
from models.customer.customer import Customer
from models.payment.session import Collection
from models.pricing.seller_part import counted_for
from models.pricing.totals import ChargeTotals, Totals
from utils.clock import now
from utils.errors import AppError
from utils.ids import new_id

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
        lines = counted_for(seller_id, ((line.seller_id, line) for line in self.document.items))
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

    def mark_stored(self, moment: datetime) -> None:
        """The document was stored, one version on."""
        self.version, self.updated_at = self.version + 1, moment

    def open_payment(self, collection: Collection) -> None:
        """The cart is paid in this place."""
        self.payment = collection

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

    @property
    def variant_ids(self) -> list[str]:
        """The variants of the lines."""
        return [line.variant_id for line in self.document.items]

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
                known.updated_at, known.refused = line.updated_at, None
                return _within_limit(known)
        if len(self.document.items) >= MAX_LINES:
            raise CartFull(limit=MAX_LINES)
        self.document.items.append(_within_limit(line))
        return line

    def change_line(self, line: Line, quantity: int, metadata: dict[str, Any] | None = None) -> None:
        """Set the line's quantity (0 removes it), and its metadata where some are given."""
        line.quantity, line.updated_at, line.refused = quantity, now(), None
        if metadata is not None:
            line.metadata = metadata
        if _within_limit(line).quantity == 0:
            self.take_out(line.id)

    def take_out(self, line_id: str) -> None:
        """Remove a line; one that is not there is gone already."""
        self.document.items = [line for line in self.document.items if line.id != line_id]

    def note_refusal(self, code: str, line_ids: Sequence[str]) -> None:
        """The cart was not sold because of these lines, and of no others."""
        for line in self.document.items:
            line.refused = code if line.id in line_ids else None

    def forget_refusal(self) -> bool:
        """Try anew; was anything noted?"""
        noted = [line for line in self.document.items if line.refused is not None]
        for line in noted:
            line.refused = None
        return bool(noted)

    def parcels(self) -> dict[tuple[str, str], list[Line]]:
        """The lines that must be sent, by (seller, shipping profile): each needs a shipping method."""
        parcels: dict[tuple[str, str], list[Line]] = {}
        for line in self.document.items:
            if line.sold.requires_shipping:
                parcels.setdefault((line.seller_id, line.sold.shipping_profile_id or ""), []).append(line)
        return parcels

    def choose(self, method: Method) -> None:
        """Send a parcel this way; an earlier choice for the same parcel is replaced."""
        kept = [other for other in self.document.shipping_methods if other.parcel != method.parcel]
        self.document.shipping_methods = [*kept, method]
        self.document.is_method_withdrawn = False

    def add_methods(self, methods: Iterable[Method]) -> None:
        """Send parcels that had no method these ways."""
        self.document.shipping_methods = [*self.document.shipping_methods, *methods]

    def keep_methods(self, kept: list[Method], parcels: Iterable[tuple[str, str]]) -> list[Method]:
        """Go on with these of the chosen methods, or with none when the cart was sent whole and a parcel has none now.

        A client that knows one method for the whole cart asks for it only where there is none; and that one was lost is
        noted, for its buyer does not know (ADR 73).
        """
        document = self.document
        before, served = {method.parcel for method in document.shipping_methods}, {method.parcel for method in kept}
        missing = [parcel for parcel in parcels if parcel not in served]
        document.shipping_methods = [] if missing and document.is_sent_whole else kept
        if missing and (document.is_sent_whole or not before.isdisjoint(missing)):
            document.is_method_withdrawn = True
        document.is_sent_whole = bool(kept) and not missing
        return document.shipping_methods

    def move_to(self, region_id: str, currency_code: str, country_codes: Sequence[str]) -> None:
        """Sell the cart in another region; an address outside of it is dropped."""
        self.region_id, self.currency_code = region_id, currency_code
        address = self.document.shipping_address
        if address is None or address.country_code not in country_codes:
            self.document.shipping_address = only_country(country_codes)

    def give_to(self, owner: Customer, country_codes: Sequence[str]) -> None:
        """Make the cart the customer's: e-mail, groups, and the default addresses where it has none yet."""
        self.customer_id = owner.id
        self.customer = Buyer(id=owner.id, email=owner.email, has_account=True, group_ids=owner.group_ids)
        document = self.document
        document.email = owner.email
        delivery, billing = owner.default("shipping"), owner.default("billing")
        bare = document.shipping_address is None or document.shipping_address.address_1 is None
        if delivery is not None and bare and delivery.country_code in country_codes:
            document.shipping_address = Address(id=new_id("caaddr"), **delivery.postal())
        if billing is not None and document.billing_address is None:
            document.billing_address = Address(id=new_id("caaddr"), **billing.postal())

    def set_email(self, email: str | None) -> None:
        self.document.email = email

    def set_guest(self, guest: Buyer | None) -> None:
        """The guest who buys; nobody without an e-mail address."""
        self.customer, self.customer_id = guest, guest.id if guest is not None else None

    def set_shipping_address(self, address: Address | None) -> None:
        self.document.shipping_address = address

    def set_billing_address(self, address: Address | None) -> None:
        self.document.billing_address = address

    def set_sales_channel(self, channel_id: str | None) -> None:
        self.sales_channel_id = channel_id

    def set_locale(self, locale: str | None) -> None:
        self.document.locale = locale

    def set_metadata(self, metadata: dict[str, Any] | None) -> None:
        self.document.metadata = metadata

    def set_codes(self, codes: Iterable[str]) -> None:
        """Carry these promotion codes and no others."""
        self.document.promo_codes = list(codes)

    def ask_for_taxes(self) -> None:
        """Have taxes worked out also where the region does not do so by itself."""
        self.document.taxed = True

    def take_all_lines(self) -> list[Line]:
        """Empty the cart of its lines, which are handed out."""
        lines, self.document.items = self.document.items, []
        return lines

    def put_back(self, lines: list[Line]) -> None:
        """Lines that were handed out and that nobody took."""
        self.document.items = [*self.document.items, *lines]

    def set_item_totals(self, totals: Sequence[ChargeTotals]) -> None:
        """What each line comes to before shipping is chosen: what conditions on the item total look at."""
        for line, sums in zip(self.document.items, totals, strict=True):
            line.totals = sums

    def set_totals(self, totals: Totals, promotions: list[Applied], unapplied: list[Unapplied]) -> None:
        """What the lines and methods come to, and which promotions gave something, or did not and why."""
        self.document.totals = msgspec.structs.replace(totals, items=(), shipping_methods=())
        self.document.promotions, self.document.unapplied = promotions, unapplied

    def mark_priced(self, versions: dict[str, int], valid_until: datetime | None) -> None:
        """Note under which counters and customer groups the amounts were computed, and when they expire."""
        self.document.priced, self.document.groups = versions, self.group_ids
        self.document.valid_until = valid_until


def only_country(country_codes: Sequence[str]) -> Address | None:
    """Where a cart goes when there is no choice of countries."""
    return Address(id=new_id("caaddr"), country_code=country_codes[0]) if len(country_codes) == 1 else None


def _within_limit(line: Line) -> Line:
    if line.quantity > MAX_QUANTITY:
        raise QuantityTooLarge(limit=MAX_QUANTITY)
    return line


# The counters of what a cart's amounts are made of.
PRICED_BY = ("catalogue", "promotions", "regions", "shipping", "sellers")
