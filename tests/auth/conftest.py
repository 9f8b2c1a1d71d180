"""A shop with the doors of `/auth` and a few rows behind them."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from app import hold_resources
from controllers.http import DEPS, PRINCIPAL, reply
from middleware import HTTP_OPTIONS, install
from routes.auth import auth
from routes.schemas.shared import common as c
from routes.table import ANYONE, CUSTOMER, MEMBER, REGISTRANT, USER, get, post
from services import deps as wiring
from services.deps import Deps
from services.identity import account
from tests.conftest import Client
from tests.middleware.probe import KEY, add_keys
from tests.people import Person, registered
from utils.config import Settings
from utils.ids import new_id

WHO = c.body(
    kind=c.STRING,
    customer_id=c.nullable(c.STRING),
    actor_type=c.nullable(c.STRING),
    identity_id=c.nullable(c.STRING),
    group_ids=c.array(c.STRING),
)


async def whoami(request: web.Request) -> web.Response:
    who = request[PRINCIPAL]
    told = {name: getattr(who, name) for name in WHO["properties"]}
    return reply({**told, "group_ids": list(who.group_ids)})


async def groups(request: web.Request) -> web.Response:
    return reply({"group_ids": list(request[PRINCIPAL].group_ids)})


ROWS = [
    get("/store/prices", groups, who=ANYONE, reply=WHO, cached=("catalogue",)),
    get("/store/anyone", whoami, who=ANYONE, reply=WHO),
    get("/store/me", whoami, who=CUSTOMER, reply=WHO),
    post("/store/me", whoami, who=CUSTOMER, reply=WHO),
    post("/store/customers", whoami, who=REGISTRANT, reply=WHO),
    get("/vendor/me", whoami, who=MEMBER, reply=WHO),
    get("/admin/me", whoami, who=USER, grant="users:read", reply=WHO),
]


def shop_of(settings: Settings) -> web.Application:
    app = web.Application(handler_args=HTTP_OPTIONS)
    app[DEPS] = wiring.build(settings)
    install(app, [*ROWS, *auth.ROUTES])
    app.cleanup_ctx.append(hold_resources)
    return app


@pytest.fixture(scope="module")
async def app(settings: Settings) -> web.Application:
    return shop_of(settings)


@pytest.fixture(scope="module", autouse=True)
async def keys(client: Client) -> None:
    await add_keys(client.app[DEPS].database)


@pytest.fixture
async def more_shops() -> AsyncIterator[Callable[[Settings], Awaitable[Client]]]:
    """Other processes over the same database."""
    started: list[Client] = []

    async def start(settings: Settings) -> Client:
        client: Client = TestClient(TestServer(shop_of(settings)))
        await client.start_server()
        started.append(client)
        await client.app[DEPS].changes.connected.wait()
        return client

    yield start
    for client in started:
        await client.close()


async def give_actor(deps: Deps, person: Person, actor: str = "customer") -> str:
    """The person becomes a customer (seller, ...); the id."""
    claims = deps.tokens.read(person.token)
    assert claims is not None
    actor_id = new_id({"customer": "cus", "seller": "sel", "user": "user"}[actor])
    async with deps.database.unit_of_work() as work:
        await account.link_actor(work, identity_id=claims.identity_id, actor_type=actor, actor_id=actor_id)
    return actor_id


async def customer(client: Client, email: str, **more: Any) -> Person:
    """Somebody who has an account and is logged in."""
    person = await registered(client, email)
    await give_actor(client.app[DEPS], person)
    await person.log_in(**more)
    return person


async def me(person: Person, method: str = "GET", path: str = "/store/me", client: Client | None = None) -> int:
    """The status that the person's token gets."""
    headers = {"x-publishable-api-key": KEY, "authorization": f"Bearer {person.token}"}
    reply = await (client or person.client).request(method, path, headers=headers)
    return reply.status
