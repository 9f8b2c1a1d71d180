"""A small HTTP/1.1 keep-alive client, light enough to share a core with the server that it measures.

One connection carries one request at a time. Bodies are only kept when asked for: counting 80 kB in place costs
nothing, copying it would be charged to the machine under test.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import urlsplit

import orjson

ROOM_BYTES = 1 << 18


class RefusedError(Exception):
    """An answer with a status of 300 or above."""

    def __init__(self, status: int, body: bytes) -> None:
        self.status, self.body = status, body
        super().__init__(f"{status} {body[:200].decode(errors='replace')}")


class Connection(asyncio.BufferedProtocol):
    """The reading half: finds the end of an answer in a buffer that is used again and again."""

    def __init__(self) -> None:
        self.room = bytearray(ROOM_BYTES)
        self.view = memoryview(self.room)
        self.transport: asyncio.Transport | None = None
        self.waiter: asyncio.Future[int] | None = None
        self.keep = False
        self.parts: list[bytes] = []
        self.restart()

    def restart(self) -> None:
        self.filled = self.status = 0
        self.left = -1  # body bytes still to come; -1 while the head is not complete
        self.chunks: bytearray | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # Not isinstance: uvloop's transports have the methods without the base class.
        self.transport = cast(asyncio.Transport, transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self.transport = None
        if self.waiter is not None and not self.waiter.done():
            self.waiter.set_exception(exc or ConnectionResetError("the server closed the connection"))

    def get_buffer(self, sizehint: int) -> memoryview:
        return self.view[self.filled :]

    def buffer_updated(self, nbytes: int) -> None:
        if self.left >= 0:
            self.body_arrived(0, nbytes)
            return
        self.filled += nbytes
        if self.chunks is not None:
            self.chunk_arrived(self.filled - nbytes, self.filled)
            return
        end = self.room.find(b"\r\n\r\n", 0, self.filled)
        if end >= 0:
            self.head_arrived(end)

    def head_arrived(self, end: int) -> None:
        filled, self.filled = self.filled, 0
        head = bytes(self.view[:end]).lower()
        self.status = int(head[9:12])
        at = head.find(b"\r\ncontent-length:")
        if at >= 0:
            stop = head.find(b"\r\n", at + 17)
            self.left = int(head[at + 17 : stop if stop >= 0 else None])
        elif b"chunked" in head:
            self.chunks = bytearray()
            self.chunk_arrived(end + 4, filled)
            return
        else:
            self.left = 0
        self.body_arrived(end + 4, filled)

    def body_arrived(self, start: int, stop: int) -> None:
        self.left -= stop - start
        if self.keep or self.status >= 300:
            self.parts.append(bytes(self.view[start:stop]))
        if self.left <= 0:
            self.done()

    def chunk_arrived(self, start: int, stop: int) -> None:
        assert self.chunks is not None
        self.chunks += self.view[start:stop]
        self.filled = 0
        if self.chunks.endswith(b"0\r\n\r\n"):
            self.parts.append(dechunked(bytes(self.chunks)))
            self.done()

    def done(self) -> None:
        waiter, self.waiter = self.waiter, None
        status = self.status
        self.restart()
        if waiter is not None and not waiter.done():
            waiter.set_result(status)


def dechunked(data: bytes) -> bytes:
    """The body of a chunked answer that has come whole."""
    parts: list[bytes] = []
    at = 0
    while True:
        line = data.index(b"\r\n", at)
        size = int(data[at:line].split(b";")[0], 16)
        if size == 0:
            return b"".join(parts)
        parts.append(data[line + 2 : line + 2 + size])
        at = line + 4 + size


@dataclass(slots=True)
class Shop:
    """One client of a server with the Store API: ready-made requests, sent one after the other."""

    base: str
    headers: Mapping[str, str]
    connection: Connection | None = None
    requests: int = 0
    head: str = field(init=False, default="")

    def __post_init__(self) -> None:
        more = "".join(f"{name}: {value}\r\n" for name, value in self.headers.items())
        self.head = f"host: {urlsplit(self.base).netloc}\r\naccept: application/json\r\n{more}"

    def request(self, method: str, path: str, body: Any = None, *, more: Mapping[str, str] | None = None) -> bytes:
        """The bytes of a request; a `body` of any kind is sent as JSON, `more` are headers beside those of all."""
        data = b"" if body is None else orjson.dumps(body)
        length = f"content-type: application/json\r\ncontent-length: {len(data)}\r\n" if method != "GET" else ""
        length += "".join(f"{name}: {value}\r\n" for name, value in (more or {}).items())
        return f"{method} {path} HTTP/1.1\r\n{self.head}{length}\r\n".encode() + data

    async def connect(self) -> Connection:
        parts = urlsplit(self.base)
        loop = asyncio.get_running_loop()
        _, connection = await loop.create_connection(Connection, parts.hostname or "127.0.0.1", parts.port or 80)
        self.connection = connection
        return connection

    async def send(self, request: bytes, *, keep: bool = False) -> bytes:
        """Send ready bytes and wait for the answer; RefusedError from status 300 on. The body is empty unless kept."""
        connection = self.connection
        if connection is None or connection.transport is None:
            connection = await self.connect()
        assert connection.transport is not None
        connection.keep, connection.parts = keep, []
        connection.waiter = asyncio.get_running_loop().create_future()
        connection.transport.write(request)
        self.requests += 1
        status = await connection.waiter
        if status >= 300:
            raise RefusedError(status, b"".join(connection.parts))
        return b"".join(connection.parts) if keep else b""

    async def call(self, method: str, path: str, body: Any = None, *, more: Mapping[str, str] | None = None) -> Any:
        """Send and read JSON."""
        return orjson.loads(await self.send(self.request(method, path, body, more=more), keep=True))

    def close(self) -> None:
        if self.connection is not None and self.connection.transport is not None:
            self.connection.transport.close()
        self.connection = None
