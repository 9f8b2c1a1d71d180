"""Errors, headers, CORS, keys, ready pages, rate limits, the log: what every answer has in common."""

import json
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import update

from controllers.http import DEPS, MISMATCHES
from middleware import install
from middleware.access_log import AccessLog
from middleware.buckets import Buckets, TooManyRequests
from models.schema.identity import api_key
from services import deps as wiring
from tests.middleware.probe import CALLS, KEY_WITHOUT_CHANNEL, REVOKED, ROWS
from utils.config import Settings

Shop = TestClient[Any, Any]
NO_KEY = (
    "Publishable API key required in the request header: x-publishable-api-key. "
    "You can manage your keys in settings in the dashboard."
)
BAD_KEY = "A valid publishable key is required to proceed with the request"


@pytest.mark.parametrize(
    ("kind", "status", "reason", "body"),
    [
        (
            "missing",
            404,
            "Not Found",
            {"type": "not_found", "code": "not_found", "message": "Thing with id: missing was not found"},
        ),
        ("busy", 429, "Too Many Requests", {"type": "too_many_requests", "code": "busy", "retry_after": 7}),
        ("crash", 500, "Internal Server Error", {"type": "unknown_error", "message": "An unknown error occurred."}),
        ("http", 403, "Forbidden", {"message": "no"}),
        ("away", 503, "Service Unavailable", {"type": "unavailable", "code": "unavailable"}),
    ],
)
async def test_an_error_has_its_status_and_one_form_of_body(
    shop: Shop, kind: str, status: int, reason: str, body: dict[str, Any]
) -> None:
    answer = await shop.get(f"/store/fail/{kind}")
    assert (answer.status, answer.reason) == (status, reason)
    told = await answer.json()
    assert {key: told.get(key) for key in body} == body
    assert "secret" not in json.dumps(told)
    if kind == "crash":
        assert told["request_id"] == answer.headers["X-Request-Id"]
    if status in (429, 503):
        assert int(answer.headers["Retry-After"]) > 0


async def test_an_unknown_route_is_404_and_a_wrong_method_405_in_json(shop: Shop) -> None:
    for path in ("/nope", "/store/nope", "/store//things", "/store/things/", "/Store/things", "/%2e%2e/etc"):
        answer = await shop.get(path)
        assert answer.status == 404, path
        assert (await answer.json())["code"] == "route_not_found"
    for method in ("PUT", "PATCH", "DELETE", "TRACE"):
        answer = await shop.request(method, "/store/things")
        assert answer.status == 405
        assert answer.headers["Allow"] == "GET, HEAD, OPTIONS, POST"
        assert (await answer.json())["type"] == "not_allowed"


async def test_a_head_request_answers_as_get_without_a_body(shop: Shop) -> None:
    answer = await shop.head("/store/things")
    assert answer.status == 200
    assert await answer.read() == b""


async def test_every_answer_carries_the_security_headers_and_the_request_id(shop: Shop) -> None:
    for path in ("/store/things", "/store/page", "/store/page", "/nope", "/store/fail/crash", "/open"):
        answer = await shop.get(path, headers={"X-Request-Id": "caller-0001"})
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert answer.headers["X-Request-Id"] == "caller-0001"
        assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
        assert "Strict-Transport-Security" not in answer.headers
    for malformed in ("short", "x" * 65, "a b c d e f", "<script>alert</script>"):
        answer = await shop.get("/open", headers={"X-Request-Id": malformed})
        assert answer.headers["X-Request-Id"] != malformed


@pytest.mark.parametrize(
    ("key", "message"),
    [
        (
            None,
            NO_KEY,
        ),
        (
            "",
            NO_KEY,
        ),
        ("pk_unknown", BAD_KEY),
        (REVOKED, BAD_KEY),
        ("' OR 1=1 --", BAD_KEY),
    ],
)
async def test_a_store_route_needs_a_valid_publishable_key(probe: Shop, key: str | None, message: str) -> None:
    answer = await probe.get("/store/things", headers={} if key is None else {"x-publishable-api-key": key})
    assert answer.status == 400
    told = await answer.json()
    assert (told["type"], told["message"]) == ("not_allowed", message)


async def test_a_key_opens_its_channels_and_a_public_row_needs_none(shop: Shop, probe: Shop) -> None:
    assert (await (await shop.get("/store/things")).json())["channels"] == ["sc_1"]
    answer = await probe.get("/store/things", headers={"x-publishable-api-key": KEY_WITHOUT_CHANNEL})
    assert (await answer.json())["channels"] == []
    assert (await probe.get("/open")).status == 200


async def test_a_customers_row_is_401_with_the_message_alone(shop: Shop) -> None:
    answer = await shop.get("/store/me")
    assert (answer.status, answer.reason) == (401, "Unauthorized")
    assert await answer.json() == {"message": "Unauthorized"}


