"""PostgreSQL: the engine, and the unit of work that controllers open and services join."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar, overload

import asyncpg
import msgspec
import orjson
from sqlalchemy import CursorResult, Executable, event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from models.journal import idempotency, outbox
from services.infrastructure.cache.snapshots import Scope, Snapshots
from services.infrastructure.database.failures import (
    RACES,
    RETRY,
    ConcurrencyConflict,
    DatabaseUnavailable,
    IdempotencyKeyInUse,
    is_lost_race,
    leaves_doubt,
    was_lost,
)
from utils.clock import SYSTEM, Clock, FixedClock, under, use
from utils.ids import new_id
from utils.sql import Prepared, Row, Rows, sqlstate, to_json

T = TypeVar("T")

Params = Mapping[str, Any] | Sequence[Mapping[str, Any]] | None
NOTHING: Mapping[str, Any] = {}

POOL_TIMEOUT_SECONDS = 30
MOST_DEAD = 50  # connections that are found dead, one after the other, before a request gives up
CONNECT_TIMEOUT_SECONDS = 10
SERVER_SETTINGS = {
    "application_name": "pasar",
    "jit": "off",
    "lock_timeout": "10s",
    "statement_timeout": "30s",
    "idle_in_transaction_session_timeout": "60s",
}


class Event(Protocol):
    """A fact for the outbox: a struct with a `topic`."""

    @property
    def topic(self) -> str: ...


@dataclass(slots=True)
class IdempotencyRecord:
    """An Idempotency-Key of the running request; the unit of work stores it with the reply."""

    scope: str
    key: str
    request_hash: str
    status: int = 0
    reply: bytes | None = None

    def record(self, status: int, reply: bytes) -> None:
        """What is answered, to be stored with the effect."""
        self.status, self.reply = status, reply


class UnitOfWork:
    """One connection inside one transaction (or none, for reads), and what leaves with its commit."""

    def __init__(self, connection: AsyncConnection, database: "Database") -> None:
        self.connection = connection
        self.raw = driver_of(connection)
        self.database = database
        self.snapshots = database.snapshots
        self.clock: Clock = database.clock
        self.events: list[Event] = []
        self.touched: list[tuple[str, tuple[str, ...]]] = []

    @overload
    async def execute(self, statement: Prepared, params: Params = None) -> Rows: ...
    @overload
    async def execute(self, statement: Executable, params: Params = None) -> CursorResult[Any]: ...
    async def execute(self, statement: Prepared | Executable, params: Params = None) -> Rows | CursorResult[Any]:
        """Run a statement; a list of parameters runs it for each of them."""
        if not isinstance(statement, Prepared):
            with under(self.clock):
                return await self.connection.execute(statement, params)
        if isinstance(params, list):
            sql = statement.compiled()[0]
            self.database.tell(sql)
            await self.raw.executemany(sql, [statement.bound(each, self.clock.now)[1] for each in params])
            return Rows([])
        sql, arguments = statement.bound(params or NOTHING, self.clock.now)  # type: ignore[arg-type]
        self.database.tell(sql)
        return Rows(await self.raw.fetch(sql, *arguments, record_class=Row))

    async def renew(self) -> None:
        """Go on with a connection that answers, not the one that was found dead: others of the pool may be as well."""
        for _ in range(MOST_DEAD):
            await self.connection.invalidate()
            await self.connection.rollback()
            await self.connection.get_raw_connection()
            self.raw = driver_of(self.connection)
            try:
                await self.raw.execute("SELECT 1")
                return
            except Exception as error:
                if not was_lost(error, self.raw):
                    raise
        raise DatabaseUnavailable("no connection to the database lives")

    async def snapshot(self, scope: Scope[T]) -> T:
        """Read-mostly rows from the process, loaded when they are behind."""
        value = self.snapshots.current(scope)
        return value if value is not None else await self.snapshots.get(scope, self.connection)

    def emit(self, event: Event) -> None:
        """Write an event to the outbox with this transaction; it is delivered after the commit."""
        self.events.append(event)

    def touch(self, scope: str, ids: Iterable[str] = ()) -> None:
        """Say that rows of a scope change here, so that this process drops its copies right after the commit."""
        self.touched.append((scope, tuple(ids)))

    async def flush(self, claim: IdempotencyRecord | None) -> None:
        if self.events:
            await self.execute(
                outbox.INSERT,
                [{"event_id": new_id("evt"), "topic": e.topic, "payload": msgspec.to_builtins(e)} for e in self.events],
            )
        if claim is not None and claim.reply is not None:
            row = {"scope": claim.scope, "key": claim.key, "request_hash": claim.request_hash}
            kept = await self.execute(idempotency.INSERT, {**row, "status": claim.status, "reply": claim.reply})
            if kept.first() is None:
                raise IdempotencyKeyInUse()


class Reading(UnitOfWork):
    """Statements on their own; one that finds its connection dead is asked once more, on a fresh one."""

    @overload
    async def execute(self, statement: Prepared, params: Params = None) -> Rows: ...
    @overload
    async def execute(self, statement: Executable, params: Params = None) -> CursorResult[Any]: ...
    async def execute(self, statement: Any, params: Params = None) -> Any:
        try:
            return await super().execute(statement, params)
        except Exception as error:
            if not was_lost(error, self.raw):
                raise
        await self.renew()
        return await super().execute(statement, params)

    async def snapshot(self, scope: Scope[T]) -> T:
        try:
            return await super().snapshot(scope)
        except Exception as error:
            if not was_lost(error, self.raw):
                raise
        await self.renew()
        return await super().snapshot(scope)


class Database:
    """The engine and the ways to use it. Who works with it runs under its clock.

    `on_commit` callbacks hear what a finished transaction touched, `on_statement` ones the SQL of prepared statements.
    """

    def __init__(
        self,
        url: str,
        snapshots: Snapshots,
        *,
        pool_size: int = 10,
        races: frozenset[str] = frozenset(),
        clock: Clock = SYSTEM,
    ) -> None:
        self.clock = clock
        self.engine: AsyncEngine = create_async_engine(
            url,
            # Transactions are begun and ended here, by the driver: the engine adds none of its own.
            isolation_level="AUTOCOMMIT",
            pool_size=pool_size + 1,  # one listens
            max_overflow=0,  # a connection more under load would begin cold, plan all anew, and end after one request
            json_serializer=to_json,
            json_deserializer=orjson.loads,
            connect_args={"server_settings": SERVER_SETTINGS, "timeout": CONNECT_TIMEOUT_SECONDS},
        )
        event.listen(self.engine.sync_engine, "checkout", replace_closed)
        # Open connections that nobody uses, the last used one at the end: the engine's own pool costs 0.1 ms a request.
        self._idle: list[AsyncConnection] = []
        self.busy = 0  # connections in use
        # First come, first served: in the pool's own queue, who comes while one is given back passes those that wait.
        self.turns = asyncio.Semaphore(pool_size)
        self.snapshots = snapshots
        self.races = RACES | races
        self.on_commit: list[Callable[[str, tuple[str, ...]], None]] = []
        self.on_statement: list[Callable[[str], None]] = []

    def tell(self, sql: str) -> None:
        for listener in self.on_statement:
            listener(sql)

    @asynccontextmanager
    async def unit_of_work(self, claim: IdempotencyRecord | None = None) -> AsyncIterator[UnitOfWork]:
        """One transaction: commits when the block ends well, rolls back when it raises."""
        async with self.connected(UnitOfWork) as work:
            try:
                await begin(work)
                work.clock = FixedClock(self.clock.now())  # one moment for all statements
                yield work
                await work.flush(claim)
                await commit(work)
            except Exception as error:
                await roll_back(work)
                if sqlstate(error) in RETRY or is_lost_race(error, self.races):
                    raise ConcurrencyConflict() from error
                raise
        for scope, ids in work.touched:
            for listener in self.on_commit:
                listener(scope, ids)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[UnitOfWork]:
        """Statements on their own, without BEGIN and COMMIT: for requests that only read, and for a single statement
        that does no harm when it is carried out twice."""
        async with self.connected(Reading) as work:
            yield work

    @asynccontextmanager
    async def connected(self, kind: type[UnitOfWork]) -> AsyncIterator[UnitOfWork]:
        """A connection of the pool, which gets it back only in a known state.

        DatabaseUnavailable when it was lost or none is free.
        """
        await self._turn()
        former = use(self.clock)
        self.busy += 1
        try:
            work = kind(await self._take(), self)
            try:
                yield work
            except BaseException as error:
                await self._take_back(work, error)
                raise
            await self._keep(work.connection)
        finally:
            self.busy -= 1
            use(former)
            self.turns.release()

    async def _take(self) -> AsyncConnection:
        while self._idle:
            connection = self._idle.pop()
            if not driver_of(connection).is_closed():
                return connection
            await discard(connection)
        return await self.engine.connect()

    async def _keep(self, connection: AsyncConnection) -> None:
        if connection.in_transaction():  # the engine's own idea of one; the driver's has ended
            await connection.rollback()
        self._idle.append(connection)

    async def _take_back(self, work: UnitOfWork, error: BaseException) -> None:
        """The connection after an error under it; DatabaseUnavailable when it was lost."""
        lost = was_lost(error, work.raw)
        if lost or leaves_doubt(error):
            # A statement may still run, or be about to be cancelled: nobody else may have this connection.
            await asyncio.shield(asyncio.create_task(discard(work.connection)))
        else:
            await self._keep(work.connection)
        if lost:
            raise DatabaseUnavailable("the connection to the database was lost") from error

    async def _turn(self) -> None:
        if not self.turns.locked():
            await self.turns.acquire()
            return
        try:
            async with asyncio.timeout(POOL_TIMEOUT_SECONDS):
                await self.turns.acquire()
        except TimeoutError:
            raise DatabaseUnavailable(f"no connection was free within {POOL_TIMEOUT_SECONDS} seconds") from None

    async def refresh_statistics(self) -> None:
        """ANALYZE, after much was written at once: until then the planner guesses at tables it takes for empty."""
        async with self.reading() as work:
            await work.raw.execute("ANALYZE")

    async def close(self) -> None:
        """Close all connections that nobody uses; the next request opens one again."""
        idle, self._idle = self._idle, []
        for connection in idle:
            await connection.close()
        await self.engine.dispose()


def driver_of(connection: AsyncConnection) -> asyncpg.Connection:
    raw = connection.sync_connection.connection.driver_connection  # type: ignore[union-attr]
    assert isinstance(raw, asyncpg.Connection)
    return raw


def replace_closed(adapted: Any, *_: Any) -> None:
    """The pool's check when it gives a connection out: it makes another for one that the server has closed."""
    if adapted.driver_connection.is_closed():
        raise DisconnectionError("the server closed the connection")


async def begin(work: UnitOfWork) -> None:
    """BEGIN; nothing was asked before it, so a connection that turns out to be dead costs no more than another."""
    try:
        await work.raw.execute("BEGIN")
    except Exception as error:
        if not was_lost(error, work.raw):
            raise
        await work.renew()
        await work.raw.execute("BEGIN")


async def commit(work: UnitOfWork) -> None:
    # After an error that the block kept to itself, PostgreSQL answers COMMIT with a rollback, and no error.
    if await work.raw.execute("COMMIT") != "COMMIT":
        raise RuntimeError("a statement had failed, and nothing was committed")


async def roll_back(work: UnitOfWork) -> None:
    """ROLLBACK; a connection that cannot be rolled back is closed, and the pool makes another."""
    if not work.raw.is_closed():
        try:
            await work.raw.execute("ROLLBACK")
        except Exception:
            work.raw.terminate()


async def discard(connection: AsyncConnection) -> None:
    """End a connection and what it was doing; the pool makes another."""
    await connection.invalidate()
    await connection.close()
