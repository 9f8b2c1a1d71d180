"""Hears what other processes changed: PostgreSQL's NOTIFY on one listening connection a process."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import asyncpg
from sqlalchemy.ext.asyncio import AsyncEngine

from models.journal.counters import COUNTERS
from services.infrastructure.cache.snapshots import Snapshots
from utils.masking import log_masked

CHANGES, OUTBOX = "pasar_changes", "pasar_outbox"
BY_ID = ("stock", "product", "principal")  # payload `scope:id,id`; every other scope says `scope:version`
PROBE_SECONDS = 10.0  # a silent connection is asked whether it still lives

log = log_masked("pasar.changes")
Listener = Callable[[str, tuple[str, ...]], None]


class Changes:
    """Passes notices on: counters to the snapshots, ids to `listeners` as (scope, ids); no ids means all of them."""

    def __init__(self, engine: AsyncEngine, snapshots: Snapshots) -> None:
        self.engine = engine
        self.snapshots = snapshots
        self.listeners: list[Listener] = []
        # Channels of others on the same connection, and who is told that it listens, again after it was lost.
        self.channels: dict[str, Callable[[str], None]] = {}
        self.resumed: list[Callable[[], None]] = []
        self.outbox = asyncio.Event()
        self.connected = asyncio.Event()

    async def listen(self) -> None:
        """Listen until the connection is lost, then raise; the caller starts it again."""
        async with self.engine.connect() as connection:
            raw = (await connection.get_raw_connection()).driver_connection
            assert isinstance(raw, asyncpg.Connection)
            lost = asyncio.Event()
            raw.add_termination_listener(lambda _: lost.set())
            try:
                await raw.add_listener(CHANGES, self._hear)
                await raw.add_listener(OUTBOX, self._wake)
                for channel in self.channels:
                    await raw.add_listener(channel, self._pass_on)
                # What changed while nobody listened is found by the counters; what has none is suspect altogether.
                self.snapshots.observe({row.scope: row.version for row in await connection.execute(COUNTERS)})
                self._tell("stock", ())
                self._tell("principal", ())
                for told in self.resumed:
                    told()
                self.outbox.set()
                self.connected.set()
                await connection.rollback()
                while not lost.is_set():
                    with suppress(TimeoutError):
                        async with asyncio.timeout(PROBE_SECONDS):
                            await lost.wait()
                    await raw.execute("SELECT 1", timeout=PROBE_SECONDS)
            finally:
                self.connected.clear()
                # It must not go back to the pool with its listeners, nor be reused when it is broken.
                await connection.invalidate()

    def _hear(self, _connection: Any, _pid: int, _channel: str, payload: object) -> None:
        scope, _, rest = str(payload).partition(":")
        if scope in BY_ID:
            self._tell(scope, tuple(rest.split(",")))
        elif rest.isdigit():
            self.snapshots.observe({scope: int(rest)})
        else:
            log.warning("a notice was not understood: %r", payload)

    def _pass_on(self, _connection: Any, _pid: int, channel: str, payload: object) -> None:
        try:
            self.channels[channel](str(payload))
        except Exception as error:  # of a newer version, perhaps; the connection goes on
            log.warning("a notice on %s was not understood: %r", channel, error)

    def _wake(self, *_: Any) -> None:
        self.outbox.set()

    def _tell(self, scope: str, ids: tuple[str, ...]) -> None:
        for listener in self.listeners:
            listener(scope, ids)
