"""The outbox's delivery: events that have committed are handed to their reactions, each at least once.

Processes share the work: a batch is leased by the one that delivers it, in a transaction that ends before any reaction
runs, so that a reaction may call others. What is not confirmed within the lease is delivered again. A reaction that
fails is put off, twice as long each time; after MOST_ATTEMPTS the event stays for a person.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any

import orjson
from sqlalchemy import BigInteger, Text, bindparam, cast, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import ARRAY

from models.schema.journal import outbox
from services.infrastructure.database.database import Database
from utils.clock import now
from utils.masking import log_masked
from utils.sql import Prepared

BATCH = 100
MOST_ATTEMPTS = 12
LEASE = timedelta(minutes=2)
KEPT = timedelta(days=7)

Deliver = Callable[[str, Mapping[str, Any]], Awaitable[None]]
log = log_masked("pasar.events")

_due = (
    select(outbox.c.id)
    .where(
        outbox.c.delivered_at.is_(None),
        outbox.c.attempts < MOST_ATTEMPTS,
        or_(outbox.c.due_at.is_(None), outbox.c.due_at <= func.now()),
    )
    .order_by(outbox.c.id)
    .limit(BATCH)
    .with_for_update(skip_locked=True)
    .cte("due")
)
TAKE = Prepared(
    update(outbox)
    .where(outbox.c.id == _due.c.id)
    .values(attempts=outbox.c.attempts + 1, due_at=bindparam("lease"))
    .returning(outbox.c.id, outbox.c.topic, outbox.c.attempts, cast(outbox.c.payload, Text).label("body"))
)
DELIVERED = Prepared(
    update(outbox)
    .where(outbox.c.id == func.any(bindparam("ids", type_=ARRAY(BigInteger))))
    .values(delivered_at=func.now())
)
PUT_OFF = Prepared(
    update(outbox)
    .where(outbox.c.id == bindparam("row_id"))
    .values(last_error=bindparam("error"), due_at=bindparam("due"))
)
PRUNE = delete(outbox).where(outbox.c.delivered_at < bindparam("before"))


async def deliver_due(database: Database, deliver: Deliver) -> int:
    """Deliver one batch; how many events it held."""
    async with database.unit_of_work() as work:
        taken = sorted((await work.execute(TAKE, {"lease": now() + LEASE})).all(), key=lambda row: row.id)
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
            await work.execute(DELIVERED, {"ids": done})
            await work.execute(PUT_OFF, failed)
    return len(taken)


async def prune(database: Database) -> int:
    """Forget events that were delivered more than KEPT ago; how many."""
    async with database.unit_of_work() as work:
        return (await work.execute(PRUNE, {"before": now() - KEPT})).rowcount
