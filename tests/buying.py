"""A buyer who speaks HTTP: the steps of a checkout, for tests that are about what comes of them."""

from dataclasses import dataclass
from typing import Any

from aiohttp import ClientResponse
from sqlalchemy import insert

from models.identity.identity import SCOPE
from models.schema.customer import customer_group_customer
from services.infrastructure.database.database import Database
from tests.conftest import Client
from tests.people import registered

Json = dict[str, Any]
ADDRESSES: dict[str, Json] = {
    "Europe": {"country_code": "de", "city": "Berlin", "postal_code": "10115"},
    "Indonesia": {"country_code": "id", "city": "Jakarta", "postal_code": "12730"},
    "United States": {"country_code": "us", "city": "New York", "province": "us-ny", "postal_code": "10001"},
    "Japan": {"country_code": "jp", "city": "Tokyo", "postal_code": "100-0001"},
    "Kuwait": {"country_code": "kw", "city": "Kuwait City", "postal_code": "13001"},
}


@dataclass
class Buyer:
    """`ids` are those of the seed file; a step answers with what the reply holds."""

    client: Client
    ids: Json
    key: str = "pk_world_web"
    token: str = ""

    async def send(self, method: str, path: str, body: Any = None, **headers: str) -> ClientResponse:
        given = {"x-publishable-api-key": self.key, **{k.replace("_", "-"): v for k, v in headers.items()}}
        if self.token:
            given.setdefault("authorization", f"Bearer {self.token}")
        return await self.client.request(method, path, json=body, headers=given)

    async def ask(self, method: str, path: str, body: Any = None, status: int = 200, **headers: str) -> Json:
        reply = await self.send(method, path, body, **headers)
        payload: Json = await reply.json()
        assert reply.status == status, (reply.status, payload)
        return payload

    async def get(self, path: str, status: int = 200) -> Json:
        return await self.ask("GET", path, status=status)

    async def post(self, path: str, body: Any = None, status: int = 200, **headers: str) -> Json:
        return await self.ask("POST", path, body, status, **headers)

    def variant(self, key: str) -> str:
        return str(self.ids["variants"][key])

    async def cart(self, *items: tuple[str, int], region: str = "Europe", **said: Any) -> Json:
        """A cart of (`store/SKU`, quantity) items."""
        lines = [{"variant_id": self.variant(key), "quantity": quantity} for key, quantity in items]
        body = {"region_id": self.ids["regions"][region], "items": lines, **said}
        cart: Json = (await self.post("/store/carts", body))["cart"]
        return cart

    async def options(self, cart_id: str, **query: str) -> list[Json]:
        more = "".join(f"&{name}={value}" for name, value in query.items())
        found: list[Json] = (await self.get(f"/store/shipping-options?cart_id={cart_id}{more}"))["shipping_options"]
        return found

    async def send_to(self, cart_id: str, region: str = "Europe", type_code: str = "standard") -> Json:
        """Address and shipping: the combined option of this type, or the only seller's own."""
        body = {"email": "ana@example.com", "shipping_address": ADDRESSES[region]}
        await self.post(f"/store/carts/{cart_id}", body)
        option = next(o for o in await self.options(cart_id) if o["type"]["code"] == type_code)
        cart: Json = (await self.post(f"/store/carts/{cart_id}/shipping-methods", {"option_id": option["id"]}))["cart"]
        return cart

    async def pay(self, cart_id: str, status: int = 200) -> Json:
        """A payment session; the reply of opening it."""
        collection = (await self.post("/store/payment-collections", {"cart_id": cart_id}))["payment_collection"]
        path = f"/store/payment-collections/{collection['id']}/payment-sessions"
        return await self.post(path, {"provider_id": "pp_system_default"}, status)

    async def ready(self, *items: tuple[str, int], region: str = "Europe", **said: Any) -> Json:
        """A cart that only wants completing."""
        cart = await self.cart(*items, region=region, **said)
        await self.send_to(cart["id"], region)
        await self.pay(cart["id"])
        return cart

    async def complete(self, cart_id: str, status: int = 200, **headers: str) -> Json:
        return await self.post(f"/store/carts/{cart_id}/complete", None, status, **headers)

    async def refused(self, cart_id: str) -> Json:
        """The error of a cart that its buyer must look at; the cart beside it is what reading it answers."""
        reply = await self.complete(cart_id)
        assert reply["type"] == "cart", reply
        assert reply["cart"] == (await self.get(f"/store/carts/{cart_id}"))["cart"]
        error: Json = reply["error"]
        assert error["message"]
        assert error["name"] == error["code"]
        return error


async def member(client: Client, ids: Json, email: str, **profile: Any) -> Buyer:
    """A buyer with an account, logged in."""
    person = await registered(client, email)
    buyer = Buyer(client, ids, token=person.token)
    await buyer.post("/store/customers", {"email": email, **profile})
    await person.log_in()
    buyer.token = person.token
    return buyer


async def customer_id(buyer: Buyer) -> str:
    return str((await buyer.get("/store/customers/me"))["customer"]["id"])


async def join_group(database: Database, buyer: Buyer, group_id: str) -> str:
    """Put the buyer into a group and give his customer id; the shop knows it at the next request."""
    mine = await customer_id(buyer)
    async with database.unit_of_work() as work:
        await work.execute(insert(customer_group_customer), {"customer_id": mine, "group_id": group_id})
        work.touch(SCOPE, (mine,))
    return mine
