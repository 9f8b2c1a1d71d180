"""Time: aware UTC everywhere, its one wire form, and the clock that code reads.

A clock is a dependency: the process is wired with one (`Deps.clock`); each request, unit of work and background task
runs under it, and `now()` reads the one in force. So do statements, where `func.now()` is a parameter (utils/sql.py).
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from typing import Protocol

from utils.errors import AppError


class Clock(Protocol):
    """What tells the time."""

    def now(self) -> datetime:
        """The moment, aware and in UTC."""
        ...

    def timestamp(self) -> float:
        """The same moment in seconds since 1970."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def timestamp(self) -> float:
        return time.time()


class MovableClock:
    """The machine's clock, and as much ahead of it as one likes."""

    def __init__(self, ahead: timedelta = timedelta()) -> None:
        self.ahead = ahead

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def timestamp(self) -> float:
        return time.time() + self.ahead.total_seconds()

    def forward(self, span: timedelta) -> None:
        """Move time on by a span; a negative one moves it back."""
        self.ahead += span


class FixedClock:
    """A clock that stands."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment

    def timestamp(self) -> float:
        return self.moment.timestamp()


# For what others judge by their own clocks: signatures for a storage, tokens of a provider, codes of a telephone.
SYSTEM = SystemClock()
_in_force: ContextVar[Clock] = ContextVar("clock", default=SYSTEM)
put_in_force = _in_force.set  # as `use`, for whoever does not want the former one back


class InvalidMoment(AppError):
    code, kind = "invalid_moment", "invalid"
    message = "{text} is not a moment: write one like 2026-01-31T12:00:00Z"


def now() -> datetime:
    """The moment by the clock in force."""
    return _in_force.get().now()


def timestamp() -> float:
    """The moment by the clock in force, in seconds since 1970."""
    return _in_force.get().timestamp()


def use(clock: Clock) -> Clock:
    """Put a clock in force for what runs in this task from now on, and for the tasks it starts; the former one."""
    former = _in_force.get()
    _in_force.set(clock)
    return former


@contextmanager
def under(clock: Clock) -> Iterator[None]:
    """Put a clock in force for the block."""
    former = use(clock)
    try:
        yield
    finally:
        # Not the context's token: a generator may be ended in another context than it was begun in.
        use(former)


def to_iso(moment: datetime | None) -> str | None:
    """ISO-8601 in UTC with milliseconds and Z, as clients of the Store API parse it."""
    if moment is None:
        return None
    # Not strftime: this is called for every moment of every answer, and isoformat takes less than half the time.
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


def parse_iso(text: str) -> datetime:
    """A moment in its wire form, in UTC; InvalidMoment for what no calendar has (second 60, before the year 1)."""
    try:
        moment = datetime.fromisoformat(text.upper())
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidMoment(text=text) from None
