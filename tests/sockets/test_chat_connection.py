"""Connections of chat: fresh tokens, logins that end, people who have nothing to do with a conversation."""

import asyncio
from dataclasses import replace
from secrets import token_hex
from typing import Any

import pytest
from sqlalchemy import delete, update

from middleware import delivery, engine, sockets
from models.schema.seller import seller_member
from routes import EVENTS
from routes.events import Event
from services.deps import Deps
from services.infrastructure.bus.postgres import PostgresBus
from services.infrastructure.bus.slot import Notice
from tests.conftest import Client
from tests.people import Person
from tests.sockets.conftest import CHAT, Connect, Plug
from tests.sockets.talking import Talk, begin, line, new_customer, plugs, say
from tests.staff import Worker
from utils.config import Settings

UNKNOWN = "conv_01ARZ3NDEKTSV4RRFFQ69G5FAV"
OF_CONVERSATION = [row for row in EVENTS if "conversation_id" in row.ids]
SOON = 5.0


@pytest.fixture(autouse=True)
def short_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sockets, "GRACE_SECONDS", 0.1)


@pytest.fixture(scope="module")
async def talk(client: Client, deps: Deps) -> Talk:
    return await begin(client, deps)


def fresh_token(deps: Deps, worker: Worker, seconds: int) -> str:
    claims = deps.tokens.read(worker.token)
    assert claims is not None
    whole = {name: value for name, value in claims.whole.items() if name not in ("exp", "iat", "aud", "iss", "sid")}
    return deps.tokens.sign(whole, session_id=claims.session_id, seconds=seconds)


async def has_ended(plug: Plug) -> None:
    async with asyncio.timeout(SOON):
        await plug.ended.wait()


def body_of(row: Event, conversation_id: str, message_id: str) -> dict[str, Any]:
    """A body of the event that would be right for who is concerned."""
    more: dict[str, Any] = {
        "msg:send": line(),
        "msg:edit": {"message_id": message_id, "body": {"text": "other"}},
        "msg:delete": {"message_id": message_id},
        "typing": {"is_typing": True},
        "conv:mute": {"is_muted": True},
        "conv:archive": {"is_archived": True},
        "conv:block": {"is_blocked": True},
        "report": {"reason": "spam", "message_id": message_id},
        "receipt": {"read_seq": 1},
        "history": {},
    }[row.event]
    return {"conversation_id": conversation_id, **more}


@pytest.mark.parametrize("row", OF_CONVERSATION, ids=lambda row: row.event)
async def test_a_foreign_conversation_is_one_that_is_not_there(connect: Connect, talk: Talk, row: Event) -> None:
    buyer, stranger, other = await plugs(connect, talk.customer, talk.stranger, talk.other_seller)
    message = (await say(buyer, talk))["message"]
    await buyer.silence()
    before = await talk.owner.get(f"/chat/conversations/{talk.id}/messages")
    for plug in (stranger, other):
        refused = [await plug.ask(row.event, body_of(row, id_, message["id"])) for id_ in (talk.id, UNKNOWN)]
        assert [answer["code"] for answer in refused] == ["conversation_not_found"] * 2
        assert str(refused[0]).replace(talk.id, UNKNOWN) == str(refused[1])
        assert await plug.silence(0.1) == []
    assert await buyer.silence(0) == []
    assert await talk.owner.get(f"/chat/conversations/{talk.id}/messages") == before


async def test_sync_gives_no_foreign_conversation(connect: Connect, talk: Talk) -> None:
    (stranger,) = await plugs(connect, talk.stranger)
    answers = [
        await stranger.ask("sync", {"conversations": [{"conversation_id": id_, "after_ver": 0}], "inbox_after": 0})
        for id_ in (talk.id, UNKNOWN)
    ]
    assert [answer["code"] for answer in answers] == ["conversation_not_found"] * 2
    assert (await stranger.ask("sync", {"inbox_after": 0}))["inbox"]["conversations"] == []


