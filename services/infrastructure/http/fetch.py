"""Fetch from addresses that strangers wrote: http(s) only, public hosts only, so many bytes and seconds and no more.

Every address a name resolves to is checked, and the connection goes to what was checked: a name that answers
differently the second time gains nothing. Redirects are followed by hand, each checked like the first address.
"""

import asyncio
import socket
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import urljoin, urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

Address = IPv4Address | IPv6Address
PORTS = (None, 80, 443)
MOST_REDIRECTS = 3
REDIRECTS = (301, 302, 303, 307, 308)
CHUNK_BYTES = 64 * 1024


class FetchRefused(Exception):
    """The address must not or cannot be fetched; the text says why."""


def is_public(address: Address) -> bool:
    """Whether an address is one of the open internet, seen through the forms that wrap an IPv4 address."""
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if inner is not None:
            return is_public(inner)
        # The well-known prefix of NAT64 leads to IPv4 addresses as well.
        if address.packed[:12] == b"\x00\x64\xff\x9b" + bytes(8):
            return is_public(IPv4Address(address.packed[12:]))
    return address.is_global and not address.is_multicast


class PublicResolver(AbstractResolver):
    """Resolves a name and drops every address that is not allowed."""

    def __init__(self, allow: Callable[[Address], bool]) -> None:
        self.inner = ThreadedResolver()
        self.allow = allow

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = [one for one in await self.inner.resolve(host, port, family) if self.allow(ip_address(one["host"]))]
        if not found:
            raise FetchRefused(f"{host} is not a public host")
        return found

    async def close(self) -> None:
        await self.inner.close()


class Fetcher:
    """An HTTP client for such addresses; use it as an async context. `allow` and `ports` are for tests."""

    def __init__(
        self,
        *,
        limit_bytes: int,
        timeout_seconds: float = 20.0,
        allow: Callable[[Address], bool] = is_public,
        ports: tuple[int | None, ...] = PORTS,
    ) -> None:
        self.limit_bytes = limit_bytes
        self.allow = allow
        self.ports = ports
        self.timeout = aiohttp.ClientTimeout(total=timeout_seconds, sock_connect=5)
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> "Fetcher":
        connector = aiohttp.TCPConnector(resolver=PublicResolver(self.allow), limit=8, use_dns_cache=False)
        # Proxies of the environment and cookies would carry our standing to a stranger's server.
        self._session = aiohttp.ClientSession(
            connector=connector, timeout=self.timeout, trust_env=False, cookie_jar=aiohttp.DummyCookieJar()
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._session is not None:
            await self._session.close()

    async def get(self, url: str) -> bytes:
        """The body under an address; FetchRefused with the reason for whatever goes wrong."""
        try:
            async with asyncio.timeout(self.timeout.total):
                for _ in range(MOST_REDIRECTS + 1):
                    found = await self.step(url)
                    if isinstance(found, bytes):
                        return found
                    url = urljoin(url, found)
        except TimeoutError:
            raise FetchRefused(f"no answer within {self.timeout.total:g} seconds") from None
        except (aiohttp.ClientError, ValueError, OSError) as error:
            raise FetchRefused(f"cannot be reached ({type(error).__name__})") from error
        raise FetchRefused(f"redirects more than {MOST_REDIRECTS} times")

    async def step(self, url: str) -> bytes | str:
        """The body, or where it has moved to."""
        assert self._session is not None, "a Fetcher is an async context"
        self.check(url)
        async with self._session.get(url, allow_redirects=False) as reply:
            if reply.status in REDIRECTS and "location" in reply.headers:
                return reply.headers["location"]
            if reply.status != 200:
                raise FetchRefused(f"answers {reply.status}")
            body = bytearray()
            async for chunk in reply.content.iter_chunked(CHUNK_BYTES):
                body += chunk
                if len(body) > self.limit_bytes:
                    raise FetchRefused(f"is larger than {self.limit_bytes // 1024} KiB")
            return bytes(body)

    def check(self, url: str) -> None:
        """What the resolver does not see: the scheme, the port, a name with credentials, a bare IP address."""
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise FetchRefused("is not an http(s) address")
        if parts.username is not None or parts.port not in self.ports:
            raise FetchRefused("names a user or an unusual port")
        try:
            bare = ip_address(parts.hostname)
        except ValueError:
            return
        if not self.allow(bare):
            raise FetchRefused(f"{parts.hostname} is not a public host")
