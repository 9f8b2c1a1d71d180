"""What people with power did: one row an action, append-only (a trigger refuses UPDATE, DELETE and TRUNCATE)."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, func, insert, select

from models.schema.audit import audit_log
from models.schema.identity import admin_user
from models.schema.seller import member
from models.shared.list_sql import condition, fields_of, shape_of
from utils.sql import Prepared

RECORDED = (
    *("actor_type", "actor_id", "api_key_id", "seller_id", "action", "entity", "entity_id"),
    *("before", "after", "request_id"),
)
INSERT = Prepared(insert(audit_log), *RECORDED)

EMAIL = func.coalesce(
    select(admin_user.c.email).where(admin_user.c.id == audit_log.c.actor_id).scalar_subquery(),
    select(member.c.email).where(member.c.id == audit_log.c.actor_id).scalar_subquery(),
)
FIELDS = fields_of(audit_log.c)


def newest(filters: Mapping[str, Any], *, before: int | None, limit: int) -> Select[Any]:
    """Entries that fit, the newest first, older than the entry `before`; `actor_email` is of who is still there."""
    values: list[Any] = []
    fits = condition(shape_of(filters, FIELDS, values), FIELDS, values)
    if before is not None:
        fits &= audit_log.c.id < before
    return select(audit_log, EMAIL.label("actor_email")).where(fits).order_by(audit_log.c.id.desc()).limit(limit)
