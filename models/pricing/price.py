"""Prices: what a variant costs in a currency, a region, a quantity, and through a price list.

How a price is chosen, once and for all:

- Rows count when their currency is that of the context, their region is null or that of the context, and the quantity
  lies between `min_quantity` and `max_quantity` (null: no bound).
- Among the rows of one source (no list, or one list) a row that names the region beats one that does not; of equally
  specific rows the lowest amount wins.
- Of the price lists open to the buyer at the moment, an override beats everything (the lowest of several); a sale wins
  when it is lower than the price without lists.
- An amount includes taxes by the region's preference when the row names the region and the region has one, else by the
  currency's preference, else not.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import (
    ARRAY,
    Text,
    bindparam,
    func,
    select,
)

from models.schema.pricing import price, price_list, price_preference

LOAD_PRICE_LISTS = select(price_list).order_by(price_list.c.id)
LIST_OF_TITLE = select(price_list.c.id).where(price_list.c.title == bindparam("title"))
LOAD_PRICE_PREFERENCES = select(price_preference)
LOAD_PRICES_OF_VARIANTS = (
    select(
        price.c.variant_id,
        price.c.id,
        price.c.currency_code,
        price.c.amount,
        price.c.price_list_id,
        price.c.region_id,
        price.c.min_quantity,
        price.c.max_quantity,
    )
    .where(price.c.variant_id == func.any(bindparam("variant_ids", type_=ARRAY(Text))))
    .order_by(price.c.variant_id, price.c.id)
)


class Price(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One row of `price`; the amount in minor units of its currency, for one piece."""

    id: str
    currency_code: str
    amount: int
    price_list_id: str | None = None
    region_id: str | None = None
    min_quantity: int | None = None
    max_quantity: int | None = None


class PriceList(msgspec.Struct, frozen=True):
    """An active sale or override list: when it is open, and to whom."""

    id: str
    type: str
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    region_ids: frozenset[str] = frozenset()
    customer_group_ids: frozenset[str] = frozenset()

    def is_open(self, region_id: str | None, group_ids: Collection[str], moment: datetime) -> bool:
        """Open from `starts_at` on, closed from `ends_at` on, so that both are moments of change."""
        return (
            (self.starts_at is None or self.starts_at <= moment)
            and (self.ends_at is None or moment < self.ends_at)
            and (not self.region_ids or region_id in self.region_ids)
            and (not self.customer_group_ids or not self.customer_group_ids.isdisjoint(group_ids))
        )


class PricingContext(msgspec.Struct, frozen=True):
    """What decides a price, resolved once a request: `lists` are the open lists' types by id."""

    currency_code: str
    region_id: str | None
    lists: Mapping[str, str]
    is_tax_inclusive: bool
    is_region_tax_inclusive: bool

    def includes_tax(self, row: Price) -> bool:
        return self.is_region_tax_inclusive if row.region_id is not None else self.is_tax_inclusive


class ChosenPrice(msgspec.Struct, frozen=True):
    """The price to pay and the one it is compared with; both are rows, for their ids, lists and quantities."""

    calculated: Price
    original: Price
    list_type: str | None
    original_list_type: str | None
    is_tax_inclusive: bool
    is_original_tax_inclusive: bool

    @property
    def compare_at(self) -> int | None:
        """What a line shows as its price before the sale, in minor units; null without a sale."""
        return self.original.amount if self.list_type == "sale" else None


class Tier(msgspec.Struct, frozen=True):
    """What a piece costs when so many are bought: from `low` up to `high`, or without end."""

    low: int
    high: int | None
    chosen: ChosenPrice


