"""The official client on Node against a real server of two workers, which tell each other by the database."""

import json
import os
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from benchmarks.process import ServerProcess
from models.schema.seller import seller
from pasar.testing.people import make_customer, make_staff
from services import deps as wiring
from services.deps import Deps
from tests.clients.packages import install
from tests.sockets.test_node_client import run
from utils.config import Settings

SCRIPT = Path(__file__).parents[1] / "clients" / "talk.mjs"
pytestmark = pytest.mark.slow


@pytest.fixture
def server(database_url: str, tmp_path: Path) -> Iterator[ServerProcess]:
    env = {"PASAR_DATABASE_URL": database_url, "PASAR_WORKERS": "2", "PASAR_CHECK_REPLIES": "on"}
    running = ServerProcess(tmp_path / "data", env)
    try:
        running.start()
        yield running
    finally:
        running.stop()


async def beside(server: ServerProcess, work: Callable[[Deps], Awaitable[Any]]) -> Any:
    """Do something in the server's database and its store of chat, with its keys."""
    outside = {name: os.environ[name] for name in ("MONGO_URL",) if name in os.environ}
    found = replace(Settings.from_env(outside | server.env), data_dir=server.data_dir, workers=1)
    deps = wiring.build(found)
    try:
        return await work(deps)
    finally:
        await deps.close()


async def people(deps: Deps) -> dict[str, str]:
    async with deps.database.unit_of_work() as work:
        row = {"id": "sel_node", "handle": "node", "name": "Node", "status": "open"}
        await work.execute(insert(seller), row)
    customer, member = await make_customer(deps), await make_staff(deps, seller_id="sel_node")
    talk = await deps.chat.open_conversation(customer_id=customer.id, seller_id="sel_node")
    return {
        "customer": customer.token,
        "member": member.token,
        "conversation_id": talk.id,
        "customer_id": customer.id,
    }


async def test_official_clients_talk_over_several_workers(server: ServerProcess) -> None:
    install()
    given = await beside(server, people)
    seen = await run(server.base, json.dumps(given), script=SCRIPT)
    assert seen == {
        "readers": [given["customer_id"], *["sel_node"] * 6],
        "sent": [1, 1, False],
        "heard": [[True, None, "Is it blue?"]] * 6,
        "inbox": 1,
        "sent again": [True, True],
        "conflict": "cid_conflict",
        "broken": "forced close",
        "missed": {"texts": ["As the deep sea."], "ver": 3, "total": 1},
        "read": [0, 0],
        "seen": 2,
        "typing": True,
        "deleted": [None, None],
        "revoked": "io server disconnect",
    }
    assert "against the contract" not in server.log.read_text()
