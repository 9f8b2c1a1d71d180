"""Taxes, as administrators keep them: countries, provinces below them, their rates, and what rates name."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, delete, func, select
from sqlalchemy.dialects.postgresql import insert as upsert

from models.identity.principal import Principal
from models.schema.product import product, product_type
from models.schema.region import country, tax_rate, tax_rate_rule, tax_region
from models.schema.shipping import shipping_option
from models.shared.crud import Noun
from models.shared.filters import is_null_or_in
from services.infrastructure.database.database import UnitOfWork
from services.shared import crud
from utils.errors import AppError, NotFound
from utils.ids import ordered_id
from utils.places import known_province, without_country

REGION = Noun(
    table=tax_region,
    name="tax_region",
    what="Tax region",
    prefix="txreg",
    said=("country_code", "province_code", "parent_id", "metadata"),
    scope="regions",
    searched=("country_code", "province_code"),
    special={
        "parent_id": lambda ids: is_null_or_in(tax_region.c.parent_id, ids),
        "province_code": lambda codes: is_null_or_in(tax_region.c.province_code, [without_country(c) for c in codes]),
    },
)
RATE = Noun(
    table=tax_rate,
    name="tax_rate",
    what="Tax rate",
    prefix="txr",
    said=("tax_region_id", "name", "code", "rate", "is_default", "is_combinable", "metadata"),
    scope="regions",
    searched=("name", "code"),
)
NAMED = {
    "product": (product, "Product"),
    "product_type": (product_type, "Product type"),
    "shipping_option": (shipping_option, "Shipping option"),
}
DECIMALS = Decimal("0.0001")


class RegionTaken(AppError):
    code, kind = "tax_region_taken", "duplicate"
    message = "There is a tax region for {place} already."


class ParentInvalid(AppError):
    code, kind = "tax_region_parent_invalid", "invalid"
    message = "A province hangs on the tax region of its own country, and a country on none."


class RateTaken(AppError):
    code, kind = "tax_rate_taken", "duplicate"
    message = "The tax region has a rate called {name} already."


class DefaultTaken(AppError):
    code, kind = "default_tax_rate_taken", "duplicate"
    message = "The tax region has a default rate already: {id}."


class RateTooFine(AppError):
    code, kind = "tax_rate_too_fine", "invalid"
    message = "A rate has four decimal places at the most: {rate} percent has more."


async def create_region(work: UnitOfWork, *, who: Principal, body: Mapping[str, Any]) -> str:
    """A country, or a province below one, with its default rate where that is said."""
    code = body["country_code"].lower()
    await crud.ensure(work, country, "Country", [code], key="iso_2")
    province = body.get("province_code")
    short = known_province(code, province) if province else None
    parent_id = await _parent(work, code, short, body.get("parent_id"))
    said = {**body, "country_code": code, "province_code": short, "parent_id": parent_id}
    rate = said.pop("default_tax_rate", None)
    said.pop("provider_id", None)
    await _ensure_free(work, code, short)
    row_id = await crud.create(work, REGION, who=who, body=said)
    if rate is not None:
        await create_rate(work, who=who, body={**rate, "tax_region_id": row_id, "is_default": True})
    return row_id


async def change_region(work: UnitOfWork, *, who: Principal, row_id: str, body: Mapping[str, Any]) -> None:
    """Another province of the same country, other metadata."""
    was = await crud.lock(work, REGION, row_id)
    said = {name: body[name] for name in ("province_code", "metadata") if name in body}
    if "province_code" in said:
        short = said["province_code"] = known_province(was.country_code, said["province_code"])
        if was.province_code is None:
            raise ParentInvalid()
        if short != was.province_code:
            await _ensure_free(work, was.country_code, short)
    await crud.change(work, REGION, who=who, row_id=row_id, body=said)


async def _parent(work: UnitOfWork, code: str, province: str | None, parent_id: str | None) -> str | None:
    """The country's own region, which is found where it is not named."""
    if province is None:
        if parent_id is not None:
            raise ParentInvalid()
        return None
    table = tax_region
    mine = (table.c.country_code == code) & table.c.province_code.is_(None)
    found = (await work.execute(select(table.c.id).where(mine).with_for_update(read=True))).scalar_one_or_none()
    if parent_id is not None and parent_id != found:
        await crud.find(work, REGION, parent_id)
        raise ParentInvalid()
    if found is None:
        raise ParentInvalid()
    return str(found)


async def _ensure_free(work: UnitOfWork, code: str, province: str | None) -> None:
    table = tax_region
    held = (table.c.country_code == code) & table.c.province_code.is_not_distinct_from(province)
    if (await work.execute(select(table.c.id).where(held))).first() is not None:
        raise RegionTaken(place="-".join(filter(None, (code, province))))


async def create_rate(work: UnitOfWork, *, who: Principal, body: Mapping[str, Any]) -> str:
    """A rate of a region, with what it names."""
    said = await _checked(work, body, body["tax_region_id"], None)
    row_id = await crud.create(work, RATE, who=who, body=said)
    await _name(work, row_id, said.get("rules", ()))
    return row_id


