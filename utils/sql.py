"""Statements compiled once: SQLAlchemy Core writes the SQL, the driver runs it without anything in between; its errors.

A Core statement costs some 70 us of Python each time it is executed; the same statement as a `Prepared` costs 10 us.
`func.now()` in a statement is a parameter that the clock in force fills, not the database's own clock.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import asyncpg
import msgspec
import orjson
from sqlalchemy import DateTime, Executable, bindparam
from sqlalchemy import exc as core_errors
from sqlalchemy.dialects.postgresql import asyncpg as driver
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import functions
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import JSON

from utils import clock


def to_json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


REQUIRED: Any = object()
MOMENT = bindparam("clock_now", type_=DateTime(timezone=True), callable_=clock.now)
# As the engine's own, so that a value is written alike on both ways.
DIALECT = driver.dialect(json_serializer=to_json, json_deserializer=orjson.loads)  # type: ignore[no-untyped-call]


@compiles(functions.now, "postgresql")
def moment_by_the_clock(_: functions.now, compiler: SQLCompiler, **options: Any) -> str:
    """`func.now()` as the parameter MOMENT; in the definition of a table it stays the database's function."""
    return "now()" if options.get("literal_binds") else compiler.process(MOMENT, **options)


class Row(asyncpg.Record):
    """A row whose columns are also attributes."""

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


class Prepared:
    """A constant statement. `columns` are those that an INSERT or UPDATE takes from parameters of their own names."""

    __slots__ = ("_columns", "_compiled", "_statement")

    def __init__(self, statement: Executable, *columns: str) -> None:
        self._statement = statement
        self._columns = columns
        self._compiled: tuple[str, tuple[tuple[str, Any, Any], ...]] | None = None

    def compiled(self) -> tuple[str, tuple[tuple[str, Any, Any], ...]]:
        """The SQL, and for each of its parameters the name, the default, and what makes it fit for the driver."""
        if self._compiled is None:
            made: Any = self._statement.compile(dialect=DIALECT, column_keys=list(self._columns) or None)  # type: ignore[attr-defined]
            if any(isinstance(entry.type, JSON) for entry in made._result_columns):
                raise TypeError("a prepared statement gives no JSON columns: cast them to text")
            makers = made._bind_processors
            slots = ((name, default_of(made.binds[name])) for name in made.positiontup)
            self._compiled = str(made), tuple((name, default, makers.get(name)) for name, default in slots)
        return self._compiled

    def bound(self, params: Mapping[str, Any], now: Callable[[], datetime] = clock.now) -> tuple[str, list[Any]]:
        """The SQL and its arguments in order; `now` is asked where the statement says `func.now()`."""
        sql, slots = self.compiled()
        arguments = []
        for name, default, make in slots:
            if default is REQUIRED:
                value = params[name]
            elif default is MOMENT:
                value = now()
            else:
                value = params.get(name, default)
            arguments.append(value if make is None else make(value))
        return sql, arguments


def default_of(parameter: Any) -> Any:
    """What stands in for a parameter that is not given: REQUIRED for nothing, MOMENT for the clock."""
    if parameter is MOMENT:
        return MOMENT
    return REQUIRED if parameter.required else parameter.value


class Rows:
    """What a prepared statement gave, read like SQLAlchemy's results."""

    __slots__ = ("_rows",)

    def __init__(self, rows: list[Any]) -> None:
        self._rows = rows

    def __iter__(self) -> Any:
        return iter(self._rows)

    def all(self) -> list[Any]:
        return self._rows

    def first(self) -> Any:
        return self._rows[0] if self._rows else None

    def scalars(self) -> list[Any]:
        return [row[0] for row in self._rows]

    def scalar_one(self) -> Any:
        (row,) = self._rows
        return row[0]

    def scalar_one_or_none(self) -> Any:
        return self._rows[0][0] if self._rows else None


# Classes of SQLSTATE: connection exceptions, insufficient resources, operator intervention (and statement_timeout).
AWAY_CLASSES = ("08", "53", "57")
# A read-only server after a failover; a transaction ended for idling or lasting; and for reads, which have nobody to be
# in conflict with: serialization failure, deadlock, lock timeout.
AWAY_STATES = frozenset({"25006", "25P03", "25P04", "40001", "40P01", "55P03"})


def driver_error(error: BaseException) -> BaseException:
    """The driver's own error inside that of SQLAlchemy; any other error as it is."""
    orig = error.orig if isinstance(error, core_errors.DBAPIError) else None
    return error if orig is None else orig.__cause__ or orig


def sqlstate(error: BaseException) -> str | None:
    """PostgreSQL's code for the error, if it comes from there."""
    return getattr(driver_error(error), "sqlstate", None)


def is_away(error: BaseException) -> bool:
    """Could the database not be reached, did it end the connection, or has it no room or time for us?"""
    if isinstance(error, core_errors.DBAPIError) and error.connection_invalidated:
        return True
    state = sqlstate(error)
    if state is not None:
        return state[:2] in AWAY_CLASSES or state in AWAY_STATES
    cause = driver_error(error)
    if isinstance(cause, asyncpg.InterfaceError):  # which is also what the driver says to a wrong argument
        return "closed" in str(cause)
    away = (asyncpg.InternalClientError, ConnectionError, TimeoutError, core_errors.TimeoutError, FileNotFoundError)
    return isinstance(cause, away)
