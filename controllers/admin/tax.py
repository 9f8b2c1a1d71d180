"""Taxes, as administrators keep them."""

from collections.abc import Iterable
from typing import Any

from aiohttp import web
from msgspec import convert

from controllers.admin.crud import CrudController, Json, plain
from controllers.http import BODY, CLAIM, DEPS, FIELDS, PRINCIPAL, QUERY, reply
from controllers.store.product import page_of
from models.region.commands import AddTaxRule, CreateRate, CreateTaxRegion, UpdateRate, UpdateTaxRegion
from models.region.tax import RATE, REGION
from services.region import tax as region_tax
from services.region.tax import Family, OfRates

PROVIDER = "tp_system"


def region_view(row: Any) -> Json:
    return plain(row) | {"provider_id": PROVIDER}


def rate_view(row: Any, rules: Iterable[Any]) -> Json:
    return plain(row) | {"rate": float(row.rate), "rules": [plain(rule) for rule in rules]}


def region_with_family(row: Any, family: Family) -> Json:
    """A tax region with its parent, its children and its rates."""
    return region_view(row) | {
        "parent": region_view(family.near[row.parent_id]) if row.parent_id else None,
        "children": [region_view(each) for each in family.near.values() if each.parent_id == row.id],
        "tax_rates": [rate_view(rate, family.rules[rate.id]) for rate in family.rates[row.id]],
    }


def rate_with_region(row: Any, related: OfRates) -> Json:
    return rate_view(row, related.rules[row.id]) | {"tax_region": region_view(related.regions[row.tax_region_id])}


REGIONS = CrudController(
    resource=REGION,
    one="tax_region",
    many="tax_regions",
    kind="tax_region",
    creates=CreateTaxRegion,
    updates=UpdateTaxRegion,
    related=region_tax.family,
    view=region_with_family,
    make=region_tax.create_region,
    change=region_tax.change_region,
)
RATES = CrudController(
    resource=RATE,
    one="tax_rate",
    many="tax_rates",
    kind="tax_rate",
    creates=CreateRate,
    updates=UpdateRate,
    related=region_tax.of_rates,
    view=rate_with_region,
    make=region_tax.create_rate,
    change=region_tax.change_rate,
)


async def add_rule(request: web.Request) -> web.Response:
    claim, row_id = request[CLAIM], request.match_info["id"]
    command = convert(request[BODY], AddTaxRule)
    async with request.app[DEPS].database.unit_of_work(claim) as work:
        await region_tax.add_rule(work, who=request[PRINCIPAL], row_id=row_id, command=command)
        return await RATES.shown(request, work, row_id)


async def remove_rule(request: web.Request) -> web.Response:
    claim, row_id, rule_id = request[CLAIM], request.match_info["id"], request.match_info["rule_id"]
    async with request.app[DEPS].database.unit_of_work(claim) as work:
        await region_tax.remove_rule(work, who=request[PRINCIPAL], row_id=row_id, rule_id=rule_id)
        parent = await RATES.view_of(work, row_id, request[FIELDS])
        gone = {"id": rule_id, "object": "tax_rate_rule", "deleted": True, "parent": parent}
        return reply(gone, claim=claim)


async def list_providers(request: web.Request) -> web.Response:
    """There is one: taxes are worked out here."""
    query = request[QUERY]
    known = [{"id": PROVIDER, "is_enabled": True}]
    shown = known[query["offset"] :][: query["limit"]]
    return reply({"tax_providers": shown, "count": len(known), **page_of(query)})
