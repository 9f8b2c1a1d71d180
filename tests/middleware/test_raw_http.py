"""Malformed HTTP over a bare socket: an answer of 4xx or a closed connection, and the server lives on unharmed."""

import asyncio
import gzip
import re
from time import monotonic
from typing import Any

import psutil
import pytest
from aiohttp.test_utils import TestClient

from tests.waiting import lag, within

Shop = TestClient[Any, Any]

HOST = b"Host: x\r\n"
KEY = b"x-publishable-api-key: pk_probe\r\n"
JSON = b"Content-Type: application/json\r\n"
POST = b"POST /store/things HTTP/1.1\r\n" + HOST + KEY + JSON
GET = b"GET /store/things HTTP/1.1\r\n" + HOST + KEY
BODY = b'{"title":"a"}'
CHUNKED = b"Transfer-Encoding: chunked\r\n"
END = b"\r\n"


def post(headers: bytes, body: bytes = BODY) -> bytes:
    return POST + headers + END + body


def lines() -> dict[str, bytes]:
    """Request lines and headers that are none."""
    bad_lines = [
        b"GET",
        b"GET /",
        b"GET  / HTTP/1.1",
        b"GET / HTTP/1.1 x",
        b"GET / HTTP/9.9",
        b"GET / HTTP/1",
        b"GET / http/1.1",
        b"GET / HTTPS/1.1",
        b"GET /\x00 HTTP/1.1",
        b"GET /\x01 HTTP/1.1",
        b"GET /a b HTTP/1.1",
        b"G\x00T / HTTP/1.1",
        b"G(T / HTTP/1.1",
        b"GET\t/\tHTTP/1.1",
        b"get / HTTP/1.1",
        b" GET / HTTP/1.1",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"PRI * HTTP/2.0",
        b"CONNECT evil:443 HTTP/1.1",
        b"GET * HTTP/1.1",
        b"GET store HTTP/1.1",
        b"GET \xff\xfe HTTP/1.1",
        b"GET /" + b"a" * 20_000 + b" HTTP/1.1",
        b"GET /" + b"a" * 100_000 + b" HTTP/1.1",
        b"A" * 100_000,
        b"GET /\r HTTP/1.1",
        b"GET / HTTP/1.1\rX: y",
        b"GET http:// HTTP/1.1",
        b"GET http://[::1 HTTP/1.1",
        b"GET //[ HTTP/1.1",
        b"GET /%zz HTTP/1.1",
        b"GET /?%zz=%zz HTTP/1.1",
        b"GET /#a HTTP/1.1",
    ]
    return {f"line {n}": line + b"\r\n" + HOST + END for n, line in enumerate(bad_lines)}


def fields() -> dict[str, bytes]:
    bad = [
        b"Content-Length: -1\r\n",
        b"Content-Length: +5\r\n",
        b"Content-Length: 0x10\r\n",
        b"Content-Length: 5_0\r\n",
        b"Content-Length: 1e2\r\n",
        b"Content-Length: \r\n",
        b"Content-Length: abc\r\n",
        b"Content-Length: 13, 13\r\n",
        b"Content-Length: 13\r\nContent-Length: 14\r\n",
        b"Content-Length: 13\r\nContent-Length: 13\r\n",
        b"Content-Length: 99999999999999999999\r\n",
        b"Content-Length: 9999999\r\n",
        b"Content-Length: 13\r\nTransfer-Encoding: chunked\r\n",
        b"Transfer-Encoding: chunked\r\nContent-Length: 13\r\n",
        b"Transfer-Encoding: chunked, chunked\r\n",
        b"Transfer-Encoding: identity\r\n",
        b"Transfer-Encoding: gzip\r\n",
        b"Transfer-Encoding: xchunked\r\n",
        b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
        b"Transfer-Encoding : chunked\r\n",
        b"Transfer-Encoding: \x0bchunked\r\n",
        b"Transfer-Encoding:\n chunked\r\n",
        b"Content-Length : 13\r\n",
        b"Content-Length: 13\r\n folded: yes\r\n",
        b"X: a\r\n b\r\nContent-Length: 13\r\n",
        b"X: a\x00b\r\nContent-Length: 13\r\n",
        b"X\x00: ab\r\nContent-Length: 13\r\n",
        b"X: a\rb\r\nContent-Length: 13\r\n",
        b"X: a\nContent-Length: 13\r\n",
        b": empty\r\nContent-Length: 13\r\n",
        b"no colon\r\nContent-Length: 13\r\n",
        b"X Y: space\r\nContent-Length: 13\r\n",
        b"(x): y\r\nContent-Length: 13\r\n",
        b"X: " + b"a" * 40_000 + b"\r\nContent-Length: 13\r\n",
        b"X" * 40_000 + b": a\r\nContent-Length: 13\r\n",
        b"".join(b"X-%d: a\r\n" % n for n in range(5_000)) + b"Content-Length: 13\r\n",
        b"Cookie: " + b"; ".join(b"c%d=v" % n for n in range(10_000)) + b"\r\nContent-Length: 13\r\n",
        b"Content-Encoding: gzip\r\nContent-Length: 13\r\n",
        b"Content-Encoding: br\r\nContent-Length: 13\r\n",
        b"Content-Encoding: deflate\r\nContent-Length: 13\r\n",
        b"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 13\r\n",
        b"Expect: nonsense\r\nContent-Length: 13\r\n",
        b"Host: y\r\nHost: z\r\nContent-Length: 13\r\n",
        b"Upgrade: websocket\r\nConnection: Upgrade\r\nContent-Length: 13\r\n",
        b"Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nContent-Length: 13\r\n",
    ]
    return {f"field {n}": post(field) for n, field in enumerate(bad)}


