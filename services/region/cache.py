"""Regions with everything that prices and taxes in them depend on, held ready as one snapshot."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.pricing.price import LOAD_PRICE_LISTS, LOAD_PRICE_PREFERENCES, PriceBook
from models.pricing.tax import LOAD_TAX_RATE_RULES, LOAD_TAX_RATES, LOAD_TAX_REGIONS, TaxBook
from models.region.currency import LOAD_COUNTRIES, LOAD_CURRENCIES
from models.schema.region import region, region_country, region_payment_provider
from services.infrastructure.cache.snapshots import Scope
from utils.errors import AppError, NotFound


class CurrencyNotFound(AppError):
    code, kind = "currency_not_found", "missing"
    message = "Currency with code: {currency_code} was not found"


LOAD_REGIONS = select(region).order_by(region.c.created_at, region.c.id)
LOAD_REGION_COUNTRIES = select(region_country).order_by(region_country.c.iso_2)
LOAD_REGION_PROVIDERS = select(region_payment_provider).order_by(region_payment_provider.c.provider_id)


@dataclass(frozen=True, slots=True)
class Region:
    """A region: its currency, its countries (rows of `country`), the payment providers offered there."""

    id: str
    name: str
    currency_code: str
    automatic_taxes: bool
    metadata: dict[str, Any] | None
    created_at: Any
    updated_at: Any
    countries: tuple[Any, ...] = ()
    provider_ids: tuple[str, ...] = ()

    @property
    def country_codes(self) -> tuple[str, ...]:
        return tuple(country.iso_2 for country in self.countries)

    def has_country(self, iso_2: str) -> bool:
        return any(country.iso_2 == iso_2 for country in self.countries)


@dataclass(frozen=True, slots=True)
class Regions:
    """Regions by id in the order of their making, and by country; currencies by code; price lists and taxes."""

    by_id: Mapping[str, Region]
    by_country: Mapping[str, Region]
    currencies: Mapping[str, Any]
    prices: PriceBook
    taxes: TaxBook

    @property
    def default(self) -> Region | None:
        """The oldest region; carts that name none get it."""
        return next(iter(self.by_id.values()), None)

    def get(self, region_id: str) -> Region:
        found = self.by_id.get(region_id)
        if found is None:
            raise NotFound(what="Region", id=region_id)
        return found

    def get_currency(self, code: str) -> Any:
        found = self.currencies.get(code.lower())
        if found is None:
            raise CurrencyNotFound(currency_code=code)
        return found


async def load(connection: AsyncConnection) -> Regions:
    countries = {row.iso_2: row for row in await connection.execute(LOAD_COUNTRIES)}
    within: dict[str, list[Any]] = {}
    for row in await connection.execute(LOAD_REGION_COUNTRIES):
        within.setdefault(row.region_id, []).append(countries[row.iso_2])
    providers: dict[str, list[str]] = {}
    for row in await connection.execute(LOAD_REGION_PROVIDERS):
        providers.setdefault(row.region_id, []).append(row.provider_id)
    by_id = {
        row.id: Region(
            **row._mapping, countries=tuple(within.get(row.id, ())), provider_ids=tuple(providers.get(row.id, ()))
        )
        for row in await connection.execute(LOAD_REGIONS)
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
