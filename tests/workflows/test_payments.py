"""Payments that fail, over real HTTP on both sides: opening a session, and what ends one."""

import asyncio
import logging
from datetime import datetime
from pathlib import Path

import pytest
from aiohttp import web

from controllers.http import DEPS
from tests.providers.fake_server import FakeServer
from tests.waiting import until
from tests.workflows.paying import FAKE, GHOST, WORLD, Payer, shop_with
from utils.config import Settings

MUG = "aurora/AUR-MUG"


@pytest.fixture(scope="module")
def seed_file() -> Path:
    return WORLD


@pytest.fixture(scope="module")
async def app(settings: Settings, server: FakeServer) -> web.Application:
    return await shop_with(settings, server)


async def test_a_session_shows_what_the_provider_answered_and_until_when_it_holds(payer: Payer) -> None:
    cart, collection = await payer.cart((MUG, 1))
    shown = (await payer.open(collection))["payment_collection"]["payment_sessions"][0]
    assert shown["data"] == {"client_secret": f"secret of {shown['id']}"}
    until = await payer.books.fetchval("SELECT expires_at FROM stock_hold WHERE cart_id = $1", cart)
    assert abs((until - datetime.fromisoformat(shown["expires_at"])).total_seconds()) < 1
    done = await payer.buyer.complete(cart)
    assert (done["type"], payer.state(shown["id"])) == ("order", "authorized")


async def test_a_provider_that_is_not_installed_is_neither_listed_nor_begun_with(payer: Payer) -> None:
    region = payer.buyer.ids["regions"]["Europe"]
    listed = await payer.buyer.get(f"/store/payment-providers?region_id={region}")
    assert {entry["id"] for entry in listed["payment_providers"]} == {"pp_system_default", FAKE}
    assert listed["count"] == 2
    cart, collection = await payer.cart((MUG, 1))
    refused = await payer.open(collection, 400, provider=GHOST)
    assert refused["code"] == "payment_provider_not_enabled"
    assert (await payer.held(cart), await payer.sessions(cart)) == (0, [])


@pytest.mark.parametrize("key", ["", "declined-key"])
async def test_a_declined_opening_leaves_nothing_behind_and_may_be_tried_again(payer: Payer, key: str) -> None:
    cart, collection = await payer.cart((MUG, 1))
    payer.server.faults["open"] = "decline"
    refused = await payer.open(collection, 422, key=key)
    assert refused["code"] == "payment_declined"
    assert await payer.held(cart) == 0
    assert [row[1:] for row in await payer.sessions(cart)] == [("canceled", False)]
    payer.server.forget_faults()
    await payer.open(collection, key=key)
    assert (await payer.buyer.complete(cart))["type"] == "order"


