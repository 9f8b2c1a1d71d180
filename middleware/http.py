"""An HTTP request as a `Call`: the innermost layer, which hands what the others found to who knows no HTTP."""

from collections.abc import Awaitable

from aiohttp import web

from controllers.http import ADDRESS, BODY, CALL, CLAIM, DEPS, FIELDS, PRINCIPAL, QUERY, REQUEST_ID, reply
from middleware.layers import Wire
from middleware.limits import client_address
from routes.table import Handler, Route
from services.call import NOBODY, NOTHING, Call


def layer(wire: Wire, row: Route, inner: Handler) -> Handler:
    """Put the call at request[CALL]; a neutral controller gets it in the place of the request."""
    name, proxies = row.name, wire.settings.trusted_proxies
    if row.neutral:
        inner = answering(row)

    # No coroutine of its own: the request pays for one small object.
    def handle(request: web.Request) -> Awaitable[web.StreamResponse]:
        get = request.get
        request[CALL] = Call(
            name,
            request[REQUEST_ID],
            get(PRINCIPAL, NOBODY),
            request.match_info,
            get(QUERY, NOTHING),
            get(FIELDS),
            get(BODY, NOTHING),
            get(CLAIM),
            get(ADDRESS) or client_address(request, proxies),
        )
        return inner(request)

    return handle


def answering(row: Route) -> Handler:
    """A handler around a neutral controller: what that returns is the JSON of the row's reply."""
    controller = row.handler

    async def handle(request: web.Request) -> web.StreamResponse:
        return reply(await controller(request[CALL], request.app[DEPS]), row.status)  # type: ignore[call-arg, arg-type]

    return handle
