"""Taxes, as administrators keep them."""

from collections.abc import Iterable, Sequence
from typing import Any

from aiohttp import web

from controllers.admin.crud import Desk, Json, plain
from controllers.store.product import page_of
from services.infrastructure.database.database import UnitOfWork
from services.region import tax as region_tax
from utils.fields import Selection
from utils.http import BODY, CLAIM, DEPS, FIELDS, PRINCIPAL, QUERY, reply

PROVIDER = "tp_system"


async def show_regions(work: UnitOfWork, rows: Sequence[Any], fields: Selection) -> list[Json]:
    ids = [row.id for row in rows]
    near = await region_tax.family(work, ids, [row.parent_id for row in rows if row.parent_id])
    rates = await region_tax.rates(work, ids)
    rules = await region_tax.rules(work, [rate.id for of_one in rates.values() for rate in of_one])
    return [
        region_view(row)
        | {
            "parent": region_view(near[row.parent_id]) if row.parent_id else None,
            "children": [region_view(each) for each in near.values() if each.parent_id == row.id],
            "tax_rates": [rate_view(rate, rules[rate.id]) for rate in rates[row.id]],
        }
        for row in rows
    ]


async def show_rates(work: UnitOfWork, rows: Sequence[Any], fields: Selection) -> list[Json]:
    rules = await region_tax.rules(work, [row.id for row in rows])
    regions = await region_tax.family(work, [], [row.tax_region_id for row in rows])
    return [rate_view(row, rules[row.id]) | {"tax_region": region_view(regions[row.tax_region_id])} for row in rows]


def region_view(row: Any) -> Json:
    return plain(row) | {"provider_id": PROVIDER}


def rate_view(row: Any, rules: Iterable[Any]) -> Json:
    return plain(row) | {"rate": float(row.rate), "rules": [plain(rule) for rule in rules]}


REGIONS = Desk(
    noun=region_tax.REGION,
    one="tax_region",
    many="tax_regions",
    kind="tax_region",
    show=show_regions,
    make=region_tax.create_region,
    change=region_tax.change_region,
)
RATES = Desk(
    noun=region_tax.RATE,
    one="tax_rate",
    many="tax_rates",
    kind="tax_rate",
    show=show_rates,
    make=region_tax.create_rate,
    change=region_tax.change_rate,
)


async def add_rule(request: web.Request) -> web.Response:
    claim, row_id = request[CLAIM], request.match_info["id"]
    async with request.app[DEPS].database.unit_of_work(claim) as work:
        await region_tax.add_rule(work, who=request[PRINCIPAL], row_id=row_id, body=request[BODY])
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
