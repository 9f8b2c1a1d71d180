"""Statements of idempotency keys."""

from sqlalchemy import bindparam, delete, select
from sqlalchemy.dialects.postgresql import insert as upsert

from models.schema.journal import idempotency_key
from utils.sql import Prepared

FIND = Prepared(
    select(idempotency_key.c.request_hash, idempotency_key.c.status, idempotency_key.c.reply).where(
        idempotency_key.c.scope == bindparam("scope"), idempotency_key.c.key == bindparam("key")
    )
)
# No key comes back where another request was faster.
INSERT = Prepared(
    upsert(idempotency_key).on_conflict_do_nothing().returning(idempotency_key.c.key),
    *("scope", "key", "request_hash", "status", "reply"),
)
PRUNE = delete(idempotency_key).where(idempotency_key.c.created_at < bindparam("before"))
