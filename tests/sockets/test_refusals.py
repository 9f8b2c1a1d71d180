"""What is refused at the door of /chat, and what ends a connection."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
import socketio
from aiohttp import ClientSession, WSMsgType

from middleware import sockets
from services.deps import Deps
from services.infrastructure.tokens.tokens import Tokens
from tests.conftest import Client
from tests.people import Person, registered
from tests.sockets.conftest import CHAT, Connect, Plug
from tests.staff import Worker, affiliate
from utils.config import Settings

UNAUTHORIZED = {"type": "unauthorized", "code": "unauthorized", "message": "Unauthorized"}
SOON = 5.0


@pytest.fixture(autouse=True)
def short_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    """Clients here do not close their end, and nobody need wait for that."""
    monkeypatch.setattr(sockets, "GRACE_SECONDS", 0.1)


def told(plug: Plug) -> Any:
    """The error's body that a refused connection was sent."""
    return plug.refusal["data"]


async def has_ended(plug: Plug) -> None:
    async with asyncio.timeout(SOON):
        await plug.ended.wait()


async def test_nobody_is_let_in_without_a_token(connect: Connect) -> None:
    plug = await connect(None)
    assert told(plug) == UNAUTHORIZED
    assert plug.refusal["message"] == "Unauthorized"


async def test_a_token_of_another_installation_is_refused(connect: Connect, customer: Person, deps: Deps) -> None:
    claims = deps.tokens.read(customer.token)
    assert claims is not None
    whole = {name: value for name, value in claims.whole.items() if name not in ("exp", "iat", "aud", "iss", "sid")}
    foreign = Tokens("another secret of some length, 32 and more").sign(
        whole, session_id=claims.session_id, seconds=600
    )
    assert told(await connect(foreign)) == UNAUTHORIZED


@pytest.mark.parametrize("change", [lambda t: t[:-2], lambda t: t + "A", lambda t: "x", lambda t: t.swapcase()])
async def test_a_forged_token_is_refused(connect: Connect, customer: Person, change: Any) -> None:
    assert told(await connect(change(customer.token))) == UNAUTHORIZED


async def test_a_token_of_a_revoked_login_is_refused(connect: Connect, client: Client) -> None:
    person = await registered(client, "left@example.com")
    await person.ask("DELETE", "/auth/session")
    assert told(await connect(person.token)) == UNAUTHORIZED


async def test_unknown_keys_are_refused_at_the_door(connect: Connect, customer: Person) -> None:
    plug = await connect(customer.token, admin=True)
    assert told(plug) == {
        "type": "invalid_data",
        "code": "invalid_request",
        "message": "Invalid request: Unrecognized fields: 'admin'",
    }


async def test_another_namespace_is_none(client: Client, customer: Person) -> None:
    stranger = socketio.AsyncClient(reconnection=False)
    with pytest.raises(socketio.exceptions.ConnectionError):
        await stranger.connect(
            str(client.make_url("/")), namespaces=["/admin"], transports=["websocket"], auth={"token": customer.token}
        )
    await stranger.disconnect()


@pytest.mark.parametrize(
    ("event", "given", "code"),
    [
        ("ping", ({"echo": "x", "admin": True},), "invalid_request"),
        ("ping", ({"echo": 5},), "invalid_request"),
        ("ping", ({"echo": "x" * 65},), "invalid_request"),
        ("ping", (["echo"],), "invalid_request"),
        ("ping", ("echo",), "invalid_request"),
        ("ping", ({}, {"idempotency_key": "k"}), "invalid_request"),
        ("whoami", ({"id": "cus_1"},), "invalid_request"),
        ("nothing", ({},), "event_not_found"),
        ("__init__", ({},), "event_not_found"),
        ("trigger_event", ({},), "event_not_found"),
    ],
)
async def test_what_no_row_takes_is_refused_and_the_connection_goes_on(
    connect: Connect, customer: Person, event: str, given: tuple[Any, ...], code: str
) -> None:
    plug = await connect(customer.token)
    ack = await plug.ask(event, *given)
    assert ack["code"] == code
    assert {"type", "code", "message"} <= set(ack)
    assert (await plug.ask("ping", {"echo": "still here"}))["echo"] == "still here"


async def test_binary_is_refused_and_ends_the_connection(connect: Connect, customer: Person) -> None:
    plug = await connect(customer.token)
    ack = await plug.ask("ping", {"echo": b"bytes"})
    assert ack["code"] == "binary_refused"
    await has_ended(plug)


async def test_a_message_that_is_too_large_ends_the_connection(connect: Connect, customer: Person) -> None:
    plug = await connect(customer.token)
    await plug.client.emit("ping", {"echo": "x" * sockets.LARGEST_MESSAGE_BYTES}, namespace=CHAT)
    await has_ended(plug)


async def opened(session: ClientSession, client: Client) -> Any:
    """A WebSocket of the transport that says nothing by itself."""
    address = client.make_url(sockets.PATH).with_query(EIO="4", transport="websocket")
    socket = await session.ws_connect(address)
    assert (await socket.receive()).data.startswith("0{")
    return socket


MALFORMED = [
    '42/chat,["connect",{},{}]',
    '42/chat,["disconnect"]',
    "42/chat,{}",
    "42/chat,[]",
    "42/chat,[5]",
    '42/chat,["ping",{},{},{}]',
    '42/chat,9999999999["ping"]',
    '42/chat,["ping",{"echo":NaN}]',
    '42/chat,["ping",{"echo":"a","echo":"b"}]',
    "42/chat," + "[" * 5000,
    "4" + "[" * 20_000,
    '4{"a":1}',
    "40/chat,5",
    "44/chat,{}",
    "49",
    "x",
    "451-/chat",
]


