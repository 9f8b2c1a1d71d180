"""What happened to a seller order, one row a step, append-only (a trigger refuses UPDATE, DELETE and TRUNCATE)."""

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Integer, Text, bindparam, cast, func, select

from models.schema.base import json_of
from models.schema.order import order_change
from utils.sql import Prepared


class OrderChange(msgspec.Struct):
    """One step: its kind, the order's status after it, who took it and why, and facts (amounts in minor units)."""

    id: str
    seller_order_id: str
    kind: str
    status: str
    actor_type: str
    data: dict[str, Any]
    created_at: datetime
    actor_id: str | None = None
    reason: str | None = None


_of = order_change.c.seller_order_id == bindparam("seller_order_id")
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
