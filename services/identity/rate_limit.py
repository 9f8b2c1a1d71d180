"""Rate limits by person, seller or address over hours, such as on guessing.

Attempts are counted in the database before they are made, so that no restart and no number of processes gives more.
"""

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from math import ceil

from models.identity import rate_limit as statements
from services.infrastructure.database.database import Database, UnitOfWork
from utils.clock import now
from utils.errors import AppError
from utils.network import network_of

WINDOW = timedelta(minutes=15)


class TooManyAttempts(AppError):
    code, kind = "too_many_tries", "too_many"
    message = "Too many tries. Try again in {retry_after} s."


@dataclass(frozen=True, slots=True)
class Limit:
    """So many attempts in `window`."""

    count: int
    window: timedelta = WINDOW


def from_address(address: str) -> str:
    """What limits count of a client's address."""
    return f"address {network_of(address)}"


def key_of(use: str, what: str) -> bytes:
    return sha256(f"{use}:{what}".encode(errors="surrogateescape")).digest()


async def take(database: Database, use: str, limits: Mapping[str, Limit]) -> None:
    """Count one try for each of these, committed before the try is made; TooManyAttempts when one has none left.

    What is refused was no try: none of the others is used up by it, so that a client address that is full burns no
    account's. `retry_after` is the time until all of them have a try again, in whole seconds.
    """
    taken: list[str] = []
    # In the order of their keys, so that two takers of the same rows do not wait for each other.
    for what, limit in sorted(limits.items()):
        async with database.reading() as work:  # one statement, its own transaction
            row = {"key": key_of(use, what), "ends": now() + limit.window, "limit": limit.count}
            if (await work.execute(statements.COUNT, row)).first() is not None:
                taken.append(what)
                continue
        await give_back(database, use, taken)
        raise TooManyAttempts(retry_after=await seconds_left(database, use, limits))


async def seconds_left(database: Database, use: str, limits: Mapping[str, Limit]) -> int:
    """Until each of these has a try; at least one second."""
    left = 0.0
    async with database.reading() as work:
        for what, limit in limits.items():
            row = (await work.execute(statements.SECONDS_LEFT, {"which": key_of(use, what)})).first()
            if row is not None and row.used >= limit.count:
                left = max(left, row.left)
    return max(1, ceil(left))


async def give_back(database: Database, use: str, whats: Iterable[str]) -> None:
    """The try was a right one: it does not count."""
    async with database.reading() as work:
        for what in sorted(whats):
            await work.execute(statements.GIVE_BACK, {"which": key_of(use, what)})


async def reset(work: UnitOfWork, use: str, what: str) -> None:
    """All tries are there again: the person has proven to be who the limit protects."""
    await work.execute(statements.DELETE, {"which": key_of(use, what)})


@asynccontextmanager
async def counted(database: Database, use: str, limits: Mapping[str, Limit]) -> AsyncIterator[None]:
    """Around a try: it counts before it is made, and no more when it was a right one."""
    await take(database, use, limits)
    yield
    await give_back(database, use, limits)
