"""One shipping choice over several parcels: what a buyer sees of them who knows no sellers.

Cart methods and order methods alike; amounts are minor units, and every sum is the sum of the parts.
"""

from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import TypeVar

import msgspec

from models.cart.document import Discount, Method, TaxEntry
from models.order.order import OrderMethod
from models.pricing.totals import PART_SUMS, ChargeTotals

COMBINED = "so_combined"

M = TypeVar("M", Method, OrderMethod)
_part_sums = attrgetter(*PART_SUMS)


def option_id(type_code: str) -> str:
    """The id of the option that combines the cheapest options of this type."""
    return f"{COMBINED}_{type_code}"


def label(labels: Iterable[str]) -> str:
    """What a combined option is called; sellers may name one type differently."""
    return min(labels)


def combined(methods: Sequence[M]) -> M:
    """Several methods as one with their sums.

    `shipping_option_id` is the id of the combined option that would choose just these methods; of methods that no such
    option chooses it is `so_combined`, which names none.
    """
    first = methods[0]
    types = {method.shared_type for method in methods}
    code = first.shared_type if len(types) == 1 else None
    names = dict.fromkeys(method.name for method in methods)
    data = first.data if all(method.data == first.data for method in methods) else {}
    shown: M = msgspec.structs.replace(
        first,
        id=f"{first.id.replace('_', 'all_', 1)}",
        shipping_option_id=option_id(code) if code else COMBINED,
        name=label(method.type_label or method.name for method in methods) if code else " + ".join(names),
        amount=sum(method.amount for method in methods),
        is_tax_inclusive=all(method.is_tax_inclusive for method in methods),
        data=data,
        tax_lines=_tax_lines(methods),
        adjustments=_adjustments(methods),
        totals=_totals(methods),
    )
    return shown


def _tax_lines(methods: Sequence[Method] | Sequence[OrderMethod]) -> list[TaxEntry]:
    found: dict[tuple[str, int], TaxEntry] = {}
    for entry in (entry for method in methods for entry in method.tax_lines):
        known = found.get(key := (entry.tax_rate_id, entry.ppm))
        found[key] = entry if known is None else _added(known, entry, "subtotal", "total")
    return list(found.values())


def _adjustments(methods: Sequence[Method] | Sequence[OrderMethod]) -> list[Discount]:
    found: dict[str, Discount] = {}
    for entry in (entry for method in methods for entry in method.adjustments):
        known = found.get(entry.promotion_id)
        found[entry.promotion_id] = entry if known is None else _added(known, entry, "amount", "subtotal", "total")
    return list(found.values())


def _totals(methods: Sequence[Method] | Sequence[OrderMethod]) -> ChargeTotals | None:
    totals = [method.totals for method in methods if method.totals is not None]
    if not totals:
        return None
    sums = map(sum, zip(*map(_part_sums, totals), strict=True))
    return msgspec.structs.replace(totals[0], **dict(zip(PART_SUMS, sums, strict=True)))


Entry = TypeVar("Entry", TaxEntry, Discount)


def _added(one: Entry, other: Entry, *names: str) -> Entry:
    sums = {name: getattr(one, name) + getattr(other, name) for name in names}
    added: Entry = msgspec.structs.replace(one, **sums)
    return added
