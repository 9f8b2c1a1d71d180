"""Tables of uploads and their quotas."""

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Index, Integer, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB

from models.schema.base import id_column, metadata, moment, stamps

PENDING, READY, REFUSED = "pending", "ready", "refused"

upload = Table(
    "upload",
    metadata,
    id_column(),
    Column("seller_id", ForeignKey("seller.id")),
    Column("owner_id", Text),  # somebody who is no seller: a customer, an administrator
    # Part of the addresses of the files; random, and nothing else tells it.
    Column("key", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("status", Text, nullable=False, server_default=PENDING),
    Column("announced_mime", Text, nullable=False),
    Column("announced_bytes", BigInteger, nullable=False),
    Column("widths", JSONB, nullable=False),
    Column("held_bytes", BigInteger, nullable=False),  # what it takes of its owner's quota
    Column("bytes", BigInteger),
    Column("mime", Text),
    Column("width", Integer),
    Column("height", Integer),
    Column("variants", JSONB),
    Column("reason", Text),
    moment("expires_at", nullable=False),
    *stamps(),
    CheckConstraint("num_nonnulls(seller_id, owner_id) = 1", name="owner"),
    CheckConstraint("status IN ('pending', 'ready', 'refused')", name="status"),
    CheckConstraint("key ~ '^[a-z0-9]{32}$'", name="key"),
    CheckConstraint("length(name) BETWEEN 1 AND 200", name="name"),
    CheckConstraint("announced_bytes > 0", name="announced_bytes"),
    CheckConstraint("held_bytes >= 0 AND (status <> 'refused' OR held_bytes = 0)", name="held_bytes"),
    CheckConstraint(
        "(status = 'ready') = (num_nonnulls(bytes, mime, width, height, variants) = 5)"
        " AND (status = 'ready' OR num_nonnulls(bytes, mime, width, height, variants) = 0)",
        name="ready",
    ),
    CheckConstraint("bytes > 0 AND bytes = held_bytes AND width > 0 AND height > 0", name="made"),
    CheckConstraint("(status = 'refused') = (reason IS NOT NULL)", name="reason"),
    Index("ix_upload_seller", "seller_id", "created_at", "id", postgresql_where=text("seller_id IS NOT NULL")),
    Index("ix_upload_owner", "owner_id", "created_at", "id", postgresql_where=text("owner_id IS NOT NULL")),
    Index("ix_upload_pending", "expires_at", postgresql_where=text("status = 'pending'")),
)

# One row an owner: the sum of what the owner's uploads hold. The CHECK is the quota.
upload_quota = Table(
    "upload_quota",
    metadata,
    Column("owner_id", Text, primary_key=True),
    Column("used_bytes", BigInteger, nullable=False, server_default="0"),
    Column("limit_bytes", BigInteger, nullable=False),
    *stamps(),
    CheckConstraint("used_bytes BETWEEN 0 AND limit_bytes", name="used_bytes"),
)
