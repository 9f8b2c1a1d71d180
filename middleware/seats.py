"""Who sits at a connection of the sockets: a seat for each namespace that it has joined."""

import asyncio
from dataclasses import dataclass


@dataclass(slots=True, eq=False)
class Seat:
    """What a line holds in a namespace: whose it is, and how that is asked again."""

    sid: str
    namespace: str
    line_id: str
    address: str
    token: str
    seller_id: str | None
    tags: frozenset[str] = frozenset()  # ids whose changes concern it: of the login, the identity, the actor
    person: str = ""
    name: str | None = None  # that notices for it bear
    timers: tuple[asyncio.TimerHandle, ...] = ()
    is_open: bool = False  # the client knows that it was let in
    is_over: bool = False

    def stop_timers(self) -> None:
        for timer in self.timers:
            timer.cancel()
        self.timers = ()
