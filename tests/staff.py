"""People with power, made without the detour over registration: staff of sellers, administrators, affiliates."""

import asyncio
from base64 import b64encode
from dataclasses import dataclass
from secrets import token_hex
from typing import Any

from aiohttp import ClientResponse
from sqlalchemy import insert

from models.identity.session import Visitor
from models.schema.identity import admin_user
from pasar.testing.people import make_staff, token_of
from services.deps import Deps
from tests.conftest import Client
from tests.people import letters
from utils.ids import new_id

Json = dict[str, Any]
NOBODYS = Visitor("127.0.0.1", "tests")


@dataclass
class Worker:
    """Somebody who is logged in; `seller_id` goes along as X-Seller-Id where it is set."""

    client: Client | None
    token: str
    actor_id: str = ""
    identity_id: str = ""
    seller_id: str = ""

    async def send(self, method: str, path: str, body: Any = None, **headers: str) -> ClientResponse:
        given = {"authorization": f"Bearer {self.token}", "x-seller-id": self.seller_id}
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        assert self.client is not None
        return await self.client.request(method, path, json=body, headers={k: v for k, v in given.items() if v})

    async def ask(self, method: str, path: str, body: Any = None, status: int = 200, **headers: str) -> Json:
        reply = await self.send(method, path, body, **headers)
        payload: Json = await reply.json()
        assert reply.status == status, (method, path, reply.status, payload)
        return payload

    async def get(self, path: str, status: int = 200, **headers: str) -> Json:
        return await self.ask("GET", path, None, status, **headers)

    async def post(self, path: str, body: Any = None, status: int = 200, **headers: str) -> Json:
        return await self.ask("POST", path, body, status, **headers)

    async def delete(self, path: str, status: int = 200, **headers: str) -> Json:
        return await self.ask("DELETE", path, None, status, **headers)


def basic(key: str, password: str = "") -> str:
    """The header of a secret key."""
    return f"Basic {b64encode(f'{key}:{password}'.encode()).decode()}"


async def hire(client: Client | None, deps: Deps, *, seller_id: str, role: str = "owner", email: str = "") -> Worker:
    """A member of the seller's staff. A seller without any gets an owner of its own first."""
    made = await make_staff(deps, seller_id=seller_id, role=role, email=email)
    return Worker(client, made.token, made.id, made.identity_id, seller_id)


async def administrator(client: Client | None, deps: Deps, *, role: str = "admin", email: str = "") -> Worker:
    user_id = new_id("user")
    async with deps.database.unit_of_work() as work:
        row = {"id": user_id, "email": email or f"{token_hex(6)}@example.com", "role": role}
        await work.execute(insert(admin_user), row)
        identity_id, token = await token_of(deps, work, actor_type="user", actor_id=user_id)
    return Worker(client, token, user_id, identity_id)


async def affiliate(client: Client | None, deps: Deps) -> Worker:
    """Affiliates have an actor type and nothing yet to do in it."""
    async with deps.database.unit_of_work() as work:
        actor_id = new_id("aff")
        identity_id, token = await token_of(deps, work, actor_type="affiliate", actor_id=actor_id)
    return Worker(client, token, actor_id, identity_id)


async def letter_to(deps: Deps, email: str, count: int = 1) -> str:
    """The token of the newest invite, once so many have come."""
    for _ in range(200):
        found = [mail for mail in letters(deps.settings.data_dir / "outbox", email) if mail["template"] == "invite"]
        if len(found) >= count:
            return str(found[-1]["data"]["token"])
        await asyncio.sleep(0.02)
    raise AssertionError(f"{email} got {len(found)} letters")
