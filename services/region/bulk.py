"""Many regions at once, as files state them: found by their names, brought to what is said of them.

What is not said stays. The rules are those of single requests (models/region/rules.py); after a refusal the caller's
transaction is to be undone. The caller touches the scope `regions` when the tally changed. Nothing is noted in the
audit log.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from itertools import chain
from typing import Any

from msgspec import UNSET

from models.region import bulk as kinds
from models.region.commands import PutCurrency, PutPreference, PutRegion
from models.region.region import COUNTRY, CURRENCY
from models.region.rules import ensure_installed, ensure_untaken
from models.shared.commands import given
from services.infrastructure.database.database import UnitOfWork
from services.region.region import ensure_currency_free
from services.shared import crud
from services.shared.sync import Outcome, Tally, sync
from utils.money import exponent

# Ids by (name,).
Ids = Mapping[tuple[Any, ...], str]
COLUMNS = ("name", "currency_code", "automatic_taxes", "metadata")


async def put_currencies(work: UnitOfWork, *, currencies: Sequence[PutCurrency], tally: Tally) -> None:
    """Make or change currencies; how many digits one has is said by ISO 4217."""
    stated = [one.changes() | {"decimal_digits": exponent(one.code)} for one in currencies]

    def fresh(key: tuple[Any, ...]) -> dict[str, str]:
        return dict.fromkeys(("symbol", "symbol_native"), key[0].upper())

    await sync(work, kinds.CURRENCY, stated, tally=tally, fresh=fresh)


async def put_regions(
    work: UnitOfWork, *, regions: Sequence[PutRegion], installed: Collection[str], tally: Tally
) -> Ids:
    """Make or change regions; their countries and payment providers, where they are said, are whole.

    NotFound, ProviderUnknown, CountryTaken; InUse for another currency of a region that was bought or priced in.
    """
    await ensure_said(work, regions, installed)
    await ensure_currencies_free(work, regions)
    stated = [{n: v for n, v in one.changes().items() if n in COLUMNS} for one in regions]
    found = await sync(work, kinds.REGION, stated, tally=tally)
    await put_countries(work, regions, found.ids, tally)
    await put_providers(work, regions, found, tally)
    preferences = [
        PutPreference(attribute="region_id", value=found.ids[one.name,], is_tax_inclusive=one.is_tax_inclusive)
        for one in regions
        if one.is_tax_inclusive is not UNSET
    ]
    await put_preferences(work, preferences=preferences, tally=tally)
    return found.ids


async def ensure_said(work: UnitOfWork, regions: Sequence[PutRegion], installed: Collection[str]) -> None:
    """NotFound and ProviderUnknown unless currencies, countries and payment providers are there."""
    ensure_installed(chain.from_iterable(given(one.payment_providers, []) for one in regions), installed)
    await crud.ensure(work, CURRENCY.table, CURRENCY.what, [one.currency_code for one in regions], key=CURRENCY.key)
    codes = chain.from_iterable(given(one.countries, []) for one in regions)
    await crud.ensure(work, COUNTRY.table, COUNTRY.what, codes, key=COUNTRY.key)


async def ensure_currencies_free(work: UnitOfWork, regions: Sequence[PutRegion]) -> None:
    """InUse when a region was bought or priced in and is to get another currency."""
    currencies = {one.name: one.currency_code for one in regions}
    for row in await work.execute(kinds.HELD_REGIONS, {"names": list(currencies)}) if currencies else ():
        if currencies[row.name] != row.currency_code:
            await ensure_currency_free(work, row.id)


async def put_countries(work: UnitOfWork, regions: Sequence[PutRegion], ids: Ids, tally: Tally) -> None:
    """CountryTaken for a country of a region that is not stated, or of two that are."""
    stated = {ids[one.name,]: one.countries for one in regions if one.countries is not UNSET}
    named = Counter(chain.from_iterable(stated.values()))
    twice = {code for code, count in named.items() if count > 1}
    homes = await work.execute(kinds.HOMES, {"codes": list(named)}) if named else ()
    ensure_untaken(twice | {row.iso_2 for row in homes if row.region_id not in stated})
    rows = [{"region_id": row_id, "iso_2": code} for row_id, codes in stated.items() for code in codes]
    await sync(work, kinds.COUNTRY, rows, tally=tally, owners=stated, whole=True)


async def put_providers(work: UnitOfWork, regions: Sequence[PutRegion], found: Outcome, tally: Tally) -> None:
    """The payment providers of regions that name some, and of new ones that do not."""
    stated = {
        found.ids[one.name,]: given(one.payment_providers, list(one.first_providers))
        for one in regions
        if one.payment_providers is not UNSET or (one.name,) in found.created
    }
    rows = [{"region_id": row_id, "provider_id": each} for row_id, providers in stated.items() for each in providers]
    await sync(work, kinds.PROVIDER, rows, tally=tally, owners=stated, whole=True)


async def put_preferences(work: UnitOfWork, *, preferences: Sequence[PutPreference], tally: Tally) -> None:
    """Make or change price preferences, found by the region or the currency that they are of."""
    await sync(work, kinds.PREFERENCE, [one.changes() for one in preferences], tally=tally)
