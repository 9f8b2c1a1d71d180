"""Headers that tell browsers to take an answer for what it is, and nothing more."""

from aiohttp import web
from multidict import CIMultiDict

from middleware.wire import Wire
from routes.table import PUBLIC, Handler, Route
from utils.config import Settings

HSTS = "max-age=31536000; includeSubDomains"


def constant(row: Route, settings: Settings) -> CIMultiDict[str]:
    """The headers that every answer of a row carries."""
    headers = CIMultiDict(
        {
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "Referrer-Policy": "no-referrer",
            "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
        }
    )
    if row.who != PUBLIC:
        headers["Vary"] = "Origin"
        if row.cached is None:
            headers["Cache-Control"] = "no-store"
    if settings.mode == "production":
        headers["Strict-Transport-Security"] = HSTS
    return headers


def layer(wire: Wire, row: Route, inner: Handler) -> Handler:
    """Put the row's constant headers on the answer; one that a controller has set (a page's own policy) stays."""
    headers = constant(row, wire.settings)

    async def handle(request: web.Request) -> web.StreamResponse:
        response = await inner(request)
        own = response.headers
        if "Content-Security-Policy" in own:
            own.extend({name: value for name, value in headers.items() if name not in own})
        else:
            own.extend(headers)
        return response

    return handle
