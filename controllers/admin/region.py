"""Regions, currencies and payment providers, as administrators keep them."""

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from controllers.admin.crud import CrudController, Json, plain
from controllers.http import DEPS, FIELDS, QUERY, reply
from controllers.store import region as store
from controllers.store.product import page_of, question
from models.region.commands import CreateRegion, UpdateRegion
from models.region.region import CURRENCY, REGION
from services.deps import Deps
from services.region import region
from services.region.region import Related
from services.shared import crud


def installed(deps: Deps) -> Mapping[str, Any]:
    return {"installed": frozenset(deps.payments)}


def view(row: Any, related: Related) -> Json:
    return plain(row) | {
        "countries": [store.country(each, row.id) for each in related.countries[row.id]],
        "payment_providers": [{"id": each, "is_enabled": True} for each in related.providers[row.id]],
        "is_tax_inclusive": related.inclusive.get(row.id, False),
    }


REGIONS = CrudController(
    resource=REGION,
    one="region",
    many="regions",
    kind="region",
    creates=CreateRegion,
    updates=UpdateRegion,
    related=region.related,
    view=view,
    make=region.create,
    change=region.change,
    remove=region.remove,
    given=installed,
)


async def list_currencies(request: web.Request) -> web.Response:
    query, fields = question(request), request[FIELDS]
    async with request.app[DEPS].database.reading() as work:
        rows, count = await crud.page(work, CURRENCY, **query)
    return reply({"currencies": [fields(store.currency_view(row)) for row in rows], "count": count, **page_of(query)})


async def retrieve_currency(request: web.Request) -> web.Response:
    code = request.match_info["code"].lower()
    async with request.app[DEPS].database.reading() as work:
        row = await crud.get(work, CURRENCY, code)
    return reply({"currency": request[FIELDS](store.currency_view(row))})


async def list_providers(request: web.Request) -> web.Response:
    """Those that this installation has: which ones a region offers is said there."""
    query = request[QUERY]
    known = sorted(request.app[DEPS].payments)
    found = [each for each in known if query.get("is_enabled", True) and each in query.get("id", known)]
    shown = [{"id": each, "is_enabled": True} for each in found[query["offset"] :][: query["limit"]]]
    return reply({"payment_providers": shown, "count": len(found), **page_of(query)})
