"""What happens to every request, in one visible order.

A layer is built once for each row around the layers below it; where it has nothing to do for that row it is not there
at all. So a request pays for what its row asks, and reads no table on the way.
"""

import logging
from collections.abc import AsyncIterator, Iterable
from functools import lru_cache, partial

from aiohttp import web

from controllers.http import ASYNCAPI, DEPS, MISMATCHES, OPENAPI, dump
from middleware import (
    addresses,
    authentication,
    context,
    cors,
    errors,
    http,
    idempotency,
    limits,
    pages,
    response_validation,
    security,
)
from middleware import validation as middleware_validation
from middleware.access_log import AccessLog
from middleware.buckets import Buckets
from middleware.layers import Layer, Wire
from routes import PUSHES, asyncapi
from routes.events import Event, Push
from routes.openapi import document
from routes.table import AUTH, PARTICIPANT, PUBLIC, SELLER, USER, Handler, Route, mount

# From the client inwards. `response_validation` is there only where answers are checked (tests, development on demand).
STACK: tuple[Layer, ...] = (
    context.layer,
    cors.layer,
    security.layer,
    response_validation.layer,
    errors.layer,
    limits.layer,
    pages.early,
    authentication.layer,
    pages.layer,
    addresses.layer,
    middleware_validation.layer,
    idempotency.layer,
    http.layer,
)
# For the HTTP library: longer addresses get to our own limit, which refuses them in our form; the library's is text.
HTTP_OPTIONS = {"max_line_size": 64 * 1024}
# What a request goes through that no row answers, and a preflight, which aiohttp-cors answers.
BARE: tuple[Layer, ...] = (context.layer, security.layer, errors.layer, limits.layer)


def build(wire: Wire, stack: Iterable[Layer], row: Route, handler: Handler | None = None) -> Handler:
    """The row's controller inside the layers."""
    inner = handler or row.handler
    for layer in reversed([*stack]):
        inner = layer(wire, row, inner)
    return inner


def install(
    app: web.Application,
    rows: Iterable[Route],
    events: Iterable[Event] = (),
    stack: Iterable[Layer] = STACK,
    pushes: Iterable[Push] = PUSHES,
) -> None:
    """Mount the rows of an application that has its Deps, with everything that surrounds them."""
    table, table_of_events, settings = tuple(rows), tuple(events), app[DEPS].settings
    buckets = Buckets(settings.rate_per_second, settings.rate_burst) if settings.rate_per_second else None
    wire = Wire(app, settings, table, AccessLog(settings.access_log), buckets)
    app[MISMATCHES] = []
    logging.getLogger("aiohttp.server").addFilter(errors.quiet)
    errors.speak_json()
    app[OPENAPI], app[ASYNCAPI] = printed(table), dump(asyncapi.document(table_of_events, pushes))
    layers = [layer for layer in stack if settings.check_replies or layer is not response_validation.layer]
    rights = app[DEPS].rights
    grants = {SELLER: rights.seller, PARTICIPANT: rights.seller, USER: rights.user}
    mounted = mount(app, table, partial(build, wire, layers), grants)
    if table_of_events:
        mount_sockets(wire, table_of_events, pushes)
    cors.enable(app, mounted, settings, partial(preflight, wire))
    app.router.add_route("*", r"/{unknown:[\s\S]*}", unknown(wire))
    app.cleanup_ctx.append(partial(flushed, wire.log))


def mount_sockets(wire: Wire, rows: Iterable[Event], pushes: Iterable[Push]) -> None:
    """The transport of socket events, behind the layers of what no row answers, and the events behind their own."""
    from middleware.sockets import PATH, Sockets  # the library takes 0.1 s to load

    sockets = Sockets(wire, rows, pushes)
    resource = wire.app.router.add_resource(PATH)
    for method in ("GET", "POST", "OPTIONS"):
        row = Route(method=method, path=PATH, handler=sockets.answer, who=AUTH, streams=True)
        resource.add_route(method, build(wire, BARE, row))

    async def close(app: web.Application) -> None:
        await sockets.close()

    wire.app.on_shutdown.append(close)


@lru_cache(maxsize=4)
def printed(rows: tuple[Route, ...]) -> bytes:
    """The OpenAPI document of the rows, as bytes; of the same rows it is made once a process."""
    return dump(document(rows))


async def flushed(log: AccessLog, app: web.Application) -> AsyncIterator[None]:
    yield
    log.flush()


def preflight(wire: Wire, path: str, handler: Handler) -> Handler:
    """aiohttp-cors' own answer to OPTIONS, as 204 without a body, in our bare layers."""

    async def handle(request: web.Request) -> web.StreamResponse:
        response = await handler(request)
        response.set_status(204)
        return response

    row = Route(method="OPTIONS", path=path, handler=handle, who=PUBLIC, rate="none")
    return build(wire, BARE, row)


def answers(resource: web.AbstractResource, path: str) -> bool:
    """Is this the resource of a row, and does its path fit?"""
    info = resource.get_info()
    if "pattern" in info:
        return resource.canonical != "/{unknown}" and info["pattern"].fullmatch(path) is not None
    return info.get("path") == path


def unknown(wire: Wire) -> Handler:
    """A JSON 404 for what no row answers; 405 where the path is known."""

    async def handle(request: web.Request) -> web.StreamResponse:
        found = [resource for resource in wire.app.router.resources() if answers(resource, request.rel_url.raw_path)]
        if found:
            allowed = {route.method for resource in found for route in resource}
            raise errors.MethodUnknown(method=request.method, allow=", ".join(sorted(allowed)))
        raise errors.RouteUnknown(method=request.method, path=request.path[:200])

    return build(wire, BARE, Route(method="*", path="", handler=handle, who=PUBLIC))
