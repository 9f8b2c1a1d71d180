"""Regions, currencies and payment providers, as administrators keep them."""

from collections.abc import Mapping, Sequence
from typing import Any

from aiohttp import web

from controllers.admin.crud import Desk, Json, plain
from controllers.store import region as store
from controllers.store.product import page_of, question
from services.deps import Deps
from services.infrastructure.database.database import UnitOfWork
from services.region import region
from services.shared import crud
from utils.fields import Selection
from utils.http import DEPS, FIELDS, QUERY, reply


def installed(deps: Deps) -> Mapping[str, Any]:
    return {"installed": frozenset(deps.payments)}


async def show(work: UnitOfWork, rows: Sequence[Any], fields: Selection) -> list[Json]:
    ids = [row.id for row in rows]
    countries = await region.countries(work, ids)
    providers = await region.providers(work, ids)
    inclusive = await region.inclusive(work, ids)
    return [
        plain(row)
        | {
            "countries": [store.country(each, row.id) for each in countries[row.id]],
            "payment_providers": [{"id": each, "is_enabled": True} for each in providers[row.id]],
            "is_tax_inclusive": inclusive.get(row.id, False),
        }
        for row in rows
    ]


DESK = Desk(
    noun=region.REGION,
    one="region",
    many="regions",
    kind="region",
    show=show,
    make=region.create,
    change=region.change,
    remove=region.remove,
    given=installed,
)


async def list_currencies(request: web.Request) -> web.Response:
    query, fields = question(request), request[FIELDS]
    async with request.app[DEPS].database.reading() as work:
        rows, count = await crud.page(work, region.CURRENCY, **query)
    return reply({"currencies": [fields(store.currency_view(row)) for row in rows], "count": count, **page_of(query)})


async def retrieve_currency(request: web.Request) -> web.Response:
    code = request.match_info["code"].lower()
    async with request.app[DEPS].database.reading() as work:
        row = await crud.find(work, region.CURRENCY, code)
    return reply({"currency": request[FIELDS](store.currency_view(row))})


async def list_providers(request: web.Request) -> web.Response:
    """Those that this installation has: which ones a region offers is said there."""
    query = request[QUERY]
    known = sorted(request.app[DEPS].payments)
    found = [each for each in known if query.get("is_enabled", True) and each in query.get("id", known)]
    shown = [{"id": each, "is_enabled": True} for each in found[query["offset"] :][: query["limit"]]]
    return reply({"payment_providers": shown, "count": len(found), **page_of(query)})
