"""Engine.IO over WebSocket without a task, a queue or a timer for each packet (docs/adr/0089).

A connection is read by one loop. What goes to it is written to its transport at once, as a frame that many connections
may share, and nothing is compressed. One timer sends the pings of all. Long polling stays the library's.
"""

import asyncio
import struct
from collections import deque
from typing import Any

import engineio
from aiohttp import WSMessage, WSMsgType, web
from engineio.async_socket import AsyncSocket
from engineio.exceptions import SocketIsClosedError
from engineio.packet import MESSAGE, NOOP, OPEN, PING, PONG, UPGRADE, Packet

from utils.masking import log_masked

# A client that reads too slowly gets nothing fleeting above the first, and is let go at the second: bytes that are not
# sent yet, and packets that no poll has fetched.
MOST_UNSENT_FLEETING, MOST_UNSENT_BYTES = 64 * 1024, 1024 * 1024
MOST_UNFETCHED_FLEETING, MOST_UNFETCHED = 64, 1_000
HEARTBEAT_SECONDS = 0.5  # how often due pings are looked for
HANDSHAKE_SECONDS = 10.0  # for a client that moves from long polling to WebSocket
TEXT = 0x81  # a whole message of text
MESSAGE_SIGN = str(MESSAGE)
log = log_masked("pasar.sockets")


def frame(text: str) -> bytes:
    """A packet as one frame of WebSocket (RFC 6455, section 5.2), as servers send it: unmasked, whole."""
    data = text.encode()
    size = len(data)
    if size < 126:
        return bytes((TEXT, size)) + data
    if size < 65_536:
        return struct.pack("!BBH", TEXT, 126, size) + data
    return struct.pack("!BBQ", TEXT, 127, size) + data


PING_FRAME = frame(str(PING))


class Message:
    """A packet of the layer above, which is made once for all who get it."""

    __slots__ = ("frame", "text")

    def __init__(self, text: str) -> None:
        self.text, self.frame = text, frame(MESSAGE_SIGN + text)


class Socket(AsyncSocket):  # type: ignore[misc]
    """A connection. While it polls it is the library's; over WebSocket it is read and written here."""

    transport: asyncio.Transport | None = None
    pinged_at: float | None = None  # of the loop's clock; None when the last ping was answered

    async def send(self, pkt: Packet) -> None:
        if self.closed:
            raise SocketIsClosedError()
        if self.transport is None:
            self.queue.put_nowait(pkt)
        else:
            self.write(frame(pkt.encode()))

    def send_text(self, text: str) -> None:
        """Send a packet of the layer above."""
        if self.transport is None:
            self._queue(Packet(MESSAGE, text))
        else:
            self.write(frame(MESSAGE_SIGN + text))

    def deliver(self, message: Message, *, is_fleeting: bool = False) -> None:
        """Send a packet that others get, too; what is fleeting only to who keeps up."""
        transport = self.transport
        if transport is None:
            if not is_fleeting or self.queue.qsize() < MOST_UNFETCHED_FLEETING:
                self._queue(Packet(MESSAGE, message.text))
        elif not is_fleeting or transport.get_write_buffer_size() < MOST_UNSENT_FLEETING:
            self.write(message.frame)

    def write(self, data: bytes) -> None:
        """Send a frame that is made already. A client that has left too much unread is let go."""
        transport = self.transport
        if transport is None or transport.is_closing():
            return
        if transport.get_write_buffer_size() > MOST_UNSENT_BYTES:
            log.warning("a connection was let go, for it reads too slowly")
            transport.abort()
        else:
            transport.write(data)

    def _queue(self, pkt: Packet) -> None:
        if self.queue.qsize() < MOST_UNFETCHED:
            self.queue.put_nowait(pkt)
        elif not self.closing:
            log.warning("a connection was let go, for it polls too slowly")
            self.server.release(self)

    def ping(self) -> None:
        if self.transport is None:
            self.queue.put_nowait(Packet(PING))
        else:
            self.write(PING_FRAME)

    def schedule_ping(self) -> None:
        """The client has shown itself: the next ping is due in a while."""
        self.last_ping = None
        self.server.heartbeat.expect(self)

    async def receive(self, pkt: Packet) -> None:
        if pkt.packet_type == PONG:
            if self.pinged_at is not None:
                self.pinged_at = None
                self.schedule_ping()
        else:
            await super().receive(pkt)

    async def _upgrade_websocket(self, environ: dict[str, Any]) -> web.WebSocketResponse:
        if self.upgraded or self.upgrading:
            raise OSError("the connection has moved to WebSocket already")
        request: web.Request = environ["aiohttp.request"]
        ws = web.WebSocketResponse(compress=False, max_msg_size=self.server.max_http_buffer_size)
        await ws.prepare(request)
        environ.clear()  # the library would hold the request's headers as long as the connection lasts
        if not self.connected or await self._moved(ws):
            await self._serve(ws, request)
        return ws

    async def _moved(self, ws: web.WebSocketResponse) -> bool:
        """The handshake of a client that was polling: a ping for a pong, then the word that it has moved."""
        self.upgrading = True
        try:
            async with asyncio.timeout(HANDSHAKE_SECONDS):
                if (await ws.receive()).data != f"{PING}probe":
                    return False
                await ws.send_str(f"{PONG}probe")
                self.queue.put_nowait(Packet(NOOP))  # ends the poll that waits
                return bool((await ws.receive()).data == str(UPGRADE))
        except TimeoutError:
            return False
        finally:
            self.upgrading = False

    async def _serve(self, ws: web.WebSocketResponse, request: web.Request) -> None:
        """Read the connection until it ends."""
        self.connected = self.upgraded = True
        self.transport = request.transport
        while not self.queue.empty():
            waiting = self.queue.get_nowait()
            if waiting is not None:
                self.write(frame(waiting.encode()))
        try:
            async for message in ws:
                await self._take(message)
                if self.closed:
                    break
        finally:
            self.transport = None
            await self.close(wait=False, abort=True, reason=self.server.reason.TRANSPORT_CLOSE)
            self.server.sockets.pop(self.sid, None)

    async def _take(self, message: WSMessage) -> None:
        data = message.data
        if message.type is WSMsgType.TEXT and data[:1] == MESSAGE_SIGN:
            await self.server.handlers["message"](self.sid, data[1:])
        elif message.type is WSMsgType.BINARY:
            await self.server.handlers["message"](self.sid, data)
        else:
            await self.receive(Packet(encoded_packet=data))


