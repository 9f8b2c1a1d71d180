"""The layers of events over rows that show what they do: the rules of HTTP, over a socket."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from app import hold_resources
from controllers.http import DEPS, MISMATCHES
from middleware import HTTP_OPTIONS, install
from middleware.access_log import AccessLog
from routes import ROUTES
from routes.events import event, table_of
from routes.schemas.shared import common as c
from routes.table import AUTH, CUSTOMER, IDENTITY, MEMBER, SELLER, USER, post
from services import deps as wiring
from services.call import Call
from services.deps import Deps
from tests.conftest import Client
from tests.people import Person
from tests.sockets.conftest import Connect
from tests.staff import Worker, administrator
from utils.config import Settings
from utils.errors import NotFound

NUMBERED = c.entity("Numbered", number=c.INTEGER, title=c.STRING)
TITLED = c.body(required=["title"], title=c.TEXT)
CALLS: list[Call] = []


@dataclass(slots=True)
class Happened:
    number: int
    topic: str = "probe.happened"


async def create(call: Call, deps: Deps) -> Any:
    """A neutral controller: a route and an event have it in common."""
    CALLS.append(call)
    async with deps.database.unit_of_work(call.claim) as work:
        work.emit(Happened(len(CALLS)))
        return call.record({"number": len(CALLS), "title": call.body["title"]})


async def plain(call: Call, deps: Deps) -> Any:
    CALLS.append(call)
    return {"number": len(CALLS), "title": call.principal.seller_id or ""}


async def fail(call: Call, deps: Deps) -> Any:
    CALLS.append(call)
    raise {
        "missing": NotFound(what="Thing", id="x"),
        "crash": RuntimeError("the secret reason"),
        "away": ConnectionRefusedError("no database"),
    }[call.body["title"]]


async def wait(call: Call, deps: Deps) -> Any:
    await asyncio.sleep(10)


async def undocumented(call: Call, deps: Deps) -> Any:
    return {"surprise": 1}


EVENTS = [
    event("/chat", "create", create, who=IDENTITY, body=TITLED, reply=NUMBERED, rate="write", idempotent=True),
    event("/chat", "plain", plain, who=IDENTITY, reply=NUMBERED, rate="write", idempotent=True),
    event("/chat", "fail", fail, who=IDENTITY, body=TITLED, reply=NUMBERED),
    event("/chat", "wait", wait, who=IDENTITY, seconds=0.1),
    event("/chat", "undocumented", undocumented, who=IDENTITY, reply=NUMBERED),
    event("/chat", "for_customers", plain, who=CUSTOMER, reply=NUMBERED),
    event("/chat", "for_members", plain, who=MEMBER, reply=NUMBERED),
    event("/chat", "for_sellers", plain, who=SELLER, grant="orders:read", reply=NUMBERED),
    event("/chat", "for_users", plain, who=USER, grant="orders:read", reply=NUMBERED),
]
THINGS = post("/auth/things", create, who=AUTH, neutral=True, body=TITLED, reply=NUMBERED)


@pytest.fixture(scope="module")
def lines() -> list[dict[str, Any]]:
    """Of the access log."""
    return []


@pytest.fixture(scope="module")
async def app(settings: Settings, lines: list[dict[str, Any]]) -> web.Application:
    app = web.Application(handler_args=HTTP_OPTIONS)
    app[DEPS] = wiring.build(replace(settings, access_log=True))
    sink = pytest.MonkeyPatch()
    sink.setattr(AccessLog, "flush", lambda log: flush(log, lines))
    install(app, [*ROUTES, THINGS], EVENTS)
    app.cleanup_ctx.append(hold_resources)

    async def restored(app: web.Application) -> AsyncIterator[None]:
        yield
        sink.undo()

    app.cleanup_ctx.append(restored)
    return app


def flush(log: AccessLog, lines: list[dict[str, Any]]) -> None:
    log.sink = lambda data: lines.extend(map(json.loads, data.splitlines()))
    log._timer = None
    log._encode()
    data = b"".join(log._batches)
    log._batches.clear()
    log.sink(data)


@pytest.fixture(scope="module")
async def client(app: web.Application) -> AsyncIterator[Client]:
    started: Client = TestClient(TestServer(app))
    async with started:
        yield started


async def test_an_event_becomes_a_call(connect: Connect, customer: Person) -> None:
    plug = await connect(customer.token)
    ack = await plug.ask("create", {"title": "a lamp"})
    call = CALLS[-1]
    assert ack == {"number": len(CALLS), "title": "a lamp"}
    assert (call.name, call.body, call.address) == ("/chat create", {"title": "a lamp"}, "127.0.0.1")
    assert call.principal.actor_type == "customer"
    assert call.principal.request_id == call.request_id
    assert call.deadline is not None
    assert 5 < call.deadline - asyncio.get_running_loop().time() <= 10


async def test_a_route_and_an_event_may_have_a_controller_in_common(client: Client, customer: Person) -> None:
    answer = await customer.send("POST", "/auth/things", {"title": "a lamp"}, x_request_id="of-this-test")
    assert (answer.status, await answer.json()) == (200, {"number": len(CALLS), "title": "a lamp"})
    call = CALLS[-1]
    assert (call.name, call.request_id) == ("POST /auth/things", "of-this-test")
    assert (call.principal.actor_type, call.address, call.claim) == ("customer", "127.0.0.1", None)
    keyed = [
        await (await customer.send("POST", "/auth/things", {"title": "b"}, idempotency_key="of-http")).json()
        for _ in range(2)
    ]
    assert keyed[0] == keyed[1]


@pytest.mark.parametrize("name", ["create", "plain"])
async def test_an_event_is_carried_out_once_for_a_key(connect: Connect, customer: Person, name: str) -> None:
    plug, body = await connect(customer.token), {"title": "a lamp"} if name == "create" else {}
    first = await plug.ask(name, body, {"idempotency_key": f"once-{name}"})
    count = len(CALLS)
    assert await plug.ask(name, body, {"idempotency_key": f"once-{name}"}) == first
    assert len(CALLS) == count
    other = await plug.ask("create", {"title": "another"}, {"idempotency_key": f"once-{name}"})
    assert other["code"] == "idempotency_key_reused"


async def test_a_key_is_the_persons_own(connect: Connect, customer: Person, member: Worker) -> None:
    plugs = [await connect(customer.token), await connect(member.token)]
    acks = [await plug.ask("create", {"title": "mine"}, {"idempotency_key": "shared"}) for plug in plugs]
    assert acks[0]["number"] != acks[1]["number"]


@pytest.mark.parametrize(
    "options", [{"idempotency_key": ""}, {"idempotency_key": "a b"}, {"key": "x"}, "x", {"idempotency_key": 5}]
)
async def test_a_key_that_is_none_is_refused(connect: Connect, customer: Person, options: Any) -> None:
    plug, count = await connect(customer.token), len(CALLS)
    ack = await plug.ask("create", {"title": "a lamp"}, options)
    assert ack["code"] == "invalid_request"
    assert len(CALLS) == count


@pytest.mark.parametrize(
    ("reason", "kind", "code"),
    [
        ("missing", "not_found", "not_found"),
        ("crash", "unknown_error", "unknown_error"),
        ("away", "unavailable", "unavailable"),
    ],
)
async def test_errors_are_told_as_by_http(
    connect: Connect, customer: Person, reason: str, kind: str, code: str
) -> None:
    ack = await (await connect(customer.token)).ask("fail", {"title": reason})
    assert (ack["type"], ack["code"]) == (kind, code)
    assert "secret" not in str(ack)
    assert ack.get("request_id", CALLS[-1].request_id) == CALLS[-1].request_id


async def test_an_event_has_a_deadline(connect: Connect, customer: Person) -> None:
    ack = await (await connect(customer.token)).ask("wait")
    assert (ack["type"], ack["code"], ack["seconds"]) == ("unavailable", "deadline_passed", 0.1)


async def test_a_reply_that_the_row_does_not_document_is_noticed(
    connect: Connect, customer: Person, app: web.Application
) -> None:
    ack = await (await connect(customer.token)).ask("undocumented")
    assert ack["code"] == "reply_mismatch"
    assert app[MISMATCHES].pop().startswith("/chat undocumented: ")


async def test_a_row_says_who_may_call(
    connect: Connect, customer: Person, buyer: Worker, member: Worker, client: Client
) -> None:
    user = await administrator(None, client.app[DEPS])
    names = ("for_customers", "for_members", "for_sellers", "for_users")
    seen = []
    for token in (customer.token, buyer.token, member.token, user.token):
        plug = await connect(token)
        acks = [await plug.ask(name) for name in names]
        seen.append([ack.get("code", "ok") for ack in acks])
    # The customer has registered, and is none yet.
    assert seen == [
        ["unauthorized"] * 4,
        ["ok", *["unauthorized"] * 3],
        ["unauthorized", "ok", "ok", "unauthorized"],
        ["unauthorized", "unauthorized", "unauthorized", "ok"],
    ]


async def test_a_member_acts_for_the_seller_they_name(connect: Connect, member: Worker) -> None:
    plug = await connect(member.token, seller_id=member.seller_id)
    assert (await plug.ask("for_sellers"))["title"] == member.seller_id
    other = await connect(member.token, seller_id="sel_of_others")
    assert (await other.ask("for_sellers"))["code"] == "seller_not_found"


async def test_an_event_has_a_line_in_the_access_log(
    connect: Connect, customer: Person, lines: list[dict[str, Any]]
) -> None:
    plug = await connect(customer.token)
    await plug.ask("create", {"title": "logged"})
    call = CALLS[-1]
    await plug.ask("nothing")
    await asyncio.sleep(0.3)
    told = [line for line in lines if line["method"] == "EVENT"]
    (mine,) = [line for line in told if line["request_id"] == call.request_id]
    assert (mine["route"], mine["path"], mine["status"]) == ("/chat create", "/chat", 200)
    assert mine["bytes"] > 10
    assert mine["client"] == "127.0.0.1"
    assert (told[-1]["route"], told[-1]["status"]) == ("/chat *", 404)


@pytest.mark.parametrize(
    "rows",
    [
        [event("/chat", "connect", plain, who=IDENTITY)],
        [event("/chat", "a", plain)],
        [event("/chat", "a", plain, who="public")],
        [event("/chat", "a", plain, who=SELLER)],
        [event("/chat", "a", plain, who=IDENTITY), event("/chat", "a", plain, who=IDENTITY)],
    ],
)
def test_a_row_that_says_too_little_is_not_mounted(rows: Any) -> None:
    with pytest.raises(ValueError, match="/chat"):
        table_of(rows)
