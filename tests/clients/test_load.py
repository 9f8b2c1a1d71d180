"""The load driver measures what it says: answers counted, refusals as errors, bodies whole."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from jsonschema import Draft202012Validator

from benchmarks.client import RefusedError
from benchmarks.load import measure
from benchmarks.scenarios import bare_maker
from benchmarks.target import Target
from benchmarks.world import world
from services.seed.format import SCHEMA

LARGE = b'{"large": "' + b"x" * 700_000 + b'"}'


async def large(request: web.Request) -> web.Response:
    return web.Response(body=LARGE, content_type="application/json")


async def in_chunks(request: web.Request) -> web.StreamResponse:
    reply = web.StreamResponse()
    reply.enable_chunked_encoding()
    await reply.prepare(request)
    for at in range(0, len(LARGE), 50_000):
        await reply.write(LARGE[at : at + 50_000])
    await reply.write_eof()
    return reply


async def echo(request: web.Request) -> web.Response:
    return web.json_response({"body": await request.json(), "key": request.headers["x-publishable-api-key"]})


@pytest.fixture
async def target() -> AsyncIterator[Target]:
    app = web.Application()
    app.add_routes([web.get("/large", large), web.get("/chunks", in_chunks), web.post("/echo", echo)])
    async with TestServer(app) as server:
        yield Target(str(server.make_url("")).rstrip("/"), "pk_test")


@pytest.mark.parametrize("path", ["/large", "/chunks"])
async def test_bodies_larger_than_the_buffer_come_whole(target: Target, path: str) -> None:
    shop = target.shop()
    for _ in range(2):
        assert await shop.send(shop.request("GET", path), keep=True) == LARGE
    shop.close()


async def test_requests_carry_their_json_and_the_key(target: Target) -> None:
    shop = target.shop()
    assert await shop.call("POST", "/echo", {"a": [1]}) == {"body": {"a": [1]}, "key": "pk_test"}
    shop.close()


async def test_a_refusal_raises_with_its_status_and_the_connection_goes_on(target: Target) -> None:
    shop = target.shop()
    with pytest.raises(RefusedError) as refusal:
        await shop.send(shop.request("GET", "/missing"))
    assert refusal.value.status == 404
    assert await shop.send(shop.request("GET", "/large"), keep=True) == LARGE
    shop.close()


async def test_units_requests_and_errors_are_counted_apart(target: Target) -> None:
    good = bare_maker((("GET", "/large"), ("POST", "/echo")))
    counted = await measure("good", good, target, clients=3, seconds=0.3, warmup=0.05)
    assert counted.errors == 0
    assert counted.requests == 2 * counted.units > 0
    assert 0 < counted.p50_ms <= counted.p95_ms <= counted.p99_ms
    bad = await measure("bad", bare_maker((("GET", "/missing"),)), target, clients=1, seconds=0.1, warmup=0)
    assert (bad.units, bad.errors > 0) == (0, True)
    assert "404" in bad.error_samples[0]


def test_the_world_that_is_measured_is_a_valid_seed_file() -> None:
    Draft202012Validator(SCHEMA).validate(world(products=5, variants=3, sellers=2, stock=7))
