"""Buyers who hold stock without buying it: how long, how much, from where; and how much of a variant an order takes."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest

from models.cart.hold_limits import HoldLimits
from tests.buying import Buyer, Json, member
from tests.conftest import Client
from tests.workflows.books import faults, open_books
from tests.workflows.paying import WORLD
from utils.config import Settings

SECONDS, PAUSE = 600, 1800
GOODS = """
  - handle: held
    title: Held
    store: aurora
    sales_channels: [Web]
    options: [{title: Size, values: [Many, Few, Two, One, Limited]}]
    variants:
      - {sku: HELD-MANY, options: {Size: Many}, prices: {eur: 1}, stock: 100}
      - {sku: HELD-FEW, options: {Size: Few}, prices: {eur: 1}, stock: 11}
      - {sku: HELD-TWO, options: {Size: Two}, prices: {eur: 1}, stock: 100}
      - {sku: HELD-ONE, options: {Size: One}, prices: {eur: 1}, stock: 1}
      - {sku: HELD-LIMITED, options: {Size: Limited}, prices: {eur: 1}, stock: 100, order_limit: 3}
"""
MANY, FEW, TWO, ONE, LIMITED = (f"aurora/HELD-{name}" for name in ("MANY", "FEW", "TWO", "ONE", "LIMITED"))
HELD = "SELECT coalesce(sum(quantity), 0)::int FROM stock_hold WHERE cart_id = $1"
HELD_OF = """
SELECT coalesce(sum(h.quantity), 0)::int FROM stock_hold h JOIN variant_inventory_item USING (item_id)
WHERE variant_id = $1
"""
ENDS = "SELECT max(expires_at) FROM stock_hold WHERE cart_id = $1"
BACK = """
WITH moved AS (UPDATE stock_hold SET expires_at = expires_at - $2::interval WHERE cart_id = $1)
UPDATE cart SET holds_since = holds_since - $2::interval WHERE id = $1
"""


@pytest.fixture(scope="module")
def seed_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("seed") / "held.yaml"
    head, products, rest = WORLD.read_text().partition("\nproducts:\n")
    path.write_text(head + products + GOODS.lstrip("\n") + rest)
    return path


@pytest.fixture(scope="module")
def settings(settings: Settings) -> Settings:
    return replace(
        settings,
        stock_hold_seconds=SECONDS,
        stock_hold_pause_seconds=PAUSE,
        stock_hold_pieces=60,
        stock_hold_pieces_per_address=70,
        trusted_proxies=1,
    )


@pytest.fixture
async def books(settings: Settings) -> AsyncIterator[asyncpg.Connection]:
    opened = await open_books(settings.database_url.replace("+asyncpg", ""))
    yield opened
    await opened.execute("WITH g AS (DELETE FROM stock_hold) UPDATE inventory_level SET held = 0")
    await opened.close()


class Holder(Buyer):
    """A buyer at an address of their own."""

    address = "198.51.100.1"

    async def open(self, cart: str, status: int = 200) -> Json:
        made = await self.post("/store/payment-collections", {"cart_id": cart})
        path = f"/store/payment-collections/{made['payment_collection']['id']}/payment-sessions"
        headers = {"x_forwarded_for": self.address}
        opened = await self.post(path, {"provider_id": "pp_system_default"}, status, **headers)
        if status == 200:
            session: Json = opened["payment_collection"]["payment_sessions"][0]
            return session
        return opened

    async def holding(self, *items: tuple[str, int]) -> str:
        """A cart of these items with a payment session; its id."""
        cart = str((await self.cart(*items))["id"])
        await self.send_to(cart)
        await self.open(cart)
        return cart


def at(client: Client, ids: Json, address: str) -> Holder:
    holder = Holder(client, ids)
    holder.address = address
    return holder


@pytest.fixture
def buyer(client: Client, ids: Json) -> Holder:
    return at(client, ids, "198.51.100.1")


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


async def passes(books: asyncpg.Connection, cart: str, seconds: int) -> None:
    """So much time passes for the cart's holds."""
    await books.execute(BACK, cart, timedelta(seconds=seconds))


