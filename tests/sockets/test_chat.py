"""The namespace /chat with python-socketio's client: who is let in, and what is refused."""

import pytest

from tests.people import Person
from tests.sockets.conftest import Connect
from tests.staff import Worker


@pytest.mark.parametrize("transports", [("websocket",), ("polling",), ("polling", "websocket")])
async def test_a_connection_answers(connect: Connect, customer: Person, transports: tuple[str, ...]) -> None:
    plug = await connect(customer.token, transports=transports)
    assert plug.refusal is None
    pong = await plug.ask("ping", {"echo": "hello"})
    assert pong["echo"] == "hello"
    assert pong["time"].endswith("Z")


async def test_a_customer_is_known(connect: Connect, buyer: Worker) -> None:
    plug = await connect(buyer.token)
    assert await plug.ask("whoami") == {"actor_type": "customer", "actor_id": buyer.actor_id, "seller_ids": []}


async def test_a_member_of_a_seller_is_known(connect: Connect, member: Worker) -> None:
    plug = await connect(member.token)
    assert await plug.ask("whoami") == {
        "actor_type": "seller",
        "actor_id": member.actor_id,
        "seller_ids": [member.seller_id],
    }
