"""Tax regions and tax rates: resources, errors and statements."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Executable, Select, Text, bindparam, delete, func, select
from sqlalchemy.dialects.postgresql import insert as upsert

from models.schema.product import product, product_type
from models.schema.region import tax_rate, tax_rate_rule, tax_region
from models.schema.shipping import shipping_option
from models.shared.crud import Resource
from models.shared.list_sql import nullable
from utils.errors import AppError
from utils.ids import ordered_id
from utils.places import without_country
from utils.sql import Prepared

REGION = Resource(
    table=tax_region,
    name="tax_region",
    what="Tax region",
    prefix="txreg",
    writable=("country_code", "province_code", "parent_id", "metadata"),
    scope="regions",
    searched=("country_code", "province_code"),
    special={
        "parent_id": nullable(tax_region.c.parent_id),
        "province_code": nullable(tax_region.c.province_code, lambda codes: [without_country(code) for code in codes]),
    },
)
RATE = Resource(
    table=tax_rate,
    name="tax_rate",
    what="Tax rate",
    prefix="txr",
    writable=("tax_region_id", "name", "code", "rate", "is_default", "is_combinable", "metadata"),
    scope="regions",
    searched=("name", "code"),
)
NAMED = {
    "product": (product, "Product"),
    "product_type": (product_type, "Product type"),
    "shipping_option": (shipping_option, "Shipping option"),
}


class RegionTaken(AppError):
    code, kind = "tax_region_taken", "duplicate"
    message = "There is a tax region for {place} already."


class ParentInvalid(AppError):
    code, kind = "tax_region_parent_invalid", "invalid"
    message = "A province hangs on the tax region of its own country, and a country on none."


class DefaultTaken(AppError):
    code, kind = "default_tax_rate_taken", "duplicate"
    message = "The tax region has a default rate already: {id}."


_in_country = tax_region.c.country_code == bindparam("of_country", type_=Text)
HOLD_COUNTRY = Prepared(
    select(tax_region.c.id).where(_in_country, tax_region.c.province_code.is_(None)).with_for_update(read=True)
)
FIND_PLACE = Prepared(
    select(tax_region.c.id).where(
        _in_country, tax_region.c.province_code.is_not_distinct_from(bindparam("province", type_=Text))
    )
)
OTHER_RATES = Prepared(
    select(tax_rate.c.id, tax_rate.c.name, tax_rate.c.is_default).where(
        tax_rate.c.tax_region_id == bindparam("of_region"),
        tax_rate.c.id.is_distinct_from(bindparam("but", type_=Text)),
    )
)
DELETE_RULES = Prepared(delete(tax_rate_rule).where(tax_rate_rule.c.tax_rate_id == bindparam("of_rate")))
DELETE_RULE = Prepared(
    delete(tax_rate_rule)
    .where(tax_rate_rule.c.id == bindparam("rule_id"), tax_rate_rule.c.tax_rate_id == bindparam("of_rate"))
    .returning(tax_rate_rule.c.reference, tax_rate_rule.c.reference_id)
)


def insert_rules(row_id: str, rules: Sequence[dict[str, Any]]) -> Executable:
    """Let a rate name these; what is named twice is named once."""
    rows = [{"id": ordered_id("txrule"), "tax_rate_id": row_id, **rule} for rule in rules]
    return upsert(tax_rate_rule).values(rows).on_conflict_do_nothing()


def rules_of(rate_ids: Sequence[str]) -> Select[Any]:
    """What rates name."""
    return select(tax_rate_rule).where(tax_rate_rule.c.tax_rate_id.in_(rate_ids)).order_by(tax_rate_rule.c.id)


def rates_of(region_ids: Sequence[str]) -> Select[Any]:
    """The rates of tax regions, the oldest first."""
    rows = select(tax_rate).where(tax_rate.c.tax_region_id.in_(region_ids))
    return rows.order_by(tax_rate.c.created_at, tax_rate.c.id)


def family_of(region_ids: Sequence[str], parent_ids: Sequence[str]) -> Select[Any]:
    """The parents of tax regions and the regions below them."""
    near = tax_region.c.id.in_(parent_ids) | tax_region.c.parent_id.in_(region_ids)
    return select(tax_region).where(near).order_by(func.coalesce(tax_region.c.province_code, ""))
