"""Regions with everything that prices and taxes in them depend on, held ready as one snapshot."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from models.pricing.price import LOAD_PRICE_LISTS, LOAD_PRICE_PREFERENCES, PriceBook
from models.pricing.tax import LOAD_TAX_RATE_RULES, LOAD_TAX_RATES, LOAD_TAX_REGIONS, TaxBook
from models.region import region as statements
from models.region.currency import LOAD_COUNTRIES, LOAD_CURRENCIES
from services.infrastructure.cache.snapshots import Connection, Scope
from utils.errors import NotFound


@dataclass(frozen=True, slots=True)
class Regions:
    """Regions by id in the order of their making, and by country; currencies by code; price lists and taxes."""

    by_id: Mapping[str, statements.Region]
    by_country: Mapping[str, statements.Region]
    currencies: Mapping[str, Any]
    prices: PriceBook
    taxes: TaxBook

    @property
    def default(self) -> statements.Region | None:
        """The oldest region; carts that name none get it."""
        return next(iter(self.by_id.values()), None)

    def get(self, region_id: str) -> statements.Region:
        found = self.by_id.get(region_id)
        if found is None:
            raise NotFound(what="Region", id=region_id)
        return found

    def get_currency(self, code: str) -> Any:
        found = self.currencies.get(code.lower())
        if found is None:
            raise statements.CurrencyNotFound(currency_code=code)
        return found


async def load(connection: Connection) -> Regions:
    countries = {row.iso_2: row for row in await connection.execute(LOAD_COUNTRIES)}
    within: dict[str, list[Any]] = {}
    for row in await connection.execute(statements.LOAD_REGION_COUNTRIES):
        within.setdefault(row.region_id, []).append(countries[row.iso_2])
    providers: dict[str, list[str]] = {}
    for row in await connection.execute(statements.LOAD_REGION_PROVIDERS):
        providers.setdefault(row.region_id, []).append(row.provider_id)
    by_id = {
        row.id: statements.Region(
            **row._mapping, countries=tuple(within.get(row.id, ())), provider_ids=tuple(providers.get(row.id, ()))
        )
        for row in await connection.execute(statements.LOAD_REGIONS)
    }
    taxes = [(await connection.execute(s)).all() for s in (LOAD_TAX_REGIONS, LOAD_TAX_RATES, LOAD_TAX_RATE_RULES)]
    return Regions(
        by_id=by_id,
        by_country={country.iso_2: found for found in by_id.values() for country in found.countries},
        currencies={row.code: row for row in await connection.execute(LOAD_CURRENCIES)},
        prices=PriceBook.from_rows(
            await connection.execute(LOAD_PRICE_LISTS), await connection.execute(LOAD_PRICE_PREFERENCES)
        ),
        taxes=TaxBook.from_rows(*taxes),
    )


REGIONS = Scope("regions", load)
