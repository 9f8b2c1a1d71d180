"""One contract for every place where chat is kept: places in inboxes, and what is unread in all."""

import asyncio
import random

import pytest

from models.chat.conversation import Conversation, ConversationNotFound
from models.chat.place import Place
from services.infrastructure.chat.slot import ChatStore
from tests.slots.conftest import OpenChat, said

UNKNOWN = "conv_01ARZ3NDEKTSV4RRFFQ69G5FAV"


def by_reader(places: list[Place] | tuple[Place, ...]) -> dict[str, tuple[int, int]]:
    return {place.reader: (place.user_ver, place.unread) for place in places}


async def sum_of_inbox(chat: ChatStore, reader: str) -> int:
    return sum(entry.receipt.unread for entry in await chat.inbox(reader=reader, after=0, limit=100))


async def test_a_send_says_where_the_conversation_stands_now(chat: ChatStore, open_chat: OpenChat) -> None:
    talk = await open_chat()
    other = await open_chat(seller_id=talk.seller_id)
    assert by_reader(await chat.places(conversation_id=talk.id)) == {talk.customer_id: (0, 0), talk.seller_id: (0, 0)}
    first = await chat.send(conversation_id=talk.id, new=said(talk))
    assert by_reader(first.places) == {talk.customer_id: (1, 0), talk.seller_id: (1, 1)}
    elsewhere = await chat.send(conversation_id=other.id, new=said(other, by="seller"))
    assert by_reader(elsewhere.places) == {other.customer_id: (1, 1), talk.seller_id: (2, 0)}
    of_system = await chat.send(conversation_id=talk.id, new=said(talk, by="system"))
    assert by_reader(of_system.places) == {talk.customer_id: (2, 1), talk.seller_id: (3, 2)}
    assert by_reader(await chat.places(conversation_id=talk.id)) == by_reader(of_system.places)
    assert await chat.places(conversation_id=UNKNOWN) == []


async def test_a_repeated_send_has_changed_no_inbox(chat: ChatStore, open_chat: OpenChat) -> None:
    talk = await open_chat()
    new = said(talk)
    first = await chat.send(conversation_id=talk.id, new=new)
    assert (await chat.send(conversation_id=talk.id, new=new)).places == ()
    assert by_reader(await chat.places(conversation_id=talk.id)) == by_reader(first.places)


async def test_no_two_sends_are_told_one_place(chat: ChatStore, open_chat: OpenChat) -> None:
    first = await open_chat()
    talks = [first, *[await open_chat(seller_id=first.seller_id) for _ in range(3)]]
    sent = await asyncio.gather(*(chat.send(conversation_id=t.id, new=said(t)) for t in talks for _ in range(5)))
    numbers = sorted(by_reader(each.places)[first.seller_id][0] for each in sent)
    assert len(set(numbers)) == 20
    assert numbers[-1] == (await chat.inbox(reader=first.seller_id, after=0, limit=100))[-1].user_ver


async def test_an_entry_is_a_conversation_as_one_side_has_it(chat: ChatStore, open_chat: OpenChat) -> None:
    talk, other = await open_chat(), await open_chat()
    silent = await chat.entry(conversation_id=talk.id, reader=talk.seller_id)
    assert (silent.conversation, silent.last_message, silent.user_ver, silent.receipt.unread) == (talk, None, 0, 0)
    await chat.send(conversation_id=talk.id, new=said(talk))
    (listed,) = await chat.inbox(reader=talk.seller_id, after=0, limit=10)
    assert await chat.entry(conversation_id=talk.id, reader=talk.seller_id) == listed
    for wrong in ({"conversation_id": talk.id, "reader": other.seller_id}, {"conversation_id": UNKNOWN, "reader": "x"}):
        with pytest.raises(ConversationNotFound):
            await chat.entry(**wrong)
        with pytest.raises(ConversationNotFound):
            await chat.touch(**wrong)


async def test_what_is_touched_comes_last_in_one_inbox(chat: ChatStore, open_chat: OpenChat) -> None:
    first = await open_chat()
    second = await open_chat(seller_id=first.seller_id)
    for talk in (first, second):
        await chat.send(conversation_id=talk.id, new=said(talk))
    before = by_reader(await chat.places(conversation_id=first.id))
    touched = await chat.touch(conversation_id=first.id, reader=first.seller_id)
    assert touched == Place(reader=first.seller_id, user_ver=3, unread=1)
    entries = await chat.inbox(reader=first.seller_id, after=0, limit=10)
    assert [entry.conversation.id for entry in entries] == [second.id, first.id]
    after = by_reader(await chat.places(conversation_id=first.id))
    assert after == {**before, first.seller_id: (3, 1)}
    assert (await chat.find_conversation(conversation_id=first.id)).ver == 1


async def test_the_latest_come_first_and_page_by_page(chat: ChatStore, open_chat: OpenChat) -> None:
    first = await open_chat()
    talks = [first, *[await open_chat(seller_id=first.seller_id) for _ in range(4)]]
    for talk in (*talks, talks[1]):
        await chat.send(conversation_id=talk.id, new=said(talk))
    wanted = [talks[n].id for n in (1, 4, 3, 2, 0)]
    whole = await chat.latest(reader=first.seller_id, limit=10)
    assert [entry.conversation.id for entry in whole] == wanted
    assert whole == (await chat.inbox(reader=first.seller_id, after=0, limit=10))[::-1]
    paged: list[str] = []
    before = None
    while page := await chat.latest(reader=first.seller_id, before=before, limit=2):
        paged += [entry.conversation.id for entry in page]
        before = page[-1].user_ver
    assert paged == wanted
    assert await chat.latest(reader="sel_nobody", limit=10) == []


async def test_what_is_unread_in_all_is_the_sum(chat: ChatStore, open_chat: OpenChat) -> None:
    first = await open_chat()
    talks = [first, *[await open_chat(seller_id=first.seller_id) for _ in range(3)]]
    talks.append(await open_chat(customer_id=first.customer_id))
    chance = random.Random(11)

    async def step(talk: Conversation) -> None:
        by = chance.choice(["customer", "seller", "system"])
        sent = await chat.send(conversation_id=talk.id, new=said(talk, by=by))
        if chance.random() < 0.3:
            reader = chance.choice([talk.customer_id, talk.seller_id])
            await chat.advance(conversation_id=talk.id, reader=reader, read_seq=chance.randint(0, sent.message.seq))

    assert await chat.total_unread(reader=first.seller_id) == 0
    for _ in range(8):
        await asyncio.gather(*(step(talk) for talk in talks))
    for reader in {side for talk in talks for side in (talk.customer_id, talk.seller_id)}:
        total = await chat.total_unread(reader=reader)
        assert total == await sum_of_inbox(chat, reader)
    assert await chat.total_unread(reader=first.seller_id) > 0
    assert await chat.total_unread(reader="sel_nobody") == 0
