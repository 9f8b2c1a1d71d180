"""The outbox's delivery: events that have committed are handed to their reactions, each at least once.

Processes share the work: a batch is leased by the one that delivers it, in a transaction that ends before any reaction
runs, so that a reaction may call others. What is not confirmed within the lease is delivered again. A reaction that
fails is put off, twice as long each time; after MOST_ATTEMPTS the event stays for a person.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any

import orjson

from models.journal import outbox as statements
from services.infrastructure.database.database import Database
from utils.clock import now
from utils.masking import log_masked

LEASE = timedelta(minutes=2)
KEPT = timedelta(days=7)

Deliver = Callable[[str, Mapping[str, Any]], Awaitable[None]]
log = log_masked("pasar.events")


async def deliver_due(database: Database, deliver: Deliver) -> int:
    """Deliver one batch; how many events it held."""
    async with database.unit_of_work() as work:
        taken = sorted((await work.execute(statements.TAKE, {"lease": now() + LEASE})).all(), key=lambda row: row.id)
    done, failed = [], []
    for row in taken:
        try:
            await deliver(row.topic, orjson.loads(row.body))
            done.append(row.id)
        except Exception as error:
            log.warning("event %s (%s) was not delivered and is tried again: %r", row.id, row.topic, error)
            due = now() + timedelta(seconds=2**row.attempts)
            failed.append({"row_id": row.id, "error": repr(error)[:500], "due": due})
    if taken:
        async with database.unit_of_work() as work:
            await work.execute(statements.DELIVERED, {"ids": done})
            await work.execute(statements.PUT_OFF, failed)
    return len(taken)


async def prune(database: Database) -> int:
    """Forget events that were delivered more than KEPT ago; how many."""
    async with database.unit_of_work() as work:
        return (await work.execute(statements.PRUNE, {"before": now() - KEPT})).rowcount
