"""One contract for every place where chat is kept: messages, their numbers, and that none is lost or doubled."""

import asyncio
import random
from contextlib import suppress

import pytest

from models.chat.conversation import ConversationNotFound
from models.chat.message import CidConflict, MessageChanged, MessageNotFound
from services.infrastructure.chat.slot import ChatStore
from tests.slots.conftest import OpenChat, said
from utils.clock import now

UNKNOWN = "conv_01ARZ3NDEKTSV4RRFFQ69G5FAV"


async def test_a_customer_and_a_seller_have_one_conversation(chat: ChatStore, open_chat: OpenChat) -> None:
    first = await open_chat()
    again = await chat.open_conversation(customer_id=first.customer_id, seller_id=first.seller_id)
    other = await open_chat(customer_id=first.customer_id)
    assert again == first
    assert (first.seq, first.ver) == (0, 0)
    assert first.id.startswith("conv_")
    assert other.id != first.id
    assert await chat.find_conversation(conversation_id=first.id) == first


async def test_two_who_open_it_at_once_open_the_same(chat: ChatStore, open_chat: OpenChat) -> None:
    known = await open_chat()
    fresh = await open_chat(seller_id=known.seller_id)
    sides = [(fresh.customer_id, known.seller_id)] * 8 + [(known.customer_id, known.seller_id)] * 4
    opened = await asyncio.gather(*(chat.open_conversation(customer_id=c, seller_id=s) for c, s in sides))
    assert {each.id for each in opened} == {known.id, fresh.id}


async def test_a_first_conversation_is_opened_once_by_many(chat: ChatStore, open_chat: OpenChat) -> None:
    left, right = await open_chat(), await open_chat()
    pairs = [(left.customer_id, right.seller_id), (right.customer_id, left.seller_id)] * 6
    opened = await asyncio.gather(*(chat.open_conversation(customer_id=c, seller_id=s) for c, s in pairs))
    assert len({each.id for each in opened}) == 2


async def test_a_message_is_as_it_was_sent(chat: ChatStore, open_chat: OpenChat) -> None:
    talk = await open_chat()
    before = now().replace(microsecond=0)
    new = said(talk, "hi", by="seller", author_id="mem_1", kind="product", cid="cid-00000001")
    sent = await chat.send(conversation_id=talk.id, new=new)
    message = sent.message
    assert not sent.is_duplicate
    assert (message.conversation_id, message.seq, message.ver) == (talk.id, 1, 1)
    assert (message.sender_type, message.sender_id, message.author_id) == ("seller", talk.seller_id, "mem_1")
    assert (message.cid, message.kind, message.body) == ("cid-00000001", "product", {"text": "hi"})
    assert message.id.startswith("msg_")
    assert before <= message.created_at <= now()
    assert (message.edited_at, message.deleted_at) == (None, None)
    assert await chat.find_message(conversation_id=talk.id, message_id=message.id) == message
    kept = await chat.find_conversation(conversation_id=talk.id)
    assert (kept.seq, kept.ver, kept.changed_at) == (1, 1, message.created_at)


async def test_many_senders_at_once_leave_no_number_out(chat: ChatStore, open_chat: OpenChat) -> None:
    talk = await open_chat()
    sides = ["customer", "seller", "seller", "system"] * 5
    sent = await asyncio.gather(
        *(chat.send(conversation_id=talk.id, new=said(talk, str(n), by=by)) for n, by in enumerate(sides))
    )
    assert sorted(each.message.seq for each in sent) == list(range(1, 21))
    assert sorted(each.message.ver for each in sent) == list(range(1, 21))
    read = await chat.history(conversation_id=talk.id, limit=100)
    assert read == sorted((each.message for each in sent), key=lambda message: message.seq)
    kept = await chat.find_conversation(conversation_id=talk.id)
    assert (kept.seq, kept.ver) == (20, 20)


async def test_a_message_that_is_sent_many_times_at_once_is_there_once(chat: ChatStore, open_chat: OpenChat) -> None:
    talk = await open_chat()
    new = said(talk)
    sent = await asyncio.gather(*(chat.send(conversation_id=talk.id, new=new) for _ in range(20)))
    assert len({each.message.id for each in sent}) == 1
    assert [each.is_duplicate for each in sent].count(False) == 1
    assert {each.message.seq for each in sent} == {1}
    assert (await chat.send(conversation_id=talk.id, new=said(talk))).message.seq == 2


