"""The clock of development: as far ahead of the machine's as a row of the database says.

Every process reads the row when it starts and whenever its counter moves, so that all of them, and their statements,
live at one moment. Production has the machine's clock and never looks at the row.
"""

import asyncio
from collections.abc import Iterable
from datetime import timedelta

from models.journal import sandbox_clock as statements
from services.infrastructure.cache.pages import Pages
from services.infrastructure.database.database import Database, UnitOfWork
from utils.clock import MovableClock
from utils.errors import AppError

SCOPE = "clock"  # its counter; a trigger moves all counters with it, since what is held anywhere may depend on time
FURTHEST = timedelta(days=3650)


class TooFar(AppError):
    code, kind = "clock_too_far", "invalid"
    message = "The clock goes no further than ten years from now. Reset it, or move it less."


class SandboxClock(MovableClock):
    """A clock that follows the row."""

    def __init__(self) -> None:
        super().__init__()
        self._reading: asyncio.Task[None] | None = None

    def follow(self, database: Database, pages: Iterable[Pages]) -> None:
        """Read the row when it changes; what was made ready at another time is made anew."""
        self._database, self._pages = database, tuple(pages)
        database.snapshots.on_change(self._moved)

    async def read(self) -> None:
        """Go where the row says."""
        async with self._database.reading() as work:
            ahead = await ahead_of(work)
        if ahead != self.ahead:
            self.ahead = ahead
            for pages in self._pages:
                pages.clear()

    def _moved(self, scope: str) -> None:
        if scope == SCOPE:
            self._reading = asyncio.get_running_loop().create_task(self._read_after(self._reading), name="changes")

    async def _read_after(self, former: asyncio.Task[None] | None) -> None:
        """One after the other, so that the last to read has read last."""
        if former is not None:
            await asyncio.wait([former])
        await self.read()


async def ahead_of(work: UnitOfWork) -> timedelta:
    """How far ahead the row says; nothing where there is none."""
    found: timedelta | None = (await work.execute(statements.READ)).scalar_one_or_none()
    return found or timedelta()


async def move(work: UnitOfWork, ahead: timedelta) -> None:
    """Put the clock of all processes so far ahead of the machine's; TooFar beyond ten years."""
    if abs(ahead) > FURTHEST:
        raise TooFar()
    await work.execute(statements.PUT, {"ahead": ahead})