async def test_reopening_prolongs_a_hold_once_to_an_end_that_nothing_moves(
    buyer: Holder, books: asyncpg.Connection
) -> None:
    cart = await buyer.holding((MANY, 10))
    since = await books.fetchval("SELECT holds_since FROM cart WHERE id = $1", cart)
    assert await books.fetchval(ENDS, cart) == since + timedelta(seconds=SECONDS)
    for _ in range(3):
        session = await buyer.open(cart)
        assert await books.fetchval(ENDS, cart) == since + timedelta(seconds=2 * SECONDS)
        assert abs(moment(session["expires_at"]) - since - timedelta(seconds=2 * SECONDS)) < timedelta(seconds=1)
    await passes(books, cart, 2 * SECONDS - 30)
    await buyer.open(cart)
    assert await books.fetchval(ENDS, cart) == since + timedelta(seconds=30)
    assert await books.fetchval(HELD, cart) == 10


async def test_a_buyer_who_reopens_for_ever_holds_nothing_after_the_end(
    buyer: Holder, client: Client, ids: Json, books: asyncpg.Connection
) -> None:
    cart = await buyer.holding((ONE, 1))
    other = at(client, ids, "198.51.100.2")
    assert await books.fetchval(HELD, cart) == 1
    await buyer.open(cart)
    await passes(books, cart, 2 * SECONDS)
    # The stock is free at once for others, before any sweep.
    wanted = str((await other.cart((ONE, 1)))["id"])
    for _ in range(3):
        session = await buyer.open(cart)
        assert (session["expires_at"], await books.fetchval(HELD, cart)) == (None, 0)
    # A changed cart, and one emptied and filled again, is the same cart.
    await buyer.post(f"/store/carts/{cart}/line-items", {"variant_id": buyer.variant(MANY), "quantity": 1})
    await buyer.open(cart)
    assert await books.fetchval(HELD, cart) == 0
    await other.send_to(wanted)
    await other.open(wanted)
    assert await books.fetchval(HELD, wanted) == 1
    assert (await other.complete(wanted))["type"] == "order"
    assert (await buyer.refused(cart))["code"] == "insufficient_inventory"


async def test_who_holds_no_more_may_still_buy_what_is_free_and_holds_again_after_the_pause(
    buyer: Holder, books: asyncpg.Connection
) -> None:
    cart = await buyer.holding((MANY, 2))
    later = await buyer.holding((MANY, 3))
    for each in (cart, later):
        await passes(books, each, 2 * SECONDS)
        await buyer.open(each)
        assert await books.fetchval(HELD, each) == 0
    assert (await buyer.complete(cart))["type"] == "order"
    await passes(books, later, PAUSE - 30)
    await buyer.open(later)
    assert await books.fetchval(HELD, later) == 0
    await passes(books, later, 30)
    await buyer.open(later)
    assert await books.fetchval(HELD, later) == 3


async def test_one_buyer_holds_a_share_of_the_stock_and_others_buy_the_rest(
    buyer: Holder, client: Client, ids: Json, books: asyncpg.Connection
) -> None:
    cart = await buyer.holding((FEW, 11))
    assert await books.fetchval(HELD, cart) == 5  # half of 11, whole pieces
    other = at(client, ids, "198.51.100.3")
    bought = str((await other.cart((FEW, 6)))["id"])
    await other.send_to(bought)
    await other.open(bought)
    assert await books.fetchval(HELD, bought) == 5
    assert (await other.complete(bought))["type"] == "order"
    assert (await buyer.refused(cart))["code"] == "insufficient_inventory"


async def test_one_address_with_many_carts_holds_no_more_than_its_share_and_its_pieces(
    buyer: Holder, client: Client, ids: Json, books: asyncpg.Connection
) -> None:
    carts = [await buyer.holding((TWO, 20)) for _ in range(4)]
    assert [await books.fetchval(HELD, cart) for cart in carts] == [20, 20, 10, 0]  # half of 100
    assert await books.fetchval(HELD, await buyer.holding((MANY, 15))) == 15
    assert await books.fetchval(HELD, await buyer.holding((MANY, 15))) == 5  # 70 of one address in all
    assert await books.fetchval(HELD, await buyer.holding((MANY, 15))) == 0
    other = at(client, ids, "198.51.100.4")
    assert await books.fetchval(HELD, await other.holding((TWO, 20))) == 20


