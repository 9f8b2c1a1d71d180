"""Taxes: what is charged in a country or province on products and shipping.

How the rates of a line are found, once and for all. A tax region is a country or, under it, a province. In each, a rate
that names the product beats one that names its type, which beats the region's default; a rate that names the shipping
option beats the default. The province's rate replaces the country's, unless it is combinable: then both are charged,
each on the net amount.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

import msgspec
from sqlalchemy import (
    select,
)

from models.schema.region import tax_rate, tax_rate_rule, tax_region
from utils.places import province_key, provinces_of

PPM_PER_PERCENT = 10_000


LOAD_TAX_REGIONS = select(tax_region)
LOAD_TAX_RATES = select(tax_rate).order_by(tax_rate.c.created_at, tax_rate.c.id)
LOAD_TAX_RATE_RULES = select(tax_rate_rule)


class TaxLine(msgspec.Struct, frozen=True):
    """One tax to charge. `ppm` is the rate in parts per million of the net amount: 190,000 is 19 %."""

    tax_rate_id: str
    code: str | None
    description: str
    ppm: int
    provider_id: str = "tp_system"

    @property
    def rate(self) -> Decimal:
        """The rate in percent."""
        return Decimal(self.ppm) / PPM_PER_PERCENT


class Rate(msgspec.Struct, frozen=True):
    line: TaxLine
    is_combinable: bool = False


class Place(msgspec.Struct):
    """The rates of one tax region, by what they name."""

    default: Rate | None = None
    products: dict[str, Rate] = {}
    types: dict[str, Rate] = {}
    options: dict[str, Rate] = {}

    def item_rate(self, product_id: str | None, product_type_id: str | None) -> Rate | None:
        found = self.products.get(product_id) if product_id is not None and self.products else None
        if found is None and product_type_id is not None and self.types:
            found = self.types.get(product_type_id)
        return found or self.default

    def shipping_rate(self, shipping_option_id: str | None) -> Rate | None:
        return self.options.get(shipping_option_id or "", self.default)

    def add(self, rate: Rate, is_default: bool, rules: Iterable[Any]) -> None:
        """File a rate; of two that name the same thing the older one stays."""
        if is_default:
            self.default = self.default or rate
        by_reference = {"product": self.products, "product_type": self.types, "shipping_option": self.options}
        for rule in rules:
            by_reference[rule.reference].setdefault(rule.reference_id, rate)


class TaxBook(msgspec.Struct, frozen=True):
    """Every tax region, held ready: per (country, province) its own rates and those of the country above."""

    places: Mapping[tuple[str, str | None], tuple[Place, ...]] = {}
    # Countries that have provinces with rates of their own.
    divided: frozenset[str] = frozenset()

    @classmethod
    def from_rows(cls, regions: Iterable[Any], rates: Iterable[Any], rules: Iterable[Any]) -> "TaxBook":
        """From the rows of LOAD_TAX_REGIONS, LOAD_TAX_RATES and LOAD_TAX_RATE_RULES."""
        known = list(regions)
        named: dict[str, list[Any]] = {}
        for rule in rules:
            named.setdefault(rule.tax_rate_id, []).append(rule)
        own = {row.id: Place() for row in known}
        for row in rates:
            line = TaxLine(tax_rate_id=row.id, code=row.code, description=row.name, ppm=_ppm(row.rate))
            own[row.tax_region_id].add(Rate(line, row.is_combinable), row.is_default, named.get(row.id, ()))
        places: dict[tuple[str, str | None], tuple[Place, ...]] = {}
        for row in known:
            # A row from before codes were brought into one form gives way to one that has it.
            code = row.province_code and province_key(row.country_code, row.province_code)
            if (row.country_code, code) not in places or code == row.province_code:
                above = tuple(own[i] for i in (row.id, row.parent_id) if i is not None)
                places[row.country_code, code] = above
        return cls(places=places, divided=frozenset(country for country, code in places if code))

    def item_lines(
        self, country_code: str | None, province: str | None, product_id: str | None, product_type_id: str | None
    ) -> tuple[TaxLine, ...]:
        """The taxes on a product delivered there, most specific first; none without a country."""
        return _charged(p.item_rate(product_id, product_type_id) for p in self._places(country_code, province))

    def shipping_lines(
        self, country_code: str | None, province: str | None, shipping_option_id: str | None
    ) -> tuple[TaxLine, ...]:
        """The taxes on a shipping option that delivers there."""
        return _charged(p.shipping_rate(shipping_option_id) for p in self._places(country_code, province))

    def _places(self, country_code: str | None, province: str | None) -> tuple[Place, ...]:
        if country_code is None:
            return ()
        country_code = country_code.lower()
        if province and country_code in self.divided:
            for code in provinces_of(country_code, province):
                places = self.places.get((country_code, code))
                if places is not None:
                    return places
        return self.places.get((country_code, None), ())

    def knows(self, country_code: str, province: str) -> bool:
        """Whether a province is one that has rates here, or lies in one."""
        return any((country_code, code) in self.places for code in provinces_of(country_code, province))


def _ppm(percent: Decimal) -> int:
    """Exact: the column has four decimal places."""
    return int(percent * PPM_PER_PERCENT)


def _charged(rates: Iterable[Rate | None]) -> tuple[TaxLine, ...]:
    """Down from the province: the first rate found, and the next one above it if that one is combinable."""
    lines: list[TaxLine] = []
    for rate in rates:
        if rate is not None:
            lines.append(rate.line)
            if not rate.is_combinable:
                break
    return tuple(lines)
