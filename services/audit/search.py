"""Reading the audit log, the newest entry first, from one entry to the next."""

from typing import Any

from models.audit import log as statements
from services.infrastructure.database.database import UnitOfWork


async def page(
    work: UnitOfWork, *, limit: int, cursor: str | None = None, **filters: Any
) -> tuple[list[Any], str | None]:
    """Entries that fit, older than the cursor's; and the cursor of what comes after them, if anything does.

    `actor_email` is that of an administrator or member who is still there.
    """
    newest = statements.newest(filters, before=None if cursor is None else int(cursor), limit=limit + 1)
    rows = list((await work.execute(newest)).all())
    is_more = len(rows) > limit
    return rows[:limit], str(rows[limit - 1].id) if is_more and limit else None
