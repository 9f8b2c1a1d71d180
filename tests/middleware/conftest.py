"""The layers over the probe's rows: real HTTP, a real database."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from app import hold_resources
from controllers.http import DEPS
from middleware import HTTP_OPTIONS, install
from services import deps as wiring
from tests.middleware.probe import KEY, ROWS, add_keys
from utils.config import Settings

Shop = TestClient[Any, Any]


@pytest.fixture(scope="module")
async def app(settings: Settings) -> web.Application:
    app = web.Application(handler_args=HTTP_OPTIONS)
    app[DEPS] = wiring.build(settings)
    install(app, ROWS)
    app.cleanup_ctx.append(hold_resources)
    return app


@pytest.fixture(scope="module")
async def probe(app: web.Application) -> AsyncIterator[Shop]:
    """A client without any header of its own."""
    client: Shop = TestClient(TestServer(app))
    async with client:
        await add_keys(app[DEPS].database)
        yield client


@pytest.fixture(scope="module")
async def shop(probe: Shop) -> AsyncIterator[Shop]:
    """A client that sends the publishable key."""
    client: Shop = TestClient(probe.server, headers={"x-publishable-api-key": KEY})
    async with client:
        yield client
