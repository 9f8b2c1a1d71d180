"""What happened to a store order, one row a step, append-only (a trigger refuses UPDATE, DELETE and TRUNCATE)."""

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text, bindparam, cast, func, select
from sqlalchemy.dialects.postgresql import JSONB

from models.base import id_column, json_of, metadata, stamps
from utils.sql import Prepared

order_change = Table(
    "order_change",
    metadata,
    id_column(),
    Column("store_order_id", ForeignKey("store_order.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("actor_type", Text, nullable=False),
    Column("actor_id", Text),
    Column("reason", Text),
    Column("data", JSONB, nullable=False),
    stamps()[0],
    Index("ix_order_change_store_order", "store_order_id", "created_at", "id"),
)


class OrderChange(msgspec.Struct):
    """One step: its kind, the order's status after it, who took it and why, and facts (amounts in minor units)."""

    id: str
    store_order_id: str
    kind: str
    status: str
    actor_type: str
    data: dict[str, Any]
    created_at: datetime
    actor_id: str | None = None
    reason: str | None = None


_of = order_change.c.store_order_id == bindparam("store_order_id")
_row = cast(json_of(order_change), Text)
LOAD = Prepared(select(_row).where(order_change.c.id == bindparam("id")))
PAGE = Prepared(
    select(_row)
    .where(_of)
    .order_by(order_change.c.created_at, order_change.c.id)
    .limit(bindparam("limit", type_=Integer))
    .offset(bindparam("offset", type_=Integer))
)
COUNT = Prepared(select(func.count()).select_from(order_change).where(_of))
decode = msgspec.json.Decoder(OrderChange).decode