@pytest.mark.parametrize("packet", MALFORMED)
async def test_what_is_no_packet_ends_the_connection(
    client: Client, customer: Person, packet: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with ClientSession() as session:
        socket = await opened(session, client)
        await socket.send_str(f'40/chat,{{"token":"{customer.token}"}}')
        assert (await socket.receive()).data.startswith("40/chat,")
        await socket.send_str(packet)
        async with asyncio.timeout(SOON):
            while (await socket.receive()).type is WSMsgType.TEXT:
                pass
    assert not [record for record in caplog.records if record.exc_info]


async def test_bytes_nobody_announced_end_the_connection(client: Client, customer: Person) -> None:
    async with ClientSession() as session:
        socket = await opened(session, client)
        await socket.send_bytes(b"\x00" * 100)
        async with asyncio.timeout(SOON):
            while (await socket.receive()).type is WSMsgType.TEXT:
                pass


async def test_a_connection_without_a_seat_ends(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sockets, "NAMELESS_SECONDS", 0.1)
    async with ClientSession() as session:
        socket = await opened(session, client)
        async with asyncio.timeout(SOON):
            while (await socket.receive()).type is WSMsgType.TEXT:
                pass


async def test_a_page_of_a_stranger_may_not_connect(client: Client) -> None:
    address = client.make_url(sockets.PATH).with_query(EIO="4", transport="polling")
    refused = await client.session.get(address, headers={"Origin": "https://evil.example"})
    assert refused.status == 400
    assert "Access-Control-Allow-Origin" not in refused.headers
    known = await client.session.get(address, headers={"Origin": "http://localhost:3000"})
    assert known.status == 200
    assert known.headers["Access-Control-Allow-Origin"] == "http://localhost:3000"
    assert "Access-Control-Allow-Credentials" not in known.headers
    assert known.headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in known.headers


async def test_a_login_that_is_revoked_ends_its_idle_connections(connect: Connect, client: Client) -> None:
    person = await registered(client, "idle@example.com")
    plug, other = await connect(person.token), await connect(person.token)
    assert (await plug.ask("whoami"))["actor_type"] == "customer"
    await person.ask("DELETE", "/auth/session")
    await has_ended(plug)
    await has_ended(other)


async def test_an_event_of_a_revoked_login_is_refused_and_the_connection_ends(
    connect: Connect, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Without the notice that ends idle connections: the event itself finds out.
    monkeypatch.setattr(sockets.Sockets, "_ask_anew", lambda self, seats: asyncio.sleep(0))
    person = await registered(client, "revoked@example.com")
    plug = await connect(person.token)
    await person.ask("DELETE", "/auth/session")
    assert await plug.ask("ping") == UNAUTHORIZED
    await has_ended(plug)


async def test_a_connection_ends_with_its_token(connect: Connect, customer: Person, deps: Deps) -> None:
    claims = deps.tokens.read(customer.token)
    assert claims is not None
    whole = {name: value for name, value in claims.whole.items() if name not in ("exp", "iat", "aud", "iss", "sid")}
    plug = await connect(deps.tokens.sign(whole, session_id=claims.session_id, seconds=2))
    assert (await plug.ask("whoami"))["actor_id"] == claims.actor_id or claims.actor_id == ""
    await has_ended(plug)


async def test_who_is_nobody_yet_has_no_id(connect: Connect, customer: Person, deps: Deps) -> None:
    assert await (await connect(customer.token)).ask("whoami") == {
        "actor_type": "customer",
        "actor_id": None,
        "seller_ids": [],
    }
    worker: Worker = await affiliate(None, deps)
    plug = await connect(worker.token)
    assert (await plug.ask("whoami"))["actor_id"] == worker.actor_id


async def test_too_many_events_are_refused(
    connect: Connect, customer: Person, start_shop: Any, settings: Settings
) -> None:
    shop = await start_shop(replace(settings, socket_events_per_second=1, socket_event_burst=5))
    plug = await connect(customer.token, shop=shop)
    acks = [await plug.ask("ping") for _ in range(6)]
    refused = [ack for ack in acks if "code" in ack]
    assert {ack["code"] for ack in refused} == {"too_many_requests"}
    assert refused[0]["type"] == "too_many_requests"
    assert refused[0]["retry_after"] == 1
    assert len(acks) - len(refused) == 3  # to connect took two
    await asyncio.sleep(1.1)
    assert "time" in await plug.ask("ping")


async def test_a_person_and_an_address_have_so_many_connections(
    connect: Connect, customer: Person, member: Worker, start_shop: Any, settings: Settings
) -> None:
    limited = replace(settings, socket_connections_per_person=2, socket_connections_per_address=3)
    shop = await start_shop(limited)
    plugs = [await connect(customer.token, shop=shop) for _ in range(2)]
    assert [plug.refusal for plug in plugs] == [None, None]
    assert told(await connect(customer.token, shop=shop))["code"] == "too_many_connections"
    await asyncio.sleep(0.1)
    for plug in plugs:
        assert "time" in await plug.ask("ping")
    address = shop.make_url(sockets.PATH).with_query(EIO="4", transport="polling")
    answers = [await shop.session.get(address) for _ in range(3)]
    assert [answer.status for answer in answers][-1] == 429
    assert (await answers[-1].json())["code"] == "too_many_connections"
    await plugs[0].client.disconnect()
    await asyncio.sleep(0.3)
    assert (await connect(member.token, shop=shop)).refusal is None


async def test_workers_that_share_a_port_speak_websocket_only(
    connect: Connect, customer: Person, start_shop: Any, settings: Settings
) -> None:
    shop = await start_shop(replace(settings, workers=2))
    polling = await connect(customer.token, shop=shop, transports=("polling",))
    assert polling.refusal is not None
    assert "time" in await (await connect(customer.token, shop=shop)).ask("ping")
