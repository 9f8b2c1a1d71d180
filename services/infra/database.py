"""PostgreSQL: the engine, and the unit of work that controllers open and services join."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

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

T = TypeVar("T")

INSERT_EVENTS = insert(outbox)
INSERT_KEY = upsert(idempotency_key).on_conflict_do_nothing().returning(idempotency_key.c.key)


class Conflicted(AppError):
    code, kind = "invalid_state_error", "conflict"
    message = "The request conflicted with another request. You may retry the request with the provided Idempotency-Key."


class KeyTaken(AppError):
    """Another request with the same Idempotency-Key committed first; the middleware replays its reply."""

    code, kind = "idempotency_key_taken", "conflict"
    message = "Another request with this Idempotency-Key has just been carried out. Send the request again."


class Event(Protocol):
    """A fact for the outbox: a dataclass or struct with a `topic`."""

    topic: str


@dataclass(slots=True)
class Claim:
    """An Idempotency-Key of the running request; the unit of work stores it with the reply."""

    scope: str
    key: str
    request_hash: str
    status: int = 0
    reply: bytes | None = None


class UnitOfWork:
    """One connection inside one transaction (or autocommit for reads), and what leaves with its commit."""

    def __init__(self, connection: AsyncConnection, snapshots: Snapshots) -> None:
        self.connection = connection
        self.snapshots = snapshots
        self.events: list[Event] = []
        self.touched: list[tuple[str, tuple[str, ...]]] = []

    async def execute(self, statement: Executable, params: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None) -> CursorResult[Any]:
        return await self.connection.execute(statement, params)

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
    """The engine and the ways to use it. `on_commit` callbacks hear what a finished transaction touched."""

    def __init__(self, url: str, snapshots: Snapshots, *, pool_size: int = 10) -> None:
        self.engine: AsyncEngine = create_async_engine(
            url,
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_timeout=10,
            json_serializer=lambda value: msgspec.json.encode(value).decode(),
            json_deserializer=orjson.loads,
            connect_args={"server_settings": {"application_name": "pasar", "jit": "off"}},
        )
        self.reader = self.engine.execution_options(isolation_level="AUTOCOMMIT")
        self.snapshots = snapshots
        self.on_commit: list[Any] = []

    @asynccontextmanager
    async def unit_of_work(self, claim: Claim | None = None) -> AsyncIterator[UnitOfWork]:
        """One transaction: commits when the block ends well, rolls back when it raises."""
        try:
            async with self.engine.connect() as connection, connection.begin():
                work = UnitOfWork(connection, self.snapshots)
                yield work
                await work.flush(claim)
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) in ("40001", "40P01", "55P03"):
                raise Conflicted() from error
            raise
        for scope, ids in work.touched:
            for listener in self.on_commit:
                listener(scope, ids)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[UnitOfWork]:
        """Statements on their own, without BEGIN and COMMIT; for requests that only read."""
        async with self.reader.connect() as connection:
            yield UnitOfWork(connection, self.snapshots)

    async def close(self) -> None:
        await self.engine.dispose()
