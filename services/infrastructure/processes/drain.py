"""Things that one task works off in batches: it begins with the first of them and ends after the last."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Generic, TypeVar

from utils.masking import log_masked

log = log_masked("pasar.drain")
MOST_HELD = 10_000
BATCH = 200
T = TypeVar("T")


class Drain(Generic[T]):
    """`add` never waits. What does not find room, or fails, is dropped: nobody waits for it."""

    def __init__(self, name: str, work: Callable[[list[T]], Awaitable[None]], most: int = MOST_HELD) -> None:
        self._name, self._work, self._most = name, work, most
        self._held: deque[T] = deque()
        self._task: asyncio.Task[None] | None = None

    def add(self, item: T) -> bool:
        """Whether there was room."""
        if len(self._held) >= self._most:
            return False
        self._held.append(item)
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._run(), name=self._name)
        return True

    async def _run(self) -> None:
        try:
            while self._held:
                batch = [self._held.popleft() for _ in range(min(BATCH, len(self._held)))]
                try:
                    await self._work(batch)
                except Exception as error:
                    log.warning("%s: %s things were dropped: %r", self._name, len(batch), error)
        finally:
            self._task = None

    async def settle(self) -> None:
        """Come back when all that is held now has been worked off."""
        while self._task is not None:
            await asyncio.shield(self._task)

    async def close(self) -> None:
        """Drop what is left."""
        self._held.clear()
        task = self._task
        if task is not None:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
