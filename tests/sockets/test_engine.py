"""Connections over WebSocket: frames, pings and their ends, the move from long polling, and who does not read."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp import WSMsgType, web
from aiohttp._websocket.reader import WebSocketDataQueue, WebSocketReader
from aiohttp.test_utils import TestServer

from middleware import engine
from middleware.engine import Engine, Message, frame
from tests.people import Person
from tests.sockets.conftest import CHAT, Connect
from tests.waiting import until

pytestmark = pytest.mark.embedded
INTERVAL, PATIENCE = 0.2, 0.4


@pytest.fixture
async def served(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[Engine, str]]:
    """An engine alone, whose pings come fast; it sends back what it is sent."""
    monkeypatch.setattr(engine, "HEARTBEAT_SECONDS", 0.05)
    server = Engine(async_mode="aiohttp", ping_interval=INTERVAL, ping_timeout=PATIENCE, max_http_buffer_size=200_000)

    async def echo(sid: str, data: Any) -> None:
        server.sockets[sid].send_text(data)

    server.on("message", echo)
    app = web.Application()
    server.attach(app)
    async with TestServer(app) as running:
        yield server, f"{running.make_url('/')}engine.io/?EIO=4&transport=websocket"
        await server.shutdown()


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 65_535, 65_536, 70_000])
def test_a_frame_is_read_as_it_was_written(size: int) -> None:
    text = "ä" * (size // 2) + "x" * (size % 2)
    queue = WebSocketDataQueue(asyncio.BaseProtocol(), 2**20, loop=asyncio.new_event_loop())  # type: ignore[arg-type]
    WebSocketReader(queue, 0, False, True).feed_data(frame(text))
    assert [message.data for message, _ in queue._buffer] == [text]


@pytest.mark.parametrize("size", [1, 200, 66_000])
async def test_packets_of_any_size_come_back(served: tuple[Engine, str], size: int) -> None:
    _, url = served
    async with aiohttp.ClientSession() as client, client.ws_connect(url, compress=15) as ws:
        assert not ws.compress, "nothing is compressed, whatever the client offers"
        assert (await ws.receive_str()).startswith('0{"sid"')
        await ws.send_str("4" + "z" * size)
        assert await ws.receive_str() == "4" + "z" * size


async def test_who_answers_pings_stays_and_who_is_silent_is_let_go(served: tuple[Engine, str]) -> None:
    server, url = served
    async with aiohttp.ClientSession() as client, client.ws_connect(url) as awake, client.ws_connect(url) as silent:
        await awake.receive_str(), await silent.receive_str()
        for _ in range(5):
            assert await awake.receive_str() == "2"
            await awake.send_str("3")
        said = [message.data async for message in silent]
        assert said == ["2", "1"], "one ping, and the word that it is closed"
        assert len(server.sockets) == 1
        await awake.send_str("4still here")
        assert await awake.receive_str() == "4still here"


async def test_pongs_that_nobody_asked_for_bring_no_pings(served: tuple[Engine, str]) -> None:
    server, url = served
    async with aiohttp.ClientSession() as client, client.ws_connect(url) as ws:
        await ws.receive_str()
        for _ in range(100):
            await ws.send_str("3")
        assert await ws.receive_str() == "2"
        assert len(server.heartbeat._due) == 0


async def test_who_does_not_read_is_let_go_at_a_megabyte(served: tuple[Engine, str]) -> None:
    server, url = served
    async with aiohttp.ClientSession() as client, client.ws_connect(url) as ws:
        await ws.receive_str()
        (line,) = server.sockets.values()
        piece, unsent = frame("4" + "z" * 100_000), 0
        transport = line.transport
        assert transport is not None
        ws._response.connection.transport.pause_reading()  # type: ignore[union-attr]
        for _ in range(1_000):
            line.write(piece)
            unsent = max(unsent, transport.get_write_buffer_size())
            if transport.is_closing():
                break
        assert transport.is_closing()
        assert unsent <= engine.MOST_UNSENT_BYTES + len(piece)
        await until(lambda: not server.sockets)


async def test_who_reads_slowly_misses_what_is_fleeting_first(served: tuple[Engine, str]) -> None:
    server, url = served
    async with aiohttp.ClientSession() as client, client.ws_connect(url) as ws:
        await ws.receive_str()
        (line,) = server.sockets.values()
        transport = line.transport
        assert transport is not None
        ws._response.connection.transport.pause_reading()  # type: ignore[union-attr]
        piece = frame("4" + "z" * 30_000)
        while transport.get_write_buffer_size() < engine.MOST_UNSENT_FLEETING:
            line.write(piece)
        before = transport.get_write_buffer_size()
        line.deliver(Message('2/chat,["typing"]'), is_fleeting=True)
        assert transport.get_write_buffer_size() == before
        line.deliver(Message('2/chat,["msg:new"]'))
        assert transport.get_write_buffer_size() > before


async def test_who_never_polls_is_let_go_at_a_thousand_packets(served: tuple[Engine, str]) -> None:
    server, url = served
    async with aiohttp.ClientSession() as client, client.get(url.replace("websocket", "polling")):
        (line,) = server.sockets.values()
        for _ in range(engine.MOST_UNFETCHED):
            line.deliver(Message('2/chat,["typing"]'), is_fleeting=True)
        assert line.queue.qsize() == engine.MOST_UNFETCHED_FLEETING
        for _ in range(engine.MOST_UNFETCHED):
            line.deliver(Message('2/chat,["msg:new"]'))
        assert line.queue.qsize() == engine.MOST_UNFETCHED
        await until(lambda: not server.sockets)


async def test_a_client_that_polls_moves_to_websocket_and_keeps_its_place(connect: Connect, customer: Person) -> None:
    plug = await connect(customer.token, transports=("polling", "websocket"))
    assert plug.refusal is None
    await until(lambda: plug.client.transport() == "websocket")
    assert (await plug.ask("ping", {"echo": "moved"}))["echo"] == "moved"


@pytest.mark.parametrize("said", ["2nonsense", "5", "4hello"])
async def test_a_move_that_is_none_leaves_the_connection_polling(served: tuple[Engine, str], said: str) -> None:
    server, url = served
    polling = url.replace("websocket", "polling")
    async with aiohttp.ClientSession() as client:
        async with client.get(polling) as reply:
            (sid,) = server.sockets
            assert sid in await reply.text()
        async with client.ws_connect(f"{url}&sid={sid}") as ws:
            await ws.send_str(said)
            assert (await ws.receive()).type in (WSMsgType.CLOSE, WSMsgType.CLOSED)
        async with client.post(f"{polling}&sid={sid}", data="4polled") as reply:
            assert await reply.text() == "OK"
        async with client.get(f"{polling}&sid={sid}") as reply:
            assert "4polled" in await reply.text()


async def test_a_seat_is_told_nothing_after_its_end(connect: Connect, customer: Person) -> None:
    plug = await connect(customer.token)
    await plug.client.disconnect()
    again = await connect(customer.token)
    assert (await again.ask("ping", {"echo": CHAT}))["echo"] == CHAT
