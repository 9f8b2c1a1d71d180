"""Sellers as buyers see them."""

from aiohttp import web

from controllers.http import DEPS, FIELDS, reply
from controllers.store.product import page_of, question
from controllers.views.product import seller_view
from models.shared import list_memory
from services.seller.cache import SELLERS


async def list_sellers(request: web.Request) -> web.Response:
    query, fields = question(request), request[FIELDS]
    async with request.app[DEPS].database.reading() as work:
        sellers = await work.snapshot(SELLERS)
    listed = (seller for seller in sellers.by_id.values() if seller.is_listed)
    rows, count = list_memory.page(listed, searched=("name", "handle", "description"), **query)
    return reply({"sellers": [fields(seller_view(row)) for row in rows], "count": count, **page_of(query)})


async def retrieve_seller(request: web.Request) -> web.Response:
    async with request.app[DEPS].database.reading() as work:
        sellers = await work.snapshot(SELLERS)
    return reply({"seller": request[FIELDS](seller_view(sellers.get_listed(request.match_info["id"])))})
