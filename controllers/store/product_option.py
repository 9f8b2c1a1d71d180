"""Options of products, such as a size, with their values."""

from aiohttp import web

from controllers.http import DEPS, FIELDS, PRINCIPAL, QUERY, reply
from controllers.store.product import page_of, question
from controllers.views.product import option
from services.product import search as product_search


async def list_options(request: web.Request) -> web.Response:
    query, fields, who = request[QUERY], request[FIELDS], request[PRINCIPAL]
    async with request.app[DEPS].database.reading() as work:
        options, count = await product_search.search_options(work, who=who, **question(request))
    return reply({"product_options": [fields(option(one)) for one in options], "count": count, **page_of(query)})


async def retrieve_option(request: web.Request) -> web.Response:
    async with request.app[DEPS].database.reading() as work:
        one = await product_search.get_option(work, who=request[PRINCIPAL], option_id=request.match_info["id"])
    return reply({"product_option": request[FIELDS](option(one))})
