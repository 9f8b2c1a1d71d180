"""Read-mostly rows held ready in the process, each under a change counter in the database.

Triggers bump `change_counter` and NOTIFY in the transaction that changes such rows, so a counter that stands still
proves that what the process holds is current. Whoever decides money reads the counters in a statement it sends
anyway and calls `observe`; a scope that is behind is loaded anew before its next use.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

from sqlalchemy.ext.asyncio import AsyncConnection

from models.journal.counters import COUNTERS

T = TypeVar("T")
Connection = AsyncConnection  # what the loader of a scope reads from


@dataclass(frozen=True, slots=True)
class Scope(Generic[T]):
    """A name in `change_counter` and the function that loads what stands under it."""

    name: str
    load: Callable[[Connection], Awaitable[T]]


class Snapshots:
    """What this process holds: values by scope name, and the newest counters it has heard of."""

    def __init__(self) -> None:
        self.versions: dict[str, int] = {}
        self._held: dict[str, tuple[int, Any]] = {}
        self._locks: dict[str, asyncio.Lock] = {}
        self._listeners: list[Callable[[str], None]] = []
        self._forgotten: dict[str, int] = {}
        self.caches: dict[type, Any] = {}

    def cache(self, kind: type[T]) -> T:
        """The process's one cache of a kind; made at start-up with its limits, or here with its defaults."""
        found = self.caches.get(kind)
        if found is None:
            found = self.caches[kind] = kind()
        return cast(T, found)

    def forget(self, scope: str) -> None:
        """Load the scope anew before its next use: this process has just changed it and knows no counter yet."""
        self._held.pop(scope, None)
        self._forgotten[scope] = self._forgotten.get(scope, 0) + 1

    def on_change(self, listener: Callable[[str], None]) -> None:
        """Call `listener(scope)` whenever a counter is seen to have moved."""
        self._listeners.append(listener)

    def observe(self, versions: Mapping[str, int]) -> None:
        """Take note of counters read from the database; older ones are ignored."""
        for scope, version in versions.items():
            if version > self.versions.get(scope, -1):
                self.versions[scope] = version
                for listener in self._listeners:
                    listener(scope)

    def current(self, scope: Scope[T]) -> T | None:
        """The held value if it is current as far as this process knows, else None."""
        held = self._held.get(scope.name)
        if held is not None and held[0] >= self.versions.get(scope.name, 0):
            return cast(T, held[1])
        return None

    async def get(self, scope: Scope[T], connection: AsyncConnection) -> T:
        """The scope's value, loaded on `connection` when the held one is behind."""
        value = self.current(scope)
        if value is not None:
            return value
        async with self._locks.setdefault(scope.name, asyncio.Lock()):
            value = self.current(scope)
            if value is None:
                epoch = self._forgotten.get(scope.name, 0)
                # Counter first: rows newer than it only mean one more load, never a stale value.
                versions = {row.scope: row.version for row in await connection.execute(COUNTERS)}
                value = await scope.load(connection)
                if epoch == self._forgotten.get(scope.name, 0):
                    self._held[scope.name] = (versions.get(scope.name, 0), value)
                self.observe(versions)
            return value
