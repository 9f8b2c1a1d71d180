"""One contract for every place where chat is kept: receipts, what is unread, and inboxes."""

import asyncio
import random

import pytest
from sqlalchemy import update

from models.chat.conversation import Conversation, ConversationNotFound
from models.chat.receipt import InboxEntry, Receipt
from models.schema.chat import chat_inbox
from services.deps import Deps
from services.infrastructure.chat.mongo import MongoChat
from services.infrastructure.chat.slot import ChatStore
from tests.slots.conftest import OpenChat, said


async def unread(chat: ChatStore, talk: Conversation) -> tuple[int, int]:
    """Of the customer, and of the seller."""
    by_reader = {each.reader: each.unread for each in await chat.receipts(conversation_id=talk.id)}
    return by_reader[talk.customer_id], by_reader[talk.seller_id]


async def all_of(chat: ChatStore, reader: str, limit: int = 100) -> list[InboxEntry]:
    return await chat.inbox(reader=reader, after=0, limit=limit)


async def test_each_side_counts_what_others_said(chat: ChatStore, open_chat: OpenChat) -> None:
    talk = await open_chat()
    assert await unread(chat, talk) == (0, 0)
    for by in ("customer", "customer", "seller", "system"):
        await chat.send(conversation_id=talk.id, new=said(talk, by=by))
    assert await unread(chat, talk) == (2, 3)


async def test_a_repeated_send_is_not_counted_twice(chat: ChatStore, open_chat: OpenChat) -> None:
    talk = await open_chat()
    new = said(talk)
    for _ in range(3):
        await chat.send(conversation_id=talk.id, new=new)
    assert await unread(chat, talk) == (0, 1)


async def test_a_receipt_only_grows_and_not_beyond_what_was_said(chat: ChatStore, open_chat: OpenChat) -> None:
    talk = await open_chat()
    for by in ("customer", "seller", "customer", "customer"):
        await chat.send(conversation_id=talk.id, new=said(talk, by=by))

    async def advance(**how_far: int) -> tuple[int, int, int]:
        receipt = await chat.advance(conversation_id=talk.id, reader=talk.seller_id, **how_far)
        return receipt.delivered_seq, receipt.read_seq, receipt.unread

    assert await advance() == (0, 0, 3)
    assert await advance(delivered_seq=2) == (2, 0, 3)
    assert await advance(read_seq=1) == (2, 1, 2)
    assert await advance(delivered_seq=1, read_seq=0) == (2, 1, 2)
    assert await advance(read_seq=3) == (3, 3, 1)
    assert await advance(read_seq=99, delivered_seq=98) == (4, 4, 0)
    assert await advance(read_seq=-1) == (4, 4, 0)
    await chat.send(conversation_id=talk.id, new=said(talk))
    assert await advance() == (4, 4, 1)
    customer, seller = await chat.receipts(conversation_id=talk.id)
    assert customer == Receipt(conversation_id=talk.id, reader=talk.customer_id, delivered_seq=0, read_seq=0, unread=1)
    assert (seller.reader, seller.read_seq, seller.unread) == (talk.seller_id, 4, 1)


async def test_nobody_else_has_a_receipt(chat: ChatStore, open_chat: OpenChat) -> None:
    talk, other = await open_chat(), await open_chat()
    with pytest.raises(ConversationNotFound):
        await chat.advance(conversation_id=talk.id, reader=other.seller_id, read_seq=1)
    with pytest.raises(ConversationNotFound):
        await chat.advance(conversation_id="conv_none", reader=talk.seller_id, read_seq=1)
    assert await chat.receipts(conversation_id="conv_none") == []


async def test_reading_while_others_write_counts_right(chat: ChatStore, open_chat: OpenChat) -> None:
    talk = await open_chat()
    chance = random.Random(5)

    async def write(by: str) -> None:
        for _ in range(10):
            await chat.send(conversation_id=talk.id, new=said(talk, by=by))

    async def read(reader: str) -> list[int]:
        seen = []
        for step in range(10):
            far = {chance.choice(["read_seq", "delivered_seq"]): step * 2}
            seen.append((await chat.advance(conversation_id=talk.id, reader=reader, **far)).read_seq)
        return seen

    seen = await asyncio.gather(
        *(read(reader) for reader in (talk.customer_id, talk.seller_id, talk.seller_id)),
        *(write(by) for by in ("customer", "seller", "seller", "system")),
    )
    for each in seen[:3]:
        assert each == sorted(each or [])
    said_by = [each.sender_id for each in await chat.history(conversation_id=talk.id, limit=100)]
    for receipt in await chat.receipts(conversation_id=talk.id):
        others = [sender for sender in said_by[receipt.read_seq :] if sender != receipt.reader]
        assert receipt.unread == len(others)
        done = await chat.advance(conversation_id=talk.id, reader=receipt.reader, read_seq=40)
        assert (done.read_seq, done.unread) == (40, 0)


