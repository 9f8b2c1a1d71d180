"""Payments that fail, over real HTTP on both sides: what `complete` is answered, and what is left behind."""

import asyncio
import logging
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from tests.providers.fake_server import FakeServer
from tests.waiting import until
from tests.workflows.books import faults
from tests.workflows.paying import LIMITED, WORLD, Payer, shop_with
from utils.config import Settings

SHIRT, MUG, FREE, LAST = "aurora/AUR-LS-S", "aurora/AUR-MUG", "aurora/AUR-WS", "aurora/AUR-LS-M"
TAKE_ALL = """
WITH item AS (SELECT item_id FROM variant_inventory_item WHERE variant_id = $1),
gone AS (DELETE FROM stock_hold h USING item WHERE h.item_id = item.item_id),
counted AS (
    INSERT INTO inventory_movement (item_id, location_id, kind, stocked)
    SELECT item_id, location_id, 'adjust', -stocked FROM inventory_level JOIN item USING (item_id)
)
UPDATE inventory_level v SET held = 0, stocked = 0 FROM item WHERE v.item_id = item.item_id
"""


@pytest.fixture(scope="module")
def seed_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("seed") / "limited.yaml"
    path.write_text(WORLD.read_text() + LIMITED)
    return path


@pytest.fixture(scope="module")
async def app(settings: Settings, server: FakeServer) -> web.Application:
    return await shop_with(settings, server)


@pytest.mark.parametrize(
    ("fault", "kind", "name"),
    [
        ("decline", "payment_authorization_error", "payment_declined"),
        ({"state": "error"}, "payment_authorization_error", "payment_not_authorized"),
        ({"state": "requires_more", "data": {"url": "3ds"}}, "payment_requires_more_error", "payment_requires_more"),
    ],
)
async def test_a_refused_payment_is_the_cart_and_the_reason(payer: Payer, fault: Any, kind: str, name: str) -> None:
    cart, session = await payer.paid_with((MUG, 1))
    payer.server.faults["authorize"] = fault
    refused = await payer.buyer.complete(cart)
    assert (refused["type"], refused["error"]["type"], refused["error"]["name"]) == ("cart", kind, name)
    assert refused["error"]["message"]
    shown = refused["cart"]["payment_collection"]["payment_sessions"]
    assert [entry["id"] for entry in shown] == [session]
    assert refused["cart"] == await payer.read(cart)
    if isinstance(fault, dict):
        assert shown[0]["status"] == fault["state"]


async def test_a_refused_payment_is_not_kept_under_the_key(payer: Payer) -> None:
    cart, session = await payer.paid_with((MUG, 1))
    payer.server.faults["authorize"] = "decline"
    assert (await payer.buyer.complete(cart, idempotency_key="topped-up"))["type"] == "cart"
    payer.server.forget_faults()
    done = await payer.buyer.complete(cart, idempotency_key="topped-up")
    assert done["type"] == "order"
    assert await payer.buyer.complete(cart, idempotency_key="topped-up") == done
    assert payer.state(session) == "authorized"


async def test_an_authorization_without_an_answer_is_asked_for_again(payer: Payer) -> None:
    cart, session = await payer.paid_with((MUG, 1))
    payer.server.faults["authorize"] = "drop"
    reply = await payer.buyer.send("POST", f"/store/carts/{cart}/complete")
    assert (reply.status, reply.headers["Retry-After"]) == (503, "1")
    payer.server.forget_faults()
    assert (await payer.buyer.complete(cart))["type"] == "order"
    assert payer.state(session) == "authorized"


async def test_a_captured_payment_is_paid(payer: Payer) -> None:
    cart, session = await payer.paid_with((MUG, 1))
    payer.server.faults["authorize"] = {"state": "captured"}
    placed = (await payer.buyer.complete(cart))["order"]
    fields = "*payment_collections.payments,*summary"
    read = (await payer.buyer.get(f"/store/orders/{placed['id']}?fields={fields}"))["order"]
    for order in (placed, read):
        collection = order["payment_collections"][0]
        assert collection["status"] == "completed"
        assert collection["captured_amount"] == order["summary"]["paid_total"] == placed["total"]
        assert order["summary"]["pending_difference"] == 0
    assert read["payment_status"] == "captured"
    assert read["payment_collections"][0]["payments"][0]["captured_at"] is not None
    assert await payer.books.fetchval("SELECT status FROM payment_session WHERE id = $1", session) == "captured"


