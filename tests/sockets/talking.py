"""A customer and a seller's staff who talk: what they have, and how they say something."""

from dataclasses import dataclass
from secrets import token_hex
from typing import Any

from sqlalchemy import insert

from models.schema.seller import seller
from pasar.testing.people import make_customer
from services.deps import Deps
from tests.conftest import Client
from tests.sockets.conftest import Connect, Plug
from tests.staff import Worker, hire
from utils.ids import new_id

Json = dict[str, Any]


@dataclass
class Talk:
    """A conversation with its people; `stranger` and `other_seller` have nothing to do with it."""

    id: str
    customer: Worker
    owner: Worker
    colleague: Worker
    stranger: Worker
    other_seller: Worker

    @property
    def seller_id(self) -> str:
        return self.owner.seller_id


async def new_seller(client: Client, deps: Deps, status: str = "open") -> Worker:
    """The owner of a seller, which is open unless said otherwise."""
    seller_id = new_id("sel")
    async with deps.database.unit_of_work() as work:
        handle = f"lamps-{token_hex(4)}"
        row = {"id": seller_id, "handle": handle, "name": f"Lamps {handle}", "status": status}
        await work.execute(insert(seller), row)
    return await hire(client, deps, seller_id=seller_id)


async def new_customer(client: Client, deps: Deps) -> Worker:
    made = await make_customer(deps)
    return Worker(client, made.token, made.id, made.identity_id)


async def begin(client: Client, deps: Deps) -> Talk:
    """Everybody, and a conversation in which nothing was said."""
    owner = await new_seller(client, deps)
    colleague = await hire(client, deps, seller_id=owner.seller_id, role="support")
    customer, stranger = [await new_customer(client, deps) for _ in range(2)]
    opened = await customer.post("/chat/conversations", {"seller_id": owner.seller_id})
    other = await new_seller(client, deps)
    return Talk(opened["conversation"]["id"], customer, owner, colleague, stranger, other)


def line(text: str = "hello", cid: str = "", **more: Any) -> Json:
    """The body of a message."""
    return {"cid": cid or f"cid-{token_hex(8)}", "body": {"text": text}, **more}


async def say(plug: Plug, talk: Talk, text: str = "hello", **more: Any) -> Json:
    """The acknowledgement of a message."""
    ack: Json = await plug.ask("msg:send", {"conversation_id": talk.id, **line(text, **more)})
    return ack


async def plugs(connect: Connect, *workers: Worker, **more: Any) -> list[Plug]:
    """A connection of each, which has heard that it stands."""
    made = [await connect(worker.token, **more) for worker in workers]
    for plug in made:
        await plug.hear("session")
    return made
