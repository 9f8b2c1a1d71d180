"""Idempotency keys: the reply that was stored with the effect of an earlier request."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import bindparam, delete, select

from models.schema.journal import idempotency_key
from services.infrastructure.database.database import UnitOfWork
from utils.clock import now
from utils.sql import Prepared

KEPT = timedelta(hours=72)

FIND = Prepared(
    select(idempotency_key.c.request_hash, idempotency_key.c.status, idempotency_key.c.reply).where(
        idempotency_key.c.scope == bindparam("scope"), idempotency_key.c.key == bindparam("key")
    )
)
PRUNE = delete(idempotency_key).where(idempotency_key.c.created_at < bindparam("before"))


@dataclass(frozen=True, slots=True)
class Stored:
    request_hash: str
    status: int
    reply: bytes


async def find(work: UnitOfWork, *, scope: str, key: str) -> Stored | None:
    """What an earlier request with this key was answered, if one was carried out."""
    row = (await work.execute(FIND, {"scope": scope, "key": key})).first()
    return None if row is None else Stored(row.request_hash, row.status, bytes(row.reply))


async def prune(work: UnitOfWork) -> int:
    """Forget keys older than KEPT; how many."""
    return (await work.execute(PRUNE, {"before": now() - KEPT})).rowcount
