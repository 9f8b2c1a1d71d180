"""CORS by aiohttp-cors, row by row: browsers of the listed origins may call, and others get no permission."""

from functools import cache
from typing import Any

import aiohttp_cors
from aiohttp import web
from aiohttp_cors.urldispatcher_router_adapter import ResourcesUrlDispatcherRouterAdapter
from multidict import istr

from controllers.http import CORS_HOOK
from middleware.layers import Wire
from routes.table import PUBLIC, Handler, Route
from utils.config import Settings

ORIGIN = istr("Origin")
EXPOSED = ("X-Request-Id", "Idempotency-Replayed", "Retry-After")
MAX_AGE_SECONDS = 600


class Adapter(ResourcesUrlDispatcherRouterAdapter):
    """Puts the library's preflight handler inside our layers, so that preflights are logged and refused in our form."""

    def __init__(self, app: web.Application, wrap: Any) -> None:
        super().__init__(app.router, {})
        self._wrap = wrap

    def add_preflight_handler(self, routing_entity: Any, handler: Handler, webview: bool = False) -> None:
        resource: Any = routing_entity.resource if isinstance(routing_entity, web.ResourceRoute) else routing_entity
        if not self.is_cors_for_resource(resource):
            super().add_preflight_handler(resource, self._wrap(resource.canonical, handler))


@cache
def options_for(origin: str) -> Any:
    """Any origin (`*`) gets no credentials: cookies of strangers' pages are not for us.

    Made once for all rows: the library looks at every value again, and that was half of making an application.
    """
    make: Any = aiohttp_cors.ResourceOptions  # the library has no annotations
    return make(allow_credentials=origin != "*", expose_headers=EXPOSED, allow_headers="*", max_age=MAX_AGE_SECONDS)


def origins_of(row: Route, settings: Settings) -> tuple[str, ...]:
    both = tuple(dict.fromkeys((*settings.store_cors, *settings.vendor_cors)))
    lists = {"auth": settings.auth_cors, "vendor": settings.vendor_cors, "admin": settings.admin_cors, "chat": both}
    found = lists.get(row.path.split("/")[1])
    if found is not None:
        return found
    # Uploads come from pages of other origins, under a signature.
    if row.streams:
        return both
    return () if row.who == PUBLIC else settings.store_cors


def enable(app: web.Application, mounted: list[tuple[Route, web.AbstractRoute]], settings: Settings, wrap: Any) -> None:
    """Register the rows with aiohttp-cors, and take its hook off the signal: our layer calls it where it is needed."""
    config = aiohttp_cors.CorsConfig(app, router_adapter=Adapter(app, wrap))
    hook: Any = app.on_response_prepare.pop()
    app[CORS_HOOK] = hook
    for row, route in mounted:
        allowed = origins_of(row, settings)
        if allowed:
            config.add(route, {origin: options_for(origin) for origin in allowed})


def layer(wire: Wire, row: Route, inner: Handler) -> Handler:
    """Add the CORS headers to answers for browsers of other origins."""
    if not origins_of(row, wire.settings):
        return inner
    app = wire.app

    async def handle(request: web.Request) -> web.StreamResponse:
        response = await inner(request)
        if ORIGIN in request.headers:
            await app[CORS_HOOK](request, response)
        return response

    return handle
