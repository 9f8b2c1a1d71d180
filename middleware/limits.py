"""Limits: requests per client address, headers, and bytes of a body, counted as they come and before they are read."""

import asyncio

from aiohttp import hdrs, web

from controllers.http import RAW
from middleware.layers import Wire
from routes.table import Handler, Route
from utils.errors import AppError
from utils.network import network_of

MAX_HEADERS = 100
MAX_TARGET_BYTES = 8192
BODY_SECONDS = 20.0  # a body must have come whole by then
COSTS = {"none": 0, "read": 1, "write": 2, "auth": 20}  # tokens a request of a rate class takes


class TooManyHeaders(AppError):
    code, kind = "too_many_headers", "header"
    message = f"More than {MAX_HEADERS} headers."


class TargetTooLong(AppError):
    code, kind = "address_too_long", "invalid"
    message = f"The address is longer than {MAX_TARGET_BYTES} bytes."


class BodyTooLarge(AppError):
    code, kind = "body_too_large", "too_large"
    message = "The body is larger than {limit_bytes} bytes."


class BodyEncoded(AppError):
    code, kind = "body_encoded", "unsupported"
    message = "Send the body without a Content-Encoding."


class BodyTooSlow(AppError):
    code, kind = "body_too_slow", "slow"
    message = "The body did not arrive in time."


def client_address(request: web.Request, trusted_proxies: int) -> str:
    """The peer, or what the outermost proxy that we trust has seen (X-Forwarded-For counted from the right)."""
    if trusted_proxies:
        hops = ",".join(request.headers.getall("X-Forwarded-For", ())).split(",")
        if len(hops) >= trusted_proxies and hops[-trusted_proxies].strip():
            return hops[-trusted_proxies].strip()[:64]
    return request.remote or ""


async def body_of(request: web.Request, limit: int) -> bytes:
    """All bytes of the body; refused at the first byte above the limit, whatever its length was said to be."""
    if (request.content_length or 0) > limit:
        raise BodyTooLarge(limit_bytes=limit)
    chunks: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(BODY_SECONDS):
            while chunk := await request.content.readany():
                size += len(chunk)
                if size > limit:
                    raise BodyTooLarge(limit_bytes=limit)
                chunks.append(chunk)
    except TimeoutError:
        raise BodyTooSlow() from None
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def layer(wire: Wire, row: Route, inner: Handler) -> Handler:
    """Refuse what is too much before any work is done for it; a POST's or DELETE's body is then at request[RAW]."""
    settings = wire.settings
    buckets = wire.buckets
    cost = COSTS[row.rate] if buckets is not None else 0
    limit = settings.body_limit_bytes
    reads = row.method not in ("GET", "HEAD", "OPTIONS")
    streams = row.streams

    async def handle(request: web.Request) -> web.StreamResponse:
        if cost and buckets is not None:
            buckets.take(network_of(client_address(request, settings.trusted_proxies)), cost)
        headers = request.headers
        if len(headers) > MAX_HEADERS:
            raise TooManyHeaders()
        if len(request.raw_path) > MAX_TARGET_BYTES:
            raise TargetTooLong()
        if reads:
            if hdrs.CONTENT_ENCODING in headers:
                raise BodyEncoded()
            request[RAW] = await body_of(request, limit) if request.body_exists and not streams else b""
        return await inner(request)

    return handle
