"""Idempotency keys: the reply that was stored with the effect of an earlier request."""

from dataclasses import dataclass
from datetime import timedelta

from models.journal import idempotency as statements
from services.infrastructure.database.database import UnitOfWork
from utils.clock import now

KEPT = timedelta(hours=72)


@dataclass(frozen=True, slots=True)
class Stored:
    request_hash: str
    status: int
    reply: bytes


async def find(work: UnitOfWork, *, scope: str, key: str) -> Stored | None:
    """What an earlier request with this key was answered, if one was carried out."""
    row = (await work.execute(statements.FIND, {"scope": scope, "key": key})).first()
    return None if row is None else Stored(row.request_hash, row.status, bytes(row.reply))


async def prune(work: UnitOfWork) -> int:
    """Forget keys older than KEPT; how many."""
    return (await work.execute(statements.PRUNE, {"before": now() - KEPT})).rowcount
