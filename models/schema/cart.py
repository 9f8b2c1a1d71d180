"""The cart: one row with its document."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, Table, Text, text
from sqlalchemy.dialects.postgresql import JSON

from models.schema.base import id_column, metadata, moment, stamps

cart = Table(
    "cart",
    metadata,
    id_column(),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("region_id", ForeignKey("region.id"), nullable=False),
    Column("sales_channel_id", ForeignKey("sales_channel.id")),
    Column("customer_id", ForeignKey("customer.id"), index=True),
    Column("currency_code", Text, nullable=False),
    # JSON, not JSONB: nobody looks inside, so PostgreSQL keeps the text as it is.
    Column("document", JSON, nullable=False),
    *stamps(),
    moment("completed_at"),
    moment("holds_since"),  # when its first payment session held stock: see models/cart/hold_limits.py
    CheckConstraint("version > 0", name="version"),
    Index("ix_cart_open", "updated_at", postgresql_where=text("completed_at IS NULL")),
)
