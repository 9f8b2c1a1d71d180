"""Generated requests of both sides of a conversation: no 5xx, and nothing that the document does not tell."""

from pathlib import Path

import pytest

from benchmarks.process import ServerProcess
from models.chat.message import NewMessage
from pasar.testing.people import make_customer
from services.deps import Deps
from services.seller.cache import SELLERS
from tests.generated.conftest import beside
from tests.generated.requests import Run, generate
from tests.staff import hire

RUNS = [Run(7, "coverage", 1, 300), Run(8, "fuzzing,stateful", 15, 50)]
pytestmark = [pytest.mark.slow, pytest.mark.embedded, pytest.mark.timeout(900)]


async def talking(deps: Deps) -> tuple[str, str]:
    """The tokens of a customer and of an owner who have said something to each other."""
    async with deps.database.reading() as work:
        seller_id = next(iter((await work.snapshot(SELLERS)).by_id))
    customer, owner = await make_customer(deps), await hire(None, deps, seller_id=seller_id)
    talk = await deps.chat.open_conversation(customer_id=customer.id, seller_id=seller_id)
    for number, (kind, sender) in enumerate((("customer", customer.id), ("seller", seller_id))):
        body = {"text": "hello"}
        new = NewMessage(sender_type=kind, sender_id=sender, cid=f"generated-{number}", kind="text", body=body)  # type: ignore[arg-type]
        await deps.chat.send(conversation_id=talk.id, new=new)
    return customer.token, owner.token


async def test_both_sides_find_no_5xx_and_no_undocumented_answer(server: ServerProcess, tmp_path: Path) -> None:
    for token in await beside(server, talking):
        sent = [generate(server, tmp_path, run, paths="^/chat/", token=token) for run in RUNS]
        assert all(count >= run.at_least for count, run in zip(sent, RUNS, strict=True)), sent
