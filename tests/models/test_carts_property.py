"""Random carts: what `models` computes against the slow reference, and the laws that totals obey."""

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings

from models.pricing.totals import Charge, ChargeTotals, Totals
from tests.models.reference import STEPS, Reckoned, cart_totals, reckon
from tests.models.worlds import computed, tax_book, worlds

# A failing cart is made small for up to five minutes before it is shown.
pytestmark = [pytest.mark.pure, pytest.mark.timeout(400)]
CARTS = settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
LONG_CARTS = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


def check_amounts(world: dict[str, Any], charges: Iterable[Charge], reckoned: Iterable[Reckoned]) -> None:
    for charge, exact in zip(charges, reckoned, strict=True):
        assert (charge.unit_price, charge.is_tax_inclusive) == (exact.unit, exact.inclusive)
        assert [Fraction(rate, 10_000) for rate in charge.rates] == exact.percents
        found = [(a.promotion_id, a.amount, a.is_tax_inclusive) for a in charge.adjustments]
        assert found == exact.cuts


def check_tax_lines(world: dict[str, Any], reckoned: Iterable[Reckoned]) -> None:
    taxes = tax_book(world)
    for line, exact in zip(world["lines"], reckoned, strict=True):
        found = taxes.item_lines(world["country"], world["province"], line["product_id"], line["product_type_id"])
        assert [entry.tax_rate_id for entry in found] == exact.tax_ids


def check_charge(found: ChargeTotals, exact: Reckoned, step: int) -> None:
    for name, amount in exact.named().items():
        assert abs(getattr(found, name) - amount) < step, name
    check_identities(found)
    assert found.tax_total == sum(t.total for t in found.tax_lines)
    assert found.original_tax_total == sum(t.subtotal for t in found.tax_lines)
    assert found.discount_subtotal == sum(a.subtotal for a in found.adjustments)
    assert found.discount_total == sum(a.total for a in found.adjustments)
    for line, percent in zip(found.tax_lines, exact.percents, strict=True):
        assert abs(line.subtotal - exact.full_net * percent / 100) < step
        assert abs(line.total - (exact.full_net - exact.discount_net) * percent / 100) < step
    for adjustment, (_, amount, gross) in zip(found.adjustments, exact.cuts, strict=True):
        net = amount / exact.tax_factor if gross else amount
        assert abs(adjustment.subtotal - net) < step
        assert abs(adjustment.amount - amount) < step
        assert adjustment.amount == (adjustment.total if gross else adjustment.subtotal)
    if not exact.inclusive and (exact.unit * exact.quantity) % step == 0:
        assert found.subtotal == exact.unit * exact.quantity
    if exact.inclusive and (exact.unit * exact.quantity) % step == 0:
        assert found.original_total == exact.unit * exact.quantity


def check_identities(t: ChargeTotals | Totals) -> None:
    assert t.total == t.subtotal - t.discount_subtotal + t.tax_total
    assert t.discount_total == t.discount_subtotal + t.discount_tax_total
    assert t.original_total == t.total + t.discount_total
    assert t.original_tax_total == t.tax_total + t.discount_tax_total
    assert t.original_subtotal == t.subtotal
    assert t.original_total == t.original_subtotal + t.original_tax_total


def check_cart(t: Totals, exact: dict[str, Fraction], step: int) -> None:
    check_identities(t)
    for name in ("total", "subtotal", "tax_total", "discount_total"):
        assert getattr(t, name) == getattr(t, f"item_{name}") + getattr(t, f"shipping_{name}")
        assert getattr(t, f"item_{name}") == sum(getattr(line, name) for line in t.items)
        assert getattr(t, f"shipping_{name}") == sum(getattr(method, name) for method in t.shipping_methods)
    for name in ("total", "subtotal", "tax_total"):
        of_items, of_shipping = getattr(t, f"original_item_{name}"), getattr(t, f"original_shipping_{name}")
        assert getattr(t, f"original_{name}") == of_items + of_shipping
        assert of_items == sum(getattr(line, f"original_{name}") for line in t.items)
    assert t.discount_subtotal == sum(charge.discount_subtotal for charge in t.items + t.shipping_methods)
    half_up = int((exact["total"] / step + Fraction(1, 2)).__floor__()) * step
    assert t.total == half_up
    for name, amount in exact.items():
        assert abs(getattr(t, name) - amount) < step, name


def check_whole(t: Totals, step: int) -> None:
    for part in (t, *t.items, *t.shipping_methods):
        for name, amount in msgspec.structs.asdict(part).items():
            if isinstance(amount, int):
                assert amount >= 0, name
                assert amount % step == 0, name


def check(world: dict[str, Any]) -> None:
    step = STEPS.get(world["currency"], 1)
    items, methods = reckon(world)
    charges, shipping, applied, totals = computed(world)
    check_tax_lines(world, items)
    check_amounts(world, charges, items)
    check_amounts(world, shipping, methods)
    used = {promotion_id for r in items + methods for promotion_id, _, _ in r.cuts}
    assert {p.id for p in applied.promotions} == used
    known = {p["code"] for p in world["promotions"] if p["id"] in used}
    assert {d.code for d in applied.dropped} == set(world["codes"]) - known
    for found, exact in zip((*totals.items, *totals.shipping_methods), items + methods, strict=True):
        check_charge(found, exact, step)
    check_cart(totals, cart_totals(items, methods), step)
    check_whole(totals, step)


@given(worlds())
@CARTS
def test_a_random_cart_is_exact_and_its_parts_add_up(world: dict[str, Any]) -> None:
    check(world)


@given(worlds(lines=25))
@LONG_CARTS
def test_a_long_random_cart_is_exact_and_its_parts_add_up(world: dict[str, Any]) -> None:
    check(world)
