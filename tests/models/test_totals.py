"""Totals: the formulas, where taxes and discounts stand in them, and how exact amounts become whole."""

from fractions import Fraction
from math import floor

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from models.pricing.rounding import Exact, candidates, largest_remainder, settle
from models.pricing.totals import Adjustment, Charge, compute
from tests.models.reference import Reckoned, cart_totals

pytestmark = pytest.mark.pure

VAT = (190_000,)


def off(amount: str | Fraction, *, gross: bool = False) -> tuple[Adjustment, ...]:
    return (Adjustment("promo_1", "CODE", Fraction(amount), gross),)


def test_a_tax_exclusive_line_adds_the_tax() -> None:
    totals = compute([Charge(825, 2, rates=VAT)], [], "eur")
    assert (totals.subtotal, totals.tax_total, totals.total) == (1650, 314, 1964)  # 313.5 and 1963.5


def test_a_tax_inclusive_line_contains_the_tax() -> None:
    totals = compute([Charge(1190, 1, True, VAT)], [], "eur")
    assert (totals.subtotal, totals.tax_total, totals.total) == (1000, 190, 1190)


def test_two_rates_of_a_tax_inclusive_line_are_divided_out_together() -> None:
    line = compute([Charge(825, 2, True, (190_000, 40_000))], [], "eur").items[0]
    assert (line.subtotal, line.total) == (1341, 1650)  # 1650 / 1.23 = 1341.46
    assert [t.total for t in line.tax_lines] == [255, 54]  # 254.88 and 53.66


def test_a_discount_of_5_at_19_percent_lowers_the_total_by_5_95() -> None:
    totals = compute([Charge(10_000, rates=VAT, adjustments=off("500"))], [], "eur")
    assert (totals.discount_total, totals.discount_subtotal, totals.discount_tax_total) == (595, 500, 95)
    assert (totals.total, totals.original_total) == (11_305, 11_900)


def test_a_tax_inclusive_discount_of_5_lowers_the_total_by_5() -> None:
    line = compute([Charge(10_000, rates=VAT, adjustments=off("500", gross=True))], [], "eur").items[0]
    assert (line.discount_total, line.discount_subtotal, line.discount_tax_total) == (500, 420, 80)
    assert (line.adjustments[0].amount, line.adjustments[0].subtotal, line.adjustments[0].total) == (500, 420, 500)


def test_a_discount_on_a_tax_inclusive_line_comes_off_the_net_amount() -> None:
    line = compute([Charge(825, 2, True, (190_000, 40_000), off("55.46"))], [], "eur").items[0]
    assert (line.discount_subtotal, line.discount_total) == (55, 68)
    assert line.total == 1582  # (1650 / 1.23 - 55.46) * 1.23 = 1581.78


def test_subtotals_are_net_and_before_discounts() -> None:
    totals = compute([Charge(1190, 1, True, VAT, off("100"))], [Charge(500, rates=VAT)], "eur")
    assert totals.item_subtotal == totals.original_item_subtotal == 1000
    assert totals.subtotal == totals.original_subtotal == 1500
    assert (totals.shipping_subtotal, totals.shipping_total) == (500, 595)


def test_a_cart_without_anything_is_zero() -> None:
    totals = compute([], [], "eur")
    assert totals.total == totals.subtotal == totals.tax_total == totals.credit_line_total == 0
    assert totals.items == totals.shipping_methods == ()


def test_a_line_given_away_is_zero_with_its_tax() -> None:
    line = compute([Charge(999, 1, rates=VAT, adjustments=off("999"))], [], "eur").items[0]
    assert (line.total, line.tax_total, line.discount_subtotal) == (0, 0, 999)
    assert line.original_total == line.discount_total


def test_the_total_is_rounded_half_up_once() -> None:
    # Three times 0.1666 of tax: each line alone would round to 0.17 and make 0.51.
    lines = [Charge(98, rates=(170_000,))] * 3
    totals = compute(lines, [], "eur")
    assert totals.total == 344  # 343.98
    assert sorted(line.tax_total for line in totals.items) == [16, 17, 17]


def test_half_a_unit_rounds_up() -> None:
    assert compute([Charge(50, rates=(10_000,))], [], "jpy").total == 51  # 50.5


def test_yen_has_no_smaller_unit() -> None:
    totals = compute([Charge(601, rates=(100_000,), adjustments=off("54.3333"))], [], "jpy")
    assert totals.total == 601  # 601.23
    assert totals.subtotal == 601


def test_rupiah_are_charged_whole() -> None:
    totals = compute([Charge(1_555_500, rates=(110_000,))], [], "idr")
    assert (totals.subtotal, totals.tax_total, totals.total) == (1_555_500, 171_100, 1_726_600)  # 171,105 sen of tax


