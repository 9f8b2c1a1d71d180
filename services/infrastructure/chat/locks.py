"""Locks by name: writers of one process wait for each other here, and not at the store with a connection in hand."""

import asyncio
from weakref import WeakValueDictionary


class Locks:
    """A lock a name, for as long as somebody holds or awaits it."""

    def __init__(self) -> None:
        self._held: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def of(self, name: str) -> asyncio.Lock:
        return self._held.setdefault(name, asyncio.Lock())
