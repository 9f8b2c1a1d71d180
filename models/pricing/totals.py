"""Every total of a cart or an order that the API names, exact, and whole in the currency's minor units.

With the net amount n of a charge after discounts, its taxes t, the net discount d and the taxes x that the discount
saves (see `models.pricing.rounding`): subtotal = n + d, total = n + t, tax_total = t, discount_subtotal = d,
discount_tax_total = x, discount_total = d + x, original_tax_total = t + x, original_total = n + t + d + x, and
original_subtotal = subtotal. Group and cart totals are sums of these. The rates of a charge are added up: each tax is
taken from the net amount, and a tax-inclusive price is divided by one plus their sum.

All amounts are integers in minor units; those of a result are multiples of the currency's charge step.
"""

from collections.abc import Sequence
from fractions import Fraction
from math import lcm

import msgspec

from models.pricing.rounding import Exact, Whole, largest_remainder, settle, share_out
from utils.money import charge_step

PPM = 1_000_000


class Adjustment(msgspec.Struct, frozen=True):
    """A promotion's exact share of a charge in minor units: net, or with taxes when `is_tax_inclusive`."""

    promotion_id: str
    code: str
    amount: Fraction
    is_tax_inclusive: bool = False


class Charge(msgspec.Struct, frozen=True):
    """A line item, or a shipping method (quantity 1). `rates` in parts per million, one for each tax line."""

    unit_price: int
    quantity: int = 1
    is_tax_inclusive: bool = False
    rates: tuple[int, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()

    @property
    def net(self) -> Fraction:
        """The amount before discounts without taxes, in minor units."""
        amount = self.unit_price * self.quantity
        return Fraction(amount * PPM, PPM + sum(self.rates)) if self.is_tax_inclusive else Fraction(amount)


class TaxLineTotals(msgspec.Struct, frozen=True):
    """What a tax line comes to: `total` after discounts, `subtotal` before them."""

    subtotal: int
    total: int


class AdjustmentTotals(msgspec.Struct, frozen=True):
    """What an adjustment comes to: net, with taxes, and in its own terms (`amount`)."""

    amount: int
    subtotal: int
    total: int


class ChargeTotals(msgspec.Struct, frozen=True):
    """The totals of one line or shipping method; tax lines and adjustments in the order of the charge's."""

    total: int
    subtotal: int
    tax_total: int
    discount_total: int
    discount_subtotal: int
    discount_tax_total: int
    original_total: int
    original_subtotal: int
    original_tax_total: int
    tax_lines: tuple[TaxLineTotals, ...]
    adjustments: tuple[AdjustmentTotals, ...]


class Totals(msgspec.Struct, frozen=True):
    """The totals of a cart or order, with those of its charges in the order they were given."""

    total: int
    subtotal: int
    tax_total: int
    discount_total: int
    discount_subtotal: int
    discount_tax_total: int
    original_total: int
    original_subtotal: int
    original_tax_total: int
    item_total: int
    item_subtotal: int
    item_tax_total: int
    item_discount_total: int
    original_item_total: int
    original_item_subtotal: int
    original_item_tax_total: int
    shipping_total: int
    shipping_subtotal: int
    shipping_tax_total: int
    shipping_discount_total: int
    original_shipping_total: int
    original_shipping_subtotal: int
    original_shipping_tax_total: int
    items: tuple[ChargeTotals, ...]
    shipping_methods: tuple[ChargeTotals, ...]
    credit_line_total: int = 0
    credit_line_subtotal: int = 0
    credit_line_tax_total: int = 0


# Names of the amounts of a line or method, and of a cart or order.
PART_SUMS = tuple(name for name in ChargeTotals.__struct_fields__ if name not in ("tax_lines", "adjustments"))
CART_SUMS = tuple(name for name in Totals.__struct_fields__ if name not in ("items", "shipping_methods"))


class Parts(Exact):
    """A charge's exact amounts, with the net share of each adjustment (times PPM over `den`)."""

    __slots__ = ("rates", "shares")

    def __init__(self, charge: Charge, step: int) -> None:
        price = charge.unit_price * charge.quantity
        rates = self.rates = charge.rates
        rate = sum(rates)
        gross = PPM + rate
        if not charge.adjustments:
            self.shares: list[int] = []
            super().__init__((gross if charge.is_tax_inclusive else PPM) * step, price * PPM, price * rate)
            return
        den = lcm(*(a.amount.denominator for a in charge.adjustments)) * gross
        net = price * PPM * (den // gross) if charge.is_tax_inclusive else price * den
        self.shares = [
            a.amount.numerator * (den // a.amount.denominator) * PPM // gross
            if a.is_tax_inclusive
            else a.amount.numerator * (den // a.amount.denominator)
            for a in charge.adjustments
        ]
        discount = sum(self.shares)
        super().__init__(
            den * PPM * step, (net - discount) * PPM, (net - discount) * rate, discount * PPM, discount * rate
        )

    def tax_lines(self, whole: Whole, step: int) -> tuple[TaxLineTotals, ...]:
        if not self.rates:
            return ()
        _, t, _, x = whole
        if len(self.rates) == 1:
            return (TaxLineTotals((t + x) * step, t * step),)
        kept = self.n // PPM if self.shares else self.n
        before = (self.n + self.d) // PPM if self.shares else self.n
        # Over the charge's own denominator: a rate's share of the net amount.
        den = self.den if self.shares else self.den * PPM
        totals = largest_remainder([kept * r for r in self.rates], den, t)
        subtotals = largest_remainder([before * r for r in self.rates], den, t + x)
        return tuple(TaxLineTotals(s * step, v * step) for s, v in zip(subtotals, totals, strict=True))

    def adjustments(self, charge: Charge, whole: Whole, step: int) -> tuple[AdjustmentTotals, ...]:
        if not self.shares:
            return ()
        rate = sum(self.rates)
        pairs = share_out(((s * PPM, s * rate) for s in self.shares), self.den, whole[2], whole[3])
        return tuple(
            AdjustmentTotals(((d + x) if a.is_tax_inclusive else d) * step, d * step, (d + x) * step)
            for a, (d, x) in zip(charge.adjustments, pairs, strict=True)
        )


def compute(items: Sequence[Charge], shipping_methods: Sequence[Charge], currency_code: str) -> Totals:
    """All totals. Nothing is negative as long as a charge's adjustments do not exceed it."""
    step = charge_step(currency_code)
    groups = [[Parts(charge, step) for charge in group] for group in (items, shipping_methods)]
    wholes = settle(groups)
    lines = tuple(map(_charge_totals, items, groups[0], wholes[0], [step] * len(items)))
    methods = tuple(map(_charge_totals, shipping_methods, groups[1], wholes[1], [step] * len(shipping_methods)))
    n, t, d, x = _sums(wholes[0], step)
    sn, st, sd, sx = _sums(wholes[1], step)
    return Totals(
        total=n + t + sn + st,
        subtotal=n + d + sn + sd,
        tax_total=t + st,
        discount_total=d + x + sd + sx,
        discount_subtotal=d + sd,
        discount_tax_total=x + sx,
        original_total=n + t + d + x + sn + st + sd + sx,
        original_subtotal=n + d + sn + sd,
        original_tax_total=t + x + st + sx,
        item_total=n + t,
        item_subtotal=n + d,
        item_tax_total=t,
        item_discount_total=d + x,
        original_item_total=n + t + d + x,
        original_item_subtotal=n + d,
        original_item_tax_total=t + x,
        shipping_total=sn + st,
        shipping_subtotal=sn + sd,
        shipping_tax_total=st,
        shipping_discount_total=sd + sx,
        original_shipping_total=sn + st + sd + sx,
        original_shipping_subtotal=sn + sd,
        original_shipping_tax_total=st + sx,
        items=lines,
        shipping_methods=methods,
    )


def _sums(wholes: Sequence[Whole], step: int) -> Whole:
    n = t = d = x = 0
    for whole in wholes:
        n += whole[0]
        t += whole[1]
        d += whole[2]
        x += whole[3]
    return n * step, t * step, d * step, x * step


def _charge_totals(charge: Charge, parts: Parts, whole: Whole, step: int) -> ChargeTotals:
    n, t, d, x = whole
    return ChargeTotals(
        total=(n + t) * step,
        subtotal=(n + d) * step,
        tax_total=t * step,
        discount_total=(d + x) * step,
        discount_subtotal=d * step,
        discount_tax_total=x * step,
        original_total=(n + t + d + x) * step,
        original_subtotal=(n + d) * step,
        original_tax_total=(t + x) * step,
        tax_lines=parts.tax_lines(whole, step),
        adjustments=parts.adjustments(charge, whole, step),
    )