async def test_a_message_of_another_conversation_is_not_there(
    client: Client, deps: Deps, connect: Connect, talk: Talk
) -> None:
    elsewhere = await begin(client, deps)
    buyer, other = await plugs(connect, talk.customer, elsewhere.customer)
    message = (await say(other, elsewhere))["message"]
    for row in OF_CONVERSATION:
        if "message_id" in row.body["properties"]:
            answer = await buyer.ask(row.event, body_of(row, talk.id, message["id"]))
            assert answer["code"] == "message_not_found", row.event


async def test_who_takes_no_part_in_chat_is_refused(connect: Connect, talk: Talk, customer: Person) -> None:
    plug = await connect(customer.token)  # registered, and no customer yet
    assert (await plug.hear("session"))["reader_id"] is None
    for row in OF_CONVERSATION:
        assert (await plug.ask(row.event, body_of(row, talk.id, "msg_none")))["code"] == "unauthorized"


@pytest.mark.parametrize("row", OF_CONVERSATION, ids=lambda row: row.event)
async def test_bodies_that_are_too_large_or_have_unknown_keys_are_refused(
    connect: Connect, talk: Talk, row: Event
) -> None:
    (buyer,) = await plugs(connect, talk.customer)
    body = body_of(row, talk.id, "msg_none")
    assert (await buyer.ask(row.event, {**body, "admin": True}))["code"] == "invalid_request"
    large = await buyer.ask(row.event, {**body, "admin": "x" * 17_000})
    assert (large["code"], large["limit_bytes"]) == ("body_too_large", 16_384)


async def test_a_connection_goes_on_with_a_fresh_token(connect: Connect, talk: Talk, deps: Deps) -> None:
    plug = await connect(fresh_token(deps, talk.customer, 2))
    session = await plug.hear("session")
    assert 0 < (await plug.hear("auth:expiring", seconds=SOON))["seconds"] <= 1
    renewed = await plug.ask("auth:refresh", {"token": fresh_token(deps, talk.customer, 600)})
    assert renewed["expires_at"] > session["expires_at"]
    await asyncio.sleep(1.5)
    assert not plug.ended.is_set()
    assert "message" in await say(plug, talk)


@pytest.mark.parametrize("whose", ["another's", "a forged", "an old"])
async def test_a_token_that_is_not_of_the_same_person_ends_the_connection(
    connect: Connect, talk: Talk, deps: Deps, client: Client, whose: str
) -> None:
    (plug,) = await plugs(connect, talk.customer)
    token = {
        "another's": (await new_customer(client, deps)).token,
        "a forged": talk.customer.token[:-2],
        "an old": fresh_token(deps, talk.customer, -60),
    }[whose]
    assert (await plug.ask("auth:refresh", {"token": token}))["code"] == "unauthorized"
    await has_ended(plug)


async def test_a_login_that_ends_hears_nothing_more(client: Client, deps: Deps, connect: Connect) -> None:
    talk = await begin(client, deps)
    buyer, owner = await plugs(connect, talk.customer, talk.owner)
    await talk.owner.ask("DELETE", "/auth/session")
    await has_ended(owner)
    await say(buyer, talk)
    assert await owner.silence() == []


async def test_a_member_who_leaves_or_loses_the_grant_hears_nothing_more(
    client: Client, deps: Deps, connect: Connect
) -> None:
    talk = await begin(client, deps)
    buyer, owner, colleague = await plugs(connect, talk.customer, talk.owner, talk.colleague)
    mine = seller_member.c.member_id == talk.colleague.actor_id
    async with deps.database.unit_of_work() as work:
        await work.execute(update(seller_member).where(mine).values(role="catalogue"))
    await asyncio.sleep(0.3)
    await say(buyer, talk, "one")
    await owner.hear("msg:new")
    assert await colleague.silence(0.1) == []
    async with deps.database.unit_of_work() as work:
        await work.execute(update(seller_member).where(mine).values(role="support"))
    await asyncio.sleep(0.3)
    await say(buyer, talk, "two")
    assert (await colleague.hear("msg:new"))["message"]["body"] == {"text": "two"}
    async with deps.database.unit_of_work() as work:
        await work.execute(delete(seller_member).where(mine))
    await asyncio.sleep(0.3)
    await colleague.silence(0)
    await say(buyer, talk, "three")
    assert await colleague.silence() == []


