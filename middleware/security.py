"""Headers that tell browsers to take an answer for what it is, and nothing more."""

from aiohttp import hdrs, web
from multidict import CIMultiDict

from middleware.layers import Wire
from routes.table import FOR_SELLER, KEYED, PUBLIC, Handler, Route
from utils.config import Settings

HSTS = "max-age=31536000; includeSubDomains"
PERSONAL = "private, no-cache"


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
        headers.add("Vary", "Origin")
        headers.add("Vary", ", ".join(depends_on(row)))
        if row.cached is None:
            headers["Cache-Control"] = "private, no-store" if row.who in KEYED else "no-store"
    if settings.mode == "production":
        headers["Strict-Transport-Security"] = HSTS
    return headers


def depends_on(row: Route) -> tuple[str, ...]:
    """The request's headers that decide what the row answers, beside the origin of a page."""
    person = ("Authorization", "Cookie")
    if row.who in KEYED:
        language = ("X-Medusa-Locale",) if row.cached is not None else ()
        return (*person, "X-Publishable-Api-Key", *language, *row.headers)
    return (*person, "X-Seller-Id") if row.who in FOR_SELLER else (*person, *row.headers)


def layer(wire: Wire, row: Route, inner: Handler) -> Handler:
    """Put the row's constant headers on the answer; one that a controller has set (a page's own policy) stays."""
    headers = constant(row, wire.settings)
    # Of a page that is kept for guests, whoever shows a login gets an own form: prices may be their groups'.
    personal = headers.copy()
    if row.cached is not None and row.who != PUBLIC:
        personal["Cache-Control"] = PERSONAL

    async def handle(request: web.Request) -> web.StreamResponse:
        response = await inner(request)
        given = request.headers
        mine = personal if hdrs.AUTHORIZATION in given or hdrs.COOKIE in given else headers
        own = response.headers
        if "Content-Security-Policy" in own:
            own.extend([(name, value) for name, value in mine.items() if name not in own])
        else:
            own.extend(mine)
        return response

    return handle
