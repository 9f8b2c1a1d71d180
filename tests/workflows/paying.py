"""Buyers of a shop that has a payment provider with faults beside its own."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import asyncpg
from aiohttp import web

from app import create_app
from services import deps as wiring
from services.providers.payment import payment_providers
from tests.buying import Buyer, Json
from tests.providers.adapter import HttpProvider
from tests.providers.fake_server import FakeServer
from tests.waiting import until
from utils.config import Settings

WORLD = Path(__file__).parents[1] / "data" / "world.yaml"
# Two for the first buyer alone, each on one product: a fifth off by itself, and all of it with a code.
LIMITED = """
  - code: FIRST-FIFTH
    is_automatic: true
    limit: 1
    application_method: {type: percentage, value: 20, target_type: items, allocation: across}
    target_rules: [{attribute: variant, operator: in, values: [AUR-LS-S]}]
  - code: FIRST-FREE
    is_automatic: true
    limit: 1
    application_method: {type: percentage, value: 100, target_type: items, allocation: across}
    target_rules: [{attribute: variant, operator: in, values: [AUR-WS]}]
"""
FAKE, GHOST = HttpProvider.id, "pp_ghost_gone"
ENABLE = """
INSERT INTO region_payment_provider (region_id, provider_id)
SELECT id, unnest($1::text[]) FROM region WHERE name = 'Europe'
"""
HELD = "SELECT coalesce(sum(quantity), 0)::int FROM stock_hold WHERE cart_id = $1"
SESSIONS = """
SELECT s.id, s.status, s.voided_at IS NULL AS live FROM payment_session s
JOIN payment_collection c ON c.id = s.payment_collection_id WHERE c.cart_id = $1 ORDER BY s.created_at
"""


async def shop_with(settings: Settings, server: FakeServer) -> web.Application:
    """An application whose region Europe takes the fake provider, and names one that is not installed."""
    connection = await asyncpg.connect(settings.database_url.replace("+asyncpg", ""))
    await connection.execute(ENABLE, [FAKE, GHOST])
    await connection.close()
    payments = {**payment_providers(), FAKE: HttpProvider(server.address)}
    return create_app(settings, replace(wiring.build(settings), payments=payments))


@dataclass
class Payer:
    """A buyer's steps around the payment, and what is in the books and at the provider."""

    buyer: Buyer
    server: FakeServer
    books: asyncpg.Connection

    async def cart(self, *items: tuple[str, int], **said: Any) -> tuple[str, str]:
        """A cart that wants paying, and its collection."""
        cart = await self.buyer.cart(*items, **said)
        await self.buyer.send_to(cart["id"])
        made = await self.buyer.post("/store/payment-collections", {"cart_id": cart["id"]})
        return cart["id"], made["payment_collection"]["id"]

    async def open(self, collection: str, status: int = 200, *, provider: str = FAKE, key: str = "") -> Json:
        path = f"/store/payment-collections/{collection}/payment-sessions"
        headers = {"idempotency_key": key} if key else {}
        return await self.buyer.post(path, {"provider_id": provider}, status, **headers)

    async def paid_with(self, *items: tuple[str, int], **said: Any) -> tuple[str, str]:
        """A cart with a session at the fake provider, and the session's id."""
        cart, collection = await self.cart(*items, **said)
        opened = await self.open(collection)
        return cart, opened["payment_collection"]["payment_sessions"][0]["id"]

    async def read(self, cart: str) -> Json:
        found: Json = (await self.buyer.get(f"/store/carts/{cart}"))["cart"]
        return found

    async def held(self, cart: str) -> int:
        return int(await self.books.fetchval(HELD, cart))

    async def sessions(self, cart: str) -> list[tuple[str, str, bool]]:
        """`(id, status, live)` of every session the cart has had."""
        return [tuple(row) for row in await self.books.fetch(SESSIONS, cart)]

    def state(self, session: str) -> str | None:
        """What the provider has."""
        known = self.server.sessions.get(session)
        return known["state"] if known else None

    async def is_given_up(self, session: str) -> bool:
        return await until(lambda: self.state(session) == "canceled")
