"""Session cookies: a random name that stands for a login, kept where every process finds it.

What is kept is the cookie's hash and the login's id. Whether the login still counts is asked of the login, so that a
store that loses everything (a cache) logs people out and never lets anybody in.
"""

from datetime import datetime
from typing import Protocol

from models.identity import session_cookie as statements
from services.infrastructure.database.database import Database
from services.infrastructure.tokens.tokens import hashed
from utils.errors import AppError


class SessionsAway(AppError):
    code, kind = "sessions_unavailable", "unavailable"
    message = "Sessions cannot be reached. Try again in a moment."


class CookieStore(Protocol):
    """Cookie values are secrets: only their hashes may be kept."""

    async def put(self, value: str, session_id: str, expires_at: datetime) -> None:
        """From now until `expires_at` the value stands for the login."""
        ...

    async def get(self, value: str) -> str | None:
        """The login's id; None for an unknown, ended or dropped value."""
        ...

    async def drop(self, value: str) -> None:
        """The value stands for nothing any more; silent when it did not."""
        ...

    async def close(self) -> None:
        """Give the connections back."""
        ...


class PostgresCookies:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, value: str, session_id: str, expires_at: datetime) -> None:
        row = {"token_hash": hashed(value), "session_id": session_id, "expires_at": expires_at}
        async with self._database.unit_of_work() as work:
            await work.execute(statements.PUT, row)

    async def get(self, value: str) -> str | None:
        async with self._database.reading() as work:
            found: str | None = (await work.execute(statements.GET, {"token_hash": hashed(value)})).scalar_one_or_none()
        return found

    async def drop(self, value: str) -> None:
        async with self._database.unit_of_work() as work:
            await work.execute(statements.DELETE, {"token_hash": hashed(value)})

    async def close(self) -> None:
        """The database is not its own."""
