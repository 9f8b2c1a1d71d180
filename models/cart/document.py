"""The cart's document: lines, methods, taxes, discounts and totals, stored as one JSON value.

Amounts are minor units of the cart's currency. Old documents must stay readable: a new field has a default, and no
field is ever given another meaning.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from models.pricing.price import ChosenPrice
from models.pricing.tax import TaxLine
from models.pricing.totals import Adjustment, ChargeTotals, Totals
from models.seller.seller import Seller
from utils.ids import new_id


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
    """So many pieces of one variant.

    `refused` is the code of the refusal that named the line when the cart was last to be bought.
    """

    id: str
    variant_id: str
    product_id: str
    seller_id: str = msgspec.field(name="store_id")
    quantity: int
    created_at: datetime
    updated_at: datetime
    sold: Sold
    unit_price: int = 0
    compare_at_unit_price: int | None = None
    is_tax_inclusive: bool = False
    is_unpriced: bool = False
    refused: str | None = None
    metadata: dict[str, Any] = {}
    tax_lines: list[TaxEntry] = []
    adjustments: list[Discount] = []
    totals: ChargeTotals | None = None

    def set_price(self, chosen: ChosenPrice | None, sold: Sold) -> None:
        """Take today's price and description; without a price the last one stays, and the line is marked."""
        self.is_unpriced = chosen is None
        if chosen is not None:
            self.unit_price, self.is_tax_inclusive = chosen.calculated.amount, chosen.is_tax_inclusive
            self.compare_at_unit_price = chosen.compare_at
        self.sold = sold

    def not_sold(self, seller: Seller | None, at: datetime) -> str | None:
        """The code of what keeps the line from being bought, as far as the cart knows; None when nothing does."""
        if seller is not None and seller.not_selling(at) is not None:
            return "store_closed" if seller.is_listed else "variant_not_available"
        if self.is_unpriced:
            return "variant_not_priced"
        # Of these two the cart knows by itself that they hold no more.
        return None if self.refused in ("store_closed", "variant_not_priced") else self.refused


class Method(msgspec.Struct, omit_defaults=True):
    """How one seller sends its part of the cart: one method a seller and shipping profile.

    `shared_type` is the type code under which a combined option chooses this method; None when it would choose another.
    """

    id: str
    shipping_option_id: str
    seller_id: str = msgspec.field(name="store_id")
    shipping_profile_id: str
    name: str
    created_at: datetime
    amount: int = 0
    is_tax_inclusive: bool = False
    data: dict[str, Any] = {}
    tax_lines: list[TaxEntry] = []
    adjustments: list[Discount] = []
    totals: ChargeTotals | None = None
    shared_type: str | None = None
    type_label: str | None = None

    def set_option(
        self, *, name: str, type_label: str, shared_type: str | None, amount: int, is_tax_inclusive: bool
    ) -> None:
        """Take today's name and price of the option; minor units."""
        self.name, self.type_label, self.shared_type = name, type_label, shared_type
        self.amount, self.is_tax_inclusive = amount, is_tax_inclusive

    @property
    def parcel(self) -> tuple[str, str]:
        """The parcel that is sent this way: its seller and shipping profile."""
        return self.seller_id, self.shipping_profile_id


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

    `priced` are the change counters it was priced under, `groups` the buyer's customer groups then, `taxed` says that
    taxes were asked for in a region that does not work them out by itself, `is_method_withdrawn` that a chosen method
    was dropped since its option can no longer be used, `is_sent_whole` that every parcel had a method at
    the last pricing.
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
    groups: list[str] = []
    valid_until: datetime | None = None
    is_method_withdrawn: bool = False
    is_sent_whole: bool = False


def set_amounts(part: Line | Method, sums: ChargeTotals, taxes: Sequence[TaxLine], given: Sequence[Adjustment]) -> None:
    """Write the computed amounts into a line or method; taxes and discounts that stay keep their ids."""
    tax_ids = {entry.tax_rate_id: entry.id for entry in part.tax_lines}
    discount_ids = {entry.promotion_id: entry.id for entry in part.adjustments}
    is_line = isinstance(part, Line)
    part.tax_lines = [
        TaxEntry(
            id=tax_ids.get(tax.tax_rate_id) or new_id("calitxl" if is_line else "casmtxl"),
            tax_rate_id=tax.tax_rate_id,
            code=tax.code,
            description=tax.description,
            ppm=tax.ppm,
            provider_id=tax.provider_id,
            subtotal=sums.tax_lines[rank].subtotal,
            total=sums.tax_lines[rank].total,
        )
        for rank, tax in enumerate(taxes)
    ]
    part.adjustments = [
        Discount(
            id=discount_ids.get(adjustment.promotion_id) or new_id("caliadj" if is_line else "casmadj"),
            promotion_id=adjustment.promotion_id,
            code=adjustment.code,
            is_tax_inclusive=adjustment.is_tax_inclusive,
            amount=sums.adjustments[rank].amount,
            subtotal=sums.adjustments[rank].subtotal,
            total=sums.adjustments[rank].total,
        )
        for rank, adjustment in enumerate(given)
    ]
    part.totals = msgspec.structs.replace(sums, tax_lines=(), adjustments=())
