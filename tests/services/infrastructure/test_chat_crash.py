"""A server that dies between the write of a message and its answer: who comes next does what is missing."""

import asyncio
import os
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest
from aiohttp.test_utils import unused_port
from sqlalchemy import insert

from models.chat.conversation import Conversation
from models.chat.message import Message, NewMessage
from models.schema.customer import customer
from models.schema.seller import seller
from services.infrastructure.chat import postgres
from services.infrastructure.chat.mongo import MongoChat
from services.infrastructure.chat.postgres import PostgresChat
from services.infrastructure.chat.slot import ChatAway
from services.infrastructure.database.database import Database
from utils.config import MONGO_DRIVERS

needs_server = pytest.mark.services


class Died(Exception):
    """The end of a process."""


@pytest.fixture(params=MONGO_DRIVERS)
async def processes(request: pytest.FixtureRequest) -> tuple[MongoChat, MongoChat]:
    """The same store as two processes have it."""
    base = os.environ["MONGO_URL"].partition("?")[0].rpartition("/")[0]
    address = f"{base}/pasar_test_{uuid4().hex[:12]}"
    return MongoChat(address, driver=request.param), MongoChat(address, driver=request.param)


@pytest.fixture
async def dying(processes: tuple[MongoChat, MongoChat]) -> AsyncIterator[MongoChat]:
    """One that dies right after the commit once `die` was called; the other goes on."""
    await processes[0].prepare()
    yield processes[0]
    await processes[0].client.drop_database(processes[0].database.name)
    for each in processes:
        await each.close()


def die(chat: MongoChat, monkeypatch: pytest.MonkeyPatch, method: str = "follow_and_place") -> None:
    async def end(*given: Any) -> Any:
        if given[-1] == []:  # nothing was committed that something would follow from
            return given[0]
        raise Died

    monkeypatch.setattr(chat._log, method, end)


def said(text: str, cid: str) -> NewMessage:
    return NewMessage(sender_type="customer", sender_id="cus_1", cid=cid, kind="text", body={"text": text})


async def talk_of(chat: MongoChat) -> tuple[Conversation, Message]:
    talk = await chat.open_conversation(customer_id="cus_1", seller_id="sel_1")
    return talk, (await chat.send(conversation_id=talk.id, new=said("first", "cid-1"))).message


