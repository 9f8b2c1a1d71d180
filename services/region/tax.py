"""Taxes, as administrators keep them: countries, provinces below them, their rates, and what rates name."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from msgspec import UNSET

from models.identity.principal import Principal
from models.region import tax as statements
from models.region.commands import AddTaxRule, CreateRate, CreateTaxRegion, UpdateRate, UpdateTaxRegion
from models.region.region import COUNTRY
from models.region.rules import ensure_rate_free, exact_rate
from models.region.tax import NAMED, RATE, REGION, DefaultTaken, ParentInvalid, RegionTaken
from models.shared.commands import given
from services.infrastructure.database.database import UnitOfWork
from services.shared import crud
from utils.errors import NotFound
from utils.places import known_province


class Family(NamedTuple):
    """What tax regions are shown with: regions above and below by id, rates by region, rules by rate."""

    near: dict[str, Any]
    rates: dict[str, list[Any]]
    rules: dict[str, list[Any]]


class OfRates(NamedTuple):
    """What tax rates are shown with: rules by rate, and their regions by id."""

    rules: dict[str, list[Any]]
    regions: dict[str, Any]


async def create_region(work: UnitOfWork, *, who: Principal, command: CreateTaxRegion) -> str:
    """Create the tax region of a country, or of a province below one, with its default rate where one is named."""
    code = command.country_code.lower()
    await crud.ensure(work, COUNTRY.table, COUNTRY.what, [code], key=COUNTRY.key)
    province = given(command.province_code, "")
    short = known_province(code, province) if province else None
    parent_id = await _parent(work, code, short, given(command.parent_id, None))
    values = {**command.plain(), "country_code": code, "province_code": short, "parent_id": parent_id}
    for name in ("default_tax_rate", "provider_id"):
        values.pop(name, None)
    await _ensure_free(work, code, short)
    row_id = await crud.create(work, REGION, who=who, values=values)
    if command.default_tax_rate is not UNSET:
        default = CreateRate(tax_region_id=row_id, is_default=True, **command.default_tax_rate.changes())
        await create_rate(work, who=who, command=default)
    return row_id


async def change_region(work: UnitOfWork, *, who: Principal, row_id: str, command: UpdateTaxRegion) -> None:
    """Update a tax region: another province of the same country, other metadata."""
    was = await crud.lock(work, REGION, row_id)
    values = command.plain()
    values.pop("provider_id", None)
    if command.province_code is not UNSET:
        short = values["province_code"] = known_province(was.country_code, command.province_code)
        if was.province_code is None:
            raise ParentInvalid()
        if short != was.province_code:
            await _ensure_free(work, was.country_code, short)
    await crud.change(work, REGION, who=who, row_id=row_id, values=values)


async def _parent(work: UnitOfWork, code: str, province: str | None, parent_id: str | None) -> str | None:
    """The id of the country's own region, which need not be named; ParentInvalid for any other."""
    if province is None:
        if parent_id is not None:
            raise ParentInvalid()
        return None
    country_id: str | None = (await work.execute(statements.HOLD_COUNTRY, {"of_country": code})).scalar_one_or_none()
    if parent_id is not None and parent_id != country_id:
        await crud.get(work, REGION, parent_id)
        raise ParentInvalid()
    if country_id is None:
        raise ParentInvalid()
    return country_id


async def _ensure_free(work: UnitOfWork, code: str, province: str | None) -> None:
    """RegionTaken when there is a tax region of the place."""
    if (await work.execute(statements.FIND_PLACE, {"of_country": code, "province": province})).first() is not None:
        raise RegionTaken(place="-".join(filter(None, (code, province))))


async def create_rate(work: UnitOfWork, *, who: Principal, command: CreateRate) -> str:
    """Create a rate of a tax region, with what it names."""
    values = await _checked(work, command, command.tax_region_id, None)
    row_id = await crud.create(work, RATE, who=who, values=values)
    await _insert_rules(work, row_id, values.get("rules", ()))
    return row_id