class Heartbeat:
    """Pings and missing pongs of all connections, by one timer: who is due stands first."""

    def __init__(self, interval: float, patience: float) -> None:
        self.interval, self.patience = interval, patience
        self._due: deque[tuple[float, Socket]] = deque()
        self._asked: deque[tuple[float, Socket]] = deque()
        self._timer: asyncio.TimerHandle | None = None

    def expect(self, socket: Socket) -> None:
        """Ping the connection when its time has come."""
        loop = asyncio.get_running_loop()
        self._due.append((loop.time() + self.interval, socket))
        if self._timer is None:
            self._timer = loop.call_later(HEARTBEAT_SECONDS, self.beat)

    def beat(self) -> None:
        loop = asyncio.get_running_loop()
        now = loop.time()
        while self._due and self._due[0][0] <= now:
            socket = self._due.popleft()[1]
            if socket.closed:
                socket.server.sockets.pop(socket.sid, None)  # one that polled, and said goodbye
            elif not socket.closing:
                socket.pinged_at = now
                socket.ping()
                self._asked.append((now, socket))
        while self._asked and self._asked[0][0] + self.patience <= now:
            asked, socket = self._asked.popleft()
            if socket.pinged_at == asked and not socket.closed:
                socket.server.release(socket)
        self._timer = loop.call_later(HEARTBEAT_SECONDS, self.beat) if self._due or self._asked else None

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._due.clear()
        self._asked.clear()


class Engine(engineio.AsyncServer):  # type: ignore[misc]
    """The library's server with these connections."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options, monitor_clients=False)
        self.heartbeat = Heartbeat(self.ping_interval, self.ping_timeout)
        self._ending: set[asyncio.Task[None]] = set()

    async def _handle_connect(self, environ: dict[str, Any], transport: str, jsonp_index: int | None = None) -> Any:
        sid = self.generate_id()
        socket = self.sockets[sid] = Socket(self, sid)
        socket.last_ping = None
        await socket.send(self._opening(sid, transport))
        if await self._trigger_event("connect", sid, environ, run_async=False) is False:
            del self.sockets[sid]
            return self._unauthorized()
        socket.schedule_ping()
        if transport == "websocket":
            return await socket.handle_get_request(environ)
        socket.connected = True
        return self._ok(await socket.poll(), jsonp_index=jsonp_index)

    def _opening(self, sid: str, transport: str) -> Packet:
        told = {
            "sid": sid,
            "upgrades": self._upgrades(sid, transport),
            "pingTimeout": int(self.ping_timeout * 1000),
            "pingInterval": int(self.ping_interval * 1000),
            "maxPayload": self.max_http_buffer_size,
        }
        return Packet(OPEN, told)

    def release(self, socket: Socket) -> None:
        """Let a connection go whose client is silent, or does not keep up."""
        task = asyncio.get_running_loop().create_task(self._end(socket))
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    async def _end(self, socket: Socket) -> None:
        transport = socket.transport
        await socket.close(wait=False, reason=self.reason.PING_TIMEOUT)
        self.sockets.pop(socket.sid, None)
        if transport is not None:
            transport.close()

    async def shutdown(self) -> None:
        self.heartbeat.stop()
        await super().shutdown()