async def change_rate(work: UnitOfWork, *, who: Principal, row_id: str, body: Mapping[str, Any]) -> None:
    """Other words or another percentage; `rules` are all it names from now on."""
    was = await crud.find(work, RATE, row_id)
    said = await _checked(work, body, was.tax_region_id, row_id)
    noted = {"rules": said["rules"]} if "rules" in said else {}
    await crud.change(work, RATE, who=who, row_id=row_id, body=said, noted=noted)
    if "rules" in said:
        await work.execute(delete(tax_rate_rule).where(tax_rate_rule.c.tax_rate_id == row_id))
        await _name(work, row_id, said["rules"])


async def _checked(work: UnitOfWork, body: Mapping[str, Any], region_id: str, row_id: str | None) -> dict[str, Any]:
    """The body with an exact rate; what it names is there, and what must be its own in the region is."""
    said = dict(body)
    await crud.lock(work, REGION, region_id)  # rates of one region are set one after the other
    if "rate" in said:
        exact = Decimal(str(said["rate"]))
        said["rate"] = exact.quantize(DECIMALS)
        if said["rate"] != exact:
            raise RateTooFine(rate=body["rate"])
    others = select(tax_rate).where(tax_rate.c.tax_region_id == region_id, tax_rate.c.id.is_distinct_from(row_id))
    for other in await work.execute(others):
        if other.name == said.get("name"):
            raise RateTaken(name=other.name)
        if other.is_default and said.get("is_default"):
            raise DefaultTaken(id=other.id)
    for reference, (table, what) in NAMED.items():
        ids = [rule["reference_id"] for rule in said.get("rules", ()) if rule["reference"] == reference]
        await crud.ensure(work, table, what, ids)
    return said


async def _name(work: UnitOfWork, row_id: str, rules: Sequence[Mapping[str, Any]]) -> list[str]:
    """Ids of the rules that are new: what is named twice is named once."""
    rows = [{"id": ordered_id("txrule"), "tax_rate_id": row_id, **rule} for rule in rules]
    if not rows:
        return []
    made = upsert(tax_rate_rule).values(rows).on_conflict_do_nothing().returning(tax_rate_rule.c.id)
    return list((await work.execute(made)).scalars())


async def add_rule(work: UnitOfWork, *, who: Principal, row_id: str, body: Mapping[str, Any]) -> None:
    """Let the rate name one thing more."""
    await crud.lock(work, RATE, row_id)
    table, what = NAMED[body["reference"]]
    await crud.ensure(work, table, what, [body["reference_id"]])
    await _name(work, row_id, [body])
    await crud.note(work, RATE, "add_rule", who=who, row_id=row_id, after=dict(body))


async def remove_rule(work: UnitOfWork, *, who: Principal, row_id: str, rule_id: str) -> None:
    """Let the rate name one thing less."""
    await crud.lock(work, RATE, row_id)
    mine = (tax_rate_rule.c.id == rule_id) & (tax_rate_rule.c.tax_rate_id == row_id)
    gone = delete(tax_rate_rule).where(mine).returning(tax_rate_rule.c.reference, tax_rate_rule.c.reference_id)
    rule = (await work.execute(gone)).one_or_none()
    if rule is None:
        raise NotFound(what="Tax rate rule", id=rule_id)
    await crud.note(work, RATE, "remove_rule", who=who, row_id=row_id, before=rule._asdict())


async def rules(work: UnitOfWork, rate_ids: list[str]) -> dict[str, list[Row[Any]]]:
    """What each of the rates names."""
    found: dict[str, list[Row[Any]]] = {rate_id: [] for rate_id in rate_ids}
    rows = select(tax_rate_rule).where(tax_rate_rule.c.tax_rate_id.in_(rate_ids)).order_by(tax_rate_rule.c.id)
    for row in await work.execute(rows):
        found[row.tax_rate_id].append(row)
    return found


async def rates(work: UnitOfWork, region_ids: list[str]) -> dict[str, list[Row[Any]]]:
    """The rates of each of the regions, the oldest first."""
    found: dict[str, list[Row[Any]]] = {region_id: [] for region_id in region_ids}
    rows = select(tax_rate).where(tax_rate.c.tax_region_id.in_(region_ids))
    for row in await work.execute(rows.order_by(tax_rate.c.created_at, tax_rate.c.id)):
        found[row.tax_region_id].append(row)
    return found


async def family(work: UnitOfWork, region_ids: list[str], parent_ids: list[str]) -> dict[str, Row[Any]]:
    """The regions above and below, by id."""
    near = tax_region.c.id.in_(parent_ids) | tax_region.c.parent_id.in_(region_ids)
    rows = await work.execute(select(tax_region).where(near).order_by(func.coalesce(tax_region.c.province_code, "")))
    return {row.id: row for row in rows}
