"""Waiting for what comes soon, and times that hold beside a busy core."""

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic, perf_counter
from typing import Any

PATIENCE_SECONDS = 15.0
TRIES = 3  # what else the machine does only adds to a time: the shortest of some tries is the code's own


async def until(
    holds: Callable[[], Awaitable[bool] | bool], seconds: float = PATIENCE_SECONDS, every: float = 0.02
) -> bool:
    """True as soon as it holds; AssertionError when it does not within so many seconds."""
    end = monotonic() + seconds
    while True:
        found = holds()
        if found if isinstance(found, bool) else await found:
            return True
        assert monotonic() < end, f"it does not hold after {seconds} seconds"
        await asyncio.sleep(every)


async def within(bound_seconds: float, measure: Callable[[], Awaitable[float]]) -> None:
    """The seconds that `measure` gives are under the bound, at least once in three tries. For `timed` tests."""
    taken: list[float] = []
    while not taken or taken[-1] >= bound_seconds:
        assert len(taken) < TRIES, f"{taken} seconds, and none under {bound_seconds}"
        taken.append(await measure())


async def duration(work: Awaitable[Any]) -> float:
    """Seconds that it takes."""
    began = perf_counter()
    await work
    return perf_counter() - began


async def lag(work: Awaitable[Any], share: float = 1.0) -> float:
    """How late the loop wakes while the work is done: the seconds that this share of all wake-ups keeps under."""
    late, pause, running = [0.0], 0.005, asyncio.ensure_future(work)
    while not running.done():
        began = perf_counter()
        await asyncio.sleep(pause)
        late.append(perf_counter() - began - pause)
    await running
    return sorted(late)[max(0, int(len(late) * share) - 1)]
