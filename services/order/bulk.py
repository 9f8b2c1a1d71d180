"""Many return reasons at once, as files state them: found by their values, brought to what is said of them.

The caller touches the scope `returns` when the tally changed. Nothing is noted in the audit log.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from models.order import bulk as kinds
from models.order.return_reason import REASON, PutReason
from services.infrastructure.database.database import UnitOfWork
from services.shared.sync import Tally, sync
from utils.errors import NotFound

# Ids by (value,).
Ids = Mapping[tuple[Any, ...], str]


async def put_reasons(work: UnitOfWork, *, reasons: Sequence[PutReason], tally: Tally) -> Ids:
    """Make or change reasons level by level, each below the one that it names, which is among them (NotFound)."""
    ids: dict[tuple[Any, ...], str] = {}
    parents: dict[str | None, str | None] = {None: None}
    left = list(reasons)
    while left:
        level = [one for one in left if one.parent_value in parents]
        if not level:
            raise NotFound(what=REASON.what, id=left[0].parent_value)
        stated = [
            {n: v for n, v in one.changes().items() if n != "parent_value"}
            | {"parent_return_reason_id": parents[one.parent_value]}
            for one in level
        ]
        left = [one for one in left if one.parent_value not in parents]
        found = (await sync(work, kinds.REASON, stated, tally=tally)).ids
        ids |= found
        parents |= {value: row_id for (value,), row_id in found.items()}
    return ids
