"""What a client does again and again. Each maker prepares (not measured) and returns the unit that is measured."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from random import Random
from typing import Any
from urllib.parse import quote

import orjson

from benchmarks.client import Shop
from benchmarks.target import Target

Unit = Callable[[], Awaitable[None]]
ADDRESS = {
    "first_name": "Ada",
    "last_name": "Buyer",
    "address_1": "1 Market Street",
    "city": "Town",
    "postal_code": "10115",
    "phone": "+4930123456",
}
ORDER_STATES = ("placed", "accepted", "packed", "shipped", "delivered", "canceled")
ORDERS = ("title", "-title", "created_at", "-created_at", "updated_at", "-updated_at", "handle", "-handle")


Maker = Callable[[Target, Shop, Random], Awaitable[Unit]]


def sends(shop: Shop, requests: list[bytes], rng: Random) -> Unit:
    """A unit that sends one of some ready requests."""

    async def unit() -> None:
        await shop.send(rng.choice(requests))

    return unit


async def product_list(target: Target, shop: Shop, rng: Random) -> Unit:
    return sends(shop, [shop.request("GET", target.list_path)], rng)


async def product_list_varied(target: Target, shop: Shop, rng: Random) -> Unit:
    """Another page each time: far more pages than any cache of finished answers holds."""
    last = max(1, len(target.product_ids) - 20)

    async def unit() -> None:
        query = f"&offset={rng.randrange(last)}&order={rng.choice(ORDERS)}"
        await shop.send(shop.request("GET", target.list_path + query))

    return unit


async def product(target: Target, shop: Shop, rng: Random) -> Unit:
    ids = target.product_ids[:50]
    return sends(shop, [shop.request("GET", f"/store/products/{i}?region_id={target.region_id}") for i in ids], rng)


async def categories(target: Target, shop: Shop, rng: Random) -> Unit:
    return sends(shop, [shop.request("GET", "/store/product-categories?limit=100")], rng)


async def create_cart(target: Target, shop: Shop, rng: Random) -> Unit:
    return sends(shop, [shop.request("POST", "/store/carts", {"region_id": target.region_id})], rng)


async def new_cart(target: Target, shop: Shop) -> str:
    cart: str = (await shop.call("POST", "/store/carts", {"region_id": target.region_id}))["cart"]["id"]
    return cart


def add_request(target: Target, shop: Shop, cart_id: str, variant_id: str) -> bytes:
    return shop.request("POST", f"/store/carts/{cart_id}/line-items", {"variant_id": variant_id, "quantity": 1})


async def add_line_item(target: Target, shop: Shop, rng: Random) -> Unit:
    """Into carts made beforehand, at most four different variants each, so that carts stay of a usual size."""
    requests = []
    for _ in range(12):
        cart_id = await new_cart(target, shop)
        requests += [add_request(target, shop, cart_id, v) for v in rng.sample(target.variant_ids, 4)]
    return sends(shop, requests, rng)


async def read_cart(target: Target, shop: Shop, rng: Random) -> Unit:
    """Carts of three lines with address and shipping method."""
    requests = []
    for _ in range(4):
        cart_id = await prepared_cart(target, shop, rng)
        requests.append(shop.request("GET", f"/store/carts/{cart_id}"))
    return sends(shop, requests, rng)


async def prepared_cart(target: Target, shop: Shop, rng: Random | None = None) -> str:
    """A cart of three lines with address and shipping method."""
    cart_id = await new_cart(target, shop)
    for variant_id in (rng or Random(0)).sample(target.variant_ids, 3):
        await shop.send(add_request(target, shop, cart_id, variant_id))
    await address_and_shipping(target, shop, cart_id)
    return cart_id


async def address_and_shipping(target: Target, shop: Shop, cart_id: str) -> None:
    """Three requests: e-mail and addresses, the options, the cheapest of them."""
    address = {**ADDRESS, "country_code": target.country_code, **target.address}
    # Every buyer has an e-mail of his own, as in life: guests of one address share a customer row.
    email = f"{cart_id.lower()}@example.com"
    body = {"email": email, "shipping_address": address, "billing_address": address}
    await shop.send(shop.request("POST", f"/store/carts/{cart_id}", body))
    options: list[dict[str, Any]] = (await shop.call("GET", f"/store/shipping-options?cart_id={cart_id}"))[
        "shipping_options"
    ]
    cheapest = min(options, key=lambda option: float(option["amount"] or 0))
    await shop.send(shop.request("POST", f"/store/carts/{cart_id}/shipping-methods", {"option_id": cheapest["id"]}))


async def buy(target: Target, shop: Shop, variant_ids: list[str]) -> str:
    """A guest buys one of each, nine requests for two; the order's id."""
    cart_id = await new_cart(target, shop)
    for variant_id in variant_ids:
        await shop.send(add_request(target, shop, cart_id, variant_id))
    await address_and_shipping(target, shop, cart_id)
    answer = await shop.call("POST", "/store/payment-collections", {"cart_id": cart_id})
    sessions = f"/store/payment-collections/{answer['payment_collection']['id']}/payment-sessions"
    await shop.send(shop.request("POST", sessions, {"provider_id": target.provider_id}))
    done = await shop.call("POST", f"/store/carts/{cart_id}/complete")
    if done.get("type") != "order":
        raise RuntimeError(f"no order: {str(done)[:200]}")
    order_id: str = done["order"]["id"]
    return order_id