async def test_two_processes_tell_each_other(
    connect: Connect, client: Client, deps: Deps, settings: Settings, start_shop: Any
) -> None:
    talk = await begin(client, deps)
    second = await start_shop(settings)
    (buyer,) = await plugs(connect, talk.customer)
    owner, phone = await plugs(connect, talk.owner, talk.customer, shop=second)
    text = "\U0001f600" * 4000
    sent = await say(buyer, talk, text)
    for plug in (owner, phone):
        assert (await plug.hear("msg:new"))["message"]["body"] == {"text": text}
    assert (await owner.hear("inbox"))["unread"] == 1
    assert (await owner.ask("receipt", {"conversation_id": talk.id, "read_seq": 1}))["unread"] == 0
    assert (await buyer.hear("receipt"))["receipt"]["read_seq"] == sent["message"]["seq"]
    devices = (buyer, owner, phone)
    acks = await asyncio.gather(*(say(plug, talk, token_hex(4)) for plug in devices for _ in range(8)))
    seqs = [ack["message"]["seq"] for ack in acks]
    for at, plug in enumerate(devices):
        heard = [payload["message"]["seq"] for event, payload in await plug.silence(0.4) if event == "msg:new"]
        assert sorted(heard) == sorted({*seqs} - {*seqs[at * 8 : at * 8 + 8]})


async def test_who_may_have_missed_something_is_asked_to_look_again(
    connect: Connect, client: Client, deps: Deps, talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "RESYNC_SECONDS", 0.1)
    (buyer,) = await plugs(connect, talk.customer)
    bus = deps.bus
    assert isinstance(bus, PostgresBus)
    name = talk.customer.actor_id
    payload = {"conversation_id": talk.id, "side": "seller", "is_typing": True}
    text = f'{{"namespace":"{CHAT}","name":"{name}","event":"typing","payload":%s}}' % str(payload).replace(
        "'", '"'
    ).replace("True", "true")
    for number in (7, 8):
        bus.hear(f"other {number} 0 1 {text}")
    assert [event for event, _ in await buyer.silence()] == ["typing", "typing"]
    bus.hear(f"other 10 0 1 {text}")
    assert (await buyer.hear("resync"))["reason"] == "gap"


async def test_who_does_not_read_misses_what_is_fleeting_and_is_let_go(
    connect: Connect, talk: Talk, deps: Deps, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    (buyer,) = await plugs(connect, talk.customer)
    name, payload = talk.customer.actor_id, {"conversation_id": talk.id, "side": "seller", "is_typing": True}
    fleeting = Notice(namespace=CHAT, name=name, event="typing", payload=payload, is_fleeting=True)
    lasting = Notice(namespace=CHAT, name=name, event="typing", payload=payload)
    monkeypatch.setattr(engine, "MOST_UNSENT_FLEETING", 0)  # as if there were always something unread
    for notice in (*(fleeting,) * 10, lasting, lasting):
        deps.bus.publish(notice)
    assert len(await buyer.silence()) == 2
    monkeypatch.setattr(engine, "MOST_UNSENT_BYTES", -1)
    deps.bus.publish(lasting)
    await has_ended(buyer)


async def test_a_shop_of_one_process_needs_no_notices_of_the_database(
    connect: Connect, client: Client, deps: Deps, settings: Settings, start_shop: Any
) -> None:
    talk = await begin(client, deps)
    alone = await start_shop(replace(settings, bus="memory"))
    buyer, owner = await plugs(connect, talk.customer, talk.owner, shop=alone)
    await say(buyer, talk)
    assert (await owner.hear("inbox"))["total_unread"] == 1