async def test_keys_in_another_order_are_the_same_content(chat: ChatStore, open_chat: OpenChat) -> None:
    talk = await open_chat()
    await chat.send(conversation_id=talk.id, new=said(talk, cid="one", body={"a": 1, "b": 2}))
    again = await chat.send(conversation_id=talk.id, new=said(talk, cid="one", body={"b": 2, "a": 1}))
    assert again.is_duplicate


async def test_a_cid_stands_for_one_content_of_one_sender(chat: ChatStore, open_chat: OpenChat) -> None:
    talk, elsewhere = await open_chat(), await open_chat()
    new = said(talk, "one", cid="same")
    await chat.send(conversation_id=talk.id, new=new)
    for other in (said(talk, "two", cid="same"), said(talk, "one", cid="same", kind="quick")):
        with pytest.raises(CidConflict):
            await chat.send(conversation_id=talk.id, new=other)
    by_other = await chat.send(conversation_id=talk.id, new=said(talk, "two", by="seller", cid="same"))
    in_other = await chat.send(conversation_id=elsewhere.id, new=said(elsewhere, "two", cid="same"))
    assert (by_other.is_duplicate, by_other.message.seq) == (False, 2)
    assert (in_other.is_duplicate, in_other.message.seq) == (False, 1)


async def test_a_repeated_send_finds_what_became_of_the_message(chat: ChatStore, open_chat: OpenChat) -> None:
    talk = await open_chat()
    new = said(talk, "one")
    message = (await chat.send(conversation_id=talk.id, new=new)).message
    edited = await chat.edit(conversation_id=talk.id, message_id=message.id, body={"text": "two"})
    again = await chat.send(conversation_id=talk.id, new=new)
    assert (again.is_duplicate, again.message) == (True, edited)
    gone = await chat.delete(conversation_id=talk.id, message_id=message.id)
    again = await chat.send(conversation_id=talk.id, new=new)
    assert (again.is_duplicate, again.message) == (True, gone)


async def test_a_send_that_is_cut_off_anywhere_and_repeated_counts_once(chat: ChatStore, open_chat: OpenChat) -> None:
    talk = await open_chat()
    chance = random.Random(7)
    news = [said(talk, str(number), by=chance.choice(["customer", "seller"])) for number in range(40)]
    for new in news:
        for _ in range(chance.randint(1, 2)):
            sending = asyncio.create_task(chat.send(conversation_id=talk.id, new=new))
            await asyncio.sleep(chance.random() * 0.006)
            sending.cancel()
            with suppress(asyncio.CancelledError):
                await sending
        assert (await chat.send(conversation_id=talk.id, new=new)).message.body == new.body
    kept = await chat.history(conversation_id=talk.id, limit=100)
    assert [(message.seq, message.ver) for message in kept] == [(n, n) for n in range(1, 41)]
    assert [message.cid for message in kept] == [new.cid for new in news]
    by_reader = {each.reader: each.unread for each in await chat.receipts(conversation_id=talk.id)}
    for reader in (talk.customer_id, talk.seller_id):
        assert by_reader[reader] == sum(new.sender_id != reader for new in news)


async def test_an_edit_is_the_next_change(chat: ChatStore, open_chat: OpenChat) -> None:
    talk = await open_chat()
    first = (await chat.send(conversation_id=talk.id, new=said(talk, "one"))).message
    await chat.send(conversation_id=talk.id, new=said(talk, "other"))
    edited = await chat.edit(conversation_id=talk.id, message_id=first.id, body={"text": "two"}, ver=1)
    assert (edited.id, edited.seq, edited.ver, edited.body) == (first.id, 1, 3, {"text": "two"})
    assert edited.created_at == first.created_at
    assert edited.edited_at is not None
    assert await chat.find_message(conversation_id=talk.id, message_id=first.id) == edited
    with pytest.raises(MessageChanged):
        await chat.edit(conversation_id=talk.id, message_id=first.id, body={"text": "three"}, ver=1)
    with pytest.raises(MessageChanged):
        await chat.delete(conversation_id=talk.id, message_id=first.id, ver=1)
    kept = await chat.find_conversation(conversation_id=talk.id)
    assert (kept.seq, kept.ver) == (2, 3)


