"""The shop with the rows of uploads, for a seller named by a header; as a program it serves until it is killed."""

import os
from dataclasses import replace

from aiohttp import web

from app import hold_resources
from middleware import HTTP_OPTIONS, install
from routes import files as file_routes
from routes.table import ANYONE, Handler, Route
from routes.upload import VENDOR
from services import deps as wiring
from utils.config import Settings
from utils.http import DEPS, STORE

STORE_HEADER = "x-test-store"
WEB_KEY = "pk_world_web"


def acting(handler: Handler) -> Handler:
    """As the middleware of sellers will: the store that the request acts for."""

    async def handle(request: web.Request) -> web.StreamResponse:
        request[STORE] = request.headers[STORE_HEADER]
        return await handler(request)

    return handle


def rows() -> list[Route]:
    return [*file_routes.ROUTES, *(replace(row, who=ANYONE, handler=acting(row.handler)) for row in VENDOR)]


def create(settings: Settings) -> web.Application:
    app = web.Application(handler_args=HTTP_OPTIONS)
    app[DEPS] = wiring.build(settings)
    install(app, rows())
    app.cleanup_ctx.append(hold_resources)
    return app


if __name__ == "__main__":
    settings = Settings.from_env(os.environ)
    web.run_app(create(settings), host=settings.host, port=settings.port, access_log=None, print=None)
