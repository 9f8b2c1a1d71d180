"""Namespaces of the sockets: who is let in, and which row's layers answer an event."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import socketio

from middleware import events
from middleware.authentication import Unauthorized
from middleware.context import new_request_id
from middleware.errors import told
from middleware.events import Arrival, SocketWire, person_of
from middleware.layers import Wire
from middleware.limits import COSTS
from middleware.seats import Seat
from middleware.validation_errors import Validator
from models.chat.content import LONGEST_TEXT
from routes.events import CONNECT, LARGEST_BYTES, Event
from routes.schemas.chat.chat import MOST_SYNCED
from utils.clock import now, timestamp, to_iso

FAREWELL_SECONDS = 0.2  # for the last acknowledgement to leave before a connection ends
AUTH = Validator(CONNECT)


class Namespace(socketio.AsyncNamespace):  # type: ignore[misc]
    """One namespace: every event goes to its row's layers. `sockets` are those of middleware/sockets.py."""

    def __init__(self, namespace: str, sockets: Any, wire: SocketWire, rows: Iterable[Event]) -> None:
        super().__init__(namespace)
        self.sockets, self.wire = sockets, wire
        self.handles = {row.event: events.build(wire, row) for row in rows}
        self.unknown = events.unknown(wire, namespace)

    async def trigger_event(self, event: str, *args: Any) -> Any:
        """The library's own two, whose names no client may send (middleware/packets.py), and all events."""
        if event == "connect":
            return await self.greet(*args)
        if event == "disconnect":
            return self.sockets.leave(args[0])
        seat = self.sockets.seats.get(args[0])
        if seat is None or seat.is_over:
            return self.sockets.not_handled
        arrival = Arrival(seat, args[1:], renewal=self.sockets.renew)
        ack = await self.handles.get(event, self.unknown)(arrival)
        if arrival.is_last:
            seat.is_over = True
            self.sockets.spawn(self.sockets.unseat(seat, FAREWELL_SECONDS))
        return ack.payload

    async def greet(self, sid: str, environ: Any, auth: Any) -> None:
        """Give a seat to who shows a good token; the refusal carries the error's body."""
        request_id = new_request_id()
        try:
            await self.admit(sid, auth, request_id)
        except Exception as error:
            _, body = told(error, f"event {request_id}", f"{self.namespace} connect", request_id)
            raise socketio.exceptions.ConnectionRefusedError(body["message"], body) from None

    async def admit(self, sid: str, auth: Any, request_id: str) -> None:
        line_id = self.sockets.manager.eio_sid_from_sid(sid, self.namespace)
        line, wire = self.sockets.lines[line_id], self.wire.wire
        if self.wire.buckets is not None:
            self.wire.buckets.take(line_id, COSTS["write"])
        if wire.buckets is not None:
            wire.buckets.take(line.network, COSTS["write"])
        if auth is None:
            raise Unauthorized()
        AUTH.check(auth)
        seat = Seat(sid, self.namespace, line_id, line.address, auth["token"], auth.get("seller_id"))
        principal = await person_of(wire, seat, fresh=True, request_id=request_id)
        claims = wire.deps.tokens.read(seat.token)
        if principal.identity_id is None or claims is None:
            raise Unauthorized()
        self.sockets.take(seat, principal, claims.expires_at)


def session_of(wire: Wire, seat: Seat) -> dict[str, Any]:
    """What a client is told once it was let in."""
    claims = wire.deps.tokens.read(seat.token)
    ends = timestamp() if claims is None else claims.expires_at
    return {
        "server_time": to_iso(now()),
        "session_id": seat.sid,
        "reader_id": seat.name,
        "expires_at": to_iso(datetime.fromtimestamp(ends, UTC)),
        "limits": {
            "event_bytes": LARGEST_BYTES,
            "text_length": LONGEST_TEXT,
            "edit_minutes": wire.settings.chat_edit_minutes,
            "synced_conversations": MOST_SYNCED,
        },
    }
