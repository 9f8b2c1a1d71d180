"""Regions, as administrators keep them: with their countries, their payment providers, and how prices are meant."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from models.identity.principal import Principal
from models.region import region as statements
from models.region.commands import CreateRegion, UpdateRegion
from models.region.region import COUNTRY, CURRENCY, REGION
from models.region.rules import ensure_installed, ensure_untaken
from services.infrastructure.database.database import UnitOfWork
from services.shared import crud
from utils.ids import new_id


class Related(NamedTuple):
    """What regions are shown with, by the region's id."""

    countries: dict[str, list[Any]]
    providers: dict[str, list[str]]
    inclusive: dict[str, bool]


async def create(work: UnitOfWork, *, who: Principal, command: CreateRegion, installed: Collection[str]) -> str:
    """Create a region; its name and its countries must not be another's."""
    values = await _checked(work, command, installed)
    row_id = await crud.create(work, REGION, who=who, values=values)
    await _set_parts(work, row_id, values)
    return row_id


async def change(
    work: UnitOfWork, *, who: Principal, row_id: str, command: UpdateRegion, installed: Collection[str]
) -> None:
    """Update a region; its currency only while nobody has bought or priced in it: all of that is in the old one."""
    was = await crud.lock(work, REGION, row_id)
    values = await _checked(work, command, installed)
    if values.get("currency_code", was.currency_code) != was.currency_code:
        await ensure_currency_free(work, row_id)
    await crud.change(work, REGION, who=who, row_id=row_id, values=values, noted=_parts(values))
    await _set_parts(work, row_id, values)


async def ensure_currency_free(work: UnitOfWork, row_id: str) -> None:
    """InUse when something was bought or priced in the region: all of that is in its currency."""
    await crud.refuse_used(work, REGION, row_id, statements.users_of(row_id))
    await crud.refuse_used(work, REGION, row_id, statements.prices_of(row_id))


async def remove(work: UnitOfWork, *, who: Principal, row_id: str) -> None:
    """Delete a region with its own prices; InUse while carts or orders name it."""
    await crud.lock(work, REGION, row_id)
    await crud.refuse_used(work, REGION, row_id, statements.users_of(row_id))
    await work.execute(statements.DELETE_PRICE_PREFERENCE, {"of_region": row_id})
    work.touch("catalogue")
    work.touch("shipping")
    await crud.remove(work, REGION, who=who, row_id=row_id)


async def _checked(
    work: UnitOfWork, command: CreateRegion | UpdateRegion, installed: Collection[str]
) -> dict[str, Any]:
    """The named values with their codes in lower case; NotFound or ProviderUnknown unless all they name is there."""
    values = command.plain()
    if "currency_code" in values:
        values["currency_code"] = values["currency_code"].lower()
        await crud.ensure(work, CURRENCY.table, CURRENCY.what, [values["currency_code"]], key=CURRENCY.key)
    if "countries" in values:
        values["countries"] = sorted({code.lower() for code in values["countries"]})
        await crud.ensure(work, COUNTRY.table, COUNTRY.what, values["countries"], key=COUNTRY.key)
    ensure_installed(values.get("payment_providers", ()), installed)
    return values


def _parts(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: values[name] for name in ("countries", "payment_providers", "is_tax_inclusive") if name in values}


async def _set_parts(work: UnitOfWork, row_id: str, values: Mapping[str, Any]) -> None:
    """Countries and providers become exactly those that are named."""
    if "countries" in values:
        await _replace(work, "countries", row_id, values["countries"])
        terms = {"codes": values["countries"], "of_region": row_id}
        ensure_untaken(list((await work.execute(statements.TAKEN_COUNTRIES, terms)).scalars()))
    if "payment_providers" in values:
        await _replace(work, "payment_providers", row_id, values["payment_providers"])
    if "is_tax_inclusive" in values:
        row = {"id": new_id("prpref"), "value": row_id, "is_tax_inclusive": values["is_tax_inclusive"]}
        await work.execute(statements.SET_PRICE_PREFERENCE, row)


async def _replace(work: UnitOfWork, part: str, row_id: str, values: Collection[str]) -> None:
    await work.execute(statements.delete_other_parts(part, row_id, values))
    if values:
        await work.execute(statements.insert_parts(part, row_id, values))


async def related(work: UnitOfWork, rows: Sequence[Any]) -> Related:
    """Countries, in the order of their codes, payment providers and price preferences of regions."""
    ids = [row.id for row in rows]
    countries: dict[str, list[Any]] = {row_id: [] for row_id in ids}
    for row in await work.execute(statements.countries_of(ids)):
        countries[row.region_id].append(row)
    providers: dict[str, list[str]] = {row_id: [] for row_id in ids}
    for row in await work.execute(statements.providers_of(ids)):
        providers[row.region_id].append(row.provider_id)
    inclusive = {row.value: row.is_tax_inclusive for row in await work.execute(statements.preferences_of(ids))}
    return Related(countries, providers, inclusive)
