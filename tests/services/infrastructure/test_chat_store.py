"""The chat store's connection, set-up and guarantees, over whatever answers at MONGO_URL (`make test-services`)."""

import asyncio
import os
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest
from aiohttp.test_utils import unused_port
from pymongo.errors import DuplicateKeyError
from pymongo.monitoring import CommandFailedEvent, CommandListener, CommandStartedEvent, CommandSucceededEvent

from services.deps import chat_store
from services.infrastructure.chat.documents import INDEXES
from services.infrastructure.chat.mongo import DRIVERS, MongoChat
from services.infrastructure.chat.slot import ChatAway
from services.infrastructure.database.database import Database
from utils.config import MONGO_DRIVERS, Settings

needs_server = pytest.mark.services


class Heard(CommandListener):
    """The commands as they went over the wire."""

    def __init__(self) -> None:
        self.commands: list[dict[str, Any]] = []

    def started(self, event: CommandStartedEvent) -> None:
        self.commands.append(dict(event.command))

    def succeeded(self, event: CommandSucceededEvent) -> None: ...

    def failed(self, event: CommandFailedEvent) -> None: ...

    def of(self, name: str) -> list[dict[str, Any]]:
        return [command for command in self.commands if name in command]


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture(params=MONGO_DRIVERS)
def driver(request: pytest.FixtureRequest) -> str:
    """All of this holds for each."""
    return str(request.param)


@pytest.fixture
async def store(heard: Heard, driver: str) -> AsyncIterator[MongoChat]:
    """A store in a database of its own, whose address asks for less care than it gets."""
    base = os.environ["MONGO_URL"].partition("?")[0].rpartition("/")[0]
    made = MongoChat(f"{base}/pasar_test_{uuid4().hex[:12]}?w=1&journal=false", (heard,), driver=driver)
    yield made
    await made.client.drop_database(made.database.name)
    await made.close()


@needs_server
async def test_it_answers(store: MongoChat) -> None:
    await store.ping()


async def test_a_store_that_is_away_is_said_within_seconds(driver: str) -> None:
    store = MongoChat(f"mongodb://127.0.0.1:{unused_port()}/pasar", driver=driver)
    async with asyncio.timeout(5):
        for question in (store.ping, store.prepare):
            with pytest.raises(ChatAway):
                await question()
    await store.close()


def test_nothing_is_connected_before_it_is_used(driver: str) -> None:
    """Also outside of any event loop: wiring is done before the loop runs."""
    store = MongoChat("mongodb://127.0.0.1:1", driver=driver)
    assert store.database.name == "pasar"
    inner = store.client.delegate if driver == "motor" else store.client
    assert not inner._opened


def test_every_driver_of_the_setting_has_its_client() -> None:
    assert set(DRIVERS) == set(MONGO_DRIVERS)


@pytest.mark.parametrize(
    ("given", "kind"), [({}, "AsyncIOMotorClient"), ({"mongo_driver": "pymongo"}, "AsyncMongoClient")]
)
async def test_a_setting_picks_the_client(database: Database, given: dict[str, str], kind: str) -> None:
    store = chat_store(Settings(mongo_url="mongodb://127.0.0.1:1", **given), database)  # type: ignore[arg-type]
    assert isinstance(store, MongoChat)
    assert type(store.client).__name__ == kind
    await store.close()


@needs_server
async def test_set_up_may_be_repeated_and_by_several_processes_at_once(store: MongoChat) -> None:
    await asyncio.gather(*(store.prepare() for _ in range(4)))
    await store.prepare()
    for index in INDEXES:
        found = await store.collection(index.collection).index_information()
        assert [field for field, _ in found[index.name]["key"]] == list(index.fields)
        assert bool(found[index.name].get("unique")) is index.unique


@needs_server
async def test_indexes_use_only_what_every_server_of_the_protocol_has(store: MongoChat, heard: Heard) -> None:
    await store.prepare()
    asked = [index for command in heard.of("createIndexes") for index in command["indexes"]]
    assert len(asked) == len(INDEXES)
    assert {key for index in asked for key in index} <= {"key", "name", "unique"}


@needs_server
async def test_every_write_waits_for_the_majority_and_the_disk(store: MongoChat, heard: Heard) -> None:
    """On the wire, whatever the address says."""
    message = store.collection("message")
    await message.insert_one({"_id": "c1:000000000001", "body": "one"})
    await message.update_one({"_id": "c1:000000000001"}, {"$set": {"body": "two"}})
    await message.find_one_and_update({"_id": "c1:000000000001"}, {"$set": {"body": "three"}})
    await message.delete_one({"_id": "c1:000000000001"})
    await store.prepare()
    for name in ("insert", "update", "findAndModify", "delete", "createIndexes"):
        sent = heard.of(name)
        assert sent, name
        for command in sent:
            assert command["writeConcern"] == {"w": "majority", "j": True, "wtimeout": 5000}, name


@needs_server
async def test_what_is_read_is_what_the_majority_has(store: MongoChat, heard: Heard) -> None:
    await store.collection("message").find_one({"_id": "c1:000000000001"})
    assert [command["readConcern"] for command in heard.of("find")] == [{"level": "majority"}]


@needs_server
async def test_two_writers_cannot_take_the_same_place(store: MongoChat) -> None:
    message = store.collection("message")

    async def write(writer: int) -> bool:
        try:
            await message.insert_one({"_id": "c1:000000000001", "writer": writer})
        except DuplicateKeyError:
            return False
        return True

    won = await asyncio.gather(*(write(writer) for writer in range(8)))
    assert won.count(True) == 1
    kept = await message.find_one({"_id": "c1:000000000001"})
    assert kept is not None
    assert kept["writer"] == won.index(True)


@needs_server
async def test_set_up_refuses_what_must_be_there_once(store: MongoChat) -> None:
    """What a process says that does not look first, such as one of two at once."""
    await store.prepare()
    conversation, message = store.collection("conversation"), store.collection("message")
    sides = {"customer_id": "cus_1", "seller_id": "sel_1"}
    await conversation.insert_one({"_id": "c1", **sides})
    await message.insert_one({"_id": "c1:000000000001", "conversation_id": "c1", "sender_id": "cus_1", "cid": "one"})
    with pytest.raises(DuplicateKeyError):
        await conversation.insert_one({"_id": "c2", **sides})
    again = {"conversation_id": "c1", "sender_id": "cus_1", "cid": "one"}
    with pytest.raises(DuplicateKeyError):
        await message.insert_one({"_id": "c1:000000000002", **again})
