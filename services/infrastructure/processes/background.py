"""Work beside the requests: tasks that run as long as the process, started again when they fail."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable

from utils.masking import log_masked

log = log_masked("pasar.background")
LONGEST_PAUSE_SECONDS = 10.0

Task = Callable[[], Awaitable[None]]


async def run_forever(name: str, task: Task) -> None:
    """Run a task until it is cancelled; after a failure wait 0.1 s, doubling up to 10 s while it keeps failing."""
    pause = 0.1
    while True:
        began = time.monotonic()
        try:
            await task()
        except Exception as error:
            log.warning("background task %s failed and starts again in %.1f s: %r", name, pause, error)
        if time.monotonic() - began > LONGEST_PAUSE_SECONDS:
            pause = 0.1
        await asyncio.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE_SECONDS)


class Background:
    """The running tasks of one process."""

    def __init__(self) -> None:
        self.running: list[asyncio.Task[None]] = []

    def start(self, tasks: Iterable[tuple[str, Task]]) -> None:
        self.running += [asyncio.create_task(run_forever(name, task), name=name) for name, task in tasks]

    async def stop(self) -> None:
        for task in self.running:
            task.cancel()
        # Not one after the other with their cancellation suppressed: that of the one who stops them would be, too.
        await asyncio.gather(*self.running, return_exceptions=True)
        self.running.clear()
