"""All lists, for administrators."""

from aiohttp import web

from pasar.web import DEPS, QUERY, reply
from pasar_wishlist.controllers.store import view
from pasar_wishlist.services import wishlist as service


async def index(request: web.Request) -> web.Response:
    page = {name: request[QUERY][name] for name in ("limit", "offset")}
    async with request.app[DEPS].database.reading() as work:
        found, count = await service.page(work, **page)
    lists = [{**view(each), "customer_id": each.customer_id} for each in found]
    return reply({"wishlists": lists, "count": count, **page})
