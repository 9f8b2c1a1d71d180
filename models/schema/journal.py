"""Bookkeeping beside the business: change counters, the outbox, idempotency keys."""

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, Index, Integer, Interval, Table, Text, text
from sqlalchemy.dialects.postgresql import BYTEA, JSONB

from models.schema.base import metadata, moment, stamps

# One row a scope; triggers add 1 in the transaction that changes the scope's rows.
change_counter = Table(
    "change_counter",
    metadata,
    Column("scope", Text, primary_key=True),
    Column("version", BigInteger, nullable=False),
)

# How far the clock of a sandbox is ahead of the machine's; one row once it was moved, and none in production.
sandbox_clock = Table(
    "sandbox_clock",
    metadata,
    Column("id", Boolean, primary_key=True, server_default="true"),
    Column("ahead", Interval, nullable=False),
    CheckConstraint("id", name="one_row"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=True),
    Column("event_id", Text, nullable=False, unique=True),
    Column("topic", Text, nullable=False),
    Column("payload", JSONB, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("last_error", Text),
    stamps()[0],
    moment("due_at"),
    moment("delivered_at"),
    Index("ix_outbox_undelivered", "id", postgresql_where=text("delivered_at IS NULL")),
)

idempotency_key = Table(
    "idempotency_key",
    metadata,
    Column("scope", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("request_hash", Text, nullable=False),
    Column("status", Integer, nullable=False),
    Column("reply", BYTEA, nullable=False),
    stamps()[0],
    CheckConstraint("length(key) BETWEEN 1 AND 255", name="key_length"),
    Index("ix_idempotency_key_created_at", "created_at"),
)
