"""The catalogue's shop: the small world, asked as a storefront asks."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient

from tests.buying import Buyer

Client = TestClient[web.Request, web.Application]
Ask = Callable[..., Awaitable[Any]]
WEB_KEY = "pk_world_web"


@pytest.fixture(scope="module")
def seed_file() -> Path | None:
    return Path(__file__).parents[1] / "data" / "world.yaml"


@pytest.fixture(scope="module")
async def ask(client: Client) -> Ask:
    """`await ask("/store/products?...")` gives the body of a 200; `status=` expects another status."""
    return asker(client)


def asker(client: Client) -> Ask:
    async def get(target: str, *, status: int = 200, key: str = WEB_KEY, headers: dict[str, str] | None = None) -> Any:
        reply = await client.get(target, headers={"x-publishable-api-key": key, **(headers or {})})
        assert reply.status == status, await reply.text()
        return await reply.json()

    return get


@pytest.fixture
async def buyer(client: Client, ids: dict[str, Any]) -> Buyer:
    """A buyer in the small world."""
    return Buyer(client, ids)
