"""A database that every trial leaves as it was."""

from collections.abc import AsyncIterator
from contextlib import suppress

import pytest

from services.infrastructure.cache.snapshots import Snapshots
from services.infrastructure.database.database import Database, UnitOfWork


class Undo(Exception):
    """Ends a trial without keeping it."""


@pytest.fixture(scope="module")
async def database(database_url: str) -> AsyncIterator[Database]:
    database = Database(database_url, Snapshots())
    yield database
    await database.close()


@pytest.fixture
async def trial(database: Database) -> AsyncIterator[UnitOfWork]:
    """A unit of work whose changes are undone."""
    with suppress(Undo):
        async with database.unit_of_work() as work:
            yield work
            raise Undo
