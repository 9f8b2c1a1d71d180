"""Addresses of our own files: stored as `/files/KEY`, told with the host that files are fetched from today.

The one place where the host comes and goes, so that a new PASAR_FILES_URL or PASAR_PUBLIC_URL counts at once for all
that was stored before. It works on the bytes of JSON, inside the page cache: a ready page has its hosts already.
"""

from aiohttp import web

from controllers.http import RAW
from middleware.layers import Wire
from routes.table import Handler, Route
from services.infrastructure.files.slot import FOLDER
from utils.config import Settings

STORED = f'"{FOLDER}'.encode()
DOORS = ("store", "vendor", "admin")


def hosts(settings: Settings) -> tuple[str, ...]:
    """Where files are fetched from, and this server's own addresses."""
    return tuple(dict.fromkeys((settings.files_url or settings.base_url, *settings.own_urls)))


def layer(wire: Wire, row: Route, inner: Handler) -> Handler:
    """Take our hosts off what comes in, and put the one of today before what goes out."""
    if row.path.split("/")[1] not in DOORS:
        return inner
    told = hosts(wire.settings)
    shown = f'"{told[0]}{FOLDER}'.encode()
    # Some clients write the slashes of JSON with a backslash.
    given = [form.encode() for host in told for form in (f'"{host}{FOLDER}', f'"{host}{FOLDER}'.replace("/", "\\/"))]

    async def handle(request: web.Request) -> web.StreamResponse:
        raw = request.get(RAW)
        if raw:
            for form in given:
                if form in raw:
                    raw = raw.replace(form, STORED)
            request[RAW] = raw
        response = await inner(request)
        body = response.body if isinstance(response, web.Response) else None
        if isinstance(body, bytes) and STORED in body:
            response.body = body.replace(STORED, shown)  # type: ignore[attr-defined]
        return response

    return handle