def chunks() -> dict[str, bytes]:
    bad = [
        b"-1\r\n",
        b"+5\r\nabcde\r\n0\r\n\r\n",
        b"0x5\r\nabcde\r\n0\r\n\r\n",
        b"5_0\r\n",
        b"g\r\n",
        b"\r\n",
        b" 5\r\nabcde\r\n0\r\n\r\n",
        b"5\nabcde\n0\n\n",
        b"5\r\nabcdefgh\r\n0\r\n\r\n",
        b"5\r\nabcde0\r\n\r\n",
        b"ffffffffffffffffff\r\n",
        b"5;" + b"x" * 100_000 + b"\r\nabcde\r\n0\r\n\r\n",
        b"5;\x00\r\nabcde\r\n0\r\n\r\n",
        b"0\r\nX: y\r\n\r\n",
        b"0\r\nContent-Length: 5\r\n\r\n",
        b"0\r\n" + b"T: x\r\n" * 5_000 + b"\r\n",
        b"1\r\na\r\n" * 100_000 + b"0\r\n\r\n",
        b"186a0\r\n" + b" " * 100_000 + b"\r\n" + b"186a0\r\n" + b" " * 100_000 + b"\r\n0\r\n\r\n",
    ]
    return {f"chunk {n}": post(CHUNKED, body) for n, body in enumerate(bad)}


def mixtures() -> dict[str, bytes]:
    """Every way to say the length twice, with every wrong body."""
    lengths = [b"Content-Length: 0\r\n", b"Content-Length: 5\r\n", b"Content-Length: 40\r\n"]
    codings = [
        b"chunked",
        b"Chunked",
        b"identity, chunked",
        b"chunked, identity",
        b"gzip, chunked",
        b'"chunked"',
        b"chunked;q=1",
    ]
    bodies = [b"0\r\n\r\n", b"5\r\nhello\r\n0\r\n\r\n", b"0\r\n\r\nGET /store/page HTTP/1.1\r\nHost: x\r\n\r\n"]
    found = {}
    for n, length in enumerate(lengths):
        for m, coding in enumerate(codings):
            for k, body in enumerate(bodies):
                found[f"mix {n}{m}{k}"] = post(length + b"Transfer-Encoding: " + coding + b"\r\n", body)
    return found


def versions() -> dict[str, bytes]:
    """Old and odd versions, and no Host at all."""
    kept = {}
    for n, version in enumerate((b"0.9", b"1.0", b"1.2", b"2.0", b"3.0", b"1.1.1", b"-1.1", b"1,1", b"11", b"x.y")):
        kept[f"version {n}"] = b"GET /store/things HTTP/" + version + b"\r\n" + HOST + END
        kept[f"version chunked {n}"] = (
            b"POST /store/things HTTP/" + version + b"\r\n" + HOST + KEY + JSON + CHUNKED + END + b"0\r\n\r\n"
        )
    kept["no host"] = b"GET /store/things HTTP/1.1\r\n\r\n"
    return kept


def bodies() -> dict[str, bytes]:
    bomb = gzip.compress(b" " * 20_000_000)
    sized = {
        "zip bomb": (b"Content-Encoding: gzip\r\n", bomb),
        "100,001 bytes": (b"", b" " * 102_401),
        "2 MB of lists": (b"", b"[" * 2_000_000),
        "many keys": (b"", b"{" + b",".join(b'"k%d":1' % n for n in range(9_000)) + b"}"),
        "deep": (b"", b"[" * 100_000),
        "deep objects": (b"", b'{"a":' * 15_000),
        "long number": (b"", b'{"title":"a","quantity":' + b"9" * 100_000 + b"}"),
        "long text": (b"", b'{"title":"' + b"a" * 100_000 + b'"}'),
        "escapes": (b"", b'{"title":"' + b"\\u0061" * 16_000 + b'"}'),
        "10,000 parts": (b"", b"--x\r\n\r\n" * 10_000),
    }
    return {name: post(more + b"Content-Length: %d\r\n" % len(body), body) for name, (more, body) in sized.items()}


