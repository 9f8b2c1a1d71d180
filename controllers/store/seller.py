"""Stores as buyers see them: sellers."""

from aiohttp import web

from controllers.http import DEPS, FIELDS, reply
from controllers.store.product import page_of, question
from controllers.views.product import seller
from models.shared import list_memory
from services.seller.cache import STORES


async def list_sellers(request: web.Request) -> web.Response:
    query, fields = question(request), request[FIELDS]
    async with request.app[DEPS].database.reading() as work:
        stores = await work.snapshot(STORES)
    listed = (store for store in stores.by_id.values() if store.is_listed)
    rows, count = list_memory.page(listed, searched=("name", "handle", "description"), **query)
    return reply({"sellers": [fields(seller(row)) for row in rows], "count": count, **page_of(query)})


async def retrieve_seller(request: web.Request) -> web.Response:
    async with request.app[DEPS].database.reading() as work:
        stores = await work.snapshot(STORES)
    return reply({"seller": request[FIELDS](seller(stores.get_listed(request.match_info["id"])))})
