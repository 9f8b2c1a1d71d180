"""Regions with their countries and payment providers: structs, resources, errors and statements."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ARRAY, Executable, Select, Text, bindparam, delete, select
from sqlalchemy.dialects.postgresql import insert as upsert

from models.schema.cart import cart
from models.schema.order import order
from models.schema.pricing import price, price_preference
from models.schema.product import product, product_variant
from models.schema.region import country, currency, region, region_country, region_payment_provider
from models.schema.shipping import shipping_option_price
from models.shared.crud import Resource
from utils.errors import AppError
from utils.sql import Prepared


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
        return tuple(each.iso_2 for each in self.countries)

    def has_country(self, iso_2: str) -> bool:
        return any(each.iso_2 == iso_2 for each in self.countries)


REGION = Resource(
    table=region,
    name="region",
    what="Region",
    prefix="reg",
    writable=("name", "currency_code", "automatic_taxes", "metadata"),
    unique="name",
    scope="regions",
    searched=("name", "currency_code"),
)
CURRENCY = Resource(
    table=currency, name="currency", what="Currency", prefix="", writable=(), searched=("code", "name"), key="code"
)
COUNTRY = Resource(table=country, name="country", what="Country", prefix="", writable=(), key="iso_2")


def prices_of(row_id: str) -> dict[str, Select[Any]]:
    """What is priced for the region alone, in its currency."""
    goods = price.join(product_variant).join(product)
    parcels = shipping_option_price.c.region_id == row_id
    return {
        "prices": select(price.c.id)
        .select_from(goods)
        .where(price.c.region_id == row_id, product.c.deleted_at.is_(None)),
        "prices of shipping options": select(shipping_option_price.c.id).where(parcels),
    }


_of_region = (price_preference.c.attribute == "region_id") & (price_preference.c.value == bindparam("of_region"))
DELETE_PRICE_PREFERENCE = Prepared(delete(price_preference).where(_of_region))
_preference = upsert(price_preference)
SET_PRICE_PREFERENCE = Prepared(
    _preference.values(attribute="region_id").on_conflict_do_update(
        index_elements=["attribute", "value"], set_={"is_tax_inclusive": _preference.excluded.is_tax_inclusive}
    ),
    *("id", "value", "is_tax_inclusive"),
)
# Which of the countries are another region's by now.
TAKEN_COUNTRIES = Prepared(
    select(region_country.c.iso_2).where(
        region_country.c.iso_2 == bindparam("codes", type_=ARRAY(Text)).any_(),
        region_country.c.region_id != bindparam("of_region"),
    )
)
PARTS = {"countries": region_country.c.iso_2, "payment_providers": region_payment_provider.c.provider_id}


def users_of(row_id: str) -> dict[str, Select[Any]]:
    """Carts and orders that name the region."""
    return {
        "orders": select(order.c.id).where(order.c.region_id == row_id),
        "carts": select(cart.c.id).where(cart.c.region_id == row_id),
    }


def delete_other_parts(part: str, row_id: str, values: Collection[str]) -> Executable:
    """Take all countries, or payment providers, from a region but these."""
    column = PARTS[part]
    return delete(column.table).where(column.table.c.region_id == row_id, column.not_in(values))


def insert_parts(part: str, row_id: str, values: Collection[str]) -> Executable:
    """Give a region these countries, or payment providers; those that are given already stay as they are."""
    column = PARTS[part]
    rows = [{"region_id": row_id, column.name: value} for value in values]
    return upsert(column.table).values(rows).on_conflict_do_nothing()


def preferences_of(row_ids: Sequence[str]) -> Select[Any]:
    """Of which regions prices are said to hold taxes, or not to."""
    return select(price_preference.c.value, price_preference.c.is_tax_inclusive).where(
        price_preference.c.attribute == "region_id", price_preference.c.value.in_(row_ids)
    )


def countries_of(row_ids: Sequence[str]) -> Select[Any]:
    """The countries of regions, in the order of their codes."""
    return (
        select(region_country.c.region_id, country)
        .join(country, country.c.iso_2 == region_country.c.iso_2)
        .where(region_country.c.region_id.in_(row_ids))
        .order_by(country.c.iso_2)
    )


def providers_of(row_ids: Sequence[str]) -> Select[Any]:
    """The payment providers that regions name."""
    table = region_payment_provider
    return select(table).where(table.c.region_id.in_(row_ids)).order_by(table.c.provider_id)
