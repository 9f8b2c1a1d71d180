"""What the tests of payments share; a module that wants the shop with the fake provider asks for `payer`."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.buying import Buyer
from tests.conftest import Client
from tests.providers.fake_server import FakeServer
from tests.workflows.books import open_books
from tests.workflows.paying import Payer
from utils.config import Settings


@pytest.fixture(scope="module")
async def server() -> AsyncIterator[FakeServer]:
    async with FakeServer().serving() as started:
        yield started


@pytest.fixture
async def payer(client: Client, ids: dict[str, Any], server: FakeServer, settings: Settings) -> AsyncIterator[Payer]:
    server.forget_faults()
    books = await open_books(settings.database_url.replace("+asyncpg", ""))
    yield Payer(Buyer(client, ids), server, books)
    for gate in server.gates.values():
        gate.set()
    server.forget_faults()
    await books.close()