async def test_addresses_of_one_ipv6_network_are_one(client: Client, ids: Json, books: asyncpg.Connection) -> None:
    for last in range(4):
        await at(client, ids, f"2001:db8:1:2::{last + 1}").holding((TWO, 20))
    assert await books.fetchval(HELD_OF, ids["variants"][TWO]) == 50
    await at(client, ids, "2001:db8:1:3::1").holding((TWO, 20))
    assert await books.fetchval(HELD_OF, ids["variants"][TWO]) == 70


async def test_a_customer_with_many_carts_holds_what_one_buyer_may(
    client: Client, ids: Json, books: asyncpg.Connection
) -> None:
    known = await member(client, ids, "hoarder@example.com")
    held = []
    for turn in range(4):
        buyer = Holder(client, ids, token=known.token)
        buyer.address = f"203.0.113.{turn}"
        held.append(await books.fetchval(HELD, await buyer.holding((MANY, 30), (TWO, 20))))
    assert held == [50, 10, 0, 0]  # 60 pieces in all


async def test_the_limits_hold_when_all_carts_are_opened_at_once(
    client: Client, ids: Json, books: asyncpg.Connection
) -> None:
    buyer = at(client, ids, "198.51.100.9")
    carts = [str((await buyer.cart((TWO, 9)))["id"]) for _ in range(12)]
    for cart in carts:
        await buyer.send_to(cart)
    await asyncio.gather(*(buyer.open(cart) for cart in carts))
    held = [await books.fetchval(HELD, cart) for cart in carts]
    assert (sum(held), sorted(held, reverse=True)) == (50, [9, 9, 9, 9, 9, 5, 0, 0, 0, 0, 0, 0])
    assert await faults(books) == []


async def test_an_order_takes_no_more_of_a_variant_than_its_limit(buyer: Holder, books: asyncpg.Connection) -> None:
    variant = buyer.variant(LIMITED)
    cart = str((await buyer.cart((LIMITED, 2)))["id"])
    path = f"/store/carts/{cart}/line-items"
    apart = {"variant_id": variant, "metadata": {"engraving": "Ana"}}
    refused = await buyer.post(path, {**apart, "quantity": 2}, 400)
    assert (refused["code"], refused["limit"], refused["variant_id"]) == ("order_quantity_limit", 3, variant)
    assert refused["message"] == "An order takes 3 pieces of Held at the most. Put fewer of them into the cart."
    added = (await buyer.post(path, {**apart, "quantity": 1}))["cart"]
    line = added["items"][0]["id"]
    assert (await buyer.post(f"{path}/{line}", {"quantity": 3}, 400))["code"] == "order_quantity_limit"
    whole = {"region_id": buyer.ids["regions"]["Europe"], "items": [{"variant_id": variant, "quantity": 4}]}
    assert (await buyer.post("/store/carts", whole, 400))["code"] == "order_quantity_limit"
    await buyer.send_to(cart)
    await books.execute("UPDATE product_variant SET order_limit = 2 WHERE id = $1", variant)
    try:
        assert (await buyer.open(cart, 400))["limit"] == 2
        assert await books.fetchval(HELD, cart) == 0
        await books.execute("UPDATE product_variant SET order_limit = 3 WHERE id = $1", variant)
        await buyer.open(cart)
        await books.execute("UPDATE product_variant SET order_limit = 2 WHERE id = $1", variant)
        assert (await buyer.refused(cart))["code"] == "order_quantity_limit"
    finally:
        await books.execute("UPDATE product_variant SET order_limit = 3 WHERE id = $1", variant)


def test_windows_of_holds_end_twice_their_time_after_the_first_and_begin_again_after_the_pause() -> None:
    limits = HoldLimits(seconds=10, pause_seconds=30, share=50, pieces=0, pieces_per_address=0)
    began = datetime(2026, 3, 1, tzinfo=UTC)

    def after(seconds: int) -> tuple[int, int] | None:
        found = limits.window(began, began + timedelta(seconds=seconds))
        return None if found is None else (int((found[0] - began).seconds), int((found[1] - began).seconds))

    assert limits.window(None, began) == (began, began + timedelta(seconds=10))
    assert [after(seconds) for seconds in (0, 10, 19)] == [(0, 20)] * 3
    assert [after(seconds) for seconds in (20, 49)] == [None, None]
    assert after(50) == (50, 60)
    assert [limits.share_of(pieces) for pieces in (0, 1, 2, 3, 10, 11)] == [1, 1, 1, 1, 5, 5]
