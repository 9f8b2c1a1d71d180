"""Regions, as administrators keep them: with their countries, their payment providers, and how prices are meant."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Select, delete, select
from sqlalchemy.dialects.postgresql import insert as upsert

from models.identity.principal import Principal
from models.schema.cart import cart
from models.schema.order import order
from models.schema.pricing import price, price_preference
from models.schema.product import product, product_variant
from models.schema.region import country, currency, region, region_country, region_payment_provider
from models.schema.shipping import shipping_option_price
from models.shared.crud import Noun
from services.infrastructure.database.database import UnitOfWork
from services.shared import crud
from utils.errors import AppError
from utils.ids import new_id

REGION = Noun(
    table=region,
    name="region",
    what="Region",
    prefix="reg",
    said=("name", "currency_code", "automatic_taxes", "metadata"),
    unique="name",
    scope="regions",
    searched=("name", "currency_code"),
)
CURRENCY = Noun(
    table=currency, name="currency", what="Currency", prefix="", said=(), searched=("code", "name"), key="code"
)


class CountryTaken(AppError):
    code, kind = "country_taken", "duplicate"
    message = "Countries {countries} belong to another region. A country belongs to one region."


class ProviderUnknown(AppError):
    code, kind = "payment_provider_unknown", "invalid"
    message = "Payment providers {providers} are not installed."


async def create(work: UnitOfWork, *, who: Principal, body: Mapping[str, Any], installed: Collection[str]) -> str:
    """A new region; its name and its countries must not be another's."""
    said = await _checked(work, body, installed)
    row_id = await crud.create(work, REGION, who=who, body=said)
    await _set_parts(work, row_id, said)
    return row_id


async def change(
    work: UnitOfWork, *, who: Principal, row_id: str, body: Mapping[str, Any], installed: Collection[str]
) -> None:
    """Another currency only as long as nobody has bought or priced in the region: all of that is in the old one."""
    was = await crud.lock(work, REGION, row_id)
    said = await _checked(work, body, installed)
    if said.get("currency_code", was.currency_code) != was.currency_code:
        await _refuse_used(work, row_id)
        await crud.refuse_used(work, REGION, row_id, _prices(row_id))
    await crud.change(work, REGION, who=who, row_id=row_id, body=said, noted=_parts(said))
    await _set_parts(work, row_id, said)


async def remove(work: UnitOfWork, *, who: Principal, row_id: str) -> None:
    """InUse while carts or orders name the region: one without countries sells nowhere. Its own prices go with it."""
    await crud.lock(work, REGION, row_id)
    await _refuse_used(work, row_id)
    mine = (price_preference.c.attribute == "region_id") & (price_preference.c.value == row_id)
    await work.execute(delete(price_preference).where(mine))
    work.touch("catalogue")
    work.touch("shipping")
    await crud.remove(work, REGION, who=who, row_id=row_id)


async def _refuse_used(work: UnitOfWork, row_id: str) -> None:
    users = {
        "orders": select(order.c.id).where(order.c.region_id == row_id),
        "carts": select(cart.c.id).where(cart.c.region_id == row_id),
    }
    await crud.refuse_used(work, REGION, row_id, users)


def _prices(row_id: str) -> dict[str, Select[Any]]:
    """What is priced for the region alone, in its currency."""
    goods = price.join(product_variant).join(product)
    parcels = shipping_option_price.c.region_id == row_id
    return {
        "prices": select(price.c.id)
        .select_from(goods)
        .where(price.c.region_id == row_id, product.c.deleted_at.is_(None)),
        "prices of shipping options": select(shipping_option_price.c.id).where(parcels),
    }


async def _checked(work: UnitOfWork, body: Mapping[str, Any], installed: Collection[str]) -> dict[str, Any]:
    """The body with its codes in lower case; what it names is there."""
    said = dict(body)
    if "currency_code" in said:
        said["currency_code"] = said["currency_code"].lower()
        await crud.ensure(work, currency, "Currency", [said["currency_code"]], key="code")
    if "countries" in said:
        said["countries"] = sorted({code.lower() for code in said["countries"]})
        await crud.ensure(work, country, "Country", said["countries"], key="iso_2")
    unknown = sorted(set(said.get("payment_providers", ())) - set(installed))
    if unknown:
        raise ProviderUnknown(providers=", ".join(unknown))
    return said


def _parts(said: Mapping[str, Any]) -> dict[str, Any]:
    return {name: said[name] for name in ("countries", "payment_providers", "is_tax_inclusive") if name in said}


async def _set_parts(work: UnitOfWork, row_id: str, said: Mapping[str, Any]) -> None:
    """Countries and providers become exactly those that are said."""
    if "countries" in said:
        await _replace(work, region_country.c.iso_2, row_id, said["countries"])
        taken = select(region_country.c.iso_2).where(
            region_country.c.iso_2.in_(said["countries"]), region_country.c.region_id != row_id
        )
        others = sorted((await work.execute(taken)).scalars())
        if others:
            raise CountryTaken(countries=", ".join(others))
    if "payment_providers" in said:
        await _replace(work, region_payment_provider.c.provider_id, row_id, said["payment_providers"])
    if "is_tax_inclusive" in said:
        made = upsert(price_preference).values(
            id=new_id("prpref"), attribute="region_id", value=row_id, is_tax_inclusive=said["is_tax_inclusive"]
        )
        told = {"is_tax_inclusive": made.excluded.is_tax_inclusive}
        await work.execute(made.on_conflict_do_update(index_elements=["attribute", "value"], set_=told))


async def _replace(work: UnitOfWork, column: Any, row_id: str, values: Collection[str]) -> None:
    table = column.table
    await work.execute(delete(table).where(table.c.region_id == row_id, column.not_in(values)))
    rows = [{"region_id": row_id, column.name: value} for value in values]
    if rows:
        await work.execute(upsert(table).values(rows).on_conflict_do_nothing())


async def inclusive(work: UnitOfWork, row_ids: list[str]) -> dict[str, bool]:
    """Of which regions prices are said to hold taxes, or not to."""
    rows = select(price_preference.c.value, price_preference.c.is_tax_inclusive).where(
        price_preference.c.attribute == "region_id", price_preference.c.value.in_(row_ids)
    )
    return {row.value: row.is_tax_inclusive for row in await work.execute(rows)}


async def countries(work: UnitOfWork, row_ids: list[str]) -> dict[str, list[Any]]:
    """The countries of regions, in the order of their codes."""
    rows = (
        select(region_country.c.region_id, country)
        .join(country, country.c.iso_2 == region_country.c.iso_2)
        .where(region_country.c.region_id.in_(row_ids))
        .order_by(country.c.iso_2)
    )
    found: dict[str, list[Any]] = {row_id: [] for row_id in row_ids}
    for row in await work.execute(rows):
        found[row.region_id].append(row)
    return found


async def providers(work: UnitOfWork, row_ids: list[str]) -> dict[str, list[str]]:
    """Ids of the payment providers that regions name."""
    table = region_payment_provider
    found: dict[str, list[str]] = {row_id: [] for row_id in row_ids}
    for row in await work.execute(select(table).where(table.c.region_id.in_(row_ids)).order_by(table.c.provider_id)):
        found[row.region_id].append(row.provider_id)
    return found
