"""The small world, and people who work for its sellers."""

from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from services.deps import Deps
from tests.buying import Buyer
from tests.conftest import Client
from tests.staff import Worker, administrator, hire
from tests.workflows.books import faults, open_books
from utils.config import Settings

Hire = Callable[..., Awaitable[Worker]]
Books = Callable[[], Awaitable[list[str]]]


@pytest.fixture(scope="module")
def seed_file() -> Path | None:
    return Path(__file__).parents[1] / "data" / "world.yaml"


@pytest.fixture(scope="module")
def sellers(ids: dict[str, Any]) -> list[str]:
    """Ids of the sellers: three open ones, then a suspended one."""
    return list(ids["stores"].values())


@pytest.fixture(scope="module")
async def owner(client: Client, deps: Deps, sellers: list[str]) -> Worker:
    """An owner of the first seller."""
    return await hire(client, deps, seller_id=sellers[0])


@pytest.fixture(scope="module")
async def other_owner(client: Client, deps: Deps, sellers: list[str]) -> Worker:
    """An owner of the second seller."""
    return await hire(client, deps, seller_id=sellers[1])


@pytest.fixture(scope="module")
async def admin(client: Client, deps: Deps) -> Worker:
    return await administrator(client, deps)


@pytest.fixture
def buyer(client: Client, ids: dict[str, Any]) -> Buyer:
    return Buyer(client, ids)


@pytest.fixture
async def books(settings: Settings) -> AsyncIterator[Books]:
    """`await books()` says what does not agree in the ledger, the stock and the orders."""
    connection = await open_books(settings.database_url.replace("+asyncpg", ""))
    yield partial(faults, connection)
    await connection.close()
