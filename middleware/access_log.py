"""The access log: one line of JSON for every request, written in batches."""

import asyncio
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import orjson

from utils.masking import masked, masked_path

FLUSH_SECONDS = 0.1
BATCH_LINES = 64  # encoded together while they are still in the processor's cache
FLUSH_BATCHES = 16
LONGEST_PATH = 500
USUAL_PATH = 120  # up to this length what is shown of a path is kept ready
MILLISECONDS = tuple(f".{n:03d}Z" for n in range(1000))

# time, request id, method, route, address, status, bytes, milliseconds, client
Line = tuple[float, str, str, str, str, int, int, float, str | None]


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
        "request_id": masked(request_id) if "_" in request_id else request_id,  # our own have no underscore
        "method": method,
        "route": route,
        "path": logged_path(target.partition("?")[0]),
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


def logged_path(path: str) -> str:
    """The path as the log shows it; the usual ones are worked out once."""
    return usual_path(path) if len(path) <= USUAL_PATH else masked_path(path)[:LONGEST_PATH]


usual_path = lru_cache(1024)(masked_path)


@lru_cache(4)
def second(moment: int) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%S")
