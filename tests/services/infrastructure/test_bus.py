"""The bus: notices reach all processes in order, whatever their size; what is lost is noticed."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from models.journal.bus import LARGEST_BYTES
from services.infrastructure.bus.memory import MemoryBus
from services.infrastructure.bus.postgres import PostgresBus, frames
from services.infrastructure.bus.slot import Notice
from services.infrastructure.cache.snapshots import Snapshots
from services.infrastructure.database.change_notices import Changes
from services.infrastructure.database.database import Database
from services.infrastructure.processes.drain import Drain
from utils.config import Settings


def notice(text: str, name: str = "somebody") -> Notice:
    return Notice(namespace="/test", name=name, event="said", payload={"text": text})


class Process:
    """A bus with a database of its own, and what it has heard."""

    def __init__(self, settings: Settings) -> None:
        self.database = Database(settings.database_url, Snapshots(), pool_size=2)
        self.changes = Changes(self.database.engine, self.database.snapshots)
        self.bus = PostgresBus(self.database, self.changes)
        self.heard: list[str] = []
        self.gaps = 0
        self.bus.listeners.append(lambda each: self.heard.append(each.payload["text"]))
        self.bus.gaps.append(self._missed)
        self.listening = asyncio.create_task(self.changes.listen())

    def _missed(self) -> None:
        self.gaps += 1

    async def has_heard(self, count: int) -> list[str]:
        async with asyncio.timeout(10):
            while len(self.heard) < count:
                await asyncio.sleep(0.01)
        return self.heard

    async def close(self) -> None:
        self.listening.cancel()
        await asyncio.gather(self.listening, return_exceptions=True)
        await self.bus.close()
        await self.database.close()


@pytest.fixture
async def processes(settings: Settings) -> AsyncIterator[list[Process]]:
    made = [Process(settings) for _ in range(2)]
    for process in made:
        async with asyncio.timeout(10):
            await process.changes.connected.wait()
    yield made
    for process in made:
        await process.close()


TEXTS = ["", "a", "x" * 8_000, "\U0001f600" * 20_000, '"\\\n' * 4_000, "é" * 3_900, "with spaces and 1 2 3"]


async def test_notices_of_every_size_come_in_order_and_once(processes: list[Process]) -> None:
    first, second = processes
    for text in TEXTS * 20:
        first.bus.publish(notice(text))
    assert await second.has_heard(len(TEXTS) * 20) == TEXTS * 20
    assert first.heard == TEXTS * 20  # at once, and not again by the database
    await asyncio.sleep(0.1)
    assert (len(first.heard), first.gaps, second.gaps) == (len(TEXTS) * 20, 0, 0)


async def test_what_was_lost_is_noticed(processes: list[Process]) -> None:
    first, second = processes
    first.bus.publish(notice("one"))
    await second.has_heard(1)
    first.bus._number += 1  # a notice that found no room
    first.bus.publish(notice("three"))
    assert await second.has_heard(2) == ["one", "three"]
    assert (first.gaps, second.gaps) == (0, 1)


async def test_who_heard_nothing_for_a_while_says_so_once_it_hears_again(processes: list[Process]) -> None:
    first, second = processes
    second.listening.cancel()
    await asyncio.gather(second.listening, return_exceptions=True)
    first.bus.publish(notice("lost"))
    await asyncio.sleep(0.2)
    second.listening = asyncio.create_task(second.changes.listen())
    async with asyncio.timeout(10):
        await second.changes.connected.wait()
    assert (second.heard, second.gaps) == ([], 1)
    first.bus.publish(notice("heard"))
    assert await second.has_heard(1) == ["heard"]
    assert second.gaps == 1


@pytest.mark.parametrize("text", TEXTS)
def test_no_frame_is_larger_than_the_database_takes(text: str) -> None:
    made = frames("0123456789ab", 10**12, notice(text))
    assert all(len(frame.encode()) < 8_000 for frame in made)
    assert (len(made) == 1) == (len(text.encode()) < LARGEST_BYTES - 200 and '"' not in text)


def test_in_memory_listeners_hear_at_once() -> None:
    bus = MemoryBus()
    heard: list[Notice] = []
    bus.listeners.append(heard.append)
    bus.publish(notice("one"))
    assert heard == [notice("one")]


async def test_a_drain_goes_on_after_a_failure_and_takes_no_more_than_it_holds() -> None:
    done: list[int] = []

    async def work(batch: list[int]) -> None:
        if 1 in batch:
            raise RuntimeError("of the test")
        done.extend(batch)

    drain = Drain("test", work, most=3)
    assert [drain.add(number) for number in (1, 2, 3, 4)] == [True, True, True, False]
    await drain.settle()
    assert done == []
    drain.add(5)
    await drain.settle()
    assert done == [5]
    drain.add(6)
    await drain.close()
    assert done == [5]
