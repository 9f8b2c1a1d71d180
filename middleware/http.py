"""An HTTP request as a `Call`: the innermost layer, which hands what the others found to who knows no HTTP."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from controllers.http import BODY, CLAIM, DEPS, FIELDS, PRINCIPAL, QUERY, REQUEST_ID, reply
from middleware.layers import Wire
from middleware.limits import client_address
from routes.table import PUBLIC, Handler, Route
from services.call import NOBODY, NOTHING, Call


def layer(wire: Wire, row: Route, inner: Handler) -> Handler:
    """A neutral controller gets the call in the place of the request; rows of others pay nothing for it."""
    if not row.neutral:
        return inner
    answer, name, proxies = answering(row), row.name, wire.settings.trusted_proxies
    # The layers above are the row's, too: what they leave is known, and asking for what is not there costs more.
    has_principal, has_fields = row.who != PUBLIC, row.fields is not None
    has_claim = row.method in ("POST", "DELETE")
    has_body = has_claim and not row.streams

    # No coroutine of its own: the request pays for one small object.
    def handle(request: web.Request) -> Awaitable[web.StreamResponse]:
        call = Call(
            name,
            request[REQUEST_ID],
            request[PRINCIPAL] if has_principal else NOBODY,
            request.match_info,
            request[QUERY],
            request[FIELDS] if has_fields else None,
            request[BODY] if has_body else NOTHING,
            request[CLAIM] if has_claim else None,
            client_address(request, proxies) if proxies else request.remote or "",
        )
        return answer(request, call)

    return handle


def answering(row: Route) -> Callable[[web.Request, Call], Awaitable[web.StreamResponse]]:
    """What answers by a neutral controller: it returns the JSON of the row's reply."""
    controller = row.handler

    async def handle(request: web.Request, call: Call) -> web.StreamResponse:
        return reply(await controller(call, request.app[DEPS]), row.status)  # type: ignore[call-arg, arg-type]

    return handle