async def checkout(target: Target, shop: Shop, rng: Random) -> Unit:
    async def unit() -> None:
        await buy(target, shop, rng.sample(target.variant_ids, 2))

    return unit


def sellers_orders(*queries: str) -> Maker:
    """One of these lists of the seller's orders."""

    async def make(target: Target, shop: Shop, rng: Random) -> Unit:
        paths = [f"/vendor/orders?limit=20{query}" for query in queries]
        return sends(shop, [shop.request("GET", path, more=target.as_seller) for path in paths], rng)

    return make


async def seller_cursor(target: Target, shop: Shop, rng: Random) -> Unit:
    """Pages that are reached by going on from the one before."""
    requests, query = [], ""
    for _ in range(20):
        request = shop.request("GET", f"/vendor/orders?limit=20{query}", more=target.as_seller)
        query = f"&cursor={quote(orjson.loads(await shop.send(request, keep=True))['next_cursor'])}"
        requests.append(request)
    return sends(shop, requests[1:], rng)


async def seller_order(target: Target, shop: Shop, rng: Random) -> Unit:
    """Single orders of the first page."""
    page = await shop.call("GET", "/vendor/orders?limit=20", more=target.as_seller)
    ids = [order["id"] for order in page["orders"]]
    return sends(shop, [shop.request("GET", f"/vendor/orders/{i}", more=target.as_seller) for i in ids], rng)


@dataclass(frozen=True, slots=True)
class Scenario:
    """A row of the table: its maker, and the requests of its bare limit (see bare.py) for one unit."""

    title: str
    make: Maker
    bare: tuple[tuple[str, str], ...]
    aim: str = ""
    uncached_aim: str = ""  # the same without the cache of finished pages
    of_seller: bool = False  # needs `seller_token` in the target, and orders of that seller


def of_seller(what: str, make: Maker) -> Scenario:
    return Scenario(f"seller's orders, {what}", make, (("GET", "/read/cart"),), "p99 < 50 ms", of_seller=True)


SCENARIOS: dict[str, Scenario] = {
    "product_list": Scenario(
        "product list, 20 with prices", product_list, (("GET", "/bytes/product_list"),), "70 % of bare", "800/s"
    ),
    "product_list_varied": Scenario(
        "product list, another page each time", product_list_varied, (("GET", "/bytes/product_list"),), "800/s"
    ),
    "product": Scenario("product by id", product, (("GET", "/bytes/product"),), "70 % of bare"),
    "categories": Scenario("categories", categories, (("GET", "/bytes/categories"),)),
    "create_cart": Scenario("create cart", create_cart, (("POST", "/write/cart"),)),
    "add_line_item": Scenario("add line item", add_line_item, (("POST", "/change/cart"),), "400/s"),
    "read_cart": Scenario("read cart, 3 lines", read_cart, (("GET", "/read/cart"),), "1,200/s"),
    "checkout": Scenario(
        "whole guest checkout, 2 items",
        checkout,
        (
            ("POST", "/write/cart"),
            *(("POST", "/change/cart"),) * 3,
            ("GET", "/read/cart"),
            *(("POST", "/change/cart"),) * 4,
        ),
        "80/s",
    ),
    "vendor_orders": of_seller("first page", sellers_orders("")),
    "vendor_orders_cursor": of_seller("a later page by cursor", seller_cursor),
    "vendor_orders_offset": of_seller(
        "a later page by offset", sellers_orders("&offset=200", "&offset=1000", "&offset=10000")
    ),
    "vendor_orders_status": of_seller("by status", sellers_orders(*(f"&status={name}" for name in ORDER_STATES))),
    "seller_order": of_seller("one by id", seller_order),
}
OF_SELLER = tuple(name for name, scenario in SCENARIOS.items() if not scenario.of_seller)


def bare_maker(steps: tuple[tuple[str, str], ...]) -> Maker:
    """The same number of requests, answered by next to nothing."""

    async def make(target: Target, shop: Shop, rng: Random) -> Unit:
        requests = [shop.request(method, path, {"quantity": 1} if method == "POST" else None) for method, path in steps]

        async def unit() -> None:
            for request in requests:
                await shop.send(request)

        return unit

    return make