@pytest.mark.parametrize("other", [{"amount": 1}, {"currency": "usd"}, {"amount": 1, "state": "captured"}])
async def test_another_amount_or_currency_than_ours_is_refused_for_review(
    payer: Payer, other: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    cart, session = await payer.paid_with((MUG, 1))
    payer.server.faults["authorize"] = other
    with caplog.at_level(logging.ERROR, "pasar.payment"):
        assert (await payer.buyer.refused(cart))["code"] == "payment_mismatch"
    assert f"payment session {session} needs review" in caplog.text
    assert await payer.sessions(cart) == [(session, "error", False)]
    assert (await payer.held(cart), (await payer.read(cart))["completed_at"]) == (0, None)
    if "state" not in other:
        assert await payer.is_given_up(session)


async def test_an_authorization_that_no_order_came_of_is_cancelled(payer: Payer) -> None:
    cart, session = await payer.paid_with((LAST, 1))
    await payer.books.execute(TAKE_ALL, payer.buyer.variant(LAST))
    assert (await payer.buyer.refused(cart))["code"] == "insufficient_inventory"
    assert payer.server.calls["authorize", session] == 1
    assert await payer.is_given_up(session)
    assert [row[2] for row in await payer.sessions(cart)] == [False]


@pytest.mark.parametrize("newer", [False, True])
async def test_a_session_that_ends_while_it_is_authorized_is_cancelled(payer: Payer, newer: bool) -> None:
    cart, session = await payer.paid_with((MUG, 1))
    payer.server.gates["authorize"] = asyncio.Event()
    completing = asyncio.create_task(payer.buyer.send("POST", f"/store/carts/{cart}/complete"))
    await payer.server.arrived.wait()
    # The cancellation of the change is lost, so that only what the refusal does can give the payment up.
    await payer.books.execute("UPDATE outbox SET delivered_at = now() WHERE delivered_at IS NULL")
    body = {"variant_id": payer.buyer.variant(MUG), "quantity": 1}
    await payer.buyer.post(f"/store/carts/{cart}/line-items", body)
    if newer:
        found = (await payer.read(cart))["payment_collection"]["id"]
        await payer.open(found)
    payer.server.gates["authorize"].set()
    refused = await completing
    assert (refused.status, (await refused.json())["type"]) == (200, "cart")
    assert await payer.is_given_up(session)
    live = [row[0] for row in await payer.sessions(cart) if row[2]]
    assert len(live) == newer
    if newer:
        assert payer.state(live[0]) == "pending"
        assert (await payer.buyer.complete(cart))["type"] == "order"


async def test_an_authorization_of_a_cart_that_was_bought_meanwhile_is_cancelled(payer: Payer) -> None:
    cart, late = await payer.paid_with((MUG, 1))
    payer.server.arrived.clear()
    payer.server.gates["authorize"] = asyncio.Event()
    completing = asyncio.create_task(payer.buyer.send("POST", f"/store/carts/{cart}/complete"))
    await payer.server.arrived.wait()
    gate = payer.server.gates.pop("authorize")
    collection = (await payer.read(cart))["payment_collection"]["id"]
    await payer.open(collection)  # in the place of the first
    assert await payer.is_given_up(late)
    bought = await payer.buyer.complete(cart)
    cancels = payer.server.calls["cancel", late]
    gate.set()
    again = await (await completing).json()
    assert (again["type"], again["order"]["id"]) == ("order", bought["order"]["id"])
    assert await until(lambda: payer.server.calls["cancel", late] > cancels)
    assert await payer.is_given_up(late)


async def test_the_session_that_paid_is_not_cancelled_whoever_else_completed(payer: Payer) -> None:
    cart, session = await payer.paid_with((MUG, 1))
    done = await asyncio.gather(*(payer.buyer.complete(cart) for _ in range(6)))
    assert len({reply["order"]["id"] for reply in done}) == 1
    await asyncio.sleep(0.3)
    assert (payer.state(session), payer.server.calls["cancel", session]) == ("authorized", 0)


async def test_a_cart_with_an_automatic_promotion_that_is_used_up_can_be_bought(payer: Payer) -> None:
    carts = [await payer.paid_with((SHIRT, 1)) for _ in range(2)]
    late, collection = await payer.cart((SHIRT, 1))
    before = (await payer.read(late))["total"]
    assert (await payer.buyer.complete(carts[0][0]))["type"] == "order"
    cart, session = carts[1]
    assert (await payer.buyer.refused(cart))["code"] == "promotion_usage_exceeded"
    now = await payer.read(cart)
    assert now["discount_total"] == 0
    assert now["payment_collection"]["amount"] == now["total"] > before
    assert await payer.is_given_up(session)
    await payer.open(now["payment_collection"]["id"])
    assert (await payer.buyer.complete(cart))["order"]["total"] == now["total"]
    # Whoever opens the payment after it was used up sees the new total at once.
    opened = (await payer.open(collection))["payment_collection"]
    assert opened["amount"] == opened["payment_sessions"][0]["amount"] == now["total"]
    assert (await payer.buyer.complete(late))["type"] == "order"


async def test_a_free_cart_whose_promotion_is_used_up_costs_something_again(payer: Payer) -> None:
    carts = []
    for _ in range(2):
        cart = await payer.buyer.cart((FREE, 1), promo_codes=["SHIPFREE"])
        assert (await payer.buyer.send_to(cart["id"]))["total"] == 0
        carts.append(cart["id"])
    assert (await payer.buyer.complete(carts[0]))["type"] == "order"
    assert (await payer.buyer.refused(carts[1]))["code"] == "promotion_usage_exceeded"
    assert (await payer.read(carts[1]))["total"] > 0
    assert (await payer.buyer.complete(carts[1], 400))["code"] == "payment_collection_missing"


async def test_the_books_agree_after_all_of_it(payer: Payer) -> None:
    assert await faults(payer.books) == []
