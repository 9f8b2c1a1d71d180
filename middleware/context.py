"""Request context: an id for every request, and one line of JSON about it in the access log."""

import asyncio
import itertools
import re
import secrets
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from time import perf_counter, time
from typing import Any

import orjson
from aiohttp import web
from multidict import istr

from middleware.layers import Wire
from routes.table import Handler, Route
from utils.clock import use
from utils.http import REQUEST_ID
from utils.masking import masked, masked_path

HEADER = istr("X-Request-Id")
WELL_FORMED = re.compile(r"[A-Za-z0-9_.\-]{8,64}").fullmatch
FLUSH_SECONDS = 0.1
BATCH_LINES = 64  # encoded together while they are still in the processor's cache
FLUSH_BATCHES = 16
LONGEST_PATH = 500
MILLISECONDS = tuple(f".{n:03d}Z" for n in range(1000))
GONE = 499  # the client went away before there was an answer

_prefix = secrets.token_hex(6)
_numbers = itertools.count(1)

# time, request id, method, route, address, status, bytes, milliseconds, client
Line = tuple[float, str, str, str, str, int, int, float, str | None]


def new_request_id() -> str:
    """Unique over processes by its prefix, and cheap: it names a request, it is no secret."""
    return f"{_prefix}{next(_numbers):06x}"


def write(data: bytes) -> None:
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


class AccessLog:
    """Lines are kept as tuples and written together, at the latest after FLUSH_SECONDS."""

    def __init__(self, enabled: bool, sink: Callable[[bytes], None] = write) -> None:
        self.enabled = enabled
        self.sink = sink
        self._lines: list[Line] = []
        self._batches: list[bytes] = []
        self._timer: asyncio.TimerHandle | None = None

    def append(self, line: Line) -> None:
        self._lines.append(line)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(FLUSH_SECONDS, self.flush)
        if len(self._lines) >= BATCH_LINES:
            self._encode()
            if len(self._batches) >= FLUSH_BATCHES:
                self.flush()

    def _encode(self) -> None:
        self._batches.append(b"".join(map(encoded, self._lines)))
        self._lines.clear()

    def flush(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._encode()
        data = b"".join(self._batches)
        self._batches.clear()
        if data:
            self.sink(data)


def encoded(line: Line) -> bytes:
    """One line of JSON. The query is left out, and ids that open something are cut short: a log opens no order."""
    moment, request_id, method, route, target, status, size, took, client = line
    milliseconds = int(moment * 1000)
    values: dict[str, Any] = {
        "time": second(milliseconds // 1000) + MILLISECONDS[milliseconds % 1000],
        "request_id": masked(request_id),
        "method": method,
        "route": route,
        "path": masked_path(target.partition("?")[0])[:LONGEST_PATH],
        "status": status,
        "bytes": size,
        "ms": round(took, 3),
        "client": client,
    }
    try:
        return orjson.dumps(values, option=orjson.OPT_APPEND_NEWLINE)
    except TypeError:  # bytes of the address that are no UTF-8
        values["path"] = values["path"].encode("ascii", "backslashreplace").decode()
        return orjson.dumps(values, option=orjson.OPT_APPEND_NEWLINE)


@lru_cache(4)
def second(moment: int) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def layer(wire: Wire, row: Route, inner: Handler) -> Handler:
    """Put the clock in force, give the request its id, send the id back, and log what became of it."""
    append = wire.log.append if wire.log.enabled else None
    pattern = row.path
    lifecycle, clock = wire.deps.lifecycle, wire.deps.clock

    async def handle(request: web.Request) -> web.StreamResponse:
        started = perf_counter()
        use(clock)
        given = request.headers.get(HEADER)
        request_id = given if given is not None and WELL_FORMED(given) else new_request_id()
        request[REQUEST_ID] = request_id
        status, size = GONE, 0
        try:
            response = await inner(request)
            response.headers[HEADER] = request_id
            if lifecycle.draining:
                response.force_close()
            status = response.status
            size = len(response.body) if isinstance(response, web.Response) and isinstance(response.body, bytes) else 0
            return response
        finally:
            if append is not None:
                took = (perf_counter() - started) * 1000
                target, client = request.raw_path, request.remote
                append((time(), request_id, request.method, pattern, target, status, size, took, client))

    return handle
