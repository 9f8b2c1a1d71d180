"""Calls to other servers: short, of bounded size, never redirected. The one place that speaks HTTP as a client."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from time import monotonic
from typing import Any, Generic, TypeVar

import aiohttp
import orjson

T = TypeVar("T")

CONNECT_SECONDS, TOTAL_SECONDS = 1.0, 5.0
LARGEST_REPLY = 256 * 1024
AT_ONCE = 16  # calls to one host; others wait, within their time


class OutboundFailed(Exception):
    """No answer that can be used: nobody there, too slow, too large, redirected, or not JSON."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: Mapping[str, Any]


class Outbound:
    """A client for JSON over HTTP; its connections are opened when they are needed."""

    def __init__(self, *, connect_seconds: float = CONNECT_SECONDS, total_seconds: float = TOTAL_SECONDS) -> None:
        self._timeout = aiohttp.ClientTimeout(
            total=total_seconds, connect=total_seconds, sock_connect=connect_seconds, sock_read=total_seconds
        )
        self._session: aiohttp.ClientSession | None = None

    async def get(self, url: str) -> Answer:
        return await self._call("GET", url)

    async def post_form(self, url: str, form: Mapping[str, str], headers: Mapping[str, str]) -> Answer:
        return await self._call("POST", url, data=dict(form), headers=dict(headers))

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def _call(self, method: str, url: str, **more: Any) -> Answer:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                timeout=self._timeout,
                connector=aiohttp.TCPConnector(limit_per_host=AT_ONCE),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"Accept": "application/json", "User-Agent": "pasar"},
                trust_env=False,
            )
        try:
            async with self._session.request(method, url, allow_redirects=False, **more) as reply:
                raw = await read_bounded(reply)
                return Answer(reply.status, parsed(raw))
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise OutboundFailed(f"{type(error).__name__} from {url.partition('?')[0]}") from error


async def read_bounded(reply: aiohttp.ClientResponse) -> bytes:
    """The body; a larger one than LARGEST_REPLY is not read to its end."""
    raw = bytearray()
    async for chunk in reply.content.iter_any():
        raw += chunk
        if len(raw) > LARGEST_REPLY:
            raise OutboundFailed(f"more than {LARGEST_REPLY} bytes from {reply.url.host}")
    return bytes(raw)


def parsed(raw: bytes) -> Mapping[str, Any]:
    body = orjson.loads(raw)
    if not isinstance(body, dict):
        raise ValueError("not an object")
    return body


class Kept(Generic[T]):
    """Something that is fetched from outside and kept for `seconds`; who asks during a fetch waits for that one."""

    def __init__(self, fetch: Callable[[], Awaitable[T]], *, seconds: float, rest_seconds: float) -> None:
        self._fetch, self._seconds, self._rest_seconds = fetch, seconds, rest_seconds
        self._value: T | None = None
        self._fetched = self._tried = -seconds
        self._running: asyncio.Task[T] | None = None

    async def get(self) -> T:
        if self._value is not None and monotonic() - self._fetched < self._seconds:
            return self._value
        return await self._renewed()

    async def newer(self) -> T:
        """Fetched anew, unless that was tried less than `rest_seconds` ago."""
        if self._value is not None and monotonic() - self._tried < self._rest_seconds:
            return self._value
        return await self._renewed()

    async def _renewed(self) -> T:
        if self._running is None or self._running.done():
            self._running = asyncio.create_task(self._renew(), name="outbound")
            # Should all who wait be gone, nobody misses the error.
            self._running.add_done_callback(lambda task: task.cancelled() or task.exception())
        return await asyncio.shield(self._running)

    async def _renew(self) -> T:
        self._tried = monotonic()
        self._value = await self._fetch()
        self._fetched = monotonic()
        return self._value
