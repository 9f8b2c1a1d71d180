"""The audit log: what people with power did, append-only."""

from sqlalchemy import BigInteger, Column, Index, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from models.schema.base import metadata, stamps

audit_log = Table(
    "audit_log",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=True),
    # No foreign keys: what was done stays known when those who did it, and what it was done to, are gone.
    Column("actor_type", Text, nullable=False),
    Column("actor_id", Text),
    Column("api_key_id", Text),
    Column("seller_id", Text),
    Column("action", Text, nullable=False),
    Column("entity", Text, nullable=False),
    Column("entity_id", Text, nullable=False),
    Column("before", JSONB),
    Column("after", JSONB),
    Column("request_id", Text),
    stamps()[0],
    Index("ix_audit_log_entity", "entity", "entity_id", "id"),
    Index("ix_audit_log_actor", "actor_id", "id"),
    Index("ix_audit_log_seller", "seller_id", "id"),
)
