"""The small world, and people who work in its stores."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from services.deps import Deps
from tests.conftest import Client
from tests.staff import Worker, administrator, hire

Hire = Callable[..., Awaitable[Worker]]


@pytest.fixture(scope="module")
def seed_file() -> Path | None:
    return Path(__file__).parents[1] / "data" / "world.yaml"


@pytest.fixture(scope="module")
def stores(ids: dict[str, Any]) -> list[str]:
    """Ids of the stores: three open ones, then a suspended one."""
    return list(ids["stores"].values())


@pytest.fixture(scope="module")
async def owner(client: Client, deps: Deps, stores: list[str]) -> Worker:
    """An owner of the first store."""
    return await hire(client, deps, store_id=stores[0])


@pytest.fixture(scope="module")
async def other_owner(client: Client, deps: Deps, stores: list[str]) -> Worker:
    """An owner of the second store."""
    return await hire(client, deps, store_id=stores[1])


@pytest.fixture(scope="module")
async def admin(client: Client, deps: Deps) -> Worker:
    return await administrator(client, deps)