async def test_an_inbox_has_conversations_in_the_order_they_changed(chat: ChatStore, open_chat: OpenChat) -> None:
    first = await open_chat()
    second = await open_chat(seller_id=first.seller_id)
    silent = await open_chat(seller_id=first.seller_id)
    assert await all_of(chat, first.seller_id) == []
    for talk, text in ((first, "one"), (second, "two"), (first, "three")):
        await chat.send(conversation_id=talk.id, new=said(talk, text))
    entries = await all_of(chat, first.seller_id)
    assert [entry.conversation.id for entry in entries] == [second.id, first.id]
    assert silent.id not in {entry.conversation.id for entry in entries}
    assert entries[0].user_ver < entries[1].user_ver
    assert entries[1].conversation == await chat.find_conversation(conversation_id=first.id)
    assert entries[1].last_message is not None
    assert entries[1].last_message.body == {"text": "three"}
    assert entries[1].receipt == Receipt(
        conversation_id=first.id, reader=first.seller_id, delivered_seq=0, read_seq=0, unread=2
    )
    assert [entry.receipt.unread for entry in await all_of(chat, second.customer_id)] == [0]


async def test_an_inbox_goes_on_where_one_stopped(chat: ChatStore, open_chat: OpenChat) -> None:
    first = await open_chat()
    talks = [first, *[await open_chat(seller_id=first.seller_id) for _ in range(4)]]
    for talk in talks:
        await chat.send(conversation_id=talk.id, new=said(talk))
    seen, after = [], 0
    while page := await chat.inbox(reader=first.seller_id, after=after, limit=2):
        assert len(page) <= 2
        seen += [entry.conversation.id for entry in page]
        after = page[-1].user_ver
    assert seen == [talk.id for talk in talks]
    await chat.send(conversation_id=talks[1].id, new=said(talks[1]))
    (entry,) = await chat.inbox(reader=first.seller_id, after=after, limit=2)
    assert entry.conversation.id == talks[1].id


async def test_edits_and_receipts_of_ones_own_are_changes_of_an_inbox(chat: ChatStore, open_chat: OpenChat) -> None:
    talk = await open_chat()
    message = (await chat.send(conversation_id=talk.id, new=said(talk))).message
    places = []
    for step in ("sent", "edited", "read", "read again", "deleted"):
        if step == "edited":
            await chat.edit(conversation_id=talk.id, message_id=message.id, body={"text": "two"})
        elif step.startswith("read"):
            await chat.advance(conversation_id=talk.id, reader=talk.seller_id, read_seq=1)
        elif step == "deleted":
            await chat.delete(conversation_id=talk.id, message_id=message.id)
        (entry,) = await all_of(chat, talk.seller_id)
        places.append(entry.user_ver)
    sent, edited, read, again, deleted = places
    assert sent < edited < read == again < deleted
    assert entry.last_message is not None
    assert entry.last_message.body is None


async def test_who_pages_through_an_inbox_meanwhile_misses_nothing(chat: ChatStore, open_chat: OpenChat) -> None:
    first = await open_chat()
    talks = [first, *[await open_chat(seller_id=first.seller_id) for _ in range(5)]]
    has_ended = asyncio.Event()

    async def write(talk: Conversation) -> None:
        for number in range(6):
            await chat.send(conversation_id=talk.id, new=said(talk, str(number)))

    async def page(limit: int) -> dict[str, int]:
        held: dict[str, int] = {}
        after = 0
        while True:
            is_last = has_ended.is_set()
            found = await chat.inbox(reader=first.seller_id, after=after, limit=limit)
            places = [entry.user_ver for entry in found]
            assert places == sorted(set(places))
            held |= {entry.conversation.id: entry.conversation.seq for entry in found}
            after = places[-1] if places else after
            if is_last and not found:
                return held

    paging = [asyncio.create_task(page(limit)) for limit in (1, 4)]
    await asyncio.gather(*(write(talk) for talk in talks))
    has_ended.set()
    for held in await asyncio.gather(*paging):
        assert held == {talk.id: 6 for talk in talks}


