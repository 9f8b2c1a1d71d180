"""A server that speaks as much of Redis' protocol as session cookies need, and that can be stopped or fall silent."""

import asyncio
from contextlib import suppress


class FakeRedis:
    """Keeps its data while it is stopped, as a Redis that is restarted does."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.data: dict[bytes, bytes] = {}
        self.silent = False  # takes connections and commands, and answers none
        self.commands: list[bytes] = []
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    async def start(self) -> None:
        self.silent = False
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
            for writer in list(self._writers):
                writer.transport.abort()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._server.wait_closed(), 2)
            self._server = None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            while words := await self._command(reader):
                self.commands.append(words[0].upper())
                if not self.silent:
                    writer.write(self._answer(words))
                    await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError, ValueError):
            pass
        finally:
            self._writers.discard(writer)
            writer.close()

    async def _command(self, reader: asyncio.StreamReader) -> list[bytes]:
        line = await reader.readline()
        words = []
        for _ in range(int(line[1:] or 0)):
            size = int((await reader.readline())[1:])
            words.append((await reader.readexactly(size + 2))[:-2])
        return words

    def _answer(self, words: list[bytes]) -> bytes:
        name = words[0].upper()
        if name == b"SET":
            self.data[words[1]] = words[2]
        elif name == b"GET":
            value = self.data.get(words[1])
            return b"$-1\r\n" if value is None else b"$%d\r\n%s\r\n" % (len(value), value)
        elif name == b"DEL":
            return b":%d\r\n" % (self.data.pop(words[1], None) is not None)
        elif name == b"HELLO":
            return b"%1\r\n$5\r\nproto\r\n:" + words[1] + b"\r\n"
        return b"+PONG\r\n" if name == b"PING" else b"+OK\r\n"