async def test_a_provider_that_cannot_be_reached_leaves_nothing_behind(
    payer: Payer, unused_tcp_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    cart, collection = await payer.cart((MUG, 1))
    provider = payer.buyer.client.app[DEPS].payments[FAKE]
    monkeypatch.setattr(provider, "address", f"http://127.0.0.1:{unused_tcp_port}")
    reply = await payer.buyer.send(
        "POST", f"/store/payment-collections/{collection}/payment-sessions", {"provider_id": FAKE}
    )
    assert (reply.status, (await reply.json())["code"]) == (503, "payment_provider_unavailable")
    assert reply.headers["Retry-After"] == "1"
    assert await payer.held(cart) == 0
    assert [row[2] for row in await payer.sessions(cart)] == [False]


async def test_an_adapter_with_a_fault_leaves_nothing_held(payer: Payer) -> None:
    cart, collection = await payer.cart((MUG, 1))
    payer.server.faults["open"] = "nonsense"
    await payer.open(collection, 500)
    ((session, status, live),) = await payer.sessions(cart)
    assert (status, live, await payer.held(cart)) == ("error", False, 0)
    assert await payer.is_given_up(session)


@pytest.mark.parametrize("key", ["", "unknown-key"])
@pytest.mark.parametrize("fault", ["late", "drop", "break"])
async def test_an_unknown_outcome_is_looked_up_before_anything_else(payer: Payer, fault: str, key: str) -> None:
    key = key and f"{key}-{fault}"
    cart, collection = await payer.cart((MUG, 1))
    payer.server.faults["open"] = fault
    refused = await payer.open(collection, 503, key=key)
    assert refused["code"] == "payment_outcome_unknown"
    ((session, status, live),) = await payer.sessions(cart)
    assert (status, live) == ("unknown", True)
    # Nothing is paid with it meanwhile, though the provider has it.
    assert (await payer.buyer.refused(cart))["code"] == "payment_session_not_opened"
    assert (await payer.read(cart))["payment_collection"]["payment_sessions"] == []
    assert payer.server.calls["authorize", session] == 0
    payer.server.forget_faults()
    shown = (await payer.open(collection, key=key))["payment_collection"]["payment_sessions"]
    assert [entry["id"] for entry in shown] == [session]
    assert shown[0]["data"] == {"client_secret": f"secret of {session}"}
    assert payer.server.calls["find", session] == 1
    assert (await payer.held(cart), await payer.sessions(cart)) == (1, [(session, "pending", True)])
    assert (await payer.buyer.complete(cart))["type"] == "order"


async def test_an_unknown_outcome_that_cannot_be_looked_up_stays_unknown(payer: Payer) -> None:
    cart, collection = await payer.cart((MUG, 1))
    payer.server.faults |= {"open": "drop", "find": "drop"}
    await payer.open(collection, 503)
    await payer.open(collection, 503)
    ((session, status, live),) = await payer.sessions(cart)
    assert (status, live, payer.server.calls["open", session]) == ("unknown", True, 1)


async def test_one_key_twice_at_once_is_one_session_and_one_answer(payer: Payer) -> None:
    cart, collection = await payer.cart((MUG, 1))
    payer.server.gates["open"] = asyncio.Event()
    tries = [asyncio.create_task(payer.open(collection, key="twins")) for _ in range(4)]
    await payer.server.arrived.wait()
    await asyncio.sleep(0.1)
    payer.server.gates["open"].set()
    answers = await asyncio.gather(*tries)
    assert all(answer == answers[0] for answer in answers)
    shown = answers[0]["payment_collection"]["payment_sessions"][0]
    assert await payer.sessions(cart) == [(shown["id"], "pending", True)]
    assert shown["data"] == {"client_secret": f"secret of {shown['id']}"}
    assert await payer.open(collection, key="twins") == answers[0]
    assert (await payer.buyer.complete(cart))["type"] == "order"


async def test_one_key_with_two_bodies_at_once_is_one_session(payer: Payer) -> None:
    cart, collection = await payer.cart((MUG, 1))
    path = f"/store/payment-collections/{collection}/payment-sessions"
    bodies = [{"provider_id": FAKE}, {"provider_id": "pp_system_default"}, {"provider_id": FAKE, "data": {"a": 1}}]
    replies = await asyncio.gather(*(payer.buyer.send("POST", path, body, idempotency_key="bodies") for body in bodies))
    assert sorted(reply.status for reply in replies).count(200) == 1
    assert {reply.status for reply in replies} <= {200, 409, 422}
    assert [row[2] for row in await payer.sessions(cart)] == [True]
    assert (await payer.buyer.complete(cart))["type"] == "order"


async def test_a_late_repetition_does_not_end_a_payment_that_was_started_after_it(payer: Payer) -> None:
    cart, collection = await payer.cart((MUG, 1))
    payer.server.faults["open"] = "drop"
    await payer.open(collection, 503, key="early")
    payer.server.forget_faults()
    live = (await payer.open(collection, key="later"))["payment_collection"]["payment_sessions"][0]["id"]
    assert (await payer.open(collection, 409, key="early"))["code"] == "payment_session_ended"
    assert [row[0] for row in await payer.sessions(cart) if row[2]] == [live]


async def test_a_session_that_ends_with_a_change_of_the_cart_is_cancelled_at_the_provider(payer: Payer) -> None:
    cart, session = await payer.paid_with((MUG, 1))
    assert payer.state(session) == "pending"
    payer.server.faults["cancel"] = "drop"  # the first delivery is lost on the way back
    await payer.buyer.post(f"/store/carts/{cart}/line-items", {"variant_id": payer.buyer.variant(MUG), "quantity": 1})
    assert await payer.is_given_up(session)
    payer.server.forget_faults()
    assert await until(lambda: payer.server.calls["cancel", session] > 1, 8)


async def test_a_session_that_ends_while_it_is_opened_is_cancelled_and_not_shown(payer: Payer) -> None:
    cart, collection = await payer.cart((MUG, 1))
    payer.server.gates["open"] = asyncio.Event()
    opening = asyncio.create_task(payer.open(collection, 409))
    await payer.server.arrived.wait()
    await payer.buyer.post(f"/store/carts/{cart}/line-items", {"variant_id": payer.buyer.variant(MUG), "quantity": 1})
    payer.server.gates["open"].set()
    assert (await opening)["code"] == "payment_session_ended"
    ((session, _, live),) = await payer.sessions(cart)
    assert (live, await payer.held(cart)) == (False, 0)
    assert await payer.is_given_up(session)


async def test_an_opening_over_another_amount_is_refused_for_review(
    payer: Payer, caplog: pytest.LogCaptureFixture
) -> None:
    cart, collection = await payer.cart((MUG, 1))
    payer.server.faults["open"] = {"amount": 1}
    with caplog.at_level(logging.ERROR, "pasar.payment"):
        assert (await payer.open(collection, 409))["code"] == "payment_mismatch"
    assert "needs review" in caplog.text
    ((session, status, live),) = await payer.sessions(cart)
    assert (status, live, await payer.held(cart)) == ("error", False, 0)
    assert await payer.is_given_up(session)
