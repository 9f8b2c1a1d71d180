"""PostgreSQL: the engine, and the unit of work that controllers open and services join."""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar, overload

import asyncpg
import msgspec
import orjson
from sqlalchemy import CursorResult, Executable, insert
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from models.journal import idempotency_key, outbox
from services.infra.snapshots import Scope, Snapshots
from utils.errors import AppError
from utils.ids import new_id
from utils.sql import Prepared, Row, Rows, to_json

T = TypeVar("T")

Params = Mapping[str, Any] | Sequence[Mapping[str, Any]] | None
NOTHING: Mapping[str, Any] = {}

# Serialization failure, deadlock, lock timeout: the same request may well succeed in a moment.
RETRY = frozenset({"40001", "40P01", "55P03"})
POOL_TIMEOUT_SECONDS = 30
SERVER_SETTINGS = {
    "application_name": "pasar",
    "jit": "off",
    "lock_timeout": "10s",
    "statement_timeout": "30s",
    "idle_in_transaction_session_timeout": "60s",
}
INSERT_EVENTS = Prepared(insert(outbox), "event_id", "topic", "payload")
INSERT_KEY = Prepared(
    upsert(idempotency_key).on_conflict_do_nothing().returning(idempotency_key.c.key),
    *("scope", "key", "request_hash", "status", "reply"),
)


class Conflicted(AppError):
    code, kind = "invalid_state_error", "conflict"
    message = (
        "The request conflicted with another request. You may retry the request with the provided Idempotency-Key."
    )


class KeyTaken(AppError):
    """Another request with the same Idempotency-Key committed first; the middleware replays its reply."""

    code, kind = "idempotency_key_taken", "conflict"
    message = "Another request with this Idempotency-Key has just been carried out. Send the request again."


class Event(Protocol):
    """A fact for the outbox: a struct with a `topic`."""

    @property
    def topic(self) -> str: ...


@dataclass(slots=True)
class Claim:
    """An Idempotency-Key of the running request; the unit of work stores it with the reply."""

    scope: str
    key: str
    request_hash: str
    status: int = 0
    reply: bytes | None = None


class UnitOfWork:
    """One connection inside one transaction (or none, for reads), and what leaves with its commit."""

    def __init__(self, connection: AsyncConnection, raw: asyncpg.Connection, database: "Database") -> None:
        self.connection = connection
        self.raw = raw
        self.database = database
        self.snapshots = database.snapshots
        self.events: list[Event] = []
        self.touched: list[tuple[str, tuple[str, ...]]] = []

    @overload
    async def execute(self, statement: Prepared, params: Params = None) -> Rows: ...
    @overload
    async def execute(self, statement: Executable, params: Params = None) -> CursorResult[Any]: ...
    async def execute(self, statement: Prepared | Executable, params: Params = None) -> Rows | CursorResult[Any]:
        """Run a statement; a list of parameters runs it for each of them."""
        if not isinstance(statement, Prepared):
            return await self.connection.execute(statement, params)
        if isinstance(params, list):
            sql = statement.compiled()[0]
            self.database.tell(sql)
            await self.raw.executemany(sql, [statement.bound(each)[1] for each in params])
            return Rows([])
        sql, arguments = statement.bound(params or NOTHING)  # type: ignore[arg-type]
        self.database.tell(sql)
        return Rows(await self.raw.fetch(sql, *arguments, record_class=Row))

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

    async def flush(self, claim: Claim | None) -> None:
        if self.events:
            await self.execute(
                INSERT_EVENTS,
                [{"event_id": new_id("evt"), "topic": e.topic, "payload": msgspec.to_builtins(e)} for e in self.events],
            )
        if claim is not None and claim.reply is not None:
            row = {"scope": claim.scope, "key": claim.key, "request_hash": claim.request_hash}
            kept = await self.execute(INSERT_KEY, {**row, "status": claim.status, "reply": claim.reply})
            if kept.first() is None:
                raise KeyTaken()


class Database:
    """The engine and the ways to use it.

    `on_commit` callbacks hear what a finished transaction touched, `on_statement` ones the SQL of prepared statements.
    """

    def __init__(self, url: str, snapshots: Snapshots, *, pool_size: int = 10) -> None:
        self.engine: AsyncEngine = create_async_engine(
            url,
            # Transactions are begun and ended here, by the driver: the engine adds none of its own.
            isolation_level="AUTOCOMMIT",
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_timeout=POOL_TIMEOUT_SECONDS,
            json_serializer=to_json,
            json_deserializer=orjson.loads,
            connect_args={"server_settings": SERVER_SETTINGS},
        )
        self.snapshots = snapshots
        self.on_commit: list[Callable[[str, tuple[str, ...]], None]] = []
        self.on_statement: list[Callable[[str], None]] = []

    def tell(self, sql: str) -> None:
        for listener in self.on_statement:
            listener(sql)

    @asynccontextmanager
    async def unit_of_work(self, claim: Claim | None = None) -> AsyncIterator[UnitOfWork]:
        """One transaction: commits when the block ends well, rolls back when it raises."""
        try:
            async with self.engine.connect() as connection:
                work = UnitOfWork(connection, await driver_of(connection), self)
                async with transaction(work):
                    yield work
                    await work.flush(claim)
        except (DBAPIError, asyncpg.PostgresError) as error:
            if (
                getattr(error, "sqlstate", None) in RETRY
                or getattr(getattr(error, "orig", None), "sqlstate", None) in RETRY
            ):
                raise Conflicted() from error
            raise
        for scope, ids in work.touched:
            for listener in self.on_commit:
                listener(scope, ids)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[UnitOfWork]:
        """Statements on their own, without BEGIN and COMMIT; for requests that only read."""
        async with self.engine.connect() as connection:
            yield UnitOfWork(connection, await driver_of(connection), self)

    async def refresh_statistics(self) -> None:
        """ANALYZE, after much was written at once: until then the planner guesses at tables it takes for empty."""
        async with self.reading() as work:
            await work.raw.execute("ANALYZE")

    async def close(self) -> None:
        await self.engine.dispose()


async def driver_of(connection: AsyncConnection) -> asyncpg.Connection:
    raw = (await connection.get_raw_connection()).driver_connection
    assert isinstance(raw, asyncpg.Connection)
    return raw


@asynccontextmanager
async def transaction(work: UnitOfWork) -> AsyncIterator[None]:
    """BEGIN and COMMIT around the block; a connection that cannot be rolled back is thrown away."""
    await work.raw.execute("BEGIN")
    try:
        yield
        await work.raw.execute("COMMIT")
    except BaseException:
        try:
            await work.raw.execute("ROLLBACK")
        except BaseException:
            await work.connection.invalidate()
        raise
