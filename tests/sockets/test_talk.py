"""A customer and a seller's staff talk over sockets: everybody concerned is told, and nobody else."""

import asyncio

import pytest

from services.deps import Deps
from tests.conftest import Client
from tests.sockets.conftest import Connect
from tests.sockets.talking import Talk, begin, line, plugs, say


@pytest.fixture
async def talk(client: Client, deps: Deps) -> Talk:
    return await begin(client, deps)


async def test_who_connects_is_told_how_it_stands(connect: Connect, talk: Talk) -> None:
    for worker, reader in ((talk.customer, talk.customer.actor_id), (talk.owner, talk.seller_id)):
        session = await (await connect(worker.token)).hear("session")
        assert session["reader_id"] == reader
        assert session["limits"] == {
            "event_bytes": 16384,
            "text_length": 4000,
            "edit_minutes": 15,
            "synced_conversations": 50,
        }
        assert session["server_time"] < session["expires_at"]


async def test_both_sides_write_and_hear_each_other(connect: Connect, talk: Talk) -> None:
    buyer, owner = await plugs(connect, talk.customer, talk.owner)
    sent = await say(buyer, talk, "Is it blue?", cid="cid-of-buyer")
    assert not sent["is_duplicate"]
    message = sent["message"]
    assert (message["seq"], message["ver"], message["cid"]) == (1, 1, "cid-of-buyer")
    assert (message["sender_type"], message["sender_id"]) == ("customer", talk.customer.actor_id)
    told = (await owner.hear("msg:new"))["message"]
    assert told == {**message, "cid": None}
    assert await owner.hear("inbox") == {
        "conversation_id": talk.id,
        "seq": 1,
        "ver": 1,
        "user_ver": 1,
        "unread": 1,
        "total_unread": 1,
    }
    answered = await say(owner, talk, "As the sea.")
    assert answered["message"]["author_id"] == talk.owner.actor_id
    told = (await buyer.hear("msg:new"))["message"]
    assert (told["body"], told["sender_type"], told["sender_id"]) == ({"text": "As the sea."}, "seller", talk.seller_id)
    assert (told["author_id"], told["cid"]) == (None, None)
    assert (await buyer.hear("inbox", user_ver=2))["unread"] == 1


async def test_every_device_of_both_sides_is_told_but_the_one_that_said_it(connect: Connect, talk: Talk) -> None:
    phone, laptop, owner, colleague = await plugs(connect, talk.customer, talk.customer, talk.owner, talk.colleague)
    await say(phone, talk, "hello", cid="cid-of-phone")
    assert (await laptop.hear("msg:new"))["message"]["cid"] == "cid-of-phone"
    assert (await owner.hear("msg:new"))["message"]["cid"] is None
    assert (await colleague.hear("msg:new"))["message"]["cid"] is None
    assert [(event, payload["unread"]) for event, payload in await phone.silence()] == [("inbox", 0)]
    await say(colleague, talk, "Good day")
    assert (await owner.hear("msg:new"))["message"]["author_id"] == talk.colleague.actor_id
    assert (await phone.hear("msg:new"))["message"]["author_id"] is None


async def test_staff_share_one_inbox(connect: Connect, talk: Talk) -> None:
    buyer, owner, colleague = await plugs(connect, talk.customer, talk.owner, talk.colleague)
    await say(buyer, talk)
    await say(buyer, talk)
    for member in (owner, colleague):
        assert (await member.hear("inbox", seq=2))["total_unread"] == 2
    read = await colleague.ask("receipt", {"conversation_id": talk.id, "read_seq": 1})
    assert (read["unread"], read["total_unread"]) == (1, 1)
    assert read["receipt"] == {"reader_id": talk.seller_id, "delivered_seq": 1, "read_seq": 1}
    for plug in (owner, buyer):
        assert (await plug.hear("receipt"))["receipt"] == read["receipt"]
    assert (await owner.hear("inbox"))["unread"] == 1
    again = await owner.ask("receipt", {"conversation_id": talk.id, "read_seq": 1, "delivered_seq": 0})
    assert again["receipt"] == read["receipt"]
    assert not [event for event, _ in await buyer.silence() if event == "receipt"]


async def test_a_message_sent_again_is_the_same_and_told_once(connect: Connect, talk: Talk) -> None:
    buyer, owner = await plugs(connect, talk.customer, talk.owner)
    body = {"conversation_id": talk.id, **line("once")}
    acks = [await buyer.ask("msg:send", body) for _ in range(3)]
    assert [ack["is_duplicate"] for ack in acks] == [False, True, True]
    assert len({ack["message"]["id"] for ack in acks}) == 1
    assert len([event for event, _ in await owner.silence() if event == "msg:new"]) == 1
    other = await buyer.ask("msg:send", {**body, "body": {"text": "twice"}})
    assert other["code"] == "cid_conflict"


