"""Circuit breaker: while an engine is away, who asks for it is told at once instead of waiting for a timeout.

Closed: calls go through. Open, after a call failed: calls fail at once. Half-open, after a rest: one call goes through
as the probe, and what becomes of it closes or opens the breaker. A server that watches its engines
(services/slots.py) probes beside the requests, so that no request has to.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from time import monotonic
from typing import TypeVar

from utils.errors import AppError

T = TypeVar("T")
REST_SECONDS = 5.0  # before a request is the probe, where nobody watches
PROBE_SECONDS = 1.0

log = logging.getLogger("pasar.slots")


class Breaker:
    """Of one engine. `away` is the error of calls that it does not answer, `seconds` the longest that one may take."""

    def __init__(
        self, engine: str, away: type[AppError], *, seconds: float, rest_seconds: float = REST_SECONDS
    ) -> None:
        self.engine = engine
        self.opened = asyncio.Event()  # whoever watches is woken
        self._away, self._seconds, self._rest_seconds = away, seconds, rest_seconds
        self._retry_at: float | None = None
        self._running: set[asyncio.Timeout] = set()

    @property
    def is_open(self) -> bool:
        return self._retry_at is not None

    async def call(self, ask: Callable[[], Awaitable[T]]) -> T:
        """What the engine answers. `away` when it does not, or did not lately; its other refusals go through."""
        if self._retry_at is not None:
            if monotonic() < self._retry_at:
                raise self._away()
            self._retry_at = monotonic() + self._rest_seconds  # this call is the probe; others go on being told at once
        return await self._tried(ask, self._seconds, is_probe=False)

    async def probe(self, ask: Callable[[], Awaitable[T]], seconds: float = PROBE_SECONDS) -> bool:
        """Ask whatever the state is; whether the engine answered."""
        with suppress(self._away):
            await self._tried(ask, seconds, is_probe=True)
            return True
        return False

    async def _tried(self, ask: Callable[[], Awaitable[T]], seconds: float, *, is_probe: bool) -> T:
        try:
            async with asyncio.timeout(seconds) as limit:
                if not is_probe:
                    self._running.add(limit)
                try:
                    answer = await ask()
                finally:
                    self._running.discard(limit)
        except TimeoutError as error:
            self._open(error)
            raise self._away() from error
        except AppError as error:
            # A refusal is an answer, also one that is told to clients as if the engine was away (a class of its own).
            if type(error) is self._away:
                self._open(error.__cause__ or error)
            else:
                self._close()
            raise
        self._close()
        return answer

    def _open(self, error: BaseException) -> None:
        if self._retry_at is None:
            log.warning("%s does not answer, and what needs it is refused until it does: %r", self.engine, error)
            loop = asyncio.get_running_loop()
            for limit in self._running:  # calls that wait for it wait no longer
                if not limit.expired():
                    limit.reschedule(loop.time())
        self._retry_at = monotonic() + self._rest_seconds
        self.opened.set()

    def _close(self) -> None:
        if self._retry_at is not None:
            log.warning("%s answers again", self.engine)
        self._retry_at = None
        self.opened.clear()
