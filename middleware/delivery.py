"""What the server says by itself: notices of the bus, handed to the connections of this process.

Nothing here waits: a packet is put behind what a connection has still to read. Who reads too slowly misses what is
fleeting first, and is let go in the end: it comes again, and asks what it has missed.
"""

import asyncio
import random
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from socketio import packet

from controllers.http import MISMATCHES, dump
from middleware.authentication import SellerUnknown, SellerUnnamed, for_seller
from middleware.engine import Message, Socket
from middleware.errors import log
from middleware.layers import Wire
from middleware.packets import StrictJson
from middleware.seats import Seat
from middleware.validation_errors import Validator
from models.identity.principal import Principal
from models.schema.roles import Rights
from routes.events import Push
from services.infrastructure.bus.slot import Notice

GRANT = "chat:read"
RESYNC_SECONDS = 5.0  # over which connections are asked to look again, so that they do not come all at once


class Delivery:
    """Seats by the name that notices are for: the customer, or the seller that a member acts for."""

    def __init__(self, wire: Wire, pushes: Iterable[Push], socket_of: Callable[[str], Socket | None]) -> None:
        self.names: dict[tuple[str, str], set[Seat]] = defaultdict(set)
        self._socket_of = socket_of
        self._wire = wire
        self._checks = {row.name: Validator(row.payload) for row in pushes} if wire.settings.check_replies else {}
        wire.deps.bus.listeners.append(self.hear)
        wire.deps.bus.gaps.append(self.miss)

    def enter(self, seat: Seat, principal: Principal) -> None:
        """From now on the seat is told what is for its person; what it was told before, no more."""
        self.leave(seat)
        seat.name = name_of(self._wire.deps.rights, principal, seat.seller_id)
        if seat.name is not None:
            self.names[seat.namespace, seat.name].add(seat)

    def leave(self, seat: Seat) -> None:
        if seat.name is None:
            return
        key = seat.namespace, seat.name
        self.names[key].discard(seat)
        if not self.names[key]:
            del self.names[key]
        seat.name = None

    def hear(self, notice: Notice) -> None:
        seats = self.names.get((notice.namespace, notice.name))
        if not seats:
            return
        self._check(f"{notice.namespace} {notice.event}", notice.payload)
        made = encoded(notice.namespace, notice.event, notice.payload)
        for seat in tuple(seats):
            if seat.sid != notice.origin:
                self._put(seat, made, is_fleeting=notice.is_fleeting)

    def tell(self, seat: Seat, event: str, payload: Any) -> None:
        """Tell one connection alone."""
        self._check(f"{seat.namespace} {event}", payload)
        self._put(seat, encoded(seat.namespace, event, payload), is_fleeting=False)

    def miss(self) -> None:
        """Notices may have been lost: everybody is asked to look again, at a moment of their own."""
        later = asyncio.get_running_loop().call_later
        for seat in tuple(seat for seats in self.names.values() for seat in seats):
            later(random.uniform(0, RESYNC_SECONDS), self.tell, seat, "resync", {"reason": "gap"})

    def _put(self, seat: Seat, made: Message, *, is_fleeting: bool) -> None:
        socket = self._socket_of(seat.line_id) if seat.is_open and not seat.is_over else None
        if socket is not None:
            socket.deliver(made, is_fleeting=is_fleeting)

    def _check(self, name: str, payload: Any) -> None:
        """For tests and development: what no row documents is noted as an error."""
        if not self._wire.settings.check_replies:
            return
        validator = self._checks.get(name)
        wrong = "no row says this" if validator is None else validator.mismatch(dump(payload))
        if wrong is not None:
            found = self._wire.app[MISMATCHES]
            found.append(f"{name}: {wrong}")
            log.error("an event against the contract: %s", found[-1])


def encoded(namespace: str, event: str, payload: Any) -> Message:
    """The packet of an event, which is made once for all who get it."""
    return Message(f"{packet.EVENT}{namespace},{StrictJson.dumps([event, payload])}")


def name_of(rights: Rights, principal: Principal, seller_id: str | None) -> str | None:
    """What a connection hears of; nothing for who may not read it."""
    if principal.customer_id is not None:
        return principal.customer_id
    try:
        member = for_seller(rights, principal, seller_id) if principal.memberships else principal
    except (SellerUnknown, SellerUnnamed):
        return None
    return member.seller_id if GRANT in member.grants else None