async def test_who_comes_back_gets_what_was_missed(connect: Connect, talk: Talk) -> None:
    buyer, owner = await plugs(connect, talk.customer, talk.owner)
    first = (await say(buyer, talk, "one"))["message"]
    await owner.client.disconnect()
    await say(buyer, talk, "two")
    edit = {"conversation_id": talk.id, "message_id": first["id"], "body": {"text": "uno"}}
    await buyer.ask("msg:edit", edit)
    (back,) = await plugs(connect, talk.owner)
    held = [{"conversation_id": talk.id, "after_ver": 1}]
    synced = await back.ask("sync", {"conversations": held, "inbox_after": 1})
    (missed,) = synced["conversations"]
    assert [(each["seq"], each["ver"], each["body"]["text"]) for each in missed["messages"]] == [
        (2, 2, "two"),
        (1, 3, "uno"),
    ]
    assert (missed["ver"], missed["has_more"], missed["is_reset"]) == (3, False, False)
    (entry,) = synced["inbox"]["conversations"]
    assert (entry["id"], entry["unread"], entry["last_message"]["body"]["text"]) == (talk.id, 2, "two")
    assert synced["inbox"]["user_ver"] == entry["user_ver"] == 3
    assert synced["total_unread"] == 2
    nothing = await back.ask(
        "sync", {"conversations": [{"conversation_id": talk.id, "after_ver": 3}], "inbox_after": 3}
    )
    assert nothing["conversations"][0]["messages"] == nothing["inbox"]["conversations"] == []
    ahead = await back.ask("sync", {"conversations": [{"conversation_id": talk.id, "after_ver": 99}]})
    assert (ahead["conversations"][0]["is_reset"], ahead["conversations"][0]["ver"], ahead["inbox"]) == (True, 3, None)
    page = await back.ask("sync", {"conversations": [{"conversation_id": talk.id, "after_ver": 0}], "limit": 1})
    assert (page["conversations"][0]["ver"], page["conversations"][0]["has_more"]) == (2, True)


async def test_a_message_is_edited_and_deleted_for_both(connect: Connect, talk: Talk) -> None:
    buyer, owner, colleague = await plugs(connect, talk.customer, talk.owner, talk.colleague)
    message = (await say(owner, talk, "ten euro"))["message"]
    which = {"conversation_id": talk.id, "message_id": message["id"]}
    edited = await owner.ask("msg:edit", {**which, "body": {"text": "twelve euro"}, "ver": 1})
    assert edited["message"]["edited_at"]
    told = (await buyer.hear("msg:upd"))["message"]
    assert (told["id"], told["seq"], told["ver"], told["body"]) == (message["id"], 1, 2, {"text": "twelve euro"})
    late = await owner.ask("msg:edit", {**which, "body": {"text": "fifteen"}, "ver": 1})
    assert late["code"] == "message_changed"
    by_other = await buyer.ask("msg:edit", {**which, "body": {"text": "one euro"}})
    by_colleague = await colleague.ask("msg:edit", {**which, "body": {"text": "one euro"}})
    assert by_other["code"] == by_colleague["code"] == "message_not_own"
    assert (await buyer.ask("msg:delete", which))["code"] == "message_not_own"
    gone = await colleague.ask("msg:delete", which)
    assert gone["message"]["body"] is None
    told = (await buyer.hear("msg:upd", seconds=5))["message"]
    assert (told["ver"], told["body"], bool(told["deleted_at"])) == (3, None, True)
    assert await colleague.ask("msg:delete", which) == gone
    assert (await owner.ask("msg:edit", {**which, "body": {"text": "back"}}))["code"] == "message_not_found"
    (left,) = (await buyer.ask("history", {"conversation_id": talk.id}))["messages"]
    assert left == told


async def test_typing_is_shown_to_the_other_side_and_kept_nowhere(connect: Connect, talk: Talk) -> None:
    buyer, owner, colleague = await plugs(connect, talk.customer, talk.owner, talk.colleague)
    for is_typing in (True, True, False, False):
        assert await buyer.ask("typing", {"conversation_id": talk.id, "is_typing": is_typing}) == {}
    for member in (owner, colleague):
        told = [payload for event, payload in await member.silence() if event == "typing"]
        assert told == [
            {"conversation_id": talk.id, "side": "customer", "is_typing": True},
            {"conversation_id": talk.id, "side": "customer", "is_typing": False},
        ]
    assert await buyer.silence(0) == []
    synced = await owner.ask("sync", {"inbox_after": 0})
    assert synced["inbox"]["conversations"] == []


async def test_history_is_read_from_the_end_and_from_places(connect: Connect, talk: Talk) -> None:
    (buyer,) = await plugs(connect, talk.customer)
    for number in range(1, 8):
        await say(buyer, talk, str(number))

    async def page(**which: int) -> tuple[list[int], bool]:
        found = await buyer.ask("history", {"conversation_id": talk.id, **which})
        assert found["ver"] == 7
        return [each["seq"] for each in found["messages"]], found["has_more"]

    assert await page(limit=3) == ([5, 6, 7], True)
    assert await page(before_seq=5, limit=3) == ([2, 3, 4], True)
    assert await page(before_seq=2, limit=3) == ([1], False)
    assert await page(after_seq=0, limit=3) == ([1, 2, 3], True)
    assert await page(after_seq=5) == ([6, 7], False)
    assert await page() == ([1, 2, 3, 4, 5, 6, 7], False)


async def test_many_who_talk_at_once_hear_everything_in_order(connect: Connect, talk: Talk) -> None:
    sides = await plugs(connect, talk.customer, talk.owner, talk.colleague)
    await asyncio.gather(*(say(plug, talk, str(n)) for n in range(10) for plug in sides))
    for plug in sides:
        seen = [payload["message"]["seq"] for event, payload in await plug.silence() if event == "msg:new"]
        assert len(set(seen)) == len(seen) == 20
