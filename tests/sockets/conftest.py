"""People with sockets: python-socketio's client against the shop."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
import socketio
from aiohttp import web
from sqlalchemy import insert

from models.schema.customer import customer as accounts
from models.schema.seller import seller
from pasar.testing.people import token_of
from services.deps import Deps
from tests.conftest import Client
from tests.people import Person, registered
from tests.staff import Worker, hire
from utils.ids import new_id

CHAT = "/chat"
Json = dict[str, Any]


@dataclass
class Plug:
    """One connection; `refusal` is what a refused one was told."""

    client: Any
    refusal: Any = None
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    told: list[tuple[str, Any]] = field(default_factory=list)  # by the server itself, and not yet asked for
    news: asyncio.Event = field(default_factory=asyncio.Event)

    async def hear(self, event: str, seconds: float = 5.0, **where: Any) -> Any:
        """The next that the server says by this name, with these facts in it; what came before it is dropped."""
        async with asyncio.timeout(seconds):
            while True:
                for at, (name, payload) in enumerate(self.told):
                    if name == event and all(payload[key] == value for key, value in where.items()):
                        del self.told[: at + 1]
                        return payload
                self.news.clear()
                await self.news.wait()

    async def silence(self, seconds: float = 0.3) -> list[tuple[str, Any]]:
        """All that the server has said and says within a while."""
        await asyncio.sleep(seconds)
        told, self.told = self.told, []
        return told

    async def ask(self, event: str, *given: Any) -> Any:
        """The acknowledgement of an event."""
        data: Any = given if len(given) > 1 else given[0] if given else None
        return await self.client.call(event, data, namespace=CHAT, timeout=10)


Connect = Callable[..., Awaitable[Plug]]


@pytest.fixture
async def connect(client: Client) -> AsyncIterator[Connect]:
    """`await connect(token)`: a plug, whether or not it was let in."""
    plugs: list[Plug] = []

    async def begin(
        token: str | None, *, transports: tuple[str, ...] = ("websocket",), shop: Client = client, **auth: Any
    ) -> Plug:
        plug = Plug(socketio.AsyncClient(reconnection=False))
        plugs.append(plug)

        async def refused(data: Any) -> None:
            plug.refusal = data

        async def ended(*_: Any) -> None:
            plug.ended.set()

        async def told(event: str, payload: Any) -> None:
            plug.told.append((event, payload))
            plug.news.set()

        plug.client.on("*", told, namespace=CHAT)
        plug.client.on("connect_error", refused, namespace=CHAT)
        plug.client.on("disconnect", ended, namespace=CHAT)
        given = auth if token is None else {"token": token, **auth}
        try:
            await plug.client.connect(
                str(shop.make_url("/")), namespaces=[CHAT], transports=[*transports], auth=given or None, wait_timeout=5
            )
        except socketio.exceptions.ConnectionError as error:
            plug.refusal = plug.refusal or str(error)
        return plug

    yield begin
    for plug in plugs:
        # One that polls would wait for the end of its last poll, which comes with the server's next ping.
        await plug.client.eio.disconnect(abort=plug.client.transport() == "polling")


@pytest.fixture(scope="module")
async def customer(client: Client) -> Person:
    """Somebody who has registered, and has no account yet."""
    return await registered(client, "buyer@example.com")


@pytest.fixture(scope="module")
async def buyer(client: Client, deps: Deps) -> Worker:
    """A customer with an account."""
    customer_id = new_id("cus")
    async with deps.database.unit_of_work() as work:
        await work.execute(insert(accounts), {"id": customer_id, "email": "account@example.com", "has_account": True})
        identity_id, token = await token_of(deps, work, actor_type="customer", actor_id=customer_id)
    return Worker(client, token, customer_id, identity_id)


@pytest.fixture(scope="module")
async def member(client: Client, deps: Deps) -> Worker:
    """A member of a seller's staff."""
    async with deps.database.unit_of_work() as work:
        await work.execute(insert(seller), {"id": "sel_sockets", "handle": "sockets", "name": "Sockets"})
    return await hire(client, deps, seller_id="sel_sockets")


@pytest.fixture
def application(client: Client) -> web.Application:
    return client.app