async def change_rate(work: UnitOfWork, *, who: Principal, row_id: str, command: UpdateRate) -> None:
    """Update a rate; `rules` are all it names from now on."""
    was = await crud.get(work, RATE, row_id)
    values = await _checked(work, command, was.tax_region_id, row_id)
    noted = {"rules": values["rules"]} if "rules" in values else {}
    await crud.change(work, RATE, who=who, row_id=row_id, values=values, noted=noted)
    if "rules" in values:
        await work.execute(statements.DELETE_RULES, {"of_rate": row_id})
        await _insert_rules(work, row_id, values["rules"])


async def _checked(
    work: UnitOfWork, command: CreateRate | UpdateRate, region_id: str, row_id: str | None
) -> dict[str, Any]:
    """The named values with an exact rate; what they name is there, and what is one's own in the region is free."""
    values = command.plain()
    await crud.lock(work, REGION, region_id)  # rates of one region are set one after the other
    if command.rate is not UNSET:
        values["rate"] = exact_rate(command.rate)
    others = list(await work.execute(statements.OTHER_RATES, {"of_region": region_id, "but": row_id}))
    ensure_rate_free(values.get("name", ""), {other.name for other in others})
    for other in others:
        if other.is_default and values.get("is_default"):
            raise DefaultTaken(id=other.id)
    for reference, (table, what) in NAMED.items():
        ids = [rule["reference_id"] for rule in values.get("rules", ()) if rule["reference"] == reference]
        await crud.ensure(work, table, what, ids)
    return values


async def _insert_rules(work: UnitOfWork, row_id: str, rules: Sequence[dict[str, Any]]) -> None:
    if rules:
        await work.execute(statements.insert_rules(row_id, rules))


async def add_rule(work: UnitOfWork, *, who: Principal, row_id: str, command: AddTaxRule) -> None:
    """Let the rate name one thing more."""
    await crud.lock(work, RATE, row_id)
    table, what = NAMED[command.reference]
    await crud.ensure(work, table, what, [command.reference_id])
    await _insert_rules(work, row_id, [command.plain()])
    await crud.note(work, RATE, "add_rule", who=who, row_id=row_id, after=command.plain())


async def remove_rule(work: UnitOfWork, *, who: Principal, row_id: str, rule_id: str) -> None:
    """Let the rate name one thing less."""
    await crud.lock(work, RATE, row_id)
    rule = (await work.execute(statements.DELETE_RULE, {"rule_id": rule_id, "of_rate": row_id})).first()
    if rule is None:
        raise NotFound(what="Tax rate rule", id=rule_id)
    await crud.note(work, RATE, "remove_rule", who=who, row_id=row_id, before=dict(rule))


async def family(work: UnitOfWork, rows: Sequence[Any]) -> Family:
    """The regions above and below tax regions, and their rates."""
    ids = [row.id for row in rows]
    near = await _regions(work, ids, [row.parent_id for row in rows if row.parent_id])
    rates: dict[str, list[Any]] = {region_id: [] for region_id in ids}
    for row in await work.execute(statements.rates_of(ids)):
        rates[row.tax_region_id].append(row)
    return Family(near, rates, await _rules(work, [rate.id for of_one in rates.values() for rate in of_one]))


async def of_rates(work: UnitOfWork, rows: Sequence[Any]) -> OfRates:
    """What tax rates name, and their regions."""
    rules = await _rules(work, [row.id for row in rows])
    return OfRates(rules, await _regions(work, [], [row.tax_region_id for row in rows]))


async def _rules(work: UnitOfWork, rate_ids: Sequence[str]) -> dict[str, list[Any]]:
    rules: dict[str, list[Any]] = {rate_id: [] for rate_id in rate_ids}
    for row in await work.execute(statements.rules_of(rate_ids)):
        rules[row.tax_rate_id].append(row)
    return rules


async def _regions(work: UnitOfWork, region_ids: Sequence[str], parent_ids: Sequence[str]) -> dict[str, Any]:
    """Regions by id: those below the first, and the second."""
    return {row.id: row for row in await work.execute(statements.family_of(region_ids, parent_ids))}
