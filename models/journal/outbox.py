"""Statements of the outbox: events are written, leased in batches, confirmed or put off, and forgotten."""

from sqlalchemy import BigInteger, Text, bindparam, cast, delete, func, insert, or_, select, update
from sqlalchemy.dialects.postgresql import ARRAY

from models.schema.journal import outbox
from utils.sql import Prepared

BATCH = 100
MOST_ATTEMPTS = 12

INSERT = Prepared(insert(outbox), "event_id", "topic", "payload")
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