# What is allowed to succeed: harmless oddities that HTTP permits, or that a server may forgive.
FORGIVEN = {200, 201}
CORPUS = {**lines(), **fields(), **chunks(), **mixtures(), **versions(), **bodies()}


async def talk(shop: Shop, data: bytes, wait_seconds: float = 1.0) -> bytes:
    """Send bytes, and collect what comes until the server closes or falls silent."""
    reader, writer = await asyncio.open_connection(shop.host, shop.port)
    got = b""
    try:
        writer.write(data)
        await writer.drain()
        async with asyncio.timeout(wait_seconds):
            while part := await reader.read(65_536):
                got += part
                if b"\r\n\r\n" in got:
                    wait_seconds = 0.05
                    break
    except (ConnectionError, TimeoutError):
        pass
    finally:
        writer.close()
    return got


def statuses(got: bytes) -> list[int]:
    return [int(status) for status in re.findall(rb"(?:^|\n|})HTTP/1\.[01] (\d{3}) ", got)]


def test_the_corpus_is_large() -> None:
    assert len(CORPUS) >= 180


@pytest.mark.parametrize("name", CORPUS)
async def test_malformed_http_is_refused_or_dropped(shop: Shop, name: str) -> None:
    started = monotonic()
    found = statuses(await talk(shop, CORPUS[name]))
    assert all(400 <= status < 500 or status in FORGIVEN or status == 505 for status in found), found
    assert monotonic() - started < 2.5
    assert (await shop.get("/open")).status == 200


async def test_a_line_that_is_too_long_is_refused_in_the_form_of_all_errors(shop: Shop) -> None:
    got = await talk(shop, b"GET /store/regions?q=" + b"a" * 70_000 + b" HTTP/1.1\r\nHost: shop\r\n\r\n")
    assert b"Content-Type: application/json" in got
    assert b'"code":"request_malformed"' in got


async def test_a_smuggled_request_is_never_answered(shop: Shop) -> None:
    inner = b"GET /store/page?smuggled=1 HTTP/1.1\r\n" + HOST + KEY + END
    for headers in (
        b"Content-Length: %d\r\nTransfer-Encoding: chunked\r\n" % (len(inner) + 5),
        b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
        b"Transfer-Encoding: identity, chunked\r\nContent-Length: 5\r\n",
    ):
        assert len(statuses(await talk(shop, post(headers, b"0\r\n\r\n" + inner), 0.3))) <= 1


async def test_a_body_that_never_ends_is_given_up(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("middleware.limits.BODY_SECONDS", 0.2)
    for data in (post(b"Content-Length: 13\r\n", b'{"ti'), post(CHUNKED, b"4\r\n")):
        assert statuses(await talk(shop, data, 3.0)) == [408]


async def test_pipelined_requests_are_answered_in_their_order(shop: Shop) -> None:
    reader, writer = await asyncio.open_connection(shop.host, shop.port)
    writer.write(b"".join(b"GET /open HTTP/1.1\r\n" + HOST + b"X-Request-Id: pipe-%04d\r\n\r\n" % n for n in range(20)))
    got = b""
    async with asyncio.timeout(5):
        while got.count(b"X-Request-Id") < 20:
            got += await reader.read(65_536)
    writer.close()
    ids = [part[:9] for part in got.split(b"X-Request-Id: ")[1:]]
    assert ids == [b"pipe-%04d" % n for n in range(20)]


async def whole_corpus(shop: Shop) -> None:
    await asyncio.gather(*(talk(shop, data, 0.5) for data in CORPUS.values()))


async def test_the_whole_corpus_at_once_leaves_the_shop_open_and_memory_bounded(shop: Shop) -> None:
    process = psutil.Process()
    before = process.memory_info().rss
    await whole_corpus(shop)
    assert (await shop.get("/open")).status == 200
    assert process.memory_info().rss - before < 64 * 1024 * 1024


@pytest.mark.timed
async def test_the_whole_corpus_at_once_leaves_the_loop_responsive(shop: Shop) -> None:
    await whole_corpus(shop)
    await within(0.5, lambda: lag(whole_corpus(shop)))  # client and server share this loop