async def test_edits_at_once_follow_each_other(chat: ChatStore, open_chat: OpenChat) -> None:
    talk = await open_chat()
    message = (await chat.send(conversation_id=talk.id, new=said(talk))).message
    edit = (chat.edit(conversation_id=talk.id, message_id=message.id, body={"text": str(n)}) for n in range(6))
    edits, sent = await asyncio.gather(
        asyncio.gather(*edit),
        asyncio.gather(*(chat.send(conversation_id=talk.id, new=said(talk, str(n))) for n in range(6))),
    )
    vers = [each.ver for each in edits] + [each.message.ver for each in sent]
    assert sorted(vers) == list(range(2, 14))
    last = max(edits, key=lambda each: each.ver)
    assert await chat.find_message(conversation_id=talk.id, message_id=message.id) == last


async def test_of_edits_that_expect_one_version_one_is_made(chat: ChatStore, open_chat: OpenChat) -> None:
    talk = await open_chat()
    message = (await chat.send(conversation_id=talk.id, new=said(talk))).message

    async def edit(text: str) -> bool:
        with suppress(MessageChanged):
            await chat.edit(conversation_id=talk.id, message_id=message.id, body={"text": text}, ver=1)
            return True
        return False

    assert (await asyncio.gather(*(edit(str(number)) for number in range(8)))).count(True) == 1


async def test_a_deleted_message_keeps_its_place_and_nothing_else(chat: ChatStore, open_chat: OpenChat) -> None:
    talk = await open_chat()
    message = (await chat.send(conversation_id=talk.id, new=said(talk, "secret"))).message
    await chat.edit(conversation_id=talk.id, message_id=message.id, body={"text": "secret too"})
    gone = await chat.delete(conversation_id=talk.id, message_id=message.id, ver=2)
    assert (gone.seq, gone.ver, gone.body) == (1, 3, None)
    assert gone.deleted_at is not None
    assert await chat.delete(conversation_id=talk.id, message_id=message.id) == gone
    assert await chat.history(conversation_id=talk.id, limit=10) == [gone]
    with pytest.raises(MessageNotFound):
        await chat.edit(conversation_id=talk.id, message_id=message.id, body={"text": "back"})
    assert (await chat.find_conversation(conversation_id=talk.id)).ver == 3


async def test_changes_are_folded(chat: ChatStore, open_chat: OpenChat) -> None:
    talk = await open_chat()
    sent = [(await chat.send(conversation_id=talk.id, new=said(talk, str(n)))).message for n in range(4)]
    for text in ("a", "b"):
        await chat.edit(conversation_id=talk.id, message_id=sent[0].id, body={"text": text})
    await chat.delete(conversation_id=talk.id, message_id=sent[2].id)
    await chat.send(conversation_id=talk.id, new=said(talk, "last"))
    found = await chat.changes(conversation_id=talk.id, after_ver=0, limit=100)
    assert [(each.seq, each.ver) for each in found] == [(2, 2), (4, 4), (1, 6), (3, 7), (5, 8)]
    assert found[2].body == {"text": "b"}
    assert found[3].body is None
    assert await chat.changes(conversation_id=talk.id, after_ver=4, limit=2) == found[2:4]
    assert await chat.changes(conversation_id=talk.id, after_ver=8, limit=2) == []


async def test_who_follows_the_changes_meanwhile_has_all_in_the_end(chat: ChatStore, open_chat: OpenChat) -> None:
    talk = await open_chat()
    chance = random.Random(3)
    first = (await chat.send(conversation_id=talk.id, new=said(talk, "first"))).message
    has_ended = asyncio.Event()

    async def write(number: int) -> None:
        for step in range(5):
            text = {"text": f"{number} {step}"}
            if chance.random() < 0.4:
                await chat.edit(conversation_id=talk.id, message_id=first.id, body=text)
            else:
                await chat.send(conversation_id=talk.id, new=said(talk, body=text))

    async def follow() -> dict[int, object]:
        held: dict[int, object] = {}
        after = 0
        while True:
            is_last = has_ended.is_set()
            page = await chat.changes(conversation_id=talk.id, after_ver=after, limit=3)
            assert all(each.ver > after for each in page)
            held |= {each.seq: each for each in page}
            after = page[-1].ver if page else after
            if is_last and not page:
                return held

    following = asyncio.create_task(follow())
    await asyncio.gather(*(write(number) for number in range(5)))
    has_ended.set()
    kept = await chat.history(conversation_id=talk.id, limit=100)
    assert await following == {each.seq: each for each in kept}


