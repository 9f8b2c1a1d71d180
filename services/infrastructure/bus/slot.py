"""Telling those who are connected, in whatever process: a hint, which may be lost; what is kept elsewhere is the truth.

The bus knows nothing of what it carries, nor of connections: notices have the name of whom they are for, and each
process hands what it hears to its own listeners.
"""

from collections.abc import Callable
from typing import Any, Protocol

from msgspec import Struct


class Notice(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An event for all connections of a name, in a namespace of sockets.

    `origin` is a connection that is left out, for it knows already. What is fleeting is the first to be dropped.
    """

    namespace: str
    name: str
    event: str
    payload: dict[str, Any]
    origin: str = ""
    is_fleeting: bool = False


Hear = Callable[[Notice], None]
Miss = Callable[[], None]


class Bus(Protocol):
    """Notices of one publisher come in their order. Listeners return at once and raise nothing."""

    @property
    def listeners(self) -> list[Hear]: ...

    @property
    def gaps(self) -> list[Miss]:
        """Who is told when notices may have been lost on their way here."""
        ...

    def publish(self, notice: Notice) -> None:
        """Tell all processes, this one first; comes back at once."""
        ...

    async def close(self) -> None:
        """Drop what has not left yet."""
        ...