async def test_a_ready_page_is_sent_again_until_its_scope_changes(shop: Shop) -> None:
    CALLS.clear()
    first = await (await shop.get("/store/page?n=1")).read()
    assert await (await shop.get("/store/page?n=1")).read() == first
    assert len(CALLS) == 1
    assert await (await shop.get("/store/page?n=1", headers={"authorization": "Bearer x"})).read() == first
    await shop.get("/store/page?n=1", headers={"x-medusa-locale": "de"})
    await shop.get("/store/page?n=2")
    assert len(CALLS) == 3
    shop.app[DEPS].pages.drop(["catalogue"])
    assert await (await shop.get("/store/page?n=1")).read() != first


async def test_a_revoked_key_gets_no_ready_page(shop: Shop) -> None:
    database = shop.app[DEPS].database
    headers = {"x-publishable-api-key": KEY_WITHOUT_CHANNEL}
    assert (await shop.get("/store/page?n=revoked", headers=headers)).status == 200

    async def revoke(value: Any) -> None:
        async with database.unit_of_work() as work:
            await work.execute(update(api_key).where(api_key.c.token == KEY_WITHOUT_CHANNEL).values(revoked_at=value))
            work.touch("access")

    await revoke(api_key.c.created_at)
    assert (await shop.get("/store/page?n=revoked", headers=headers)).status == 400
    await revoke(None)


async def test_a_refused_query_leaves_no_page(shop: Shop) -> None:
    for _ in range(2):
        assert (await shop.get("/store/page?nope=1")).status == 400


async def test_a_browser_of_a_listed_origin_may_call_and_another_gets_no_permission(shop: Shop) -> None:
    asked = {
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type,x-publishable-api-key",
    }
    answer = await shop.options("/store/things", headers={"Origin": "http://localhost:3000", **asked})
    assert answer.status == 204
    assert answer.headers["Access-Control-Allow-Origin"] == "http://localhost:3000"
    assert answer.headers["Access-Control-Allow-Credentials"] == "true"
    assert {h.lower() for h in answer.headers["Access-Control-Allow-Headers"].split(",")} >= {
        "content-type",
        "x-publishable-api-key",
    }
    for path in ("/store/things", "/store/page", "/store/fail/missing", "/store/fail/crash"):
        answer = await shop.get(path, headers={"Origin": "http://localhost:3000"})
        assert answer.headers["Access-Control-Allow-Origin"] == "http://localhost:3000"
        assert "X-Request-Id" in answer.headers["Access-Control-Expose-Headers"]
        assert answer.headers["Vary"] == "Origin"
    for method in ("OPTIONS", "GET"):
        answer = await shop.request(method, "/store/things", headers={"Origin": "https://evil.example", **asked})
        assert "Access-Control-Allow-Origin" not in answer.headers
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert (await shop.options("/store/things")).status == 403


async def test_an_answer_that_its_row_does_not_document_is_caught(shop: Shop) -> None:
    answer = await shop.get("/store/undocumented")
    assert answer.status == 500
    assert "Unrecognized fields: 'surprise'" in shop.app[MISMATCHES].pop()