class PriceBook(msgspec.Struct, frozen=True):
    """Price lists and tax preferences, held ready. Preferences by region id and by currency code."""

    lists: tuple[PriceList, ...] = ()
    regions: Mapping[str, bool] = {}
    currencies: Mapping[str, bool] = {}

    @classmethod
    def from_rows(cls, lists: Iterable[Any], preferences: Iterable[Any]) -> "PriceBook":
        """From the rows of LOAD_PRICE_LISTS and LOAD_PRICE_PREFERENCES."""
        prefer: dict[str, dict[str, bool]] = {"region_id": {}, "currency_code": {}}
        for row in preferences:
            prefer[row.attribute][row.value] = row.is_tax_inclusive
        active = tuple(
            PriceList(
                id=row.id,
                type=row.type,
                starts_at=row.starts_at,
                ends_at=row.ends_at,
                region_ids=frozenset(row.region_ids),
                customer_group_ids=frozenset(row.customer_group_ids),
            )
            for row in lists
            if row.status == "active"
        )
        return cls(lists=active, regions=prefer["region_id"], currencies=prefer["currency_code"])

    def context(
        self, *, currency_code: str, moment: datetime, region_id: str | None = None, group_ids: Collection[str] = ()
    ) -> PricingContext:
        """Everything of the buyer and the moment that `choose` needs."""
        by_currency = self.currencies.get(currency_code, False)
        return PricingContext(
            currency_code=currency_code,
            region_id=region_id,
            lists={entry.id: entry.type for entry in self.lists if entry.is_open(region_id, group_ids, moment)},
            is_tax_inclusive=by_currency,
            is_region_tax_inclusive=self.regions.get(region_id, by_currency) if region_id else by_currency,
        )

    def next_change(self, after: datetime) -> datetime | None:
        """The next moment at which a list starts or ends: prices worked out now hold until then."""
        moments = (m for entry in self.lists for m in (entry.starts_at, entry.ends_at) if m is not None and m > after)
        return min(moments, default=None)


def choose(prices: Iterable[Price], context: PricingContext, quantity: int = 1) -> ChosenPrice | None:
    """The price of one piece when `quantity` are bought; None when the variant has no price in this context."""
    best: dict[str | None, Price] = {}
    for row in prices:
        source = row.price_list_id
        if (
            row.currency_code != context.currency_code
            or (row.region_id is not None and row.region_id != context.region_id)
            or (row.min_quantity is not None and row.min_quantity > quantity)
            or (row.max_quantity is not None and row.max_quantity < quantity)
            or (source is not None and source not in context.lists)
        ):
            continue
        known = best.get(source)
        if known is None or _rank(row) < _rank(known):
            best[source] = row
    return _settle(best, context) if best else None


def tiers(prices: Collection[Price], context: PricingContext) -> list[Tier]:
    """The prices of one piece by quantity, lowest quantity first; quantities without a price are left out.

    Worked out by `choose` wherever a row of this context begins or ends, so that they are what a cart will charge.
    """
    mine = [row for row in prices if row.currency_code == context.currency_code]
    begins = {1} | {row.min_quantity for row in mine if row.min_quantity is not None}
    begins |= {row.max_quantity + 1 for row in mine if row.max_quantity is not None}
    steps = sorted(begins)
    found: list[Tier] = []
    for low, after in zip(steps, [*steps[1:], None], strict=True):
        chosen = choose(mine, context, low)
        if chosen is None:
            continue
        high = after - 1 if after is not None else None
        if found and found[-1].high == low - 1 and _alike(found[-1].chosen, chosen):
            found[-1] = Tier(found[-1].low, high, found[-1].chosen)
        else:
            found.append(Tier(low, high, chosen))
    return found


def _alike(one: ChosenPrice, other: ChosenPrice) -> bool:
    """Whether two prices are the same to a buyer, whatever rows they stand in."""
    return _shown(one) == _shown(other)


def _shown(price: ChosenPrice) -> tuple[int, int, bool, bool, str | None]:
    amounts = (price.calculated.amount, price.original.amount)
    return (*amounts, price.is_tax_inclusive, price.is_original_tax_inclusive, price.list_type)


def _rank(row: Price) -> tuple[bool, int, str]:
    """Lower is better: names the region, costs less, was there first."""
    return (row.region_id is None, row.amount, row.id)


def _cheapest(rows: list[Price]) -> Price | None:
    return min(rows, key=lambda row: (row.amount, row.id)) if rows else None


def _settle(best: dict[str | None, Price], context: PricingContext) -> ChosenPrice | None:
    plain = best.pop(None, None)
    override = sale = None
    if best:
        override = _cheapest([row for source, row in best.items() if context.lists[source or ""] == "override"])
        sale = _cheapest([row for source, row in best.items() if context.lists[source or ""] == "sale"])
    if override is not None:
        calculated = original = override
    elif sale is not None and (plain is None or sale.amount < plain.amount):
        calculated, original = sale, plain or sale
    elif plain is not None:
        calculated = original = plain
    else:
        return None
    return ChosenPrice(
        calculated=calculated,
        original=original,
        list_type=context.lists.get(calculated.price_list_id or ""),
        original_list_type=context.lists.get(original.price_list_id or ""),
        is_tax_inclusive=context.includes_tax(calculated),
        is_original_tax_inclusive=context.includes_tax(original),
    )