def test_dinars_have_three_digits() -> None:
    assert compute([Charge(1_234, rates=(50_000,))], [], "kwd").total == 1_296  # 1.2957


def test_adjustments_of_one_line_add_up_to_its_discount() -> None:
    adjustments = (*off("33.3333"), *off("33.3333"), *off("33.3333"))
    line = compute([Charge(1000, rates=VAT, adjustments=adjustments)], [], "eur").items[0]
    assert line.discount_subtotal == sum(a.subtotal for a in line.adjustments) == 100
    assert line.discount_total == sum(a.total for a in line.adjustments) == 119


def test_largest_remainders_go_up_first_and_equal_ones_in_order() -> None:
    assert largest_remainder([15, 19, 11], 10, 5) == [2, 2, 1]
    assert largest_remainder([15, 15, 15], 10, 4) == [2, 1, 1]


def test_a_group_without_charges_is_allowed() -> None:
    assert settle([[Exact(2, 1, 0)], []]) == [[(1, 0, 0, 0)], []]


@pytest.mark.parametrize("lines", [1, 2, 40, 200])
def test_every_line_stays_within_a_unit_however_many_there_are(lines: int) -> None:
    charges = [Charge(101 + i, 3, i % 2 == 0, (82_500, 7_777), off(Fraction(100 + i, 7))) for i in range(lines)]
    totals = compute(charges, [], "eur")
    for charge, line in zip(charges, totals.items, strict=True):
        exact = (charge.net - charge.adjustments[0].amount) * (1 + Fraction(sum(charge.rates), 1_000_000))
        assert abs(line.total - exact) < 1
    assert totals.total == sum(line.total for line in totals.items)


def percent_off(price: int, inclusive: bool, rates: tuple[int, ...], percent: int) -> Charge:
    net = Charge(price, 1, inclusive, rates).net
    return Charge(price, 1, inclusive, rates, off(net * percent / 100) if percent else ())


Offered = list[tuple[int, bool, tuple[int, ...], int]]


@pytest.mark.parametrize(
    ("lines", "methods"),
    [
        # Taking for each line what looks best leaves a sum a whole cent off; a detour does not.
        ([(155, False, (), 33), (425, True, VAT, 33)], []),
        ([(320, True, (70_000,), 50), (350, True, (110_000,), 5)], []),
        # Only when a line's total goes the other way than its remainder says do all sums come close.
        ([(375, True, (), 50), (390, True, VAT, 25), (450, False, (110_000,), 0)], []),
        ([(335, True, (), 50), (165, True, (), 50), (140, False, (110_000,), 20), (240, False, (70_000,), 15)], []),
        # Only when the items' total does.
        (
            [(470, False, (), 5), (155, True, (), 5), (355, True, (70_000,), 0), (330, False, (), 50)],
            [(335, False, VAT, 33), (380, True, (110_000,), 33)],
        ),
    ],
)
def test_sums_keep_close_where_the_straight_way_does_not(lines: Offered, methods: Offered) -> None:
    items, shipping = [percent_off(*line) for line in lines], [percent_off(*method) for method in methods]
    totals = compute(items, shipping, "eur")
    exact = cart_totals([exactly(charge) for charge in items], [exactly(charge) for charge in shipping])
    assert totals.total == floor(exact["total"] + Fraction(1, 2))
    for name, amount in exact.items():
        assert abs(getattr(totals, name) - amount) < 1, name


def exactly(charge: Charge) -> Reckoned:
    percents = [Fraction(rate, 10_000) for rate in charge.rates]
    cuts = [("promo_1", adjustment.amount, False) for adjustment in charge.adjustments]
    return Reckoned(charge.unit_price, charge.is_tax_inclusive, charge.quantity, percents, cuts=cuts)


@given(st.integers(1, 60), st.tuples(*[st.integers(0, 200)] * 4), st.booleans())
def test_a_charge_can_go_down_or_up_and_none_of_its_sums_a_whole_unit(
    den: int, parts: tuple[int, int, int, int], up: bool
) -> None:
    n, t, d, x = parts
    assume(d or not x)  # where nothing is taken off, no tax is saved
    total = (n + t) // den if not up else -(-(n + t) // den)
    found = candidates(Exact(den, n, t, d, x), total, 1)
    assert found
    sums = [(n,), (t,), (d,), (x,), (n, d), (t, x), (d, x), (n, t), (n, t, d, x)]
    for ea, et, ed, ex, (wn, wt, wd, wx) in found:
        wholes = [(wn,), (wt,), (wd,), (wx,), (wn, wd), (wt, wx), (wd, wx), (wn, wt), (wn, wt, wd, wx)]
        assert all(abs(sum(whole) * den - sum(exact)) < den for whole, exact in zip(wholes, sums, strict=True))
        assert (ea, et, ed, ex) == (total * den - n - t, wt * den - t, wd * den - d, wx * den - x)
