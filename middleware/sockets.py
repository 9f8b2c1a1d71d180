"""Socket connections on the server's own port: python-socketio behind layers of HTTP, each event behind its own.

A line is one connection of the transport (WebSocket, or long polling), a seat what it holds in a namespace once its
token was found good. A connection is refused before it costs anything, by the number of lines of its address and of
seats of its person; it ends with its login, its token, or a packet that is none of ours.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Coroutine, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import socketio
from aiohttp import web

from middleware.authentication import Unauthorized, by_token
from middleware.buckets import Buckets
from middleware.connections import Connections
from middleware.context import new_request_id
from middleware.delivery import Delivery
from middleware.engine import Engine, Socket
from middleware.errors import Unavailable
from middleware.events import Arrival, SocketWire, person_of
from middleware.layers import Wire
from middleware.limits import body_of, client_address
from middleware.namespaces import FAREWELL_SECONDS, Namespace, session_of
from middleware.packets import StrictPacket, acknowledgement, read_event
from middleware.seats import Seat
from models.identity.principal import Principal
from routes.chat.events import CHAT
from routes.events import Event, Push, table_of
from services.call import NOBODY
from services.infrastructure.cache.session_cache import SCOPE
from utils.clock import timestamp
from utils.config import Settings
from utils.errors import AppError
from utils.masking import log_masked
from utils.network import network_of

log = log_masked("pasar.sockets")
PATH = "/socket.io/"
LARGEST_MESSAGE_BYTES = 64 * 1024
NAMELESS_SECONDS = 10.0  # a line without a seat ends by then
GRACE_SECONDS = 1.0  # for a client to close its end
GRACE_LOOKS = 20
WARNING_SECONDS = 60.0  # before a token ends


class TooManyConnections(AppError):
    code, kind = "too_many_connections", "too_many"
    message = "{whose} has {limit} connections already. Close one, then try again."


@dataclass(slots=True, eq=False)
class Line:
    """One connection of the transport; the request is the last one that it came by."""

    network: str
    address: str
    request: web.Request
    nameless: asyncio.TimerHandle | None = None
    seats: set[str] = field(default_factory=set)

    def is_open(self) -> bool:
        """Is there a WebSocket? Polls come by connections that others may share, through a proxy."""
        transport = self.request.transport if "Upgrade" in self.request.headers else None
        return transport is not None and not transport.is_closing()


def origins_of(settings: Settings) -> str | list[str]:
    """Pages that may connect: those of storefronts and panels, and our own."""
    listed = (*settings.store_cors, *settings.vendor_cors, *settings.admin_cors)
    return "*" if "*" in listed else list(dict.fromkeys((*listed, *settings.own_urls)))


def transports_of(settings: Settings) -> list[str]:
    """Long polling needs every request of a client in one process, and workers that share a port take them in turn."""
    return ["websocket"] if settings.workers > 1 else ["polling", "websocket"]


class Sockets(socketio.AsyncServer):  # type: ignore[misc]
    """The server of all namespaces that have rows."""

    def __init__(self, wire: Wire, rows: Iterable[Event], pushes: Iterable[Push] = ()) -> None:
        settings = wire.settings
        log.setLevel(logging.WARNING)  # below it the library writes down packets, tokens and all
        log.addFilter(without_traceback)
        super().__init__(
            async_mode="aiohttp",
            client_manager=Connections(),
            serializer=StrictPacket,
            # One event of a connection after the other: in order, and never more at once than connections.
            async_handlers=False,
            cors_allowed_origins=origins_of(settings),
            cors_credentials=False,
            transports=transports_of(settings),
            max_http_buffer_size=LARGEST_MESSAGE_BYTES,
            http_compression=False,
            logger=log,
            engineio_logger=log,
        )
        rate, burst = settings.socket_events_per_second, settings.socket_event_burst
        self.wire, self.buckets = wire, Buckets(rate, burst) if rate else None
        self.lines: dict[str, Line] = {}
        self.seats: dict[str, Seat] = {}
        self.networks: Counter[str] = Counter()
        self.people: Counter[str] = Counter()
        self.is_closing = False
        self._tasks: set[asyncio.Task[Any]] = set()
        sockets = SocketWire(wire, self.buckets)
        self.delivery = Delivery(wire, pushes, self.socket_of)
        for namespace, table in table_of(rows).items():
            self.register_namespace(Namespace(namespace, self, sockets, table.values()))
        wire.deps.changes.listeners.append(self.hear)
        wire.deps.database.on_commit.append(self.hear)

    def _engineio_server_class(self) -> type[Engine]:
        return Engine

    def spawn(self, work: Coroutine[Any, Any, Any]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # Lines

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Every HTTP request of the transport: a new line, a poll, a message, the upgrade to WebSocket."""
        address = client_address(request, self.wire.settings.trusted_proxies)
        sid = request.query.get("sid")
        if sid is None and request.method == "GET":
            self._admit(network_of(address))
        given: Any = request
        if request.method == "POST":
            given = Posted(request, await body_of(request, LARGEST_MESSAGE_BYTES))
        elif sid in self.lines and "Upgrade" in request.headers:
            self.lines[sid].request = request
        try:
            response: web.StreamResponse = await self.eio.handle_request(given)
            return response
        except Exception as error:
            if not request.headers.get("Upgrade"):
                raise
            # The connection was a WebSocket by then: there is nobody to answer.
            log.info("a connection from %s sent what is no packet: %r", address, error)
            for line_id in [line_id for line_id, line in self.lines.items() if line.request is request]:
                await self.end(line_id)
            return web.Response(status=400)

    def _admit(self, network: str) -> None:
        if self.is_closing:
            raise Unavailable()
        limit = self.wire.settings.socket_connections_per_address
        if limit and self.networks[network] >= limit:
            raise TooManyConnections(whose="Your address", limit=limit)

    async def _handle_eio_connect(self, eio_sid: str, environ: dict[str, Any]) -> None:
        await super()._handle_eio_connect(eio_sid, environ)
        request = environ["aiohttp.request"]
        address = client_address(request, self.wire.settings.trusted_proxies)
        line = self.lines[eio_sid] = Line(network_of(address), address, request)
        self.networks[line.network] += 1
        self._await_seat(eio_sid, line)

    async def _handle_eio_disconnect(self, eio_sid: str, reason: str) -> None:
        try:
            await super()._handle_eio_disconnect(eio_sid, reason)
        finally:
            line = self.lines.pop(eio_sid, None)
            if line is not None:
                for sid in tuple(line.seats):
                    self.leave(sid)
                if line.nameless is not None:
                    line.nameless.cancel()
                count_down(self.networks, line.network)
            if self.buckets is not None:
                self.buckets.drop(eio_sid)

    async def _handle_eio_message(self, eio_sid: str, data: Any) -> None:
        try:
            event = read_event(data) if isinstance(data, str) else None
            if event is None:
                await super()._handle_eio_message(eio_sid, data)
            else:
                await self._take(eio_sid, *event)
        except Exception as error:  # of a packet; what events raise was acknowledged within
            log.info("a connection sent a packet that is none of ours: %r", error)
            self.spawn(self.end(eio_sid))

    async def _take(self, eio_sid: str, namespace: str, number: str, data: list[Any]) -> None:
        """Answer an event: what the library does in eight steps, and looks through each answer for bytes meanwhile."""
        line, handler = self.eio.sockets.get(eio_sid), self.namespace_handlers.get(namespace)
        sid = self.manager.sid_from_eio_sid(eio_sid, namespace)
        if line is None or handler is None or not self.manager.is_connected(sid, namespace):
            return
        reply = await handler.trigger_event(data[0], sid, *data[1:])
        if reply is not self.not_handled and number and not line.closed:
            line.send_text(acknowledgement(namespace, number, reply))

    def _await_seat(self, line_id: str, line: Line) -> None:
        """End the line unless it takes a seat soon."""
        ask = asyncio.get_running_loop().call_later
        line.nameless = ask(NAMELESS_SECONDS, lambda: self.spawn(self.end(line_id)))

    async def end(self, line_id: str) -> None:
        """End a line; a WebSocket also where its client does not close its end."""
        line = self.lines.get(line_id)
        with suppress(TimeoutError):
            async with asyncio.timeout(GRACE_SECONDS):
                await self.eio.disconnect(line_id)
                for _ in range(GRACE_LOOKS):
                    if line is None or not line.is_open():
                        return
                    await asyncio.sleep(GRACE_SECONDS / GRACE_LOOKS)
        if line is not None and line.is_open() and line.request.transport is not None:
            line.request.transport.close()

    # Seats

    def take(self, seat: Seat, principal: Principal, expires_at: float) -> None:
        """The seat is its person's, until its token expires."""
        line, person = self.lines[seat.line_id], str(principal.identity_id)
        limit = self.wire.settings.socket_connections_per_person
        if limit and self.people[person] >= limit:
            raise TooManyConnections(whose="This person", limit=limit)
        seat.person = person
        self.hold(seat, principal, expires_at)
        self.people[person] += 1
        self.seats[seat.sid] = seat
        line.seats.add(seat.sid)
        if line.nameless is not None:
            line.nameless.cancel()
            line.nameless = None

    def hold(self, seat: Seat, principal: Principal, expires_at: float) -> None:
        """Until its token expires, the seat is told what is for its person."""
        seat.tags = frozenset(filter(None, (principal.session_id, principal.identity_id, principal.actor_id)))
        seat.stop_timers()
        left = max(0.0, expires_at - timestamp())
        ahead, later = min(WARNING_SECONDS, left / 4), asyncio.get_running_loop().call_later
        warning = later(left - ahead, self.delivery.tell, seat, "auth:expiring", {"seconds": round(ahead, 1)})
        seat.timers = later(left, lambda: self.spawn(self.unseat(seat))), warning
        self.delivery.enter(seat, principal)

    async def renew(self, arrival: Arrival, token: str) -> float:
        """Another token for the seat, of the same person: when that one expires. Anybody else's ends the seat."""
        seat, wire, before = arrival.seat, self.wire, arrival.principal
        fresh = await by_token(wire.deps, NOBODY, f"Bearer {token}", True, arrival.request_id)
        claims = wire.deps.tokens.read(token)
        is_same = (fresh.identity_id, fresh.actor_type) == (before.identity_id, before.actor_type)
        if claims is None or not is_same or before.actor_id not in (None, fresh.actor_id):
            arrival.is_last = True
            raise Unauthorized()
        seat.token = token
        self.hold(seat, fresh, claims.expires_at)
        return claims.expires_at

    def socket_of(self, line_id: str) -> Socket | None:
        """The connection of a line; None when it has ended."""
        found: Socket | None = self.eio.sockets.get(line_id)
        return None if found is None or found.closing or found.closed else found

    async def _handle_connect(self, eio_sid: str, namespace: str | None, data: Any) -> None:
        """Let a client in; once it knows, it is told how it stands."""
        await super()._handle_connect(eio_sid, namespace, data)
        line = self.lines.get(eio_sid)
        for sid in line.seats if line is not None else ():
            seat = self.seats[sid]
            if not seat.is_open and seat.namespace == (namespace or "/"):
                seat.is_open = True
                if seat.namespace == CHAT:
                    self.delivery.tell(seat, "session", session_of(self.wire, seat))

    def leave(self, sid: str) -> None:
        """The seat is free."""
        seat = self.seats.pop(sid, None)
        if seat is None:
            return
        count_down(self.people, seat.person)
        seat.stop_timers()
        self.delivery.leave(seat)
        line = self.lines.get(seat.line_id)
        if line is not None:
            line.seats.discard(sid)
            if not line.seats:
                self._await_seat(seat.line_id, line)

    async def unseat(self, seat: Seat, after: float = 0.0) -> None:
        """End the connection of a seat whose login is over, once the last acknowledgement has left.

        The client is told first: one that the server has let go does not try again with the same token.
        """
        await asyncio.sleep(after)
        await self.disconnect(seat.sid, namespace=seat.namespace)
        await asyncio.sleep(FAREWELL_SECONDS)
        line = self.lines.get(seat.line_id)
        if line is not None and not line.seats:
            await self.end(seat.line_id)

    def hear(self, scope: str, ids: tuple[str, ...]) -> None:
        """Logins changed: whoever is connected by one of them is asked for anew. No ids: maybe all."""
        if scope == SCOPE and self.seats:
            concerned = [seat for seat in self.seats.values() if not ids or not seat.tags.isdisjoint(ids)]
            if concerned:
                self.spawn(self._ask_anew(concerned))

    async def _ask_anew(self, concerned: list[Seat]) -> None:
        for seat in concerned:
            try:
                principal = await person_of(self.wire, seat, fresh=True, request_id=new_request_id())
            except Exception as error:  # the next event asks again
                log.warning("a connection's login could not be asked for: %r", error)
                return
            if principal.identity_id is None:
                await self.unseat(seat)
            elif seat.sid in self.seats:
                self.delivery.enter(seat, principal)

    async def close(self) -> None:
        """Let everybody go, so that the process may end; clients connect to another one."""
        self.is_closing = True
        await asyncio.gather(*(self.end(line_id) for line_id in tuple(self.lines)))
        await self.shutdown()
        listener = getattr(self.manager, "thread", None)
        for task in (*self._tasks, *([listener] if listener is not None else ())):
            task.cancel()


class Posted:
    """A request whose body was read before, whole and within our limits, in the form that the library reads it."""

    def __init__(self, request: web.Request, body: bytes) -> None:
        self._request, self._body = request, body

    @property
    def content(self) -> "Posted":
        return self

    async def read(self, size: int) -> bytes:
        return self._body

    def __getattr__(self, name: str) -> Any:
        return getattr(self._request, name)


def count_down(counter: Counter[str], key: str) -> None:
    counter[key] -= 1
    if counter[key] <= 0:
        del counter[key]


def without_traceback(record: logging.LogRecord) -> bool:
    """For the library's records: what strangers send is worth a line, not a traceback."""
    error = record.exc_info[1] if record.exc_info else None
    if error is not None:
        record.exc_info, record.exc_text = None, None
        record.msg, record.args = f"{record.getMessage()}: %r", (error,)
    return True
