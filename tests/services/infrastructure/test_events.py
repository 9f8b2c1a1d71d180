"""Delivery of the outbox: each event at least once, failures later, nothing lost when a deliverer dies."""

import asyncio
from collections.abc import Mapping
from functools import partial
from typing import Any, ClassVar

import msgspec
import pytest
from sqlalchemy import func, select, text, update

from models.schema.journal import outbox
from services import background
from services import deps as wiring
from services.deps import Deps
from services.infrastructure.database.database import Database
from services.infrastructure.events import outbox as events_outbox
from services.infrastructure.processes.background import Background
from tests.waiting import until
from utils.ids import new_id


class Rang(msgspec.Struct):
    topic: ClassVar[str] = "test.rang"
    number: int
    run: str


async def ring(database: Database, count: int) -> str:
    """Write so many events of a run of their own."""
    run = new_id("run")
    async with database.unit_of_work() as work:
        for number in range(count):
            work.emit(Rang(number, run))
    return run


async def hear(database: Database, run: str, refused: frozenset[int] = frozenset()) -> list[int]:
    """Deliver what is due; the numbers of the run in the order they came."""
    heard: list[int] = []

    async def deliver(topic: str, payload: Mapping[str, Any]) -> None:
        if payload.get("run") == run:
            heard.append(payload["number"])
            if payload["number"] in refused:
                raise RuntimeError("not now")

    while await events_outbox.deliver_due(database, deliver):
        pass
    return heard


async def undelivered(database: Database, run: str) -> list[Any]:
    statement = select(outbox).where(outbox.c.payload["run"].astext == run, outbox.c.delivered_at.is_(None))
    async with database.reading() as work:
        return list((await work.execute(statement)).all())


@pytest.fixture(scope="module")
async def database(settings: Any) -> Any:
    """The database alone: a started shop would deliver the events itself."""
    deps = wiring.build(settings)
    yield deps.database
    await deps.close()


async def test_events_are_delivered_once_and_in_order(database: Database) -> None:
    run = await ring(database, 250)
    assert await hear(database, run) == list(range(250))
    assert await hear(database, run) == []
    assert await undelivered(database, run) == []


async def test_a_reaction_that_fails_is_asked_again_later_and_holds_nobody_up(database: Database) -> None:
    run = await ring(database, 3)
    assert await hear(database, run, frozenset({1})) == [0, 1, 2]
    (left,) = await undelivered(database, run)
    assert (left.payload["number"], left.attempts, "not now" in left.last_error) == (1, 1, True)
    async with database.unit_of_work() as work:
        await work.execute(update(outbox).where(outbox.c.id == left.id).values(due_at=func.now()))
    assert await hear(database, run) == [1]


async def test_what_a_dead_deliverer_had_taken_is_delivered_after_its_lease(database: Database) -> None:
    run = await ring(database, 1)

    async def die(topic: str, payload: Mapping[str, Any]) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await events_outbox.deliver_due(database, die)
    assert await hear(database, run) == []
    async with database.unit_of_work() as work:
        await work.execute(update(outbox).values(due_at=func.now() - text("interval '1 s'")))
    assert await hear(database, run) == [0]


async def test_an_event_of_a_transaction_that_failed_is_never_heard(database: Database) -> None:
    run = new_id("run")

    async def fail() -> None:
        async with database.unit_of_work() as work:
            work.emit(Rang(0, run))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    assert await hear(database, run) == []


async def test_the_delivery_ends_though_a_notice_comes_in_the_same_moment(deps: Deps) -> None:
    tasks = Background()
    tasks.start([("events", partial(background.deliver_events, deps))])
    await until(lambda: not deps.changes.outbox.is_set())
    await asyncio.sleep(0.1)  # it waits for the next notice
    deps.changes.outbox.set()
    async with asyncio.timeout(5):
        await tasks.stop()
