"""Many buyers over real HTTP: carts brought up to a chosen point of the checkout, and answers as they come."""

import asyncio
from collections.abc import Awaitable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count
from types import TracebackType
from typing import Any, TypeVar

import aiohttp

from benchmarks.world import PUBLISHABLE_KEY

T = TypeVar("T")
ADDRESS = {
    "first_name": "Ada",
    "last_name": "Buyer",
    "address_1": "1 Market Street",
    "city": "Town",
    "postal_code": "10115",
    "country_code": "de",
}
PROVIDER = {"provider_id": "pp_system_default"}


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: dict[str, Any]

    @property
    def order_id(self) -> str | None:
        """The order this answer made known, if it did."""
        is_order = self.status == 200 and self.body.get("type") == "order"
        return str(self.body["order"]["id"]) if is_order else None

    @property
    def code(self) -> str | None:
        """Why this answer made no order known: the code of the error, or of the error beside the cart."""
        code: str | None = self.body.get("code") or self.body.get("error", {}).get("code")
        return code


class StuckError(Exception):
    """An answer that a step of the checkout cannot go on from."""


async def side_by_side(work: Iterable[Awaitable[T]], at_once: int) -> list[T]:
    """All of it, so many at once."""
    gate = asyncio.Semaphore(at_once)

    async def one(item: Awaitable[T]) -> T:
        async with gate:
            return await item

    return await asyncio.gather(*(one(item) for item in work))


@dataclass
class Buyers:
    """A crowd with as many connections as it needs, in the region that pays in euro."""

    base: str
    region_id: str = ""
    variants: list[str] = field(default_factory=list)
    _session: aiohttp.ClientSession | None = None
    _options: dict[str, str] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=count)

    async def __aenter__(self) -> "Buyers":
        self._session = aiohttp.ClientSession(
            self.base,
            connector=aiohttp.TCPConnector(limit=0),
            headers={"x-publishable-api-key": PUBLISHABLE_KEY},
            timeout=aiohttp.ClientTimeout(total=60),
        )
        regions = (await self.must("GET", "/store/regions"))["regions"]
        self.region_id = next(region["id"] for region in regions if region["currency_code"] == "eur")
        products = (await self.must("GET", f"/store/products?order=handle&region_id={self.region_id}"))["products"]
        self.variants = [variant["id"] for product in products for variant in product["variants"]]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._session is not None
        await self._session.close()

    async def call(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        assert self._session is not None
        async with self._session.request(method, path, json=body, headers=headers) as reply:
            return Answer(reply.status, await reply.json())

    async def must(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        answer = await self.call(method, path, body)
        if answer.status != 200:
            raise StuckError(f"{method} {path}: {answer.status} {answer.body}")
        return answer.body

    async def cart(self, *variants: str, quantity: int = 1) -> str:
        """A cart with address and shipping, ready to be paid; returns its id."""
        items = [{"variant_id": variant, "quantity": quantity} for variant in variants]
        email = f"buyer-{next(self._numbers)}@example.com"
        body = {"region_id": self.region_id, "email": email, "items": items, "shipping_address": ADDRESS}
        cart_id: str = (await self.must("POST", "/store/carts", body))["cart"]["id"]
        key = " ".join(sorted(variants))
        if key not in self._options:
            options = (await self.must("GET", f"/store/shipping-options?cart_id={cart_id}"))["shipping_options"]
            self._options[key] = options[0]["id"]
        await self.must("POST", f"/store/carts/{cart_id}/shipping-methods", {"option_id": self._options[key]})
        return cart_id

    async def session(self, cart_id: str) -> Answer:
        """Open the payment session, which takes the hold."""
        collection = (await self.must("POST", "/store/payment-collections", {"cart_id": cart_id}))["payment_collection"]
        return await self.call("POST", f"/store/payment-collections/{collection['id']}/payment-sessions", PROVIDER)

    async def payable(self, *variants: str) -> str:
        """A cart with a payment session; returns its id."""
        cart_id = await self.cart(*variants)
        answer = await self.session(cart_id)
        if answer.status != 200:
            raise StuckError(f"payment session: {answer.status} {answer.body}")
        return cart_id

    async def complete(self, cart_id: str, key: str = "", tries: int = 5) -> Answer:
        """Complete, and again while the server says that the request met another one (409, 503)."""
        headers = {"Idempotency-Key": key} if key else {}
        for _ in range(tries):
            answer = await self.call("POST", f"/store/carts/{cart_id}/complete", **headers)
            if answer.status not in (409, 503):
                break
            await asyncio.sleep(0.05)
        return answer