async def test_history_is_read_both_ways(chat: ChatStore, open_chat: OpenChat) -> None:
    talk = await open_chat()
    for number in range(7):
        await chat.send(conversation_id=talk.id, new=said(talk, str(number)))

    async def seqs(**which: int) -> list[int]:
        return [each.seq for each in await chat.history(conversation_id=talk.id, **which)]

    assert await seqs(limit=3) == [1, 2, 3]
    assert await seqs(after_seq=3, limit=2) == [4, 5]
    assert await seqs(after_seq=5, limit=10) == [6, 7]
    assert await seqs(before_seq=6, limit=2) == [4, 5]
    assert await seqs(before_seq=3, limit=10) == [1, 2]
    assert await seqs(before_seq=1, limit=10) == []


async def test_no_page_is_longer_than_a_hundred(chat: ChatStore, open_chat: OpenChat) -> None:
    talk = await open_chat()
    await asyncio.gather(*(chat.send(conversation_id=talk.id, new=said(talk)) for _ in range(103)))
    for page in (
        await chat.history(conversation_id=talk.id, limit=1000),
        await chat.changes(conversation_id=talk.id, after_ver=0, limit=1000),
    ):
        assert [each.seq for each in page] == list(range(1, 101))


BODIES = {
    "long": {"text": "x" * 100_000},
    "every plane": {"text": "".join(chr(plane * 0x10000 + 0xFF21) for plane in range(17)), "\U0001f600": "é\u2028"},
    "control characters": {"text": "".join(map(chr, range(1, 32))) + "\x7f"},
    "order of keys": {"z": 1, "a": {"y": [], "b": {}}, "m": None},
    "numbers": {"big": 2**53 + 1, "biggest": 2**63 - 1, "least": -(2**63), "half": 0.1, "yes": True, "no": False},
    "names that a database has a meaning for": {"$set": {"a.b": 1}, "": 0, "_id": "x", "a": ["$ref", {"$id": 1}]},
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
async def test_a_body_comes_back_as_it_was(chat: ChatStore, open_chat: OpenChat, body: dict[str, object]) -> None:
    talk = await open_chat()
    sent = (await chat.send(conversation_id=talk.id, new=said(talk, body=body))).message
    edited = await chat.edit(conversation_id=talk.id, message_id=sent.id, body=body)
    (read,) = await chat.history(conversation_id=talk.id, limit=1)
    for each in (sent.body, edited.body, read.body):
        assert repr(each) == repr(body)


async def test_what_is_not_there_is_said(chat: ChatStore, open_chat: OpenChat) -> None:
    talk, other = await open_chat(), await open_chat()
    message = (await chat.send(conversation_id=other.id, new=said(other))).message
    for conversation_id, wanted in ((UNKNOWN, ConversationNotFound), (talk.id, MessageNotFound)):
        with pytest.raises(wanted):
            await chat.edit(conversation_id=conversation_id, message_id=message.id, body={"text": "x"})
        with pytest.raises(wanted):
            await chat.delete(conversation_id=conversation_id, message_id=message.id)
        with pytest.raises(MessageNotFound):
            await chat.find_message(conversation_id=conversation_id, message_id=message.id)
    with pytest.raises(ConversationNotFound):
        await chat.find_conversation(conversation_id=UNKNOWN)
    with pytest.raises(ConversationNotFound):
        await chat.send(conversation_id=UNKNOWN, new=said(talk))
    assert await chat.history(conversation_id=UNKNOWN, limit=10) == []
    assert await chat.changes(conversation_id=UNKNOWN, after_ver=0, limit=10) == []
