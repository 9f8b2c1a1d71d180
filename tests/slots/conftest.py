"""The places where chat is kept, and who talks there; MongoDB takes part when MONGO_URL says where it runs."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from itertools import cycle
from typing import Any, cast
from uuid import uuid4

import pytest
from sqlalchemy import insert

from models.chat.conversation import Conversation
from models.chat.message import NewMessage
from models.schema.customer import customer
from models.schema.seller import seller
from services.deps import Deps
from services.infrastructure.chat.mongo import MongoChat
from services.infrastructure.chat.postgres import PostgresChat
from services.infrastructure.chat.slot import ChatStore
from services.infrastructure.database.database import Database
from utils.ids import new_id

OpenChat = Callable[..., Awaitable[Conversation]]
ENGINES = [
    "postgres",
    "postgres by several processes",
    *(pytest.param(name, marks=pytest.mark.services) for name in ("motor", "pymongo")),
]


class Several:
    """Chat by several processes in turn, which know nothing of each other's locks."""

    def __init__(self, database: Database) -> None:
        self._turns = cycle([PostgresChat(database) for _ in range(7)])

    def __getattr__(self, name: str) -> Any:
        return getattr(next(self._turns), name)


@pytest.fixture(params=ENGINES)
async def chat(request: pytest.FixtureRequest, deps: Deps) -> AsyncIterator[ChatStore]:
    """An empty one, but for PostgreSQL, which the tests of a module share."""
    if request.param.startswith("postgres"):
        yield PostgresChat(deps.database) if request.param == "postgres" else cast(ChatStore, Several(deps.database))
        return
    base = os.environ["MONGO_URL"].partition("?")[0].rpartition("/")[0]
    made = MongoChat(f"{base}/pasar_test_{uuid4().hex[:12]}", driver=request.param)
    await made.prepare()
    yield made
    await made.client.drop_database(made.database.name)
    await made.close()


@pytest.fixture
def person(deps: Deps) -> Callable[[str], Awaitable[str]]:
    """`await person("customer")`, `await person("seller")`: the id of a new one."""

    async def make(kind: str) -> str:
        made = new_id("cus" if kind == "customer" else "sel")
        async with deps.database.unit_of_work() as work:
            if kind == "customer":
                await work.execute(insert(customer).values(id=made, email=f"{made.lower()}@example.com"))
            else:
                await work.execute(insert(seller).values(id=made, handle=made.lower().replace("_", "-"), name="Lamps"))
        return made

    return make


@pytest.fixture
def open_chat(chat: ChatStore, person: Callable[[str], Awaitable[str]]) -> OpenChat:
    """`await open_chat()`: a conversation of two new people; `customer_id=`, `seller_id=` of known ones."""

    async def begin(**known: str) -> Conversation:
        sides = {f"{kind}_id": known.get(f"{kind}_id") or await person(kind) for kind in ("customer", "seller")}
        return await chat.open_conversation(**sides)

    return begin


def said(talk: Conversation, text: str = "hello", *, by: str = "customer", **given: Any) -> NewMessage:
    """What a side says, under a fresh cid unless one is given."""
    sender = {"customer": talk.customer_id, "seller": talk.seller_id, "system": "system"}[by]
    body = given.pop("body", {"text": text})
    return NewMessage(
        sender_type=by,  # type: ignore[arg-type]
        sender_id=sender,
        cid=given.pop("cid", None) or uuid4().hex,
        kind=given.pop("kind", "text"),
        body=body,
        **given,
    )
