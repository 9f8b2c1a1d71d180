"""Request context: an id for every request, and one line of JSON about it in the access log."""

import itertools
import re
import secrets
from time import perf_counter, time

from aiohttp import web
from multidict import istr

from controllers.http import REQUEST_ID
from middleware.layers import Wire
from routes.table import Handler, Route
from utils.clock import put_in_force

HEADER = istr("X-Request-Id")
WELL_FORMED = re.compile(r"[A-Za-z0-9_.\-]{8,64}").fullmatch
GONE = 499  # the client went away before there was an answer

_prefix = secrets.token_hex(6)
_numbers = itertools.count(1)


def new_request_id() -> str:
    """Unique over processes by its prefix, and cheap: it names a request, it is no secret."""
    return f"{_prefix}{next(_numbers):06x}"


def layer(wire: Wire, row: Route, inner: Handler) -> Handler:
    """Put the clock in force, give the request its id, send the id back, and log what became of it."""
    append = wire.log.append if wire.log.enabled else None
    pattern = row.path
    lifecycle, clock = wire.deps.lifecycle, wire.deps.clock

    async def handle(request: web.Request) -> web.StreamResponse:
        started = perf_counter()
        put_in_force(clock)
        given = request.headers.get(HEADER)
        request_id = given if given is not None and WELL_FORMED(given) else new_request_id()
        request[REQUEST_ID] = request_id
        status, size = GONE, 0
        try:
            response = await inner(request)
            response.headers[HEADER] = request_id
            if lifecycle.draining:
                response.force_close()
            status = response.status
            size = len(response.body) if isinstance(response, web.Response) and isinstance(response.body, bytes) else 0
            return response
        finally:
            if append is not None:
                took = (perf_counter() - started) * 1000
                target, client = request.raw_path, request.remote
                append((time(), request_id, request.method, pattern, target, status, size, took, client))

    return handle
