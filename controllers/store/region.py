"""Regions and currencies."""

from typing import Any

from aiohttp import web

from controllers.http import DEPS, FIELDS, reply
from controllers.store.product import page_of, question
from controllers.views.product import Json
from models.region.region import Region
from models.shared import list_memory
from services.region.cache import REGIONS
from utils.clock import to_iso


async def list_regions(request: web.Request) -> web.Response:
    query, fields = question(request), request[FIELDS]
    async with request.app[DEPS].database.reading() as work:
        regions = await work.snapshot(REGIONS)
    rows, count = list_memory.page(regions.by_id.values(), searched=("name", "currency_code"), **query)
    return reply({"regions": [fields(view(row)) for row in rows], "count": count, **page_of(query)})


async def retrieve_region(request: web.Request) -> web.Response:
    async with request.app[DEPS].database.reading() as work:
        regions = await work.snapshot(REGIONS)
    return reply({"region": request[FIELDS](view(regions.get(request.match_info["id"])))})


async def list_currencies(request: web.Request) -> web.Response:
    query, fields = question(request), request[FIELDS]
    async with request.app[DEPS].database.reading() as work:
        regions = await work.snapshot(REGIONS)
    rows, count = list_memory.page(regions.currencies.values(), searched=("code", "name"), **query)
    return reply({"currencies": [fields(currency_view(row)) for row in rows], "count": count, **page_of(query)})


async def retrieve_currency(request: web.Request) -> web.Response:
    async with request.app[DEPS].database.reading() as work:
        regions = await work.snapshot(REGIONS)
    return reply({"currency": request[FIELDS](currency_view(regions.get_currency(request.match_info["code"])))})


async def list_locales(request: web.Request) -> web.Response:
    """Texts are not translated yet; storefronts hide their choice of languages when there are none."""
    return reply({"locales": []})


class RegionViews:
    """The wire form of each region, made once as long as the region stays the same: every cart shows one."""

    def __init__(self) -> None:
        self._held: dict[str, tuple[Region, Json]] = {}

    def of(self, region: Region) -> Json:
        held = self._held.get(region.id)
        if held is None or held[0] is not region:
            held = self._held[region.id] = (region, view(region))
        return held[1]


def view(region: Region) -> Json:
    return {
        "id": region.id,
        "name": region.name,
        "currency_code": region.currency_code,
        "automatic_taxes": region.automatic_taxes,
        "metadata": region.metadata,
        "created_at": to_iso(region.created_at),
        "updated_at": to_iso(region.updated_at),
        "deleted_at": None,
        "countries": [country(row, region.id) for row in region.countries],
        "payment_providers": [{"id": provider_id, "is_enabled": True} for provider_id in region.provider_ids],
    }


def country(row: Any, region_id: str) -> Json:
    names = ("iso_2", "iso_3", "num_code", "name", "display_name", "metadata")
    return {
        **{name: getattr(row, name) for name in names},
        "id": row.iso_2,
        "region_id": region_id,
        "created_at": to_iso(row.created_at),
        "updated_at": to_iso(row.updated_at),
        "deleted_at": None,
    }


def currency_view(row: Any) -> Json:
    names = ("code", "name", "symbol", "symbol_native", "decimal_digits", "rounding")
    return {
        **{name: getattr(row, name) for name in names},
        "created_at": to_iso(row.created_at),
        "updated_at": to_iso(row.updated_at),
        "deleted_at": None,
    }
