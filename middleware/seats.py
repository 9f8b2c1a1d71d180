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
    expiry: asyncio.TimerHandle | None = None
    is_over: bool = False
