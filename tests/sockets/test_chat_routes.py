"""Chat by REST: the same operations, and who is connected hears of them."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from models.schema.chat import chat_report
from services.deps import Deps
from tests.conftest import Client
from tests.sockets.conftest import Connect
from tests.sockets.talking import Talk, begin, line, new_customer, new_seller, plugs
from tests.staff import hire
from utils.config import Settings

ONE = "/chat/conversations"


@pytest.fixture
async def talk(client: Client, deps: Deps) -> Talk:
    return await begin(client, deps)


async def test_a_message_sent_by_rest_is_told_to_all_connections(connect: Connect, talk: Talk) -> None:
    buyer, owner = await plugs(connect, talk.customer, talk.owner)
    sent = await talk.customer.post(f"{ONE}/{talk.id}/messages", line("by REST"))
    for plug in (buyer, owner):
        assert (await plug.hear("msg:new"))["message"]["id"] == sent["message"]["id"]
    assert (await owner.hear("inbox"))["total_unread"] == 1


async def test_a_customer_and_a_seller_have_one_conversation(talk: Talk) -> None:
    again = await talk.customer.post(ONE, {"seller_id": talk.seller_id})
    assert again["conversation"]["id"] == talk.id
    assert again["conversation"]["name"].startswith("Lamps")
    assert {each["reader_id"] for each in again["receipts"]} == {talk.customer.actor_id, talk.seller_id}
    read = await talk.owner.get(f"{ONE}/{talk.id}")
    assert (read["conversation"]["id"], read["conversation"]["name"]) == (talk.id, None)


@pytest.mark.parametrize("body", [{}, {"customer_id": "cus_1"}, {"seller_id": "sel_1", "customer_id": "cus_1"}])
async def test_who_opens_a_conversation_names_the_other_side(talk: Talk, body: dict[str, str]) -> None:
    assert (await talk.customer.post(ONE, body, 400))["code"] == "conversation_side_missing"


async def test_a_seller_begins_with_nobody_who_has_bought_nothing(talk: Talk) -> None:
    for customer_id in (talk.stranger.actor_id, "cus_none"):
        refused = await talk.owner.post(ONE, {"customer_id": customer_id}, 404)
        assert refused["message"] == f"Customer with id: {customer_id} was not found"
    assert (await talk.customer.post(ONE, {"seller_id": "sel_none"}, 404))["code"] == "not_found"


async def test_a_seller_that_is_not_listed_is_none(client: Client, deps: Deps, talk: Talk) -> None:
    hidden = await new_seller(client, deps, status="pending")
    refused = await talk.customer.post(ONE, {"seller_id": hidden.seller_id}, 404)
    assert refused["message"] == f"Seller with id: {hidden.seller_id} was not found"


async def test_a_key_is_answered_once(talk: Talk) -> None:
    body = line("with a key")
    path = f"{ONE}/{talk.id}/messages"
    replies = [await talk.customer.send("POST", path, body, idempotency_key="k1") for _ in range(2)]
    first, second = [await reply.json() for reply in replies]
    assert first == second
    assert replies[1].headers["Idempotency-Replayed"] == "true"
    assert (await talk.customer.get(path))["messages"] == [first["message"]]


async def test_the_inbox_is_listed_from_the_newest(client: Client, deps: Deps, talk: Talk) -> None:
    others = [await new_customer(client, deps) for _ in range(3)]
    ids = [talk.id]
    for customer in others:
        opened = await customer.post(ONE, {"seller_id": talk.seller_id})
        ids.append(opened["conversation"]["id"])
    for customer, conversation_id in zip((talk.customer, *others), ids, strict=True):
        await customer.post(f"{ONE}/{conversation_id}/messages", line())
    page = await talk.owner.get(f"{ONE}?limit=3")
    assert [each["id"] for each in page["conversations"]] == ids[:0:-1]
    assert page["total_unread"] == 4
    rest = await talk.owner.get(f"{ONE}?limit=3&before={page['conversations'][-1]['user_ver']}")
    assert [each["id"] for each in rest["conversations"]] == ids[:1]
    synced = await talk.owner.get(f"/chat/sync?inbox_after=0&conversation={talk.id}:0&conversation={ids[1]}:1")
    assert [each["id"] for each in synced["inbox"]["conversations"]] == ids
    assert [len(each["messages"]) for each in synced["conversations"]] == [1, 0]


async def test_what_is_muted_or_archived_is_so_for_one_side_and_all_its_devices(connect: Connect, talk: Talk) -> None:
    phone, owner = await plugs(connect, talk.customer, talk.owner)
    await talk.owner.post(f"{ONE}/{talk.id}/messages", line())
    before = (await phone.hear("inbox"))["user_ver"]
    await owner.silence()
    until = "2999-01-01T00:00:00.000Z"
    muted = await talk.customer.post(f"{ONE}/{talk.id}/mute", {"is_muted": True, "until": until})
    assert (muted["conversation"]["is_muted"], muted["conversation"]["muted_until"]) == (True, until)
    assert (await phone.hear("conv:upd"))["conversation"] == muted["conversation"]
    synced = await phone.ask("sync", {"inbox_after": before})
    assert [each["is_muted"] for each in synced["inbox"]["conversations"]] == [True]
    await talk.customer.post(f"{ONE}/{talk.id}/archive", {"is_archived": True})
    assert (await phone.hear("conv:upd"))["conversation"]["is_archived"]
    assert await owner.silence() == []
    assert not (await talk.owner.get(f"{ONE}/{talk.id}"))["conversation"]["is_archived"]
    await talk.owner.post(f"{ONE}/{talk.id}/messages", line("wake up"))
    after = (await talk.customer.get(f"{ONE}/{talk.id}"))["conversation"]
    assert (after["is_archived"], after["is_muted"]) == (False, True)
    ended = await talk.customer.post(f"{ONE}/{talk.id}/mute", {"is_muted": True, "until": "2001-01-01T00:00:00Z"})
    assert not ended["conversation"]["is_muted"]
    assert not (await talk.customer.post(f"{ONE}/{talk.id}/mute", {"is_muted": False}))["conversation"]["is_muted"]


async def test_a_block_stops_both_until_who_made_it_takes_it_back(connect: Connect, talk: Talk) -> None:
    buyer, owner = await plugs(connect, talk.customer, talk.owner)
    message = (await buyer.ask("msg:send", {"conversation_id": talk.id, **line()}))["message"]
    blocked = await owner.ask("conv:block", {"conversation_id": talk.id, "is_blocked": True})
    assert blocked["conversation"]["blocked_by"] == ["seller"]
    assert (await buyer.hear("conv:upd"))["conversation"]["blocked_by"] == ["seller"]
    await owner.silence()
    which = {"conversation_id": talk.id, "message_id": message["id"]}
    for plug, event, body in (
        (buyer, "msg:send", {"conversation_id": talk.id, **line()}),
        (owner, "msg:send", {"conversation_id": talk.id, **line()}),
        (buyer, "msg:edit", {**which, "body": {"text": "other"}}),
    ):
        assert (await plug.ask(event, body))["code"] == "conversation_blocked"
    assert await buyer.ask("typing", {"conversation_id": talk.id, "is_typing": True}) == {}
    taken = await buyer.ask("conv:block", {"conversation_id": talk.id, "is_blocked": False})
    assert taken["conversation"]["blocked_by"] == ["seller"]
    assert [event for event, _ in await owner.silence()] == ["conv:upd"]
    assert (await buyer.ask("msg:delete", which))["message"]["body"] is None
    await owner.ask("conv:block", {"conversation_id": talk.id, "is_blocked": False})
    assert "message" in await buyer.ask("msg:send", {"conversation_id": talk.id, **line()})


async def test_a_report_keeps_what_was_said(talk: Talk, deps: Deps) -> None:
    path = f"{ONE}/{talk.id}"
    message = (await talk.owner.post(f"{path}/messages", line("pay me elsewhere")))["message"]
    body = {"reason": "fraud", "message_id": message["id"], "note": "asks for cash"}
    for _ in range(2):
        assert await talk.customer.post(f"{path}/reports", body) == {"is_reported": True}
    await talk.owner.delete(f"{path}/messages/{message['id']}")
    async with deps.database.reading() as work:
        (row,) = await work.execute(select(chat_report).where(chat_report.c.conversation_id == talk.id))
    assert (row.reader_id, row.reason, row.note) == (talk.customer.actor_id, "fraud", "asks for cash")
    assert row.content["body"] == {"text": "pay me elsewhere"}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"text": " \n\t "}, "message_text_missing"),
        ({"text": "a\u202eb"}, "text_not_allowed"),
        ({"text": "a\u2066b"}, "text_not_allowed"),
        ({"text": "a\x07b"}, "text_not_allowed"),
        ({"text": "x" * 4001}, "invalid_request"),
        ({"text": ""}, "invalid_request"),
        ({"text": "x", "html": "<b>"}, "invalid_request"),
        ({"text": "x", "reply_to": "msg_none"}, "message_not_found"),
    ],
)
async def test_what_cannot_be_said(talk: Talk, body: dict[str, Any], code: str) -> None:
    reply = await talk.customer.send("POST", f"{ONE}/{talk.id}/messages", {**line(), "body": body})
    assert (reply.status in (400, 404), (await reply.json())["code"]) == (True, code)
    unknown = await talk.customer.post(f"{ONE}/{talk.id}/messages", line(kind="sticker"), 400)
    assert unknown["code"] == "message_kind_unknown"


@pytest.mark.parametrize("text", ["x" * 4000, "\U0001f600" * 4000, "سلام\u200cعلیکم", "a\nb\tc", '"\\' * 2000])
async def test_what_can_be_said_comes_back_and_is_told_as_it_was(connect: Connect, talk: Talk, text: str) -> None:
    buyer, owner = await plugs(connect, talk.customer, talk.owner)
    sent = await buyer.ask("msg:send", {"conversation_id": talk.id, **line(text)})
    assert sent["message"]["body"] == {"text": text}
    assert (await owner.hear("msg:new"))["message"]["body"] == {"text": text}
    answer = line("yes")
    answer["body"]["reply_to"] = sent["message"]["id"]
    assert (await talk.owner.post(f"{ONE}/{talk.id}/messages", answer))["message"]["body"] == answer["body"]


async def test_the_window_of_changes_closes(talk: Talk, settings: Settings, start_shop: Any) -> None:
    message = (await talk.customer.post(f"{ONE}/{talk.id}/messages", line()))["message"]
    talk.customer.client = await start_shop(replace(settings, chat_edit_minutes=0))
    path = f"{ONE}/{talk.id}/messages/{message['id']}"
    for refused in (
        await talk.customer.post(path, {"body": {"text": "late"}}, 400),
        await talk.customer.delete(path, 400),
    ):
        assert refused["code"] == "edit_window_closed"


async def test_roles_without_the_grant_neither_read_nor_hear(
    client: Client, deps: Deps, connect: Connect, talk: Talk
) -> None:
    packer = await hire(client, deps, seller_id=talk.seller_id, role="catalogue")
    (plug,) = await plugs(connect, packer)
    assert (await packer.get(f"{ONE}/{talk.id}", 403))["code"] == "forbidden"
    assert (await plug.ask("history", {"conversation_id": talk.id}))["code"] == "forbidden"
    await talk.customer.post(f"{ONE}/{talk.id}/messages", line())
    assert await plug.silence() == []
    assert (await packer.get(f"{ONE}/conv_none", 403))["code"] == "forbidden"
