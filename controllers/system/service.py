"""What the server says about itself: alive, ready, its contract, and the reference page."""

import asyncio
import html
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from aiohttp import web

from controllers.http import ASYNCAPI, DEPS, JSON_HEADERS, OPENAPI, reply
from services import health as health_service
from services import slots
from services.identity import api_access
from utils.errors import AppError, NotFound

PING_SECONDS = 2.0
VITAL = {"slot": "database", "engine": "PostgreSQL", "status": "ok"}
# Files of the Swagger UI wheel that are served, by their public names, with their media types.
ASSETS = {
    "swagger-ui.css": ("swagger_style.css", "text/css"),
    "swagger-ui.js": ("swagger_bundle.js", "text/javascript"),
    "swagger-preset.js": ("swagger_preset.js", "text/javascript"),
}
START = b"""const prefill = () => {
  const key = document.getElementById("reference").dataset.publishableKey;
  if (key) window.ui.preauthorizeApiKey("publishableKey", key);
};
window.ui = SwaggerUIBundle({
  url: "/openapi.json", onComplete: prefill, dom_id: "#reference",
  deepLinking: true, validatorUrl: null, persistAuthorization: true,
  presets: [SwaggerUIBundle.presets.apis], layout: "BaseLayout", defaultModelsExpandDepth: 0, docExpansion: "list"
});
"""
# Swagger UI writes style attributes and shows images from data addresses; it runs no script that is not a file of ours.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title><link rel="stylesheet" href="/docs/assets/swagger-ui.css"></head>
<body><div id="reference" data-publishable-key="{key}"></div>
<script src="/docs/assets/swagger-ui.js"></script><script src="/docs/assets/start.js"></script></body>
</html>
"""


class NotReady(AppError):
    code, kind = "not_ready", "unavailable"
    message = "Not ready: {reason}"


async def health(request: web.Request) -> web.Response:
    return reply({"status": "ok"})


async def ready(request: web.Request) -> web.Response:
    """503 while the process drains or its database does not answer; 200 names the slots that are degraded meanwhile."""
    deps = request.app[DEPS]
    if deps.lifecycle.draining:
        raise NotReady(reason="the process is about to end")
    try:
        async with asyncio.timeout(PING_SECONDS), deps.database.reading() as work:
            await health_service.ping(work)
    except Exception:  # whatever keeps the database from answering, the balancer is told the same
        raise NotReady(reason="the database does not answer") from None
    away = await slots.degraded(deps)
    if away:
        told = [VITAL, *(slot.told() for slot in slots.engines(deps))]
        return reply({"status": "degraded", "degraded": [slot.name for slot in away], "slots": told})
    return reply({"status": "ready"})


async def contract(request: web.Request) -> web.Response:
    return web.Response(body=request.app[OPENAPI], headers=JSON_HEADERS)


async def events_contract(request: web.Request) -> web.Response:
    return web.Response(body=request.app[ASYNCAPI], headers=JSON_HEADERS)


async def reference(request: web.Request) -> web.Response:
    deps = request.app[DEPS]
    key = await api_access.shown_key(deps.settings, deps.database)
    page = PAGE.format(title=html.escape("Pasar: the API"), key=html.escape(key, quote=True))
    return web.Response(text=page, content_type="text/html", headers={"Content-Security-Policy": POLICY})


async def asset(request: web.Request) -> web.Response:
    name = request.match_info["name"]
    if name != "start.js" and name not in ASSETS:
        raise NotFound(what="File", id=name)
    body, media = (START, "text/javascript") if name == "start.js" else (content(name), ASSETS[name][1])
    return web.Response(body=body, content_type=media, charset="utf-8", headers={"Cache-Control": "max-age=86400"})


@cache
def content(name: str) -> bytes:
    """A listed file of the wheel; the wheel's own code is never run."""
    spec = find_spec("offapi")
    if spec is None or spec.origin is None:
        raise NotFound(what="File", id=name)
    return (Path(spec.origin).parent / ASSETS[name][0]).read_bytes()
