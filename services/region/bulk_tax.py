"""Many taxes at once, as files state them: found by their places, brought to what is said of them.

What is not said stays. The rules are those of single requests (models/region/rules.py); after a refusal the caller's
transaction is to be undone. The caller touches the scope `regions` when the tally changed. Nothing is noted in the
audit log.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from itertools import chain
from typing import Any

from models.region import bulk as kinds
from models.region.commands import CreateRate, CreateTaxRegion
from models.region.region import COUNTRY
from models.region.rules import ensure_few_rules, ensure_rate_free, exact_rate
from models.region.tax import NAMED, ParentInvalid
from models.shared.commands import given
from services.infrastructure.database.database import UnitOfWork
from services.shared import crud
from services.shared.sync import Row, Tally, sync
from utils.places import known_province

# Ids by (country, province without its country or None).
Ids = Mapping[tuple[Any, ...], str]


async def put_tax_regions(
    work: UnitOfWork, *, regions: Sequence[CreateTaxRegion], whole: Collection[str], tally: Tally
) -> Ids:
    """Make or change tax regions: countries, and provinces below them; of countries in `whole` others are deleted.

    NotFound, ProvinceUnknown; ParentInvalid for a province whose country is not stated.
    """
    await crud.ensure(work, COUNTRY.table, COUNTRY.what, {one.country_code for one in regions}, key=COUNTRY.key)
    rows = [place_row(one) for one in regions]
    countries = [row for row in rows if row["province_code"] is None]
    ids = (await sync(work, kinds.TAX_REGION, countries, tally=tally)).ids
    below = [row for row in rows if row["province_code"] is not None]
    if any((row["country_code"], None) not in ids for row in below):
        raise ParentInvalid()
    stated = [row for row in countries if row["country_code"] in whole]
    stated += [row | {"parent_id": ids[row["country_code"], None]} for row in below]
    found = await sync(work, kinds.TAX_REGION, stated, tally=tally, owners=whole, whole=True)
    return {**ids, **found.ids}


def place_row(one: CreateTaxRegion) -> Row:
    province = given(one.province_code, None)
    place = {"province_code": known_province(one.country_code, province) if province is not None else None}
    return {n: v for n, v in one.changes().items() if n in ("country_code", "metadata")} | place


async def put_rates(
    work: UnitOfWork, *, rates: Sequence[CreateRate], region_ids: Collection[str], tally: Tally
) -> None:
    """Make the rates of these tax regions what is stated, with what they name; others of theirs are deleted.

    NotFound, RateTaken, RateTooFine, TooManyRules.
    """
    await ensure_said(work, rates)
    stated = [
        {n: v for n, v in rate.changes().items() if n != "rules"} | {"rate": exact_rate(rate.rate)} for rate in rates
    ]
    found = await sync(work, kinds.RATE, stated, tally=tally, owners=region_ids, whole=True)
    links = [
        {"tax_rate_id": found.ids[rate.tax_region_id, rate.name], **rule.changes()}
        for rate in rates
        for rule in given(rate.rules, [])
    ]
    await sync(work, kinds.RATE_RULE, links, tally=tally, owners=found.ids.values(), whole=True)


async def ensure_said(work: UnitOfWork, rates: Sequence[CreateRate]) -> None:
    """The rules for rates, and that what they name is there."""
    names: dict[str, set[str]] = defaultdict(set)
    for rate in rates:
        ensure_few_rules(len(given(rate.rules, [])))
        ensure_rate_free(rate.name, names[rate.tax_region_id])
        names[rate.tax_region_id].add(rate.name)
    rules = list(chain.from_iterable(given(rate.rules, []) for rate in rates))
    for reference, (table, what) in NAMED.items():
        await crud.ensure(work, table, what, {rule.reference_id for rule in rules if rule.reference == reference})