@needs_server
@pytest.mark.parametrize("step", ["follow_and_place", "tell"])
async def test_a_message_whose_sender_got_no_answer_is_there_for_everybody(
    dying: MongoChat, processes: tuple[MongoChat, MongoChat], monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    talk, _ = await talk_of(dying)
    die(dying, monkeypatch, step)
    with pytest.raises(Died):
        await dying.send(conversation_id=talk.id, new=said("second", "cid-2"))
    other = processes[1]
    (change,) = await other.changes(conversation_id=talk.id, after_ver=1, limit=10)
    assert (change.seq, change.body) == (2, {"text": "second"})
    (entry,) = await other.inbox(reader="sel_1", after=1, limit=10)
    assert (entry.conversation.seq, entry.receipt.unread) == (2, 2)
    again = await other.send(conversation_id=talk.id, new=said("second", "cid-2"))
    assert (again.is_duplicate, again.message.seq) == (True, 2)


@needs_server
@pytest.mark.parametrize("step", ["follow_and_place", "tell", "apply"])
async def test_an_edit_that_was_cut_off_is_what_readers_see(
    dying: MongoChat, processes: tuple[MongoChat, MongoChat], monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    talk, message = await talk_of(dying)
    die(dying, monkeypatch, step)
    with pytest.raises(Died):
        await dying.edit(conversation_id=talk.id, message_id=message.id, body={"text": "better"})
    found = await processes[1].history(conversation_id=talk.id, limit=10)
    assert [(each.seq, each.ver, each.body) for each in found] == [(1, 2, {"text": "better"})]
    sent = await processes[1].send(conversation_id=talk.id, new=said("next", "cid-2"))
    assert (sent.message.seq, sent.message.ver) == (2, 3)


@needs_server
async def test_nothing_of_a_deleted_text_is_left_in_any_document(dying: MongoChat) -> None:
    talk, message = await talk_of(dying)
    await dying.edit(conversation_id=talk.id, message_id=message.id, body={"text": "secret"})
    await dying.delete(conversation_id=talk.id, message_id=message.id)
    kept = [each for each in await dying.collection("message").find({}).to_list(None) if each.get("body")]
    assert kept == []
    assert "secret" not in str(await dying.collection("message").find({}).to_list(None))


@needs_server
async def test_a_writer_behind_the_log_leaves_no_number_out(
    dying: MongoChat, processes: tuple[MongoChat, MongoChat]
) -> None:
    """Heads that lag, as another process may read them, are looked up anew."""
    talk, _ = await talk_of(dying)
    for number in range(2, 5):
        await dying.send(conversation_id=talk.id, new=said(str(number), f"cid-{number}"))
    behind = {"$set": {"ver": 1, "seq": 1, "by_customer": 1, "by_seller": 0}}
    await dying.collection("conversation").update_one({"_id": talk.id}, behind)
    sent = await processes[1].send(conversation_id=talk.id, new=said("5", "cid-5"))
    assert (sent.message.seq, sent.message.ver) == (5, 5)
    assert [each.unread for each in await processes[1].receipts(conversation_id=talk.id)] == [0, 5]


@needs_server
async def test_processes_that_write_at_once_do_not_know_of_each_other(
    dying: MongoChat, processes: tuple[MongoChat, MongoChat]
) -> None:
    """Two customers of one seller, each on both processes; repeated sends go to the other one."""
    talks = [await dying.open_conversation(customer_id=f"cus_{n}", seller_id="sel_1") for n in range(2)]
    sends = [
        processes[(number + again) % 2].send(conversation_id=talk.id, new=said(str(number), f"cid-{number}"))
        for again in range(2)
        for number in range(10)
        for talk in talks
    ]
    sent = await asyncio.gather(*sends)
    assert [each.is_duplicate for each in sent].count(True) == 20
    for talk in talks:
        kept = await processes[1].history(conversation_id=talk.id, limit=100)
        assert [(each.seq, each.ver) for each in kept] == [(n, n) for n in range(1, 11)]
    entries = await processes[1].inbox(reader="sel_1", after=0, limit=10)
    assert sorted(entry.conversation.id for entry in entries) == sorted(talk.id for talk in talks)
    assert [entry.conversation.seq for entry in entries] == [10, 10]
    assert [entry.receipt.unread for entry in entries] == [10, 10]


@pytest.mark.parametrize("driver", MONGO_DRIVERS)
async def test_who_asks_a_chat_store_that_is_away_is_told(driver: str) -> None:
    store = MongoChat(f"mongodb://127.0.0.1:{unused_port()}/pasar", driver=driver)
    with pytest.raises(ChatAway):
        await store.send(conversation_id="conv_1", new=said("one", "cid-1"))
    assert store.breaker.is_open
    with pytest.raises(ChatAway):
        await store.inbox(reader="cus_1", after=0, limit=10)
    await store.close()


async def test_a_statement_that_is_run_twice_over_a_lost_connection_is_no_duplicate(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The id is the send's own: what it finds there is its own."""
    async with database.unit_of_work() as work:
        await work.execute(insert(customer).values(id="cus_1", email="one@example.com"))
        await work.execute(insert(seller).values(id="sel_1", handle="one", name="One"))
    chat = PostgresChat(database)
    talk = await chat.open_conversation(customer_id="cus_1", seller_id="sel_1")
    monkeypatch.setattr(postgres, "ordered_id", lambda prefix: f"{prefix}_1")
    first = await chat.send(conversation_id=talk.id, new=said("one", "cid-1"))
    second = await chat.send(conversation_id=talk.id, new=said("one", "cid-1"))
    assert second == first
    assert not second.is_duplicate