async def test_a_body_above_the_cap_is_refused_whatever_length_it_claims(shop: Shop) -> None:
    limit = shop.app[DEPS].settings.body_limit_bytes
    headers = {"content-type": "application/json"}
    data = b'{"title": "a"}'
    assert (await shop.post("/store/things", data=data + b" " * (limit - len(data)), headers=headers)).status == 201
    answer = await shop.post("/store/things", data=data + b" " * (limit - len(data) + 1), headers=headers)
    assert answer.status == 413
    assert (await answer.json())["code"] == "body_too_large"

    async def chunks() -> Any:
        for _ in range(50):
            yield b" " * (limit // 10)

    answer = await shop.post("/store/things", data=chunks(), headers=headers)
    assert answer.status == 413


async def test_a_compressed_body_is_refused_before_it_is_unpacked(shop: Shop) -> None:
    answer = await shop.post("/store/things", json={"title": "a"}, headers={"Content-Encoding": "identity2"})
    assert answer.status == 415


async def test_too_many_headers_and_too_long_an_address_are_refused(shop: Shop) -> None:
    answer = await shop.get("/open", headers={f"x-h{n}": "1" for n in range(101)})
    assert (answer.status, (await answer.json())["code"]) == (431, "too_many_headers")
    answer = await shop.get("/open?" + "a" * 9000)
    assert (answer.status, (await answer.json())["code"]) == (400, "address_too_long")


async def test_an_address_that_asks_too_fast_is_told_when_to_come_back(settings: Settings) -> None:
    app = web.Application()
    strict = replace(settings, rate_per_second=1, rate_burst=6, trusted_proxies=1)
    app[DEPS] = wiring.build(strict)
    install(app, ROWS)
    async with TestClient(TestServer(app)) as client:
        statuses = [(await client.get("/open")).status for _ in range(8)]
        assert statuses == [200] * 6 + [429] * 2
        answer = await client.get("/open")
        assert int(answer.headers["Retry-After"]) >= 1
        assert (await answer.json())["type"] == "too_many_requests"
        assert (await client.get("/open", headers={"X-Forwarded-For": "1.2.3.4, 9.9.9.9"})).status == 200
        six = [{"X-Forwarded-For": f"2001:db8::{n}"} for n in range(1, 9)]
        statuses = [(await client.get("/open", headers=each)).status for each in six]
        assert statuses == [200] * 6 + [429] * 2, "one IPv6 connection has many addresses"
    await app[DEPS].close()


async def test_production_says_hsts_and_no_origin_may_call_by_default(settings: Settings) -> None:
    app = web.Application()
    app[DEPS] = wiring.build(replace(settings, mode="production", store_cors=()))
    install(app, ROWS)
    async with TestClient(TestServer(app)) as client:
        answer = await client.get("/open", headers={"Origin": "http://localhost:3000"})
        assert answer.headers["Strict-Transport-Security"].startswith("max-age=")
        assert "Access-Control-Allow-Origin" not in answer.headers
    await app[DEPS].close()


def test_a_bucket_fills_again_with_time_and_forgets_those_that_are_full(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    monkeypatch.setattr("middleware.buckets.monotonic", lambda: clock[0])
    monkeypatch.setattr("middleware.buckets.ADDRESSES_HELD", 3)
    buckets = Buckets(rate=2, burst=4)
    for _ in range(4):
        buckets.take("a", 1)
    with pytest.raises(TooManyRequests):
        buckets.take("a", 1)
    clock[0] = 0.5
    buckets.take("a", 1)
    with pytest.raises(TooManyRequests):
        buckets.take("a", 1)
    for address in "bcdefgh":
        buckets.take(address, 1)
    assert len(buckets._held) <= 3


async def test_the_access_log_is_one_line_of_json_a_request_and_hides_the_query(settings: Settings) -> None:
    written: list[bytes] = []
    log = AccessLog(True, written.append)
    log.append(
        (1_700_000_000.25, "req-00001", "GET", "/store/things", "/store/things?q=private", 200, 12, 1.23456, "::1")
    )
    log.append((1_700_000_000.5, "req-00002", "GET", "", '/caf\udce9\n"x', 404, 0, 0.1, None))
    log.flush()
    lines = [json.loads(line) for line in b"".join(written).splitlines()]
    assert lines[0] == {
        "time": "2023-11-14T22:13:20.250Z",
        "request_id": "req-00001",
        "method": "GET",
        "route": "/store/things",
        "path": "/store/things",
        "status": 200,
        "bytes": 12,
        "ms": 1.235,
        "client": "::1",
    }
    assert len(lines) == 2
    log.flush()
    assert len(written) == 1


async def test_a_served_request_is_logged_and_the_log_is_flushed_by_itself(
    settings: Settings, capfdbinary: Any
) -> None:
    app = web.Application()
    app[DEPS] = wiring.build(replace(settings, access_log=True))
    install(app, ROWS)
    async with TestClient(TestServer(app)) as client:
        await client.get("/open", headers={"X-Request-Id": "logged-0001"})
        await client.get("/nope", headers={"X-Request-Id": "logged-0002"})
    await app[DEPS].close()
    lines = [json.loads(line) for line in capfdbinary.readouterr().out.splitlines() if line.startswith(b"{")]
    assert [(x["request_id"], x["status"], x["path"]) for x in lines] == [
        ("logged-0001", 200, "/open"),
        ("logged-0002", 404, "/nope"),
    ]


async def test_what_depends_on_the_caller_is_private_and_says_on_what(shop: Shop) -> None:
    needed = {"origin", "authorization", "cookie", "x-publishable-api-key"}
    for path in ("/store/page", "/store/things", "/store/fail/missing"):
        for shown in ({"Authorization": "Bearer x"}, {"Cookie": "connect.sid=x"}):
            for _ in range(2):  # made, and ready
                answer = await shop.get(path, headers=shown)
                vary = {word.strip().lower() for line in answer.headers.getall("Vary") for word in line.split(",")}
                assert needed <= vary
                assert "private" in answer.headers["Cache-Control"]
    guest = await shop.get("/store/page")
    assert "Authorization" in ",".join(guest.headers.getall("Vary"))
    assert "Cache-Control" not in guest.headers