async def test_people_who_talk_across_do_not_wait_for_each_other(chat: ChatStore, open_chat: OpenChat) -> None:
    """Every customer with every seller, all at once: whoever takes rows in another order is in a deadlock."""
    first, second = await open_chat(), await open_chat()
    sides = [(c, s) for c in (first.customer_id, second.customer_id) for s in (first.seller_id, second.seller_id)]
    talks = [await open_chat(customer_id=c, seller_id=s) for c, s in sides]

    async def write(talk: Conversation, by: str) -> None:
        reader = talk.seller_id if by == "customer" else talk.customer_id
        for step in range(1, 6):
            sent = await chat.send(conversation_id=talk.id, new=said(talk, by=by))
            await chat.edit(conversation_id=talk.id, message_id=sent.message.id, body={"text": "x"})
            await chat.advance(conversation_id=talk.id, reader=reader, read_seq=step)
            await chat.recount(reader=reader)

    await asyncio.gather(*(write(talk, by) for talk in talks for by in ("customer", "seller")))
    for talk in talks:
        assert (await chat.find_conversation(conversation_id=talk.id)).seq == 10


async def break_counters(chat: ChatStore, deps: Deps, talk: Conversation) -> None:
    if isinstance(chat, MongoChat):
        await chat.collection("conversation").update_one({"_id": talk.id}, {"$set": {"by_customer": 77}})
        await chat.collection("receipt").update_one({"_id": f"{talk.id}:{talk.seller_id}"}, {"$set": {"read_own": 9}})
        return
    async with deps.database.unit_of_work() as work:
        await work.execute(update(chat_inbox).where(chat_inbox.c.conversation_id == talk.id).values(unread=77))


async def test_a_recount_makes_counters_right(chat: ChatStore, open_chat: OpenChat, deps: Deps) -> None:
    talk = await open_chat()
    other = await open_chat(seller_id=talk.seller_id)
    for by in ("customer", "seller", "customer", "seller", "customer"):
        await chat.send(conversation_id=talk.id, new=said(talk, by=by))
    await chat.send(conversation_id=other.id, new=said(other))
    await chat.advance(conversation_id=talk.id, reader=talk.seller_id, read_seq=2)
    before = (await all_of(chat, talk.seller_id))[-1].user_ver
    await break_counters(chat, deps, talk)
    assert await unread(chat, talk) != (2, 2)
    for reader in (talk.seller_id, talk.customer_id):
        await chat.recount(reader=reader)
    assert await unread(chat, talk) == (2, 2)
    # A client that has the wrong number hears of it; of what was right, nothing is said.
    changed = await chat.inbox(reader=talk.seller_id, after=before, limit=10)
    assert [entry.conversation.id for entry in changed] == [talk.id]
    await chat.recount(reader=talk.seller_id)
    assert await all_of(chat, talk.seller_id) == await chat.inbox(reader=talk.seller_id, after=0, limit=10)
    await chat.recount(reader="sel_nobody")
    assert await all_of(chat, "sel_nobody") == []


async def test_many_customers_of_one_seller_write_at_once(chat: ChatStore, open_chat: OpenChat) -> None:
    """And meanwhile it reads: all of them meet at one inbox."""
    first = await open_chat()
    talks = [first, *[await open_chat(seller_id=first.seller_id) for _ in range(7)]]

    async def write(talk: Conversation, by: str) -> None:
        for number in range(8):
            await chat.send(conversation_id=talk.id, new=said(talk, str(number), by=by))

    async def read(talk: Conversation) -> None:
        for number in range(8):
            await chat.advance(conversation_id=talk.id, reader=talk.seller_id, read_seq=number)

    await asyncio.gather(*(write(talk, by) for talk in talks for by in ("customer", "seller")), *map(read, talks))
    for entry in await all_of(chat, first.seller_id):
        kept = await chat.history(conversation_id=entry.conversation.id, after_seq=entry.receipt.read_seq, limit=100)
        assert entry.conversation.seq == 16
        assert entry.receipt.unread == sum(message.sender_type == "customer" for message in kept)
