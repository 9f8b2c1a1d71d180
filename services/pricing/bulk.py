"""Many price lists, campaigns and promotions at once, as files state them: no request writes these so far.

They are found by titles, identifiers and codes and brought to what is said of them; what is not said stays. The rules
are those of models/pricing/rules.py; after a refusal the caller's transaction is to be undone. The caller touches the
scopes `promotions` and `catalogue` when the tally changed. Nothing is noted in the audit log.
"""

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any

from msgspec import UNSET

from models.pricing import bulk as kinds
from models.pricing.commands import ListPrice, PutCampaign, PutMethod, PutPriceList, PutPromotion
from models.pricing.promotion import CODES_LIKE
from models.pricing.rules import (
    WHOLE_PERCENT,
    budget_faults,
    ensure_faultless,
    ensure_price_apart,
    ensure_quantities,
    ensure_window,
    promotion_faults,
)
from models.shared.commands import given
from services.infrastructure.database.database import UnitOfWork
from services.shared.sync import Row, Tally, sync
from utils.ids import ordered_id
from utils.money import to_minor
from utils.typed import code_key

# Ids by (title,) or (identifier,).
Ids = Mapping[tuple[Any, ...], str]
RULES = ("rules", "target_rules", "buy_rules")
OF_METHOD = ("target_type", "max_quantity", "buy_rules_min_quantity", "apply_to_quantity")


async def put_price_lists(work: UnitOfWork, *, lists: Sequence[PutPriceList], tally: Tally) -> Ids:
    """Make or change price lists, new ones active; WindowInvalid, PriceRepeated, PriceQuantitiesInvalid."""
    for one in lists:
        ensure_window(given(one.starts_at, None), given(one.ends_at, None))
    priced = {one.title: price_rows(one.prices) for one in lists if one.prices is not UNSET}
    stated = [{n: v for n, v in one.changes().items() if n != "prices"} for one in lists]
    found = await sync(work, kinds.PRICE_LIST, stated, tally=tally, fresh=lambda _: {"status": "active"})
    whole = [found.ids[title,] for title in priced]
    rows = [{"price_list_id": found.ids[title,], **row} for title, prices in priced.items() for row in prices]
    await sync(work, kinds.LIST_PRICE, rows, tally=tally, owners=whole, whole=True)
    return found.ids


def price_rows(prices: Sequence[ListPrice]) -> list[Row]:
    """The prices of one list as columns."""
    rows = [price.changes() for price in prices]
    seen: set[tuple[Any, ...]] = set()
    for row in rows:
        ensure_quantities(row["min_quantity"], row["max_quantity"])
        ensure_price_apart(row, seen)
    return rows


async def ensure_price_list(work: UnitOfWork, *, first: PutPriceList, tally: Tally) -> str:
    """The id of the price list of the title, which is left as it is; made if there is none."""
    fresh = first.changes()
    found = await sync(work, kinds.PRICE_LIST, [{"title": first.title}], tally=tally, fresh=lambda _: fresh)
    return found.ids[first.title,]


async def put_prices(
    work: UnitOfWork, *, list_id: str, prices: Sequence[ListPrice], variant_ids: Collection[str], tally: Tally
) -> None:
    """Make the prices of these variants in a price list what is stated; others of theirs in it are deleted."""
    rows = [{"price_list_id": list_id, **row} for row in price_rows(prices)]
    await sync(work, kinds.prices_of_list(list_id), rows, tally=tally, owners=variant_ids, whole=True)


async def put_campaigns(work: UnitOfWork, *, campaigns: Sequence[PutCampaign], tally: Tally) -> Ids:
    """Make or change campaigns; WindowInvalid, PromotionInvalid."""
    for one in campaigns:
        ensure_window(given(one.starts_at, None), given(one.ends_at, None))
        ensure_faultless(budget_faults(one.budget) if one.budget else ())
    return (await sync(work, kinds.CAMPAIGN, [campaign_row(one) for one in campaigns], tally=tally)).ids


def campaign_row(one: PutCampaign) -> Row:
    """The columns that the command names; the limit of a spend budget in minor units."""
    row = {name: value for name, value in one.changes().items() if name != "budget"}
    if one.budget is UNSET:
        return row
    names = ("budget_type", "budget_currency_code", "budget_limit")
    if one.budget is None:
        return row | dict.fromkeys(names)
    kind, limit, currency = one.budget.type, one.budget.limit, None
    if kind == "spend":
        currency = one.budget.currency_code
        limit = None if limit is None or currency is None else to_minor(limit, currency)
    return row | dict(zip(names, (kind, currency, limit), strict=True))


async def put_promotions(work: UnitOfWork, *, promotions: Sequence[PutPromotion], tally: Tally) -> Mapping[str, str]:
    """Make or change promotions, new ones active; ids by code as it is stated. PromotionInvalid."""
    for one in promotions:
        ensure_faultless(promotion_faults(one))
    by_key = {code_key(one.code): one for one in promotions}
    keys = {"keys": [one.code.lower() for one in by_key.values()]}
    held = {code_key(code): code for code in (await work.execute(CODES_LIKE, keys)).scalars()} if by_key else {}
    by_code = {held.get(key, one.code): one for key, one in by_key.items()}  # as the database writes them
    stated = [promotion_row(one) | {"code": code} for code, one in by_code.items()]
    found = await sync(work, kinds.PROMOTION, stated, tally=tally, fresh=lambda key: fresh_row(by_code[key[0]]))
    return {by_code[code].code: row_id for (code,), row_id in found.ids.items()}


def fresh_row(one: PutPromotion) -> Row:
    allocation = "each" if given(one.type, "standard") == "buyget" else None
    return {"status": "active", "method_id": ordered_id("proappmet"), "allocation": allocation}


def promotion_row(one: PutPromotion) -> Row:
    """The columns that the command names; type, value and currency of the method always count as named."""
    method = one.method
    row = {name: value for name, value in one.changes().items() if name not in ("method", *RULES)}
    row |= {name: value for name, value in method.changes().items() if name in OF_METHOD}
    row |= {"method_type": method.type, "value": value_of(method), "currency_code": method.currency_code}
    if given(method.allocation, None) is not None:
        row["allocation"] = method.allocation
    for name in RULES:
        if (rules := getattr(one, name)) is not UNSET:
            row[name] = [rule.changes() for rule in rules]
    return row


def value_of(method: PutMethod) -> Decimal:
    """Percent, or minor units of the method's currency."""
    value = given(method.value, WHOLE_PERCENT)
    if method.type == "fixed" and method.currency_code is not None:
        return Decimal(to_minor(value, method.currency_code))
    return Decimal(str(value))
