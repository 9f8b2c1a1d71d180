"""Reading the audit log, the newest entry first, from one entry to the next."""

from typing import Any

from sqlalchemy import Row, func, select

from models.schema.audit import audit_log
from models.schema.identity import admin_user
from models.schema.seller import member
from models.shared.filters import condition
from services.infrastructure.database.database import UnitOfWork

EMAIL = func.coalesce(
    select(admin_user.c.email).where(admin_user.c.id == audit_log.c.actor_id).scalar_subquery(),
    select(member.c.email).where(member.c.id == audit_log.c.actor_id).scalar_subquery(),
)


async def page(
    work: UnitOfWork, *, limit: int, cursor: str | None = None, **filters: Any
) -> tuple[list[Row[Any]], str | None]:
    """Entries that fit, older than the cursor's; and the cursor of what comes after them, if anything does.

    `actor_email` is that of an administrator or member who is still there.
    """
    fits = condition(audit_log, filters)
    if cursor is not None:
        fits &= audit_log.c.id < int(cursor)
    newest = select(audit_log, EMAIL.label("actor_email")).where(fits).order_by(audit_log.c.id.desc())
    rows = list((await work.execute(newest.limit(limit + 1))).all())
    is_more = len(rows) > limit
    return rows[:limit], str(rows[limit - 1].id) if is_more and limit else None
