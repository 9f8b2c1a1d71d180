"""Reasons to send something back, as administrators keep them. A removed one stays where it was given."""

from collections.abc import Mapping
from typing import Any

from models.identity.principal import Principal
from models.order.return_reason import LOCK_PARENTS, ORPHAN_CHILDREN, REASON, ReasonCycle
from services.infrastructure.database.database import UnitOfWork
from services.shared import crud


async def create(work: UnitOfWork, *, who: Principal, body: Mapping[str, Any]) -> str:
    await _ensure_parent(work, body)
    return await crud.create(work, REASON, who=who, body=body)


async def change(work: UnitOfWork, *, who: Principal, row_id: str, body: Mapping[str, Any]) -> None:
    if body.get("parent_return_reason_id") is not None:
        parents = {row.id: row.parent_return_reason_id for row in await work.execute(LOCK_PARENTS)}
        above = body["parent_return_reason_id"]
        while above is not None:
            if above == row_id:
                raise ReasonCycle(id=row_id)
            above = parents.get(above)
        await _ensure_parent(work, body)
    await crud.change(work, REASON, who=who, row_id=row_id, body=body)


async def remove(work: UnitOfWork, *, who: Principal, row_id: str) -> None:
    """Finer reasons below it stay, with none above."""
    await crud.remove(work, REASON, who=who, row_id=row_id)
    await work.execute(ORPHAN_CHILDREN, {"parent_id": row_id})


async def _ensure_parent(work: UnitOfWork, body: Mapping[str, Any]) -> None:
    await crud.ensure(work, REASON.table, REASON.what, [body.get("parent_return_reason_id")])
