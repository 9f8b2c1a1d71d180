"""Which errors mean that the database is away, and so that asking again in a moment helps."""

from typing import Any

import asyncpg
import pytest
from sqlalchemy import exc

from utils.sql import is_away


def by_core(error: Exception, **more: Any) -> exc.DBAPIError:
    """The error as SQLAlchemy hands it on."""
    inside = Exception(str(error))
    inside.__cause__ = error
    return exc.DBAPIError("SELECT 1", None, inside, **more)


AWAY = [
    asyncpg.AdminShutdownError("terminating connection"),
    asyncpg.CannotConnectNowError("the database system is starting up"),
    asyncpg.CrashShutdownError("terminating connection because of crash"),
    asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation"),
    asyncpg.TooManyConnectionsError("sorry, too many clients already"),
    asyncpg.DiskFullError("no space left"),
    asyncpg.QueryCanceledError("canceling statement due to statement timeout"),
    asyncpg.LockNotAvailableError("canceling statement due to lock timeout"),
    asyncpg.IdleInTransactionSessionTimeoutError("terminating connection"),
    asyncpg.ReadOnlySQLTransactionError("cannot execute INSERT in a read-only transaction"),
    asyncpg.InterfaceError("connection is closed"),
    asyncpg.InternalClientError("cannot switch to state 11"),
    ConnectionRefusedError(),
    FileNotFoundError("no socket"),
    TimeoutError(),
]
OURS = [
    asyncpg.UniqueViolationError("duplicate key"),
    asyncpg.UndefinedTableError("no such table"),
    asyncpg.CheckViolationError("check"),
    asyncpg.InterfaceError("the server expects 1 argument for this query, 0 were passed"),
    ValueError("connection is closed"),
]


@pytest.mark.parametrize("error", AWAY, ids=lambda error: type(error).__name__)
def test_the_database_is_away(error: Exception) -> None:
    assert is_away(error)
    assert is_away(by_core(error))


@pytest.mark.parametrize("error", OURS, ids=lambda error: type(error).__name__)
def test_a_mistake_of_ours_stays_one(error: Exception) -> None:
    assert not is_away(error)
    assert not is_away(by_core(error))


def test_no_room_in_the_pool_and_an_ended_connection_count_as_away() -> None:
    assert is_away(exc.TimeoutError("QueuePool limit reached"))
    assert is_away(by_core(ValueError(), connection_invalidated=True))
