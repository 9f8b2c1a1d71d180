"""The table of work that runs beside the requests, in every process; each runs until cancelled and may raise."""

import asyncio
import random
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from typing import Any

from services import slots
from services.call import Call, WorkItem
from services.deps import Deps, Work
from services.identity import session
from services.infrastructure.database import idempotency
from services.infrastructure.events import outbox as events_outbox
from services.inventory import hold as inventory_hold
from services.subscriptions import SUBSCRIPTIONS, Reaction
from services.workflows import process_upload

SWEEP_SECONDS = 5.0
RETRY_SECONDS = 5.0  # how soon an event that failed, or whose notice was missed, is looked for
GATHER_SECONDS = 0.1  # events of a busy moment are delivered together
PRUNE_SECONDS = 3600.0
FILES_SECONDS = 3600.0
UPLOADS_SECONDS = 60.0
REACTION_SECONDS = 60.0  # an event is leased for twice that
# How long one round may take.
HOLDS = WorkItem("job", "holds", 60.0)
JOURNALS = WorkItem("job", "journals", 600.0)
FILES = WorkItem("job", "files", 3600.0)
UPLOADS = WorkItem("job", "uploads", 300.0)


async def hear_changes(deps: Deps) -> None:
    """What other processes changed drops the copies held here."""
    await deps.changes.listen()


async def deliver_events(deps: Deps) -> None:
    """Events of the outbox reach their reactions, woken by each commit that wrote some."""
    deliver = partial(react, deps)
    while True:
        # Cleared before looking: a notice that comes meanwhile makes the loop look again.
        deps.changes.outbox.clear()
        while await events_outbox.deliver_due(deps.database, deliver):
            pass
        with suppress(TimeoutError):
            async with asyncio.timeout(RETRY_SECONDS):
                await deps.changes.outbox.wait()
            await asyncio.sleep(GATHER_SECONDS)


async def react(deps: Deps, topic: str, payload: Mapping[str, Any]) -> None:
    for reaction in (*SUBSCRIPTIONS.get(topic, ()), *deps.extensions.reactions.get(topic, ())):
        name = f"{topic} {getattr(reaction, '__name__', 'reaction')}"

        async def run(call: Call, reaction: Reaction = reaction) -> None:
            await reaction(deps, payload)

        await deps.runner.run(WorkItem("event", name, REACTION_SECONDS), run)


async def sweep_holds(deps: Deps) -> None:
    """Stock held for payments that never came is free again."""

    async def round_of(call: Call) -> int:
        async with deps.database.unit_of_work() as work:
            return await inventory_hold.release_expired(work)

    while True:
        if not await deps.runner.run(HOLDS, round_of):
            await asyncio.sleep(SWEEP_SECONDS)


async def prune_journals(deps: Deps) -> None:
    """Idempotency keys and delivered events are forgotten after a while."""

    async def round_of(call: Call) -> None:
        async with deps.database.unit_of_work() as work:
            await idempotency.prune(work)
            await session.prune(work)
        await events_outbox.prune(deps.database)

    while True:
        await deps.runner.run(JOURNALS, round_of)
        await asyncio.sleep(PRUNE_SECONDS)


async def sweep_files(deps: Deps) -> None:
    """Uploads that nobody confirmed are settled, and files that no row wants are removed."""
    while True:
        # Each process at a moment of its own: one sweep does for all.
        await asyncio.sleep(FILES_SECONDS * random.uniform(0.5, 1.5))
        await deps.runner.run(FILES, lambda call: process_upload.sweep(deps))


async def settle_uploads(deps: Deps) -> None:
    """Uploads that nobody confirmed give their room back soon after their time is over."""
    while True:
        await deps.runner.run(UPLOADS, lambda call: process_upload.settle_expired(deps))
        await asyncio.sleep(UPLOADS_SECONDS)


async def watch_slots(deps: Deps) -> None:
    """Engines beside ours are asked whether they answer, so that no request finds out by waiting."""
    await slots.watch_all(deps)


TASKS: tuple[tuple[str, Work], ...] = (
    ("changes", hear_changes),
    ("events", deliver_events),
    ("holds", sweep_holds),
    ("journals", prune_journals),
    ("slots", watch_slots),
    ("files", sweep_files),
    ("uploads", settle_uploads),
)
